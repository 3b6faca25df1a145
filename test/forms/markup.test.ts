/** The markup of forms, exactly: whole, in parts, from `html` and from template files. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { html, gable, get, page } from "gable";
import type { DisplayForm } from "gable";
import { createForms, field as f, form } from "gable/forms";
import { createTestClient } from "gable/testing";
import { attributes } from "gable/views";
import { parse } from "parse5";

/** Text of a form as a template gives it. */
const draw = (shown: DisplayForm): string => String(html`${shown}`).trim();

/** Errors of a parser that follows the standard for HTML. */
function parseErrors(markup: string): string[] {
  const errors: string[] = [];
  parse(`<!doctype html><html lang="en"><head><title>t</title></head><body>${markup}</body></html>`, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`),
  });
  return errors;
}

const postForm = form(
  {
    title: f.text({ max: 200, help: "Shown in lists." }),
    status: f.choice({ draft: "Draft", published: "Published" }, { initial: "draft", help: "Drafts are private." }),
    notify: f.boolean({ label: "Tell the followers" }),
  },
  { name: "post" },
);

describe("markup of forms", () => {
  it("is the one of the documentation for a form with an error", async () => {
    const sent = await postForm.parse([["status", "draft"]]);
    assert.equal(
      draw(sent),
      `<div class="error-summary" id="post-summary" role="alert" tabindex="-1" autofocus>
  <h2>There is 1 problem</h2><ul><li><a href="#post-title">Title: This field is required.</a></li></ul></div>
<div class="field field-invalid"><label for="post-title">Title</label>
  <p class="help" id="post-title-help">Shown in lists.</p>
  <ul class="errors" id="post-title-errors"><li>This field is required.</li></ul>
  <input type="text" name="title" id="post-title" value="" maxlength="200" required aria-describedby="post-title-help post-title-errors" aria-invalid="true"></div>
<fieldset class="field" id="post-status" role="radiogroup" aria-describedby="post-status-help"><legend>Status</legend>
  <p class="help" id="post-status-help">Drafts are private.</p>
  <div><input type="radio" name="status" id="post-status-draft" value="draft" checked required><label for="post-status-draft">Draft</label></div>
  <div><input type="radio" name="status" id="post-status-published" value="published" required><label for="post-status-published">Published</label></div></fieldset>
<div class="field"><input type="checkbox" name="notify" id="post-notify" value="true"><label for="post-notify">Tell the followers</label></div>`,
    );
  });

  it("is the same field by field", () => {
    const { title, notify } = postForm.blank({ title: 'a "b" <c>' }).fields;
    assert.equal(String(title.label), '<label for="post-title">Title</label>');
    assert.equal(String(title.help), '<p class="help" id="post-title-help">Shown in lists.</p>');
    assert.equal(title.errors, "");
    assert.equal(
      String(title.control({ class: "wide", "data-x": 1 })),
      '<input type="text" name="title" id="post-title" value="a &quot;b&quot; &lt;c>" maxlength="200" required class="wide" data-x="1" aria-describedby="post-title-help">',
    );
    assert.equal(String(notify.control()), '<input type="checkbox" name="notify" id="post-notify" value="true">');
    assert.equal(String(html`${title}`), String(html`${postForm.blank({ title: 'a "b" <c>' }).fields.title}`));
  });

  const cases: ReadonlyArray<readonly [string, Parameters<typeof form>[0], string]> = [
    [
      "an optional text",
      { note: f.text({ optional: true }) },
      '<div class="field"><label for="form-note">Note <span class="optional">(optional)</span></label>\n  <input type="text" name="note" id="form-note" value=""></div>',
    ],
    [
      "lines",
      { body: f.text({ lines: 6, min: 10, initial: "\n<b>" }) },
      '<div class="field"><label for="form-body">Body</label>\n  <textarea name="body" id="form-body" rows="6" minlength="10" required>\n\n&lt;b&gt;</textarea></div>',
    ],
    [
      "an address of mail",
      { mail: f.email({ autocomplete: "email", placeholder: "you@example.com" }) },
      '<div class="field"><label for="form-mail">Mail</label>\n  <input type="email" name="mail" id="form-mail" value="" maxlength="254" pattern="[^@]{1,64}@[^@]+\\.[^@]+" required autocomplete="email" placeholder="you@example.com"></div>',
    ],
    [
      "a password",
      { secret: f.password({ purpose: "new", min: 8 }) },
      '<div class="field"><label for="form-secret">Secret</label>\n  <input type="password" name="secret" id="form-secret" minlength="8" maxlength="4096" autocomplete="new-password" required></div>',
    ],
    [
      "a whole number",
      { age: f.int({ min: 0, max: 150 }) },
      '<div class="field"><label for="form-age">Age</label>\n  <input type="number" name="age" id="form-age" value="" min="0" max="150" step="1" required></div>',
    ],
    [
      "a decimal",
      { price: f.decimal({ digits: 8, scale: 2, min: "0" }) },
      '<div class="field"><label for="form-price">Price</label>\n  <input type="number" name="price" id="form-price" value="" min="0" max="999999.99" step="0.01" required></div>',
    ],
    [
      "an optional choice",
      { color: f.choice({ r: "Red" }, { optional: true }) },
      '<div class="field"><label for="form-color">Color <span class="optional">(optional)</span></label>\n  <select name="color" id="form-color"><option value="">None</option><option value="r">Red</option></select></div>',
    ],
    [
      "a long choice",
      { size: f.choice({ a: "A", b: "B", c: "C", d: "D", e: "E", f: "F" }, { initial: "b" }) },
      '<div class="field"><label for="form-size">Size</label>\n  <select name="size" id="form-size" required><option value="a">A</option><option value="b" selected>B</option><option value="c">C</option><option value="d">D</option><option value="e">E</option><option value="f">F</option></select></div>',
    ],
    [
      "some choices",
      { tags: f.choices({ a: "A", "b c": "B" }, { initial: ["b c"] }) },
      '<fieldset class="field" id="form-tags"><legend>Tags</legend>\n  <div><input type="checkbox" name="tags" id="form-tags-a" value="a"><label for="form-tags-a">A</label></div>\n  <div><input type="checkbox" name="tags" id="form-tags-choice-2" value="b c" checked><label for="form-tags-choice-2">B</label></div></fieldset>',
    ],
    [
      "a choice with names that parts of a field have",
      { summary: f.choice({ help: "H", errors: "E" }) },
      '<fieldset class="field" id="form--summary" role="radiogroup"><legend>Summary</legend>\n  <div><input type="radio" name="summary" id="form--summary--help" value="help" required><label for="form--summary--help">H</label></div>\n  <div><input type="radio" name="summary" id="form--summary--errors" value="errors" required><label for="form--summary--errors">E</label></div></fieldset>',
    ],
    [
      "an unknown boolean",
      { known: f.boolean({ unknown: true, optional: true }) },
      '<div class="field"><label for="form-known">Known</label>\n  <select name="known" id="form-known"><option value="">Unknown</option><option value="true">Yes</option><option value="false">No</option></select></div>',
    ],
    [
      "terms",
      { terms: f.boolean({ mustBeTrue: true }) },
      '<div class="field"><input type="checkbox" name="terms" id="form-terms" value="true" required><label for="form-terms">Terms</label></div>',
    ],
    [
      "a file",
      { cover: f.file({ accept: ["image/png"], bytesMax: 5_000_000 }) },
      '<div class="field"><label for="form-cover">Cover</label>\n  <p class="help" id="form-cover-help">At most 5 MB.</p>\n  <input type="file" name="cover" id="form-cover" accept="image/png" data-bytes-max="5000000" required aria-describedby="form-cover-help"></div>',
    ],
    [
      "several files",
      { photos: f.files({ optional: true, bytesMax: 1000, help: "Small ones." }) },
      '<div class="field"><label for="form-photos">Photos <span class="optional">(optional)</span></label>\n  <p class="help" id="form-photos-help">Small ones.</p>\n  <input type="file" name="photos" id="form-photos" multiple data-bytes-max="1000" aria-describedby="form-photos-help"></div>',
    ],
    [
      "a stored file",
      { avatar: f.file({ optional: true, initial: "me.png" }) },
      '<div class="field"><label for="form-avatar">Avatar <span class="optional">(optional)</span></label>\n  <p class="help" id="form-avatar-help">At most 10.5 MB.</p>\n  <input type="file" name="avatar" id="form-avatar" data-bytes-max="10485760" aria-describedby="form-avatar-help">\n  <div><input type="checkbox" name="avatar.clear" id="form-avatar-clear" value="true"><label for="form-avatar-clear">Remove me.png</label></div></div>',
    ],
    [
      "a group",
      { address: f.group({ street: f.text(), help: f.text({ optional: true }) }) },
      '<fieldset class="field group" id="form-address"><legend>Address</legend>\n  <div class="field"><label for="form-address-street">Street</label>\n  <input type="text" name="address.street" id="form-address-street" value="" required></div>\n  <div class="field"><label for="form-address--help">Help <span class="optional">(optional)</span></label>\n  <input type="text" name="address.help" id="form-address--help" value=""></div></fieldset>',
    ],
    [
      "a disabled field",
      { role: f.text({ disabled: true, initial: "reader" }) },
      '<div class="field"><label for="form-role">Role</label>\n  <input type="text" name="role" id="form-role" value="reader" disabled></div>',
    ],
    [
      "a hidden field",
      { token: f.text({ widget: "hidden", initial: "x" }) },
      '<input type="hidden" name="token" id="form-token" value="x">',
    ],
    [
      "a day",
      { on: f.date({ min: "2026-01-01" }) },
      '<div class="field"><label for="form-on">On</label>\n  <input type="date" name="on" id="form-on" value="" min="2026-01-01" max="9999-12-31" required></div>',
    ],
  ];
  for (const [name, fields, markup] of cases)
    it(`draws ${name}`, () => {
      const drawn = draw(form(fields).blank() as DisplayForm);
      assert.equal(drawn, markup);
      assert.deepEqual(parseErrors(drawn), []);
    });

  it("draws the form element with its errors and a button", async () => {
    const login = form({ name: f.text(), file: f.file({ optional: true }) }, { name: "login" });
    const sent = await login.parse([]);
    assert.match(
      String(sent.render({ action: "/login", submit: "Sign in" })),
      /^<form method="post" action="\/login" enctype="multipart\/form-data">\n<div class="error-summary"[^]*<button type="submit">Sign in<\/button><\/form>$/,
    );
    const search = form({ q: f.text({ optional: true }) }, { method: "get" });
    assert.match(String(search.blank().render({ attributes: { role: "search" } })), /^<form method="get" role="search">/);
  });

  it("gives a second copy on a page its own ids", async () => {
    const sent = await postForm.parse([]);
    const both = `${String(sent.render())}${String(sent.render({ id: "post-2" }))}`;
    const ids = [...both.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes("post-2-title-errors"));
    for (const [, target = ""] of both.matchAll(/(?:href="#|for=")([^"]+)"/g)) assert.ok(ids.includes(target), target);
    assert.ok(String(html`${postForm.blank({}, { id: "post-3" })}`).includes('id="post-3-title"'));
  });

  it("keeps what was typed, and never a password", async () => {
    const account = form({
      name: f.text({ max: 3 }),
      secret: f.password(),
      colors: f.choices({ r: "Red", g: "Green" }),
      at: f.datetime(),
      isOn: f.boolean(),
    });
    const sent = await account.parse([
      ["name", " too long "],
      ["secret", "hunter2"],
      ["colors", "g"],
      ["at", "soon"],
      ["isOn", "on"],
    ]);
    const drawn = draw(sent);
    assert.match(drawn, /name="name" id="form-name" value=" too long "/);
    assert.match(drawn, /value="g" checked/);
    assert.match(drawn, /name="at" id="form-at" value="soon"/);
    assert.match(drawn, /name="isOn" id="form-isOn" value="true" checked/);
    assert.doesNotMatch(drawn, /hunter2/);
    assert.equal(sent.value("secret"), "");
    assert.doesNotMatch(draw(account.blank({ secret: "hunter2" })), /hunter2/);
  });

  it("escapes what a person typed wherever it is shown", async () => {
    const payload = `"><script>alert(1)</script><p title='`;
    const one = form({ a: f.text({ max: 1 }), b: f.text({ lines: 2, max: 1 }), c: f.choice({ x: "X" }), d: f.int() });
    const sent = await one.parse([
      ["a", payload],
      ["b", payload],
      ["c", payload],
      ["d", payload],
    ]);
    assert.equal(sent.errors().length, 4);
    sent.addError("a", payload);
    const drawn = draw(sent);
    assert.doesNotMatch(drawn, /<script>/);
    assert.deepEqual(parseErrors(drawn), []);
  });

  it("links the summary to the first control of each field, and says which row it is about", async () => {
    const order = form(
      {
        color: f.choice({ r: "Red" }),
        address: f.group({ street: f.text() }),
        lines: f.set({ amount: f.int({ max: 5 }) }, { label: "Lines" }),
      },
      { name: "order", validate: () => undefined },
    );
    const sent = await order.parse([
      ["lines.count", "2"],
      ["lines.1.amount", "9"],
    ]);
    sent.addError(null, "The shop is closed.");
    const links = [...String(sent.summary).matchAll(/<li>(.*?)<\/li>/g)].map(([, text]) => text);
    assert.deepEqual(links, [
      '<a href="#order-color-r">Color: This field is required.</a>',
      '<a href="#order-address-street">Address, Street: This field is required.</a>',
      '<a href="#order-lines-1-amount">Lines 2, Amount: Enter 5 or less.</a>',
      "The shop is closed.",
    ]);
  });

  it("lets a field, a form, or the application replace a control and its messages", async () => {
    const app = createForms({
      messages: { required: "Please fill this in.", optional: "- if you like" },
      widgets: { date: (field) => html`<my-date name="${field.name}"></my-date>` },
    });
    const one = app.form(
      {
        a: f.text(),
        b: f.text({ messages: { required: "B is needed." } }),
        on: f.date({ optional: true }),
        c: f.text({ optional: true, widget: (field, all) => html`<my-input ${all}>${field.value}</my-input>` }),
      },
      { messages: { required: "Form." } },
    );
    const sent = await one.parse([["c", "x"]]);
    assert.deepEqual(
      sent.errors().map(({ message }) => message),
      ["Form.", "B is needed."],
    );
    assert.deepEqual(
      (await app.form({ a: f.text() }).parse([])).errors().map(({ message }) => message),
      ["Please fill this in."],
    );
    assert.match(draw(sent), /<my-date name="on"><\/my-date>/);
    assert.match(draw(sent), /<span class="optional">- if you like<\/span>/);
    assert.match(draw(sent), /<my-input type="text" name="c" id="form-c" value="x">x<\/my-input>/);
    assert.throws(() => createForms({ mesages: {} } as never), /createForms\(\) has no option "mesages"/);
  });

  it("reads a widget that sends several names", async () => {
    const one = form({
      birthday: f.date({
        widget: (field) => html`<input ${attributes({ name: `${field.name}.year` })}>`,
        parse: ({ year, month, day }) => (year === undefined ? undefined : `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`),
      }),
    });
    const sent = await one.parse([
      ["birthday.year", "1990"],
      ["birthday.month", "2"],
      ["birthday.day", "3"],
    ]);
    assert.equal(sent.valid && sent.data.birthday, "1990-02-03");
    assert.deepEqual(
      (await one.parse([])).errors().map(({ code }) => code),
      ["required"],
    );
  });

  it("translates messages in the language of the request", async () => {
    const translate = (key: string, params: Readonly<Record<string, unknown>>): string | undefined =>
      key === "gable.form.too_long"
        ? `H\u00f6chstens ${params["max"]} Zeichen.`
        : key === "gable.form.problem"
          ? "Es gibt 1 Problem"
          : undefined;
    const sent = await form({ a: f.text({ max: 1 }) }).parse([["a", "xy"]], { translate });
    assert.equal(sent.errors()[0]!.message, "H\u00f6chstens 1 Zeichen.");
    assert.match(String(sent.summary), /Es gibt 1 Problem/);
  });

  it("is the same from template files, whole and in parts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-forms-"));
    try {
      await writeFile(join(folder, "whole.html"), "{{ form }}");
      await writeFile(join(folder, "element.html"), '{{ form.render(action="/x", submit="Go") }}');
      await writeFile(
        join(folder, "parts.html"),
        '{{ form.summary }}{{ form.fields.title.label }}{{ form.fields.title.help }}{{ form.fields.title.errors }}{{ form.fields.title.control(class="wide") }}{% for error in form.errors("title") %}[{{ error.code }}]{% endfor %}{{ form.value("title") }}',
      );
      const sent = await postForm.parse([
        ["title", "x".repeat(201)],
        ["status", "draft"],
      ]);
      const app = gable({
        mode: "production",
        views: { directories: [folder] },
        routes: ["whole", "element", "parts"].map((name) =>
          get(`/${name}`, ({ view }) => page(html`${view(`${name}.html` as never, { form: sent } as never)}`)),
        ),
      });
      const client = createTestClient(app);
      const { title } = sent.fields;
      assert.equal((await client.get("/whole")).body, String(html`${sent}`));
      assert.equal((await client.get("/element")).body, String(sent.render({ action: "/x", submit: "Go" })));
      assert.equal(
        (await client.get("/parts")).body,
        `${String(sent.summary)}${String(title.label)}${String(title.help)}${String(title.errors)}${String(title.control({ class: "wide" }))}[too_long]${"x".repeat(201)}`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
