/** Pages in a real browser. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { gable, get, html, page, post, raw, redirect } from "gable";
import { expectAccessible, skipWithoutBrowser, testDatabase, withBrowser } from "gable/testing";
import { field as f, Model } from "gable/data";
import { silentLogger } from "../silent-logger.ts";

class Entry extends Model("browser_entries", { id: f.id(), text: f.text({ max: 50 }) }) {}
const document = (body: ReturnType<typeof html>) =>
  page(
    raw(
      `<!doctype html><html lang="en"><head><title>T</title></head><body><main><h1>Entries</h1>${String(body)}</main></body></html>`,
      "of a test",
    ),
  );
const app = gable({
  mode: "test",
  logger: silentLogger,
  models: [Entry],
  database: "sqlite::memory:",
  routes: [
    get("/", async () =>
      document(
        html`<ul>${(await Entry.where()).map(({ text }) => html`<li>${text}</li>`)}</ul>
          <form method="post"><label>Text <input name="text" /></label><button>Save</button></form>`,
      ),
    ),
    post("/", async ({ request }) => {
      await Entry.create({ text: String((await request.formData()).get("text")) });
      return redirect("/");
    }),
    get("/bad", () => document(html`<img src="/x.png" /><input name="a" />`)),
    get("/broken", () => {
      throw new RangeError("broken in the browser");
    }),
  ],
});
testDatabase(app);

describe("withBrowser()", { skip: skipWithoutBrowser() }, () => {
  it("fills a form, inside the transaction of the test", async () => {
    await withBrowser(app, async (page: Page) => {
      await page.goto("/");
      await page.getByLabel("Text").fill("hello");
      await page.click("button");
      await page.waitForSelector("li");
      assert.equal(await page.textContent("li"), "hello");
      await expectAccessible(page);
    });
    assert.equal(await Entry.count(), 1);
  });

  it("names the rules that a page breaks", async () => {
    await withBrowser(app, async (page) => {
      await page.goto("/bad");
      await assert.rejects(expectAccessible(page), {
        code: "E_TEST_ACCESSIBILITY",
        message: /breaks 2 rules[^]*image-alt: [^]*<img src="\/x\.png"/,
      });
    });
  });

  it("throws what a handler throws", async () => {
    await assert.rejects(
      withBrowser(app, (page) => page.goto("/broken")),
      { name: "RangeError", message: "broken in the browser" },
    );
  });
});

describe("withBrowser() without a browser", () => {
  it("says what to install", async () => {
    const before = process.env["CHROMIUM"];
    process.env["CHROMIUM"] = "/nowhere/chromium";
    try {
      await assert.rejects(
        withBrowser(app, () => undefined),
        { code: "E_TEST_BROWSER", message: "There is no Chromium at /nowhere/chromium." },
      );
    } finally {
      if (before === undefined) delete process.env["CHROMIUM"];
      else process.env["CHROMIUM"] = before;
    }
  });
});
