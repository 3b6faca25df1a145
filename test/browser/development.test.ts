/** The error page, the toolbar and the pages of requests in a real browser: under the strict policy, at two widths, light and dark. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { expectAccessible } from "gable/testing";
import type { Browser, Page } from "playwright-core";
import { gable, get, html, post } from "gable";
import type { Application, RunningApp } from "gable";
import { belongsTo, field as f, Model } from "gable/data";
import { silentLogger } from "../silent-logger.ts";
import { assertFits, launchBrowser, skipWithoutBrowser } from "./launch.ts";

class Painter extends Model("shown_painters", { id: f.id(), name: f.text({ max: 20 }) }) {}
class Picture extends Model("shown_pictures", { id: f.id(), title: f.text({ max: 20 }), painter: () => belongsTo(Painter) }) {}

const layout = (content: unknown): ReturnType<typeof html> =>
  html`<!doctype html><html lang="en"><head><title>Pictures</title></head><body><main><h1>Pictures</h1>${content as string}</main></body></html>`;

function createApp(): Application {
  return gable({
    mode: "development",
    logger: silentLogger,
    models: [Painter, Picture],
    database: "sqlite::memory:",
    session: {},
    secretKeys: ["shown-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"],
    routes: [
      get("/", async ({ session, log }) => {
        session.set("cart" as never, [1] as never);
        log.info({ pictures: 12 }, "The list is made.");
        const names: string[] = [];
        for (const picture of await Picture.where().orderBy("id")) names.push((await Painter.get(picture.painterId)).name);
        return layout(names.map((name) => html`<p>${name}</p>`));
      }),
      get("/boom/:id(int)", async ({ params }) => {
        await Picture.where({ id: params.id }).count();
        const long = `${"a very long line of source code, which is wider than the page "}${"and goes on and on, so that its region has to scroll"}`;
        throw new AggregateError([new Error(long), "no error"], "Several <b>things</b> broke", { cause: new TypeError("the root") });
      }),
      post("/only-post", () => "ok"),
      get(
        "/input",
        {
          query: { "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "Too short.", path: ["page"] }] }) } },
        },
        () => "ok",
      ),
    ],
  });
}

describe("the pages of development in a browser", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let running: RunningApp;
  const problems: string[] = [];

  before(async () => {
    const app = createApp();
    await app.start();
    await app.database().run(async () => {
      const painter = await Painter.create({ name: "Ada" });
      for (let number = 0; number < 12; number++) await Picture.create({ title: `${number}`, painter });
    });
    running = await app.listen({ port: 0, quiet: true, signals: false });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await running?.stop({ graceMs: 0 });
  });

  async function open(width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width, height: 900 }, colorScheme })).newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of (?:4|5)\d\d/.test(message.text())) problems.push(message.text());
    });
    return page;
  }

  async function assertAccessible(page: Page): Promise<void> {
    await expectAccessible(page);
    await assertFits(page);
  }

  for (const width of [1280, 390])
    for (const scheme of ["light", "dark"] as const)
      it(`are accessible at ${width} pixels in the ${scheme}`, async () => {
        const page = await open(width, scheme);
        for (const path of ["/boom/5?token=abc12345678", "/bom/5", "/only-post", "/input?page=1"]) {
          await page.goto(running.url + path);
          await page.locator("gable-toolbar .badge").waitFor();
          await assertAccessible(page);
        }
        await page.goto(running.url);
        await page.locator("gable-toolbar .badge").click();
        for (const summary of await page.locator("gable-toolbar summary").all()) {
          const isOpen = await summary.evaluate((element) => (element.parentElement as HTMLDetailsElement).open);
          if (!isOpen) await summary.click();
        }
        await assertAccessible(page);
        const id = await page.evaluate(
          () =>
            (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).serverTiming.find(({ name }) => name === "gable")
              ?.description,
        );
        await page.goto(`${running.url}/_gable/requests/${id}`);
        await assertAccessible(page);
        await page.context().close();
      });

  it("show time, queries and warnings in a badge, which opens a panel and closes it with Escape", async () => {
    const page = await open(1280, "light");
    await page.goto(running.url);
    const badge = page.locator("gable-toolbar .badge");
    assert.match(await badge.innerText(), /^\d+ ms · 13 queries · 1 warning$/);
    const panel = page.locator("gable-toolbar .panels");
    assert.equal(await panel.isVisible(), false);
    await badge.click();
    assert.equal(await badge.getAttribute("aria-expanded"), "true");
    const text = await panel.innerText();
    for (const part of ["handler", "W_QUERY_REPEATED", "with({ painter: true })", "development.test.ts:"])
      assert.ok(text.includes(part), part);
    await panel.getByRole("button", { name: "Explain statement 1", exact: true }).click();
    await page.locator("gable-toolbar .plan").waitFor();
    assert.match(await page.locator("gable-toolbar .plan").innerText(), /shown_pictures/);
    assert.equal(page.url(), `${running.url}/`);
    await page.keyboard.press("Escape");
    assert.equal(await panel.isVisible(), false);
    await page.context().close();
  });

  it("copy the error as Markdown, and show no markup of the error as markup", async () => {
    const page = await open(1280, "light");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${running.url}/boom/5`);
    assert.equal(await page.locator("h1").innerText(), "Several <b>things</b> broke");
    assert.equal(await page.locator("h1 b").count(), 0);
    await page.getByRole("button", { name: "Copy Markdown" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const copied = (await page.evaluate("navigator.clipboard.readText()")) as string;
    assert.match(copied, /^# E\\_INTERNAL: Several \\<b\\>things/);
    assert.match(
      await page.getByRole("link", { name: "Open in editor" }).getAttribute("href").then(String),
      /^vscode:\/\/file\/.*development\.test\.ts:\d+$/,
    );
    await page.context().close();
  });

  it("break no rule of the policy, and throw nothing", () => assert.deepEqual(problems, []));
});
