import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// The installed Chromium, or the one that CHROMIUM names: no browser is downloaded.
const candidates = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const chromium = candidates.find((path) => path !== undefined && existsSync(path));
if (chromium === undefined) {
  throw new Error("no Chromium: install the package chromium, or set CHROMIUM to a browser's path");
}

// HUB_URL is a running hub. Without it the tests start a small stand-in, which tests the bundle
// but not the service.
const hub = process.env.HUB_URL;
const standIn = "http://127.0.0.1:8099";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  // Chromium is slow on two busy cores; normally no step takes that long.
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: "list",
  use: {
    baseURL: hub ?? standIn,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: hub
    ? undefined
    : { command: "node standin.js", url: `${standIn}/livez`, reuseExistingServer: false },
});
