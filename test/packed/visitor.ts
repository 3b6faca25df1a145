/** A person with a browser, who acts by lines such as "open /books", "fill Title = Emma" and "see Added". */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** How long a page may take to show what is expected: the development server restarts in between. */
const patienceMs = 60_000;

/** A visitor of one site. */
export class Visitor {
  readonly #page: Page;
  readonly #origin: string;
  /** What they have typed into the form of the page, by label. */
  readonly #typed = new Map<string, string>();

  constructor(page: Page, origin: string) {
    this.#page = page;
    this.#origin = origin;
  }

  /** Does what a line says. The page is asked again until it shows what is expected, since the server may be restarting. */
  async act(line: string): Promise<void> {
    const [word = "", ...rest] = line.split(" ");
    const text = rest.join(" ");
    const page = this.#page;
    if (word === "open" || word === "click") this.#typed.clear();
    if (word === "open") await this.#open(text);
    else if (word === "click") await (await this.#find(page.getByRole("link", { name: text, exact: true }))).click();
    else if (word === "press") await this.#press(text);
    else if (word === "fill") {
      const [label = "", value = ""] = text.split(" = ");
      this.#typed.set(label, value);
      await (await this.#find(page.getByLabel(label, { exact: true }))).fill(value);
    } else if (word === "without-browser-checks")
      await page
        .locator("form")
        .last()
        .evaluate((form) => form.setAttribute("novalidate", ""));
    else if (word === "not") assert.ok(!(await page.locator("main").innerText()).includes(text), `The page shows "${text}".`);
    else if (word === "see") await this.#see(text);
    else assert.fail(`Unknown action: ${line}`);
  }

  async #open(path: string): Promise<void> {
    const until = Date.now() + patienceMs;
    for (;;) {
      try {
        await this.#page.goto(new URL(path, this.#origin).href);
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  async #press(name: string): Promise<void> {
    const button = await this.#find(this.#page.getByRole("button", { name, exact: true }));
    // A person notices when a page has lost what they typed.
    for (const [label, value] of this.#typed) {
      const field = this.#page.getByLabel(label, { exact: true }).first();
      if ((await field.inputValue()) !== value) await field.fill(value);
    }
    this.#typed.clear();
    await button.click();
  }

  /** Finds a control; a page from before the last change is asked again. */
  async #find(locator: Locator): Promise<Locator> {
    const page = this.#page;
    const until = Date.now() + patienceMs;
    while ((await locator.count()) === 0) {
      assert.ok(Date.now() < until, `${page.url()} has no ${String(locator)}. It shows:\n${await page.locator("body").innerText()}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await page.reload().catch(() => undefined);
    }
    return locator.first();
  }

  async #see(text: string): Promise<void> {
    const page = this.#page;
    const until = Date.now() + patienceMs;
    for (;;) {
      const shown = await page.locator("body").innerText();
      if (shown.includes(text)) return;
      assert.ok(Date.now() < until, `${page.url()} does not show "${text}". It shows:\n${shown.slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await page.reload().catch(() => undefined);
    }
  }
}
