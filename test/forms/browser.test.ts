/** Forms in Chromium: the browser and the server agree about values, the markup is accessible, and everything works without a script. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { field as column, Model } from "gable/data";
import { field as f, form } from "gable/forms";
import type { FormField } from "gable/forms";
import type { DisplayField, DisplayForm, Html, RunningApp } from "gable";
import { gable, get, html, page as reply, post } from "gable";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import { silentLogger } from "../silent-logger.ts";
import { agreementCases } from "./agreement.cases.ts";
import { fieldCases } from "./fields.cases.ts";

class Author extends Model("authors", { id: column.id(), name: column.text({ max: 100 }) }) {}

/** One field with values to type into it. */
interface Typing {
  readonly name: string;
  readonly field: FormField<unknown>;
  readonly values: readonly string[];
}

/** What the browser makes of a value. */
interface Verdict {
  readonly isValid: boolean;
  readonly sent: readonly string[];
}

/** Types without their own control, or whose control is a list. */
const untyped = new Set(["boolean", "boolean that must be true", "boolean that may be unknown", "choice", "json"]);

const typings: readonly Typing[] = [
  ...fieldCases
    .filter(({ name }) => !untyped.has(name))
    .map(({ name, field, cases }) => ({ name, field, values: cases.map(([typed]) => typed) })),
  ...agreementCases,
];

describe("forms in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
    page = await browser.newPage();
  });
  after(() => browser?.close());

  const show = (field: FormField<unknown>): Promise<void> =>
    page.setContent(
      `<!doctype html><html lang="en"><title>t</title><form>${String(html`${form({ value: field }).blank().fields.value}`)}</form>`,
    );

  /** Types a value, as a person does where that counts: limits of length are about what people type. */
  async function type(value: string): Promise<Verdict> {
    const isTyped = await page.evaluate((text) => {
      const control = document.querySelector<HTMLInputElement>("[name=value]")!;
      const isText = ["text", "email", "url", "password", "tel", "textarea"].includes(control.type);
      if (isText) {
        control.focus();
        control.select();
      } else control.value = text;
      return isText;
    }, value);
    if (isTyped) await (value === "" ? page.keyboard.press("Delete") : page.keyboard.insertText(value));
    return page.evaluate(() => {
      const owner = document.querySelector("form")!;
      return { isValid: owner.checkValidity(), sent: new FormData(owner).getAll("value").map(String) };
    });
  }

  let count = 0;
  for (const { name, field, values } of typings)
    it(`agrees with the server about ${name}`, async () => {
      await show(field);
      const one = form({ value: field });
      for (const typed of values) {
        const { isValid, sent } = await type(typed);
        const judged = await one.parse(sent.map((text) => ["value", text] as const));
        const shown = `${JSON.stringify(typed).slice(0, 60)}, sent as ${JSON.stringify(sent).slice(0, 60)}: ${judged.errors()[0]?.code ?? "valid"}`;
        if (isKnownDifference(name, sent[0] ?? "", isValid)) continue;
        assert.equal(isValid, judged.valid, shown);
        count++;
        // What the control has changed is wrong for the server as well, or means the same.
        if (sent[0] === typed || typed.length > 200) continue;
        const raw = await one.parse([["value", typed]]);
        if (raw.valid && judged.valid) assert.deepEqual(raw.data, judged.data, shown);
      }
    });

  it("has compared at least 300 values", () => assert.ok(count >= 300, `${count} values`));

  it("agrees about boxes, choices, lists and files that must be there", async () => {
    const all = form({
      terms: f.boolean({ mustBeTrue: true }),
      plan: f.choice({ a: "A", b: "B" }),
      size: f.choice({ a: "A", b: "B", c: "C", d: "D", e: "E", f: "F" }),
      tags: f.choices({ a: "A", b: "B", c: "C", d: "D", e: "E", f: "F", g: "G", h: "H", i: "I", j: "J", k: "K" }),
      notify: f.boolean(),
      known: f.boolean({ unknown: true }),
      cover: f.file({ optional: true }),
    });
    const required = ["terms", "plan", "size", "tags", "known"];
    await page.setContent(`<!doctype html><html lang="en"><title>t</title>${String(all.blank().render())}`);
    for (let bits = 0; bits < 2 ** required.length; bits++) {
      const filled = required.filter((_, index) => (bits & (1 << index)) !== 0);
      const { isValid, sent } = await page.evaluate((names) => {
        const owner = document.querySelector("form")!;
        owner.reset();
        const find = <Control>(selector: string): Control => owner.querySelector(selector) as Control;
        if (names.includes("terms")) find<HTMLInputElement>("[name=terms]").checked = true;
        if (names.includes("plan")) find<HTMLInputElement>("[name=plan][value=b]").checked = true;
        for (const name of ["size", "known"]) if (names.includes(name)) find<HTMLSelectElement>(`[name=${name}]`).selectedIndex = 1;
        if (names.includes("tags")) find<HTMLOptionElement>("[name=tags] option").selected = true;
        const pairs = [...new FormData(owner)]
          .filter(([, value]) => typeof value === "string")
          .map(([name, value]) => [name, String(value)] as [string, string]);
        return { isValid: owner.checkValidity(), sent: pairs };
      }, filled);
      const judged = await all.parse(sent);
      assert.equal(isValid, judged.valid, `${filled.join()}: ${JSON.stringify(judged.errors())}`);
      assert.equal(isValid, filled.length === required.length);
    }
  });

  it("sends, shows errors, adds rows and keeps what was typed with JavaScript off", async () => {
    const order = form(
      {
        name: f.text({ max: 10 }),
        secret: f.password({ optional: true }),
        lines: f.set({ product: f.text(), amount: f.int({ min: 1 }) }, { rowLabel: "Line" }),
      },
      { name: "order", validate: ({ name }) => (name === "taken" ? { name: "Taken." } : undefined) },
    );
    let stored: unknown;
    const app = gable({
      mode: "production",
      logger: silentLogger,
      routes: [
        get("/", () => reply(html`<!doctype html><html lang="en"><title>Order</title>${order.blank().render({ action: "/" })}</html>`)),
        post("/", { form: order }, ({ form: sent }) => {
          if (!sent.valid)
            return reply(html`<!doctype html><html lang="en"><title>Order</title>${sent.render({ action: "/" })}</html>`, {
              status: sent.status,
            });
          stored = sent.data;
          return reply(html`<p id="done">Thank you</p>`);
        }),
      ],
    });
    const running: RunningApp = await app.listen({ port: 0 });
    const context = await browser.newContext({ javaScriptEnabled: false });
    try {
      const plain = await context.newPage();
      await plain.goto(`http://127.0.0.1:${running.port}/`);
      await plain.fill("#order-name", "taken");
      await plain.fill("#order-secret", "hunter2");
      await plain.fill("#order-lines-0-product", "Tea");
      await plain.click("text=Add line");
      assert.equal(await plain.inputValue("#order-lines-0-product"), "Tea");
      assert.equal(await plain.inputValue("#order-name"), "taken");
      assert.equal(await plain.locator(".error-summary").count(), 0);
      await plain.fill("#order-lines-0-amount", "2");
      await plain.fill("#order-lines-1-product", "Milk");
      await plain.fill("#order-lines-1-amount", "1");
      // Enter sends the form: it does not add a row.
      await plain.press("#order-name", "Enter");
      await plain.waitForSelector(".error-summary");
      assert.equal(await plain.locator("fieldset.set-row").count(), 2);
      assert.equal(await plain.inputValue("#order-secret"), "");
      assert.equal(await plain.evaluate(() => 1).catch(() => "off"), 1);
      assert.equal(
        await plain.locator(".error-summary").evaluate((summary) => summary === document.activeElement),
        true,
        "the summary has the focus",
      );
      await plain.click(".error-summary a");
      await plain.fill("#order-name", "free");
      await plain.check("#order-lines-0-delete");
      await plain.click("text=Save");
      await plain.waitForSelector("#done");
      assert.deepEqual(stored, { name: "free", secret: null, lines: [{ product: "Milk", amount: 1 }] });
    } finally {
      await context.close();
      await running.stop({ graceMs: 0 });
    }
  });

  describe("rows that the script adds", () => {
    const line = { product: f.text({ max: 100, help: "What you want." }), size: f.choice({ s: "S", l: "L" }), amount: f.int({ min: 1 }) };
    const lines = f.set(line, { rowLabel: "Line", max: 3, ordered: true });
    const orders = {
      "a set": form({ name: f.text({ max: 10 }), lines }, { name: "order" }),
      "a set in a group": form({ name: f.text({ max: 10 }), part: f.group({ lines }) }, { name: "order" }),
    };
    for (const [what, order] of Object.entries(orders))
      for (const hasScript of [true, false])
        it(`${what}: adds, removes, keeps rows after an error, and stops at max, ${hasScript ? "without a request" : "without JavaScript"}`, async () => {
          const start = what === "a set" ? "order-lines" : "order-part-lines";
          const stored: unknown[] = [];
          const show = (shown: DisplayForm): Html =>
            html`<!doctype html><html lang="en"><title>Order</title>${shown.render({ action: "/" })}${shown.script}${shown.script}</html>`;
          let requests = 0;
          const app = gable({
            mode: "production",
            logger: silentLogger,
            routes: [
              get("/", () => (requests++, reply(show(order.blank())))),
              post("/", { form: order }, ({ form: sent }) => {
                requests++;
                if (!sent.valid) return reply(show(sent), { status: sent.status });
                stored.push(sent.data);
                return reply(html`<p id="done">Thank you</p>`);
              }),
            ],
          });
          const running: RunningApp = await app.listen({ port: 0 });
          const context = await browser.newContext({ javaScriptEnabled: hasScript });
          try {
            const visitor = await context.newPage();
            const problems: string[] = [];
            visitor.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
            visitor.on("pageerror", (error) => void problems.push(String(error)));
            await visitor.goto(`http://127.0.0.1:${running.port}/`);
            const add = visitor.locator(`#${start}-add`);
            const rows = visitor.locator("fieldset.set-row");
            const fill = async (row: number, product: string, amount: string): Promise<void> => {
              await visitor.fill(`#${start}-${row}-product`, product);
              await visitor.check(`#${start}-${row}-size-l`);
              await visitor.fill(`#${start}-${row}-amount`, amount);
            };
            await fill(0, "Tea", "2");
            // By keyboard: the button, then straight into the new row.
            await add.focus();
            await visitor.keyboard.press("Enter");
            await visitor.locator(`#${start}-1-product`).waitFor();
            assert.equal(await rows.count(), 2);
            assert.equal(await visitor.inputValue(`#${start}-0-product`), "Tea");
            if (hasScript) {
              assert.equal(requests, 1);
              assert.equal(await visitor.evaluate(() => document.activeElement?.id), `${start}-1-product`);
              await visitor.keyboard.type("Milk");
            } else await visitor.fill(`#${start}-1-product`, "Milk");
            await visitor.check(`#${start}-1-size-l`);
            await visitor.fill(`#${start}-1-amount`, "1");
            assert.equal(await visitor.inputValue(`#${start}-1-position`), "2");
            assert.equal(await visitor.locator(`#${start}-1 legend`).first().textContent(), "Line 2");
            assert.equal(await visitor.getAttribute(`#${start}-1-product`, "aria-describedby"), `${start}-1-product-help`);
            assert.equal(await visitor.locator(`label[for="${start}-1-product"]`).count(), 1);
            // The first radio button of a row is of this row only.
            assert.equal(await visitor.isChecked(`#${start}-0-size-l`), true);
            await add.click();
            await visitor.locator(`#${start}-2-product`).waitFor();
            assert.equal(await rows.count(), 3);
            assert.equal(await add.isVisible(), false);
            await fill(2, "Salt", "3");
            await visitor.check(`#${start}-0-delete`);
            // The name is missing: the browser would not send the form.
            await visitor.locator("form").evaluate((owner) => void owner.setAttribute("novalidate", ""));
            await visitor.click("text=Save");
            await visitor.locator(".error-summary").waitFor();
            assert.deepEqual(await Promise.all([0, 1, 2].map((row) => visitor.inputValue(`#${start}-${row}-product`))), [
              "Tea",
              "Milk",
              "Salt",
            ]);
            assert.equal(await visitor.isChecked(`#${start}-0-delete`), true);
            assert.equal(await add.count(), 0);
            await visitor.fill("#order-name", "Ann");
            await visitor.click("text=Save");
            await visitor.locator("#done").waitFor();
            const kept = [
              { product: "Milk", size: "l", amount: 1 },
              { product: "Salt", size: "l", amount: 3 },
            ];
            assert.deepEqual(stored, [{ name: "Ann", ...(what === "a set" ? { lines: kept } : { part: { lines: kept } }) }]);
            // The answer 422, and the icon of the site.
            assert.deepEqual(
              problems.filter((text) => !text.startsWith("Failed to load resource")),
              [],
            );
          } finally {
            await context.close();
            await running.stop({ graceMs: 0 });
          }
        });

    it("is on no page of a form without sets, and carries the nonce of the reply", async () => {
      assert.equal(form({ name: f.text() }).blank().script, "");
      const app = gable({
        mode: "production",
        logger: silentLogger,
        routes: [get("/", () => reply(html`${orders["a set"].blank().script}`))],
      });
      const answer = await app.request("/");
      const nonce = /^<script type="module" nonce="([^"]+)">/.exec(await answer.text())?.[1];
      assert.ok(answer.headers.get("content-security-policy")?.includes(`'nonce-${nonce}'`));
    });
  });

  /** Every control, in one form: blank, filled, refused and disabled. */
  const widgets = (isDisabled: boolean) => {
    const state = isDisabled ? { disabled: true } : {};
    return form(
      {
        text: f.text({ help: "Some help.", max: 5, ...state }),
        lines: f.text({ lines: 4, optional: true, max: 5, ...state }),
        email: f.email(state),
        url: f.url(state),
        password: f.password(state),
        slug: f.slug(state),
        uuid: f.uuid(state),
        color: f.color(state),
        tel: f.tel(state),
        int: f.int({ max: 5, ...state }),
        bigint: f.bigint(state),
        number: f.number(state),
        decimal: f.decimal({ digits: 3, scale: 1, ...state }),
        box: f.boolean({ mustBeTrue: true, help: "Read them.", ...state }),
        known: f.boolean({ unknown: true, ...state }),
        radio: f.choice({ a: "A", b: "B" }, { help: "One of two.", ...state }),
        select: f.choice({ a: "A", b: "B" }, { widget: "select", ...state }),
        boxes: f.choices({ a: "A", b: "B" }, { help: "Some of two.", ...state }),
        multiple: f.choices({ a: "A", b: "B" }, { widget: "select", ...state }),
        many: f.choices(Object.fromEntries([..."abcdefghijklm"].map((key) => [key, key.toUpperCase()])), state),
        author: f.relation(Author, { help: "Who wrote it.", ...state }),
        authors: f.relations(Author, state),
        own: f.text({ help: "A widget of the application.", widget: (_field, all) => html`<input ${all}>`, ...state }),
        unseen: f.text({ widget: "hidden", optional: true, ...state }),
        date: f.date(state),
        time: f.time(state),
        datetime: f.datetime(state),
        json: f.json(state),
        file: f.file(state),
        stored: f.file({ optional: true, initial: "me.png", ...state }),
        files: f.files(state),
        group: f.group({ street: f.text(state), zip: f.text({ optional: true, ...state }) }, { help: "Where you live." }),
        rows: f.set({ product: f.text(state) }, { ordered: true, help: "What you want." }),
      },
      { name: "all" },
    );
  };
  const filled = {
    text: "abc",
    lines: "a",
    email: "a@example.com",
    url: "https://example.com",
    slug: "a",
    uuid: "0190163d-8694-739b-aea5-966c26f8ad91",
    color: "#112233",
    tel: "12345",
    int: 5,
    bigint: 5n,
    number: 1.5,
    decimal: "1.5",
    box: true,
    known: false,
    radio: "a",
    select: "b",
    boxes: ["a"],
    multiple: ["b"],
    many: ["c"],
    author: { id: 1 },
    authors: [{ id: 1 }],
    own: "own",
    unseen: "unseen",
    date: "2026-11-20",
    time: "10:12:00",
    datetime: new Date(0),
    json: { a: 1 },
    group: { street: "x", zip: null },
    rows: [{ product: "p" }],
  } as const;

  /** The ways to show a form: whole, field by field, and each field in its parts. */
  const ways: Readonly<Record<string, (shown: DisplayForm) => Html>> = {
    whole: (shown) => shown.render(),
    "field by field": (shown) =>
      html`<form method="post">${shown.summary}${shown.hidden}${Object.values(shown.fields)}<button>Save</button></form>`,
    "part by part": (shown) =>
      html`<form method="post">${shown.summary}${shown.hidden}${Object.values<DisplayField>(shown.fields).map(drawParts)}<button>Save</button></form>`,
  };
  const drawParts = (field: DisplayField): Html | DisplayField => {
    const parts = html`${field.label}${field.help}${field.errors}`;
    // Groups and sets have fields; these are shown in their parts as well.
    if (field.rows.length > 0 || Object.keys(field.fields).length > 0) {
      const inner = [...Object.values(field.fields), ...field.rows.flatMap((row) => Object.values(row.fields))];
      return html`<fieldset id="${field.id}">${parts}${inner.map(drawParts)}</fieldset>`;
    }
    if (field.name === "unseen") return field;
    if (String(field.label).startsWith("<legend")) return html`<fieldset id="${field.id}">${parts}${field.control()}</fieldset>`;
    return html`<div>${parts}${field.control({ class: "wide" })}</div>`;
  };

  it("shows every kind of field to axe", () => {
    // Fields of forms that Gable has made have their definition.
    const fields = Object.values(widgets(false).blank().fields) as unknown as ReadonlyArray<{ readonly definition: { type: string } }>;
    const used = new Set(fields.map(({ definition }) => definition.type));
    assert.deepEqual(
      Object.keys(f).filter((type) => !used.has(type)),
      [],
    );
  });

  for (const way of Object.keys(ways))
    it(`has no violation that axe finds, ${way}, in four states, light and dark, narrow and wide`, async (test) => {
      const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      const database = gable({
        mode: "test",
        logger: silentLogger,
        database: "sqlite::memory:",
        models: [Author],
        routes: [
          get("/:state", async ({ params }) => {
            const refused = await widgets(false).parse([
              ["text", "too long"],
              ["lines", "too long"],
              ["int", "6"],
              ["radio", "x"],
              ["author", "9"],
              ["rows.count", "1"],
              ["rows.0.position", "1"],
              ["rows.0.product", "\u0001"],
            ]);
            assert.ok(refused.errors().length > 20);
            const states: Readonly<Record<string, DisplayForm>> = {
              blank: widgets(false).blank(),
              filled: widgets(false).blank(filled as never),
              invalid: refused,
              disabled: widgets(true).blank(filled as never),
            };
            return reply(
              html`<!doctype html><html lang="en"><head><title>Form</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>html { background: Canvas; color: CanvasText }</style></head><body><main><h1>Form</h1>${ways[way]!(states[params.state]!)}</main></body></html>`,
            );
          }),
        ],
      });
      await database.start();
      test.after(() => database.close());
      await database.database().createTables();
      await database.database().run(() => Author.createMany([{ name: "Jane" }, { name: "Emily" }]));
      for (const colorScheme of ["light", "dark"] as const)
        for (const width of [320, 1280]) {
          const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
          const view = await context.newPage();
          for (const state of ["blank", "filled", "invalid", "disabled"]) {
            const shown = await database.request(`/${state}`);
            assert.equal(shown.status, 200);
            await view.setContent(await shown.text());
            await view.addScriptTag({ content: axe });
            const violations = await view.evaluate(async () => {
              // Put there by the script before.
              const { axe: run } = globalThis as unknown as {
                axe: { run(): Promise<{ violations: ReadonlyArray<{ id: string; nodes: ReadonlyArray<{ html: string }> }> }> };
              };
              return (await run.run()).violations.map(
                ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
              );
            });
            assert.deepEqual(violations, [], `${state}, ${colorScheme}, ${width} px`);
          }
          await context.close();
        }
    });
});

/**
 * Where no attribute can say what the server knows: it removes blanks at both ends, adds a scheme that is missing, refuses numbers that a
 * double cannot hold, characters that nothing can display, and addresses with dots side by side, counts bytes of passwords, and characters
 * instead of units of UTF-16.
 */
function isKnownDifference(name: string, sent: string, isValid: boolean): boolean {
  if (sent !== sent.trim()) return true;
  if (!isValid && name.startsWith("url") && !/^[a-z]+:/i.test(sent)) return true;
  if (isValid && name.startsWith("email") && /^\.|\.[.@]/.test(sent)) return true;
  if (isValid && /^-?[0-9]{16,}$/.test(sent)) return true;
  if (isValid && (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(sent) || sent.length > 2000)) return true;
  return /[^\u0000-\uffff]/u.test(sent);
}
