/** The library in a real browser: used as a visitor would, looked at by axe, at two widths. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { RunningApp } from "gable";
import type { Database } from "gable/data";
import { createLibrary } from "../../examples/library/app.ts";
import { openLibraryDatabase } from "../../examples/library/database.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

describe("the library in a browser", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let running: RunningApp;
  let database: Database | undefined;
  let folder = "";
  let axe = "";
  const problems: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-browser-"));
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    database = await openLibraryDatabase(folder);
    running = await (await createLibrary({ dataFolder: folder, mode: "test" })).listen({ port: 0 });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await running?.stop({ graceMs: 0 });
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(width: number): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width, height: 800 } })).newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of (?:4|5)\d\d/.test(message.text())) problems.push(message.text());
    });
    return page;
  }

  /** The rules of axe, run in an isolated world: the page's own policy stays on. */
  async function assertAccessible(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    await session.send("Runtime.evaluate", { contextId: executionContextId, expression: axe });
    const { result } = await session.send("Runtime.evaluate", {
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
      expression:
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' ')))",
    });
    assert.deepEqual(result.value, [], page.url());
  }

  async function assertNoSidewaysScroll(page: Page): Promise<void> {
    const [content, window_] = (await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")) as [number, number];
    assert.ok(content <= window_, `${page.url()} is ${content} wide in a window of ${window_}`);
  }

  for (const width of [1280, 360]) {
    it(`is usable and accessible at ${width} pixels`, async () => {
      const page = await open(width);
      for (const path of ["/", "/books?subject=sea", "/books/moby-dick", "/authors/5", "/proposals/new", "/nothing"]) {
        await page.goto(running.url + path);
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);
      }
      await page.context().close();
    });
  }

  it("finds a book by the search of the first page", async () => {
    const page = await open(1280);
    await page.goto(running.url);
    await page.getByLabel("Search the catalogue").fill("white whale");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { name: "Moby-Dick" }).getByRole("link").click();
    assert.equal(await page.locator("h1").innerText(), "Moby-Dick");
    await page.context().close();
  });

  it("takes a proposal after it was corrected, and keeps what was typed", async () => {
    const page = await open(1280);
    await page.goto(`${running.url}/proposals/new`);
    await page.getByLabel("Title").fill("A <b>bold</b> book");
    await page.getByRole("button", { name: "Send the proposal" }).click();
    assert.match(await page.getByRole("alert").innerText(), /Please look at 4 fields again/);
    await assertAccessible(page);
    assert.equal(await page.getByLabel("Title").inputValue(), "A <b>bold</b> book");
    await page.getByLabel("Author").fill("Nobody");
    await page.getByLabel("Year").fill("1899");
    await page.getByLabel("Language").selectOption("fr");
    await page.getByLabel("Why should it be here?").fill("Because it was written long ago.");
    await page.getByLabel("Cover image").setInputFiles({
      name: "cover.png",
      mimeType: "image/png",
      buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
    });
    await page.getByRole("button", { name: "Send the proposal" }).click();
    assert.equal(await page.locator("h1").innerText(), "Thank you: A <b>bold</b> book");
    // The page may be there before its image: decode() waits for it.
    const width = await page.locator("img.cover").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.equal(width, 1);
    await assertAccessible(page);
    await page.context().close();
  });

  it("breaks no rule of its own policy, and throws nothing", () => assert.deepEqual(problems, []));
});
