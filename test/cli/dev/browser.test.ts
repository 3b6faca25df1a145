/** Pages under `gable dev` in a real browser: what stays when files change, and what loads again. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../../browser/launch.ts";
import { DevProject } from "./dev-project.ts";

const home = `{% props word: string %}<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ asset("app.css") }}"></head><body>
<h1>{{ word }}</h1>
<p id="intro">Write to us.</p>
<form method="post" action="/"><label>Name <input name="name"></label><label>Text <textarea name="text">first</textarea></label>
<label><input type="checkbox" name="news"> News</label>
<select name="size"><option>small</option><option>large</option></select></form>
<dialog id="terms"><p>Terms</p><input name="inside"></dialog>
<details><summary>More</summary><p>Details</p></details>
<div id="scroller" style="height:3000px">long</div>
<img src="{{ asset("dot.svg") }}" alt="">
</body></html>`;
const files = {
  "app.ts": `import { gable, get, html, post } from "gable";
import { word } from "./word.ts";
export default gable({
  views: "views", static: "static",
  security: { csp: { styleSrc: ["'self'", "'unsafe-inline'"] }, allowUnsafe: "a style attribute makes the page long" },
  routes: [get("/", (context) => context.view("home.html", { word })), post("/", (context) => context.view("home.html", { word: "sent" }))],
});
`,
  "word.ts": 'export const word: string = "one";\n',
  "views/home.html": home,
  "static/app.css": "h1 { color: rgb(255, 0, 0) }",
  "static/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
};

describe("a page under gable dev", { skip: skipWithoutBrowser }, () => {
  const project = new DevProject(files);
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  let top = 0;

  before(async () => {
    await project.start("--no-types");
    browser = await launchBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      // Browsers ask for an icon where a page names none.
      if (message.location().url.endsWith("/favicon.ico")) return;
      // A stream that ends with its worker is not a problem: the browser opens it again.
      if (message.type() === "error" && !/ERR_(?:INCOMPLETE_CHUNKED|EMPTY_RESPONSE)|status of 500/.test(message.text()))
        problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${project.port}/`);
  });
  after(async () => {
    await browser?.close();
    await project.end();
  });

  /** Uses the page: what is typed, chosen, opened and scrolled. */
  async function usePage(): Promise<void> {
    await page.fill("[name=name]", "Ann");
    await page.fill("[name=text]", "second");
    await page.check("[name=news]");
    await page.selectOption("[name=size]", "large");
    await page.evaluate(() => {
      document.querySelector("dialog")!.showModal();
      document.querySelector("details")!.open = true;
      scrollTo(0, 500);
      document.body.dataset["mark"] = "same page";
    });
    await page.fill("[name=inside]", "typed in the dialog");
    top = await page.evaluate(() => Math.round(document.querySelector("#scroller")!.getBoundingClientRect().top));
    await page.evaluate(() => document.querySelector("form")!.setAttribute("data-own", "1"));
  }

  async function assertKept(): Promise<void> {
    const state = await page.evaluate(() => ({
      name: document.querySelector<HTMLInputElement>("[name=name]")!.value,
      text: document.querySelector<HTMLTextAreaElement>("[name=text]")!.value,
      news: document.querySelector<HTMLInputElement>("[name=news]")!.checked,
      size: document.querySelector<HTMLSelectElement>("[name=size]")!.value,
      inside: document.querySelector<HTMLInputElement>("[name=inside]")!.value,
      dialog: document.querySelector("dialog")!.matches(":modal"),
      details: document.querySelector("details")!.open,
      focus: (document.activeElement as HTMLInputElement).name,
      // The browser keeps what is in view where it is, whatever is added above it.
      top: Math.round(document.querySelector("#scroller")!.getBoundingClientRect().top),
    }));
    assert.deepEqual(state, {
      name: "Ann",
      text: "second",
      news: true,
      size: "large",
      inside: "typed in the dialog",
      dialog: true,
      details: true,
      focus: "inside",
      top,
    });
  }

  it("keeps form input, scroll, focus and an open dialog when a view changes", async () => {
    await usePage();
    project.writeByRename(
      "views/home.html",
      home.replace("<p id=", "<p>New above.</p><section><h2>New</h2></section>\n<p id=").replace("Write to us", "Write to us now"),
    );
    await page.waitForFunction(() => document.querySelector("h2")?.textContent === "New");
    assert.equal(await page.textContent("#intro"), "Write to us now.");
    await assertKept();
    project.writeByRename("views/home.html", home);
    await page.waitForFunction(() => document.querySelector("h2") === null);
    await assertKept();
  });

  it("keeps them when a stylesheet changes, and uses the new style", async () => {
    project.write("static/app.css", "h1 { color: rgb(0, 0, 255) }");
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")!).color === "rgb(0, 0, 255)");
    await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1);
    assert.match((await page.getAttribute("link[rel=stylesheet]", "href"))!, /^\/static\/app\.css\?v=[0-9a-f]{12}$/);
    await assertKept();
    assert.equal(
      await page.evaluate(() => document.body.dataset["mark"]),
      undefined,
      "the attribute that no page has does not survive a morph",
    );
  });

  it("gives an image its new address", async () => {
    project.write("static/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>');
    await page.waitForFunction(() => document.querySelector("img")!.src.includes("/static/dot.svg?v="));
    await assertKept();
  });

  it("loads again when a module changes, and keeps its scroll position", async () => {
    project.write("word.ts", 'export const word: string = "two";\n');
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "two");
    // What was open above is closed now, so the same place is not the same number.
    await page.waitForFunction(() => scrollY > 300);
  });

  it("becomes the error page when the code is broken, and comes back when it is corrected", async () => {
    project.write("word.ts", "export const word: string = ;\n");
    await page.waitForFunction(() => document.title.includes("E_MODULE_SYNTAX"));
    project.writeByRename("word.ts", 'export const word: string = "three";\n');
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "three");
  });

  it("becomes the error page when its view is broken, and comes back", async () => {
    project.write("views/home.html", `${home}{% if %}`);
    await page.waitForFunction(() => document.title.includes("E_VIEW"));
    project.write("views/home.html", home);
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "three");
  });

  it("that answers a form says that the code has changed, and sends nothing again", async () => {
    await page.evaluate(() => document.querySelector("form")!.submit());
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "sent");
    const from = project.events.length;
    project.write("word.ts", 'export const word: string = "four";\n');
    await page.waitForFunction(() => document.querySelector("gable-bar")?.shadowRoot?.textContent?.includes("answers a form") === true);
    assert.equal(await page.textContent("h1"), "sent");
    assert.ok(!project.events.slice(from).some(({ event, method }) => event === "request" && method === "POST"));
  });

  it("can be scrolled until its last line is above the bar", async () => {
    await page.waitForFunction(() => document.documentElement.style.paddingBottom !== "");
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    // The image is the end of the page.
    const [end, bar] = await page.evaluate(() => [
      document.querySelector("img")!.getBoundingClientRect().bottom,
      document.querySelector("gable-bar")!.getBoundingClientRect().top,
    ]);
    assert.ok(end! <= bar!, `${end} is below ${bar}`);
  });

  it("learns of each change that was made before it began to listen", async () => {
    const changes: ReadonlyArray<readonly [name: string, text: string, isShown: () => boolean]> = [
      ["views/home.html", home.replace("Write to us.", "Call us."), () => document.body.textContent.includes("Call us.")],
      ["static/app.css", "h1 { color: rgb(1, 2, 3) }", () => getComputedStyle(document.querySelector("h1")!).color === "rgb(1, 2, 3)"],
      ["word.ts", 'export const word: string = "late";\n', () => document.querySelector("h1")!.textContent === "late"],
    ];
    await page.goto(`http://127.0.0.1:${project.port}/`);
    for (const [name, text, isShown] of changes) {
      const late = await browser.newPage();
      let listen: (() => void) | undefined;
      const isHeld = new Promise<void>((resolve) => (listen = resolve));
      await late.route("**/_gable/events", async (route) => {
        await isHeld;
        await route.continue();
      });
      await late.goto(`http://127.0.0.1:${project.port}/`);
      const open = page.waitForEvent("request", (request) => !request.url().includes("/_gable/"));
      project.write(name, text);
      await open; // The page that listens has been told.
      assert.equal(await late.evaluate(isShown), false, name);
      listen!();
      await late.waitForFunction(isShown, undefined, { timeout: 300_000 });
      await late.close();
    }
  });

  it("shows what to install in a bar, and takes it away", async () => {
    await page.goto(`http://127.0.0.1:${project.port}/`);
    project.write("package.json", '{ "name": "shop", "type": "module", "dependencies": { "left": "1.0.0" } }');
    await page.waitForFunction(() => document.querySelector("gable-bar")?.shadowRoot?.textContent?.includes("npm install") === true);
    project.write("package.json", '{ "name": "shop", "type": "module" }');
    await page.waitForFunction(() => document.querySelector("gable-bar")?.shadowRoot?.childElementCount === 0);
    await page.waitForFunction(() => document.documentElement.style.paddingBottom === "");
  });

  it("causes no error in the browser", () => assert.deepEqual(problems, []));
});
