import { mkdirSync } from "node:fs";

import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";

test.skip(process.env.HUB_URL === undefined, "the stand-in has no pages");

/** What pages may weigh, compressed, in bytes. */
const budget = { page: 60_000, script: 15_000 };

/** The screens on which pages are looked at. */
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

/**
 * One path for each kind of page: from the sitemap the pages that stand for themselves and, of the entries
 * of a type, the one with the longest path; a search and a page that does not exist.
 */
async function kinds(request: APIRequestContext): Promise<Map<string, string>> {
  const sitemap = await request.get("/sitemap.xml");
  expect(sitemap.status()).toBe(200);
  const paths = [...(await sitemap.text()).matchAll(/<loc>([^<]+)<\/loc>/g)].map(
    (match) => new URL(match[1]).pathname,
  );
  const found = new Map([
    ["search", "/search?q=circut+braker"],
    ["missing", "/nothing/circuit-braker"],
  ]);
  const plurals = new Set(paths.filter((path) => /^\/[a-z-]+$/.test(path)));
  for (const path of paths) {
    const list = /^\/[a-z-]+(?=\/)/.exec(path)?.[0] ?? "";
    const kind = plurals.has(list) ? `${list.slice(1)}-one` : path.slice(1).replaceAll("/", "-");
    if (path.split("/").length <= 2 || plurals.has(list)) {
      const before = found.get(kind || "home");
      if (before === undefined || path.length > before.length) {
        found.set(kind || "home", path);
      }
    }
  }
  // What is no entry, such as a wizard, is found where the first page leads to.
  const home = await (await request.get("/")).text();
  for (const [, path] of home.matchAll(/href="(\/[a-z-]+\/[a-z-]+)"/g)) {
    const kind = `${path.split("/")[1]}-one`;
    if (!found.has(kind)) {
      found.set(kind, path);
    }
  }
  expect([...found.keys()]).toEqual(expect.arrayContaining(["home", "patterns", "patterns-one"]));
  return found;
}

/** Records what a page must not do. */
function watch(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) {
      faults.push(`asks ${request.url()}`);
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404")) {
      faults.push(message.text());
    }
  });
  page.on("pageerror", (error) => faults.push(error.message));
  return faults;
}

/** The rules of axe about colours, which are all that differs between the themes. */
const colours = ["color-contrast", "link-in-text-block"];

/** The rules of axe that a page breaks, of all rules or of some. */
async function broken(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`,
  );
}

test("every kind of page is accessible, keeps its policy and stays inside the budgets", async ({
  browser,
  request,
  baseURL,
}) => {
  test.setTimeout(15 * 60_000);
  const origin = new URL(baseURL ?? "").origin;
  for (const [kind, path] of await kinds(request)) {
    for (const [colorScheme, viewport] of [
      ["light", wide],
      ["dark", narrow],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport, baseURL });
      const page = await context.newPage();
      const faults = watch(page, origin);
      const weight = { page: 0, script: 0 };
      page.on("requestfinished", async (finished) => {
        const { responseBodySize } = await finished.sizes();
        weight.page += responseBodySize;
        weight.script += finished.resourceType() === "script" ? responseBodySize : 0;
      });
      await page.goto(path);
      await page.waitForLoadState("networkidle");
      const name = `${kind} (${path}, ${colorScheme}, ${viewport.width})`;
      expect.soft(await broken(page), name).toEqual([]);
      const other = colorScheme === "light" ? "dark" : "light";
      await page.emulateMedia({ colorScheme: other });
      expect.soft(await broken(page, colours), `${name}, then ${other}`).toEqual([]);
      expect.soft(faults, name).toEqual([]);
      expect.soft(weight.page, `${name}: bytes`).toBeLessThanOrEqual(budget.page);
      expect.soft(weight.script, `${name}: bytes of scripts`).toBeLessThanOrEqual(budget.script);
      expect.soft(weight.script, `${name}: bytes of scripts`).toBeGreaterThan(0);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(over, `${name}: wider than the screen`).toBeLessThanOrEqual(0);
      await context.close();
    }
  }
});

test("a reader finds a page by keyboard alone", async ({ page, baseURL }) => {
  const faults = watch(page, new URL(baseURL ?? "").origin);
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Search" });
  await expect(field).toBeFocused();
  await page.keyboard.type("circuit");
  await expect(page.getByRole("option").first()).toContainText("Circuit Breaker");
  expect(await broken(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("option")).toHaveCount(0);
  await page.keyboard.type(" b");
  await expect(page.getByRole("option").first()).toContainText("Circuit Breaker");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/patterns\/circuit-breaker$/);
  // Without a choice Enter searches.
  await page.keyboard.press("/");
  await page.keyboard.type("saga");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/search\?q=saga$/);
  expect(faults).toEqual([]);
});

test("j and k move through a list, and not while something is written", async ({ page }) => {
  await page.goto("/patterns");
  const links = page.locator(".card h3 a");
  await page.keyboard.press("j");
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press("j");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press("/");
  await page.keyboard.type("jk/");
  await expect(page.getByRole("combobox", { name: "Search" })).toHaveValue("jk/");
  await links.nth(2).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/patterns\/[a-z-]+$/);
});

test("filters change a list without loading the page, and the address says so", async ({
  page,
  baseURL,
}) => {
  const faults = watch(page, new URL(baseURL ?? "").origin);
  await page.goto("/patterns");
  await page.evaluate(() => document.body.setAttribute("data-same", "1"));
  const all = await page.locator(".total").textContent();
  const open = page.locator(".narrow > summary");
  if (await open.isVisible()) {
    await open.click();
  }
  const gold = page.locator("input[name=tier][value=gold]");
  const group = page.locator("details", { has: gold }).last();
  if (!(await gold.isVisible())) {
    await group.locator("> summary").click();
  }
  await gold.focus();
  await page.keyboard.press("Space");
  await expect(page).toHaveURL(/\/patterns\?tier=gold$/);
  await expect(page.locator(".total")).not.toHaveText(all ?? "");
  await expect(gold).toBeChecked();
  await expect(gold).toBeFocused();
  expect(await page.getAttribute("body", "data-same")).toBe("1");
  // The server's page at this address is the same.
  const live = await page.locator("site-filters .cards").textContent();
  await page.reload();
  expect(await page.locator("site-filters .cards").textContent()).toBe(live);
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect(page).toHaveURL(/\/patterns$/);
  await expect(page.locator(".total")).toHaveText(all ?? "");
  await page.goBack();
  await expect(page.locator("input[name=tier][value=gold]")).toBeChecked();
  expect(faults).toEqual([]);
});

test("a chosen theme stays", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.goto("/patterns");
  expect(await paper()).toBe(dark);
  await page.getByRole("button", { name: "Theme: dark" }).click();
  expect(await paper()).toBe(light);
});

test("a checklist remembers what is done, and code is copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/patterns/circuit-breaker");
  const boxes = page.locator("site-progress input[type=checkbox]");
  const all = await boxes.count();
  await boxes.nth(1).check();
  await expect(page.locator("site-progress [role=status]")).toHaveText(`1 of ${all} done`);
  await page.reload();
  await expect(boxes.nth(1)).toBeChecked();
  await expect(boxes.nth(0)).not.toBeChecked();
  // The first code is the source of a diagram, below its picture.
  await page.locator(".diagram summary").first().click();
  await page.getByTitle("Copy the code").first().click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.locator("pre").first().textContent());
  expect(await broken(page)).toEqual([]);
});

test("the steps of a path are ticked off on its page and on that of the role", async ({ page }) => {
  await page.goto("/learning-paths/foundation-excellence");
  const steps = page.locator("site-progress .steps input[type=checkbox]");
  await steps.nth(1).check();
  await page.goto("/roles/new-graduate");
  await expect(steps.nth(1)).toBeChecked();
  await expect(steps.nth(0)).not.toBeChecked();
  await expect(page.locator("site-progress [role=status]")).toContainText("1 of");
  expect(await broken(page)).toEqual([]);
});

test("the graph of patterns is shown whole, or large enough to read", async ({ page }) => {
  const shown = () =>
    page.evaluate(() => {
      const drawing = document.querySelector<SVGSVGElement>("site-graph svg");
      return (drawing?.viewBox.baseVal.width ?? 0) / Number(drawing?.getAttribute("width"));
    });
  await page.setViewportSize(wide);
  await page.goto("/graph");
  expect(await shown()).toBe(1);
  await page.setViewportSize(narrow);
  await page.reload();
  expect(await shown()).toBeLessThan(0.7);
  await page.getByRole("button", { name: "Show the whole drawing" }).click();
  expect(await shown()).toBe(1);
});

test("tabs, sliders and drawings work wherever a page has them", async ({ page, baseURL }) => {
  const home = await (await page.request.get("/")).text();
  const [css, theme, script] = [
    /\/assets\/site\.\w+\.css/,
    /\/assets\/theme\.\w+\.js/,
    /\/assets\/site\.\w+\.js/,
  ].map((name) => name.exec(home)?.[0]);
  const text = (
    result: string,
  ) => `<!doctype html><html lang="en"><title>t</title><link rel="stylesheet" href="${css}">
    <script src="${theme}"></script><script src="${script}" defer></script><main><h1>t</h1>
    <site-tabs key="role"><section id="one"><h2>One</h2>first</section><section id="two"><h2>Two</h2>second</section></site-tabs>
    <site-sliders><form action="/example"><label>Servers <input name="n" data-low="1" data-high="9" value="${result}"></label></form><p class="total">${result}</p></site-sliders>
    <site-graph><svg viewBox="0 0 100 50" width="300" role="img" aria-label="a drawing"><circle cx="50" cy="25" r="9"/></svg></site-graph></main></html>`;
  await page.route("**/example*", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: text(new URL(route.request().url()).searchParams.get("n") ?? "3"),
    }),
  );
  await page.goto(`${baseURL}/example`);
  await expect(page.getByRole("tabpanel", { name: "One" })).toBeVisible();
  await page.getByRole("tab", { name: "One" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Two" })).toBeFocused();
  await expect(page.getByText("first")).toBeHidden();
  await page.reload();
  await expect(page.getByText("second")).toBeVisible();

  await page.getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".total")).toHaveText("4");
  await expect(page).toHaveURL(/\?n=4$/);
  await expect(page.getByRole("slider")).toBeFocused();
  await expect(page.getByRole("slider")).toHaveCount(1);

  const drawn = () => page.evaluate(() => document.querySelector("svg")?.getAttribute("viewBox"));
  const view = () => page.evaluate(() => document.querySelector("svg")?.viewBox.baseVal.width);
  expect(await drawn()).toBe("0 0 100 50");
  await page.getByRole("button", { name: "Larger" }).press("Enter");
  expect(await view()).toBeLessThan(100);
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: "Show the whole drawing" }).click();
  expect(await view()).toBe(100);
  expect(await broken(page)).toEqual([]);
});

test("the first page remembers the role, and the calculator has sliders", async ({ page }) => {
  await page.goto("/");
  const roles = page.locator("site-tabs input[type=radio]");
  await page.locator("site-tabs label").nth(2).click();
  await page.reload();
  await expect(roles.nth(2)).toBeChecked();
  await page.goto("/calculator?patterns=circuit-breaker");
  const result = page.getByRole("region", { name: "Estimate" });
  const before = await result.textContent();
  await page.getByRole("slider", { name: "People in the team, slider" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/team=\d+/);
  await expect(result).not.toHaveText(before ?? "");
  expect(await broken(page)).toEqual([]);
  await page.goto("/graph");
  await page.getByRole("button", { name: "Larger" }).press("Enter");
  expect(await broken(page)).toEqual([]);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a reader searches and narrows a list", async ({ page }) => {
    await page.goto("/");
    await page.getByLabel("Search", { exact: true }).fill("circuit breaker");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Circuit Breaker", exact: true }).first().click();
    await expect(page).toHaveURL(/\/patterns\/circuit-breaker$/);
    await page.goto("/patterns");
    await page.locator("input[name=tier][value=gold]").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL(/tier=gold/);
  });
});

/** The folder of the committed pictures of the site; SCREENSHOTS=1 draws them anew. */
const pictures = "../../docs/images/site";

/** The kinds of pages in these pictures: the others look like one of them. */
const shown =
  /^(home|patterns|patterns-one|laws-one|learning-paths-one|search|missing|compare|calculator|wizard|health|graph|changes)$/;

test("pictures of the pages", async ({ browser, request, baseURL }) => {
  test.skip(process.env.SCREENSHOTS === undefined, "SCREENSHOTS=1 takes them");
  test.setTimeout(20 * 60_000);
  mkdirSync(pictures, { recursive: true });
  for (const [kind, path] of [...(await kinds(request))].filter(([kind]) => shown.test(kind))) {
    for (const [width, height, deviceScaleFactor] of [
      [360, 740, 0.75],
      [768, 900, 0.5],
      [1440, 900, 0.5],
    ]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const context = await browser.newContext({
          baseURL,
          colorScheme,
          deviceScaleFactor,
          viewport: { width, height },
        });
        const page = await context.newPage();
        await page.goto(path);
        await page.screenshot({
          path: `${pictures}/${kind}-${width}-${colorScheme}.jpg`,
          quality: 45,
          type: "jpeg",
        });
        await context.close();
      }
    }
  }
});
