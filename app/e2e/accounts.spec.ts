import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

// .ci/browser provides a hub and a one-time link of a person with the role author.
const hub = process.env.HUB_URL ?? "";
const link = process.env.HUB_LINK ?? "";
test.skip(hub === "" || link === "", "needs HUB_URL and HUB_LINK");

/** Asks a hub from a page for the role with which it is served. */
const role = (page: Page, at: string) =>
  page.evaluate(async (url) => {
    const response = await fetch(url, {
      method: "POST",
      credentials: new URL(url).origin === location.origin ? "same-origin" : "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: "{ viewer { accessRole } }" }),
    });
    return (await response.json()).data.viewer.accessRole as string;
  }, `${at}/graphql`);

/** Expects that axe finds nothing on a page. */
async function accessible(page: Page) {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

test("a person signs in with a link, adds a passkey, and signs in with it", async ({
  page,
  context,
}) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const account = page.getByRole("heading", { name: "Your account" });

  await page.goto(link);
  await accessible(page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(account).toBeVisible();
  await accessible(page);
  expect(await role(page, hub)).toBe("AUTHOR");
  expect(await page.evaluate(() => document.cookie)).toBe("");

  await page.getByLabel("Name").fill("My telephone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText("My telephone")).toBeVisible();
  await accessible(page);

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(await role(page, hub)).toBe("READER");
  await accessible(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(account).toBeVisible();
  expect(await role(page, hub)).toBe("AUTHOR");

  await page.getByRole("button", { name: "Remove the passkey My telephone" }).click();
  await expect(page.getByText("My telephone")).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("the link is used up", async ({ page }) => {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("was used already");
  await accessible(page);
});
