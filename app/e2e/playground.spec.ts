import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

/** Records forbidden actions of a page while it runs. */
interface Faults {
  outside: string[];
  policy: string[];
  errors: string[];
}

function watch(page: Page, origin: string): Faults {
  const faults: Faults = { outside: [], policy: [], errors: [] };
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) {
      faults.outside.push(request.url());
    }
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) {
      faults.policy.push(message.text());
    }
  });
  page.on("pageerror", (error) => faults.errors.push(error.message));
  return faults;
}

/** The visible text of an editor: Monaco renders spaces as no-break spaces. */
async function text(page: Page, editor: "query" | "result"): Promise<string> {
  const place = editor === "query" ? ".graphiql-query-editor" : ".result-window";
  const lines = await page.locator(`${place} .view-lines`).first().textContent();
  return (lines ?? "").replaceAll("\u00a0", " ");
}

/** Shows a tab. Its accessible name changes with the button that closes it; its text does not. */
async function choose(page: Page, tab: string) {
  await page.locator(".graphiql-tab-button").getByText(tab, { exact: true }).click();
}

async function open(page: Page, tab: string) {
  await page.goto("/playground");
  // The editor loads after the tabs; a tab chosen before would show the first one.
  await expect.poll(() => text(page, "query")).not.toBe("");
  await choose(page, tab);
  await expect.poll(() => text(page, "query")).toContain(tab);
}

test("runs an example and shows the live answer", async ({ page, baseURL }) => {
  const faults = watch(page, new URL(baseURL ?? "").origin);
  await open(page, "Tiers");

  // GraphiQL updates the name of a tab's operation a moment after it shows the tab.
  let data: { tiers: { patterns: { totalCount: number } }[] } | undefined;
  await expect(async () => {
    const answered = page.waitForResponse((response) => response.url().endsWith("/graphql"));
    await page.getByRole("button", { name: "Execute query" }).click();
    const answer = await (await answered).json();
    expect(answer.errors).toBeUndefined();
    data = answer.data;
  }).toPass({ timeout: 30_000 });
  const counts = data?.tiers.map((tier) => tier.patterns.totalCount);
  expect(counts).toEqual([38, 38, 25]);
  await expect.poll(() => text(page, "result")).toContain('"totalCount": 38');

  await page.screenshot({ path: "test-results/playground.png" });
  expect(faults).toEqual({ outside: [], policy: [], errors: [] });
});

test("knows the schema: explorer and documentation", async ({ page, baseURL }) => {
  const faults = watch(page, new URL(baseURL ?? "").origin);
  await open(page, "Tiers");
  await page.getByRole("button", { name: /Show GraphiQL Explorer/ }).click();
  const explorer = page.locator(".docExplorerWrap");
  await expect(explorer).toContainText("badge");
  // A tick in the explorer adds the field to the query, and a second one removes it.
  await explorer.getByText("badge", { exact: true }).click();
  await expect.poll(() => text(page, "query")).not.toContain("badge");
  await page.getByRole("button", { name: /Show Documentation Explorer/ }).click();
  await expect(page.locator(".graphiql-doc-explorer")).toContainText("Query");
  expect(faults).toEqual({ outside: [], policy: [], errors: [] });
});

test("offers only examples that this hub can answer", async ({ page }) => {
  await page.goto("/playground");
  await expect.poll(() => text(page, "query")).not.toBe("");
  // A tab also holds the button that closes it, which has no text of its own.
  const names = await page.locator(".graphiql-tab-button").allTextContents();
  expect(names).toContain("Tiers");
  for (const name of names) {
    await choose(page, name);
    await expect.poll(() => text(page, "query")).toContain(name);
    await expect(page.locator(".graphiql-query-editor .squiggly-error")).toHaveCount(0);
  }
});

test("is accessible", async ({ page }) => {
  await open(page, "Tiers");
  await expect(page.getByRole("heading", { name: "Excellence Patterns Hub" })).toBeVisible();
  // A tab of GraphiQL contains its close button, which only the library can change.
  const { violations } = await new AxeBuilder({ page })
    .disableRules(["nested-interactive"])
    .analyze();
  const found = violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    nodes: nodes.map((node) => node.target.join(" ")),
  }));
  expect(found).toEqual([]);
});

test("the query behind a page opens with its variables", async ({ page, baseURL }) => {
  test.skip(process.env.HUB_URL === undefined, "the stand-in has no pages");
  const faults = watch(page, new URL(baseURL ?? "").origin);
  await page.goto("/patterns/circuit-breaker");
  await page.getByRole("link", { name: "The query behind this page" }).click();
  await expect.poll(() => text(page, "query")).toContain("query Pattern");
  await expect(page.locator(".graphiql-editor-tool")).toContainText("circuit-breaker");
  expect(faults).toEqual({ outside: [], policy: [], errors: [] });
});
