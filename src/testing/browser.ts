/** Pages in a real browser: the application listens on a free port, and playwright-core drives Chromium. */
import { existsSync } from "node:fs";
import type { Application } from "gable";
import type { RawRequest } from "gable/http";
import { assertTestFunction, testError } from "./test-error.ts";

/**
 * A page of a browser, as far as most tests use it.
 *
 * Annotate the parameter with `Page` of playwright-core to have all of it.
 */
export interface BrowserPage {
  /** Goes to an address; paths are those of the application. */
  goto(path: string): Promise<unknown>;
  /** Returns the address that is shown. */
  url(): string;
  /** Returns the title of the page. */
  title(): Promise<string>;
  /** Returns the HTML of the page. */
  content(): Promise<string>;
  /** Fills a field. */
  fill(selector: string, value: string): Promise<void>;
  /** Clicks an element. */
  click(selector: string): Promise<void>;
  /** Presses a key in an element. */
  press(selector: string, key: string): Promise<void>;
  /** Returns the text of an element; null without one. */
  textContent(selector: string): Promise<string | null>;
  /** Waits for an element. */
  waitForSelector(selector: string): Promise<unknown>;
  /** Waits for an address. */
  waitForURL(path: string): Promise<void>;
  /** Runs code in the page, and returns its JSON value. */
  evaluate(code: string): Promise<unknown>;
}

/** What of playwright-core is used. */
interface Playwright {
  readonly chromium: { launch(options: object): Promise<LaunchedBrowser> };
}
interface LaunchedBrowser {
  newContext(options: object): Promise<{ newPage(): Promise<BrowserPage & { on(event: string, listener: (error: Error) => void): void }> }>;
  close(): Promise<void>;
}

/** Where Chromium usually is. */
const usualPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Returns why tests in a browser cannot run here; false where they can. For the option `skip` of a test.
 *
 * With GABLE_TEST_REQUIRE=all it is always false: a machine without a browser then fails.
 *
 * @example
 * test("signs up", { skip: skipWithoutBrowser() }, () => withBrowser(app, async (page) => { await page.goto("/"); }));
 */
export function skipWithoutBrowser(): string | false {
  return findChromium() === undefined && process.env["GABLE_TEST_REQUIRE"] !== "all" ? "no Chromium here: set CHROMIUM to its path" : false;
}

/**
 * Serves an application on a free port, and runs work with a page of a new browser.
 *
 * Needs the package `playwright-core`, and a Chromium at the path of the variable CHROMIUM or at a usual path. Throws `E_TEST_BROWSER`
 * without one of them, and what a handler or a script of the page throws.
 */
export async function withBrowser<Page = BrowserPage>(app: Application, work: (page: Page) => unknown): Promise<void> {
  assertTestFunction("withBrowser()", work);
  const executablePath = findChromium();
  if (executablePath === undefined || !existsSync(executablePath))
    throw testError(
      "E_TEST_BROWSER",
      executablePath === undefined ? "There is no Chromium." : `There is no Chromium at ${executablePath}.`,
      "Install it, or set CHROMIUM to its path.",
    );
  const { chromium } = await loadPeer<Playwright>("playwright-core");
  const { serve } = await import("gable/server");
  await app.start();
  const failures: unknown[] = [];
  const stopObserving = app.observe({ error: (_requestId, error) => void failures.push(error) });
  const { rate: _rate, ...limits } = app.options.limits ?? {};
  const onError = (error: unknown, raw: RawRequest | null): void => app.reportError(error, raw);
  const server = await serve(app.listener, { port: 0, host: "127.0.0.1", methods: app.methods, limits, onError });
  try {
    const browser = await chromium.launch({ executablePath, headless: true, args: flags });
    try {
      const context = await browser.newContext({ baseURL: server.url });
      const page = await context.newPage();
      page.on("pageerror", (error) => void failures.push(error));
      // The caller says which of its methods it uses.
      await work(page as Page);
    } finally {
      await browser.close();
    }
  } finally {
    stopObserving();
    await server.stop({ graceMs: 1_000 });
  }
  if (failures.length > 0) throw failures[0];
}

/** A rule that a page breaks, as axe-core reports it. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly helpUrl: string;
  readonly nodes: ReadonlyArray<{ readonly html: string }>;
}

/**
 * Fails when a page breaks a rule of axe-core.
 *
 * Needs the package `axe-core`. Throws `E_TEST_ACCESSIBILITY` and `E_TEST_BROWSER`.
 */
export async function expectAccessible(page: Pick<BrowserPage, "evaluate" | "url">): Promise<void> {
  const axe = await loadPeer<{ readonly source?: string; readonly default?: { readonly source: string } }>("axe-core");
  const source = axe.source ?? axe.default?.source ?? "";
  // The last value of the code is what evaluate() returns.
  const found = await page.evaluate(`${source}\n;axe.run(document).then(({ violations }) => JSON.stringify(violations))`);
  const violations = JSON.parse(String(found)) as Violation[]; // As the code above has written them.
  if (violations.length === 0) return;
  const lines = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html).join("\n    ")}`);
  throw testError(
    "E_TEST_ACCESSIBILITY",
    `${page.url()} breaks ${violations.length} rules of accessibility:\n  ${lines.join("\n  ")}\n`,
    violations.map(({ helpUrl }) => helpUrl).join(" "),
  );
}

function findChromium(): string | undefined {
  const named = process.env["CHROMIUM"];
  return named === undefined || named === "" ? usualPaths.find((path) => existsSync(path)) : named;
}

/** Loads a package that a project installs itself. */
async function loadPeer<Module>(name: "playwright-core" | "axe-core"): Promise<Module> {
  try {
    // The types above say what is used of it.
    return (await import(name)) as Module;
  } catch (cause) {
    const error = testError("E_TEST_BROWSER", `The package ${name} is not installed.`, `Run: npm install --save-dev ${name}`);
    error.cause = cause;
    throw error;
  }
}
