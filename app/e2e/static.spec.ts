import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

// The site as files, which a server like that of any static host serves below /docs/.
const files = process.env.HUB_FILES ?? "";
test.skip(files === "", "HUB_FILES names no folder with the site as files");

const media: Record<string, string> = {
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
};

/** Returns the file of an address, as most hosts find it. */
function fileOf(address: string): string {
  const path = decodeURIComponent(new URL(address, "http://host").pathname);
  const file = join(files, normalize(path.replace(/^\/docs/, "")));
  return path.endsWith("/") ? join(file, "index.html") : file;
}

let server: Server;
let home = "";

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const file = fileOf(request.url ?? "/");
    const there =
      request.url?.startsWith("/docs/") && statSync(file, { throwIfNoEntry: false })?.isFile();
    const shown = there ? file : join(files, "404.html");
    response.writeHead(shown === file ? 200 : 404, {
      "Content-Type": media[shown.split(".").pop() ?? ""] ?? "text/plain",
    });
    response.end(readFileSync(shown));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/docs/`;
});

test.afterAll(() => server.close());

/** Records what scripts and the policy of a page complain about. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404")) {
      faults.push(message.text());
    }
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(home)) {
      faults.push(`asks ${request.url()}`);
    }
  });
  return faults;
}

for (const [name, words, first] of [
  ["a name", "circuit breaker", "Circuit Breaker"],
  ["the beginning of a word", "circ break", "Circuit Breaker"],
  ["case and accents", "ÇIRCUIT breáker", "Circuit Breaker"],
  ["one word", "saga", "Saga"],
]) {
  test(`the search of the files finds ${name}`, async ({ page }) => {
    const faults = watch(page);
    await page.goto(home);
    await page.locator("#find").fill(words);
    await page.locator("#find").press("Enter");
    await expect(page.locator(".hits h2").first()).toHaveText(first);
    await expect(page.getByRole("status")).toContainText(`for “${words}”`);
    await page.locator(".hits h2 a").first().click();
    await expect(page.locator("h1")).toHaveText(first);
    expect(faults).toEqual([]);
  });
}

test("a search without a result leads to the lists", async ({ page }) => {
  await page.goto(`${home}search/?q=zxqzy+%3Cb%3E`);
  await expect(page.getByRole("status")).toHaveText(
    "0 results for “zxqzy <b>”. Try fewer or other words, or one of these lists:",
  );
  await page.locator("site-find").getByRole("link", { name: "Patterns" }).click();
  await expect(page.locator("h1")).toHaveText("Patterns");
});

test("without scripts the search says what to do, and lists can be narrowed", async ({
  browser,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${home}search/?q=saga`);
  await expect(page.locator("site-find")).toContainText("needs JavaScript");
  await page.locator("site-find").getByRole("link", { name: "Patterns" }).click();
  await page
    .getByRole("navigation", { name: "Narrow" })
    .getByRole("link", { name: "Gold" })
    .click();
  await expect(page.locator(".total")).toHaveText("38 patterns");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(`${home}patterns/tier=gold/page=2/`);
  await context.close();
});

test("pages that differ from those of the server are accessible and keep the policy", async ({
  browser,
}) => {
  test.setTimeout(10 * 60_000);
  for (const [colorScheme, width] of [
    ["light", 1440],
    ["dark", 360],
  ] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    for (const path of [
      "",
      "patterns/",
      "patterns/tier=gold/",
      "patterns/saga/",
      "health/",
      "graph/",
      "changes/",
      "search/?q=saga",
      "search/",
      "nowhere/",
    ]) {
      const page = await context.newPage();
      const faults = watch(page);
      await page.goto(home + path, { waitUntil: "networkidle" });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const said = violations.map(({ id, nodes }) => `${id}: ${nodes[0].target.join(" ")}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect({ path, width, said, faults, wider: Math.max(wider, 0) }).toEqual({
        path,
        width,
        said: [],
        faults: [],
        wider: 0,
      });
      await page.close();
    }
    await context.close();
  }
});
