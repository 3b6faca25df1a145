/** Forms of pages as test clients fill and send them: what a browser would send, over both transports. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { gable, get, page, post, raw } from "gable";
import type { Context } from "gable";
import type { FieldValue } from "gable/testing";
import { createTestClient } from "gable/testing";

/** What the page of the next request is. */
let markup = "";

const echo = async ({ request, url }: Context): Promise<object> => {
  const type = (request.headers.get("content-type") ?? "").split(";")[0];
  if (request.method === "GET") return { type, entries: [...url.searchParams] };
  if (type === "text/plain") return { type, text: await request.text() };
  const entries = [];
  for (const [name, value] of await request.formData())
    entries.push([name, typeof value === "string" ? value : `${value.name} (${value.type}, ${value.size})`]);
  return { type, entries };
};

const app = gable({
  mode: "test",
  routes: [
    get("/page", () => page(raw(markup, "the page of a test"))),
    get("/sent", echo),
    post("/sent", echo),
    post("/other", echo),
    post("/page", echo),
  ],
});

interface Row {
  readonly name: string;
  readonly html: string;
  readonly fill?: Readonly<Record<string, FieldValue>>;
  readonly button?: string;
  readonly sent: ReadonlyArray<readonly [string, string]>;
  readonly type?: string;
}

const form = (fields: string, attributes = 'method="post" action="/sent"'): string =>
  `<form ${attributes}>${fields}<button>Send</button></form>`;
const multipart = 'method="post" action="/sent" enctype="multipart/form-data"';

const rows: readonly Row[] = [
  {
    name: "keeps what is not filled",
    html: form('<input name=a value="1 &amp; 2"><input name=b><textarea name=c>\n x\n</textarea>'),
    sent: [
      ["a", "1 & 2"],
      ["b", ""],
      ["c", " x\r\n"],
    ],
  },
  {
    name: "fills texts, numbers and lines",
    html: form("<input name=a><input name=b type=number><textarea name=c></textarea>"),
    fill: { a: "é ü", b: 12.5, c: "x\ny" },
    sent: [
      ["a", "é ü"],
      ["b", "12.5"],
      ["c", "x\r\ny"],
    ],
  },
  {
    name: "fills several fields of one name in order",
    html: form("<input name=a><input name=a>"),
    fill: { a: ["x", "y"] },
    sent: [
      ["a", "x"],
      ["a", "y"],
    ],
  },
  { name: "treats an unknown type as text", html: form("<input name=a type=nothing value=1>"), sent: [["a", "1"]] },
  {
    name: "sends hidden fields",
    html: form("<input type=hidden name=a value=1><input type=hidden name=_charset_ value=x>"),
    sent: [
      ["a", "1"],
      ["_charset_", "UTF-8"],
    ],
  },
  {
    name: "leaves out boxes that are not checked",
    html: form("<input type=checkbox name=a checked><input type=checkbox name=b><input type=checkbox name=c value=2 checked>"),
    sent: [
      ["a", "on"],
      ["c", "2"],
    ],
  },
  {
    name: "checks and unchecks a box",
    html: form("<input type=checkbox name=a checked><input type=checkbox name=b value=yes>"),
    fill: { a: false, b: true },
    sent: [["b", "yes"]],
  },
  {
    name: "checks the boxes of a list",
    html: form("<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2><input type=checkbox name=a value=3>"),
    fill: { a: ["2", 3] },
    sent: [
      ["a", "2"],
      ["a", "3"],
    ],
  },
  {
    name: "unchecks all boxes of a list",
    html: form("<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2 checked>"),
    fill: { a: [] },
    sent: [],
  },
  {
    name: "fills the box and not the hidden field before it",
    html: form("<input type=hidden name=a value=0><input type=checkbox name=a value=1>"),
    fill: { a: true },
    sent: [
      ["a", "0"],
      ["a", "1"],
    ],
  },
  {
    name: "sends the last radio button that is checked",
    html: form("<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked><input type=radio name=a value=3>"),
    sent: [["a", "2"]],
  },
  {
    name: "chooses one radio button",
    html: form("<input type=radio name=a value=1 checked><input type=radio name=a value=2>"),
    fill: { a: 2 },
    sent: [["a", "2"]],
  },
  {
    name: "sends no radio button without a choice",
    html: form("<input type=radio name=a value=1><input type=radio name=a value=2>"),
    sent: [],
  },
  {
    name: "selects the first option that can be chosen",
    html: form("<select name=a><option disabled value=0>none<option> x  y <option value=2>z</select>"),
    sent: [["a", "x y"]],
  },
  {
    name: "sends the last of several selected options of one choice",
    html: form("<select name=a><option selected>x<option selected>y</select>"),
    sent: [["a", "y"]],
  },
  {
    name: "selects nothing by itself in a list with several rows",
    html: form("<select name=a size=3><option>x<option>y</select>"),
    sent: [],
  },
  {
    name: "selects by value, and by label",
    html: form("<select name=a><option value=1>x<option value=2>y</select><select name=b><option value=1>x<option value=2>y</select>"),
    fill: { a: "2", b: "y" },
    sent: [
      ["a", "2"],
      ["b", "2"],
    ],
  },
  {
    name: "selects several",
    html: form("<select name=a multiple><option selected>x<option>y<optgroup disabled><option selected>z</optgroup></select>"),
    fill: { a: ["x", "y"] },
    sent: [
      ["a", "x"],
      ["a", "y"],
    ],
  },
  {
    name: "leaves out what is disabled",
    html: form(
      "<input name=a disabled value=1><fieldset disabled><legend><input name=b value=2></legend><input name=c value=3><legend><input name=d></legend></fieldset><select name=e><option disabled selected>x</select>",
    ),
    sent: [["b", "2"]],
  },
  {
    name: "leaves out fields without a name, and those of lists of proposals",
    html: form('<input value=1><input name="" value=2><datalist><input name=c value=3></datalist>'),
    sent: [],
  },
  {
    name: "sends fields outside of the form that name it, and none that name another",
    html: `<input name=a form=f value=1>${form('<input name=b value=2><input name=c form=g value=3><input name=d form="" value=4>', 'id=f method=post action="/sent"')}<form id=g><button>Other</button></form>`,
    fill: { a: "5" },
    sent: [
      ["a", "5"],
      ["b", "2"],
    ],
  },
  {
    name: "sends the text direction",
    html: form("<input name=a dirname=a.dir value=x>"),
    sent: [
      ["a", "x"],
      ["a.dir", "ltr"],
    ],
  },
  {
    name: "sends the button that is pressed",
    html: '<form method=post action="/sent"><input name=a><button name=do value=save>Save</button><button name=do value=drop>Drop it</button></form>',
    button: "Drop it",
    sent: [
      ["a", ""],
      ["do", "drop"],
    ],
  },
  {
    name: "presses the first button by itself, by its name, or by its value",
    html: '<form method=post action="/sent"><button type=button name=x>No</button><button name=do value=save>Save</button><input type=submit name=other value=Else></form>',
    sent: [["do", "save"]],
  },
  {
    name: "presses a picture",
    html: '<form method=post action="/sent"><input type=image name=pic alt="Go"></form>',
    button: "Go",
    sent: [
      ["pic.x", "0"],
      ["pic.y", "0"],
    ],
  },
  {
    name: "presses a button outside of the form",
    html: '<form id=f method=post action="/sent"><input name=a></form><button form=f name=b value=1>Go</button>',
    button: "Go",
    sent: [
      ["a", ""],
      ["b", "1"],
    ],
  },
  {
    name: "obeys the button's own action, method and encoding",
    html: '<form action="/nowhere"><input name=a value=1><button formaction="/other" formmethod=post formenctype=multipart/form-data>Go</button></form>',
    type: "multipart/form-data",
    sent: [["a", "1"]],
  },
  {
    name: "sends a form with GET as the query of its action",
    html: form("<input name=q value='a b&c'>", 'action="/sent?old=1"'),
    type: "",
    sent: [["q", "a b&c"]],
  },
  {
    name: "sends a form with one text field and no button",
    html: '<form method=post action="/sent"><input name=a value=1></form>',
    sent: [["a", "1"]],
  },
  {
    name: "sends a form without action to its page",
    html: "<form method=post><input name=a value=1><button>Go</button></form>",
    sent: [["a", "1"]],
  },
  {
    name: "resolves the action against the base of the page",
    html: '<base href="/deep/"><form method=post action="../sent"><input name=a value=1><button>Go</button></form>',
    sent: [["a", "1"]],
  },
  {
    name: "sends files",
    html: form("<input type=file name=a><input type=file name=b multiple><input name=c value=1>", multipart),
    fill: {
      a: { name: "a.txt", content: "abc", type: "text/plain" },
      b: [
        { name: "1.bin", content: new Uint8Array([1]) },
        { name: "2.bin", content: "" },
      ],
    },
    type: "multipart/form-data",
    sent: [
      ["a", "a.txt (text/plain, 3)"],
      ["b", "1.bin (application/octet-stream, 1)"],
      ["b", "2.bin (application/octet-stream, 0)"],
      ["c", "1"],
    ],
  },
  {
    name: "sends a field without a file as an empty file",
    html: form("<input type=file name=a><input name=c value=1>", multipart),
    type: "multipart/form-data",
    sent: [
      ["a", " (application/octet-stream, 0)"],
      ["c", "1"],
    ],
  },
  {
    name: "sends files with the types of their names, and any name",
    html: form("<input type=file name=a multiple><input type=file name='\"q\"'>", multipart),
    fill: {
      a: [
        { name: "a.txt", content: "\r\n--x\r\n" },
        { name: "b.PNG", content: "b" },
        { name: "none", content: "" },
      ],
      '"q"': { name: 'é "1" 100%.csv', content: "1" },
    },
    type: "multipart/form-data",
    sent: [
      ["a", "a.txt (text/plain, 7)"],
      ["a", "b.PNG (image/png, 1)"],
      ["a", "none (application/octet-stream, 0)"],
      ['"q"', 'é "1" 100%.csv (text/csv, 1)'],
    ],
  },
  {
    name: "sends the name of a file where the form has no encoding for files",
    html: form("<input type=file name=a>"),
    fill: { a: { name: "a.txt", content: "abc" } },
    sent: [["a", "a.txt"]],
  },
  {
    name: "cleans default values as browsers do",
    html: form(
      "<input type=number name=a value=x><input type=date name=b value=2026-02-30><input type=email name=c value=' a@b '><input type=range name=d><input type=color name=e value=red><input type=time name=f value=24:00><input type=month name=g value=2026-12><input type=week name=h value=2026-W54><input type=datetime-local name=i value='2026-01-02 03:04:00'><input type=range name=j min=5 max=8 value=9>",
    ),
    sent: [
      ["a", ""],
      ["b", ""],
      ["c", "a@b"],
      ["d", "50"],
      ["e", "#000000"],
      ["f", ""],
      ["g", "2026-12"],
      ["h", ""],
      ["i", "2026-01-02T03:04"],
      ["j", "8"],
    ],
  },
];

for (const transport of ["memory", "socket"] as const) {
  describe(`forms of pages, ${transport}`, () => {
    const client = createTestClient(app, { transport, markup: "any" });
    after(() => client.close());
    for (const { name, html, fill, button, sent, type = "application/x-www-form-urlencoded" } of rows)
      it(name, async () => {
        markup = html;
        const shown = (await client.get("/page")).form(html.includes("id=f") ? "f" : undefined);
        if (fill !== undefined) shown.fill(fill);
        assert.deepEqual((await shown.submit(button)).json(), { type, entries: sent });
      });
  });
}

describe("forms of pages", () => {
  const client = createTestClient(app, { markup: "any" });
  const show = async (html: string) => {
    markup = html;
    return client.get("/page");
  };
  const text = form("<label>T <input name=title></label>");

  it("sends text/plain as it is written", async () => {
    const reply = await (
      await show(form("<input name=a value=1><input name=b value='x y'>", 'method=post action="/sent" enctype=text/plain'))
    )
      .form()
      .submit();
    assert.deepEqual(reply.json(), { type: "text/plain", text: "a=1\r\nb=x y\r\n" });
  });

  it("shows its method, its action and its values", async () => {
    const shown = (await show(form("<input name=a value=1><input name=b><input name=b value=2>"))).form();
    assert.deepEqual([shown.method, shown.action, shown.values], ["POST", "/sent", { a: "1", b: ["", "2"] }]);
    assert.deepEqual(shown.fill({ a: "x" }).values, { a: "x", b: ["", "2"] });
  });

  const refused: ReadonlyArray<
    readonly [name: string, html: string, fill: Readonly<Record<string, FieldValue>>, message: RegExp, fix: RegExp]
  > = [
    ["a name that is misspelt", text, { titel: "x" }, /^the form \(POST \/sent\) has no field "titel"\.$/, /^Write "title"\.$/],
    ["a name far from all", text, { color: "x" }, /no field "color"/, /^Use one of: "title"\.$/],
    ["any field of a form without fields", form(""), { a: "x" }, /no field "a"/, /^There are none\.$/],
    ["a hidden field", form("<input type=hidden name=a>"), { a: "x" }, /is hidden: nobody can fill it/, /client\.post\(\)/],
    ["a button", form("<button name=a value=1>A</button>"), { a: "1" }, /"a" is a button/, /submit\("a"\)/],
    ["a disabled field", form("<input name=a disabled>"), { a: "1" }, /is disabled: nobody can change it/, /client\.post\(\)/],
    ["a read-only field", form("<input name=a readonly>"), { a: "1" }, /is read-only/, /client\.post\(\)/],
    [
      "one value for two fields",
      form("<input name=a><input name=a>"),
      { a: "1" },
      /has 2 fields "a", and 1 value was given/,
      /one value for each/,
    ],
    ["two values for one field", form("<input name=a>"), { a: ["1", "2"] }, /has 1 fields "a", and 2 values were given/, /Pass one value/],
    ["a boolean for a text field", form("<input name=a>"), { a: true }, /takes text/, /string or a number/],
    ["a number that is none", form("<input name=a type=number>"), { a: "many" }, /type number and cannot hold "many"/, /12\.5/],
    [
      "a date that does not exist",
      form("<input name=a type=date>"),
      { a: "2026-02-30" },
      /type date and cannot hold "2026-02-30"/,
      /2026-01-31/,
    ],
    ["line breaks in one line", form("<input name=a>"), { a: "x\ny" }, /cannot hold "x\\ny"/, /a string/],
    ["a number outside of a range", form("<input name=a type=range max=5>"), { a: 6 }, /cannot hold "6"/, /between min and max/],
    ["a value that no box has", form("<input type=checkbox name=a value=red>"), { a: "rot" }, /"rot" is not a choice of "a"/, /"red"/],
    [
      "true for several boxes",
      form("<input type=checkbox name=a value=1><input type=checkbox name=a value=2>"),
      { a: true },
      /has 2 boxes "a"/,
      /"1", "2"/,
    ],
    [
      "a radio button that is not there",
      form("<input type=radio name=a value=small>"),
      { a: "smal" },
      /"smal" is not a choice/,
      /Write "small"/,
    ],
    ["a list for radio buttons", form("<input type=radio name=a value=1>"), { a: ["1"] }, /take one value/, /"1"/],
    [
      "an option that is not there",
      form("<select name=a><option value=de>German</select>"),
      { a: "dee" },
      /"dee" is not a choice/,
      /Write "de"/,
    ],
    ["an option that is disabled", form("<select name=a><option>x<option disabled>y</select>"), { a: "y" }, /is disabled/, /another one/],
    ["a list for one choice", form("<select name=a><option>x</select>"), { a: ["x"] }, /takes one value/, /without a list/],
    ["a string for a file", form("<input type=file name=a>"), { a: "x" }, /takes files/, /content/],
    [
      "two files for one",
      form("<input type=file name=a>"),
      {
        a: [
          { name: "1", content: "" },
          { name: "2", content: "" },
        ],
      },
      /takes one file/,
      /one file/,
    ],
  ];
  for (const [name, html, fill, message, fix] of refused)
    it(`refuses ${name}`, async () => {
      const shown = (await show(html)).form();
      assert.throws(() => shown.fill(fill), { code: "E_TEST_FIELD", message, fix });
    });

  const impossible: ReadonlyArray<readonly [name: string, html: string, button: string | undefined, message: RegExp]> = [
    ["without a button, and with two fields", "<form><input name=a><input name=b></form>", undefined, /has no button that sends it/],
    ["whose button is disabled", "<form><button disabled>Go</button></form>", undefined, /The button "Go" .* is disabled/],
    ["by a button that it does not have", "<form><button>Save</button></form>", "Sav", /has no button "Sav"/],
    ["by a button that it has twice", "<form><button>Save</button><button>Save</button></form>", "Save", /has 2 buttons "Save"/],
    ["of a dialog", "<form method=dialog><button>Close</button></form>", undefined, /method dialog/],
  ];
  for (const [name, html, button, message] of impossible)
    it(`does not send a form ${name}`, async () => {
      const shown = (await show(html)).form();
      await assert.rejects(shown.submit(button), { code: "E_TEST_FORM", message });
    });

  it("sends nothing to another site", async () => {
    const shown = (await show('<form method=post action="https://other.example/x"><button>Go</button></form>')).form();
    await assert.rejects(shown.submit(), { code: "E_TEST_REPLY", message: /another site, https:\/\/other\.example\/x/ });
  });

  it("finds a form by id, name, action, method and selector", async () => {
    const shown = await show(
      '<form id=search action="/sent"><button>Find</button></form><form name=edit method=post action="/sent?id=1"><button>Save</button></form>' +
        '<div class=last><form method=post action="/other"><button>Drop</button></form></div>',
    );
    assert.equal(shown.form("search").method, "GET");
    assert.equal(shown.form("edit").action, "/sent?id=1");
    assert.equal(shown.form("/other").action, "/other");
    assert.equal(shown.form("/sent?id=1").method, "POST");
    assert.equal(shown.form("get").action, "/sent");
    assert.equal(shown.form(".last form").action, "/other");
    assert.throws(() => shown.form("post"), {
      code: "E_TEST_FORM",
      message: /more than one form "post"\. It has: the form "search" \(GET \/sent\), the form "edit" \(POST/,
    });
    assert.throws(() => shown.form(), { message: /more than one form\./ });
    assert.throws(() => shown.form("none"), { message: /has not one form "none"/ });
    const empty = await show("<p>nothing</p>");
    assert.throws(() => empty.form(), { message: "The reply to GET /page has no form." });
  });
});
