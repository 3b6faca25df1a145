/** Chromium for tests: where it is, and how it is started. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

const executablePath =
  process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const isRequired = process.env["GABLE_TEST_REQUIRE"] === "all";
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why tests in a browser are skipped; false where they run. */
export const skipWithoutBrowser: string | false = executablePath === undefined && !isRequired ? "no Chromium here" : false;

/** Starts it, with a separate profile. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  assert.ok(executablePath, "GABLE_TEST_REQUIRE=all needs Chromium: install it, or set CHROMIUM");
  return chromium.launch({ executablePath, headless: true, args: [...flags, ...more] });
}

/** Fails when a page is wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const [content, window_] = (await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")) as [number, number];
  assert.ok(content <= window_, `${page.url()} is ${content} wide in a window of ${window_}`);
}
