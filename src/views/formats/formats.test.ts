import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import { createTestClient } from "gable/testing";
import { csv, text, xml } from "gable/views";
import type { CsvOptions, CsvRow, XmlHole } from "gable/views";

describe("xml", () => {
  const rows: Array<[name: string, value: XmlHole, text: string, attribute: string]> = [
    ["special characters", "<&>\"'", "&lt;&amp;&gt;&quot;&apos;", "&lt;&amp;&gt;&quot;&apos;"],
    ["line ends", "a\r\nb", "a&#13;\nb", "a&#13;&#10;b"],
    ["what XML does not have", "a\0\u0001\u000b\ud800b\ufffe\uffff\tc", "ab\tc", "ab&#9;c"],
    ["characters above U+FFFF", "\u{1f600}", "\u{1f600}", "\u{1f600}"],
    ["numbers and booleans", [1, true, 2n], "1true2", "1true2"],
    ["nothing", null, "", ""],
  ];
  for (const [name, value, inText, inAttribute] of rows) {
    it(`writes ${name}`, () =>
      assert.equal(String(xml`<a b="${value}" c='${value}'>${value}</a>`), `<a b="${inAttribute}" c='${inAttribute}'>${inText}</a>`));
  }

  it("nests, and drops the declaration of a part", () => {
    const part = xml`<?xml version="1.0"?><b/>`;
    assert.equal(String(xml`<a>${[part, xml`<c>${"<"}</c>`]}</a>`), "<a><b/><c>&lt;</c></a>");
  });

  it("keeps CDATA whole", () => assert.equal(String(xml`<a><![CDATA[${"x]]>y"}]]></a>`), "<a><![CDATA[x]]]]><![CDATA[>y]]></a>"));

  for (const [name, make, code] of [
    ["a name", () => xml`<${"a"}/>`, "E_VIEW_PLACE"],
    ["an unquoted value", () => xml`<a b=${"c"}/>`, "E_VIEW_PLACE"],
    ["a comment", () => xml`<a><!-- ${"x"} --></a>`, "E_VIEW_PLACE"],
    ["an instruction", () => xml`<?x ${"y"}?><a/>`, "E_VIEW_PLACE"],
    ["a document type", () => xml`<!DOCTYPE a [<!ENTITY b "c">]><a/>`, "E_VIEW_PLACE"],
    ["markup in an attribute", () => xml`<a b="${xml`<c/>`}"/>`, "E_VIEW_VALUE"],
    ["an open element", () => xml`<a><b></b>`, "E_VIEW_UNCLOSED"],
    ["a wrong end", () => xml`<a></b>`, "E_VIEW_UNCLOSED"],
    ["an end too many", () => xml`</a>`, "E_VIEW_UNCLOSED"],
    ["an open tag", () => xml`<a`, "E_VIEW_UNCLOSED"],
    ["a call", () => xml(["<a/>"] as never), "E_VIEW_TAG_CALL"],
  ] as Array<[string, () => unknown, string]>)
    it(`refuses ${name}`, () => assert.throws(make, { code }));

  it("is sent with its declaration", async () => {
    const app = gable({ mode: "test" });
    app.get("/", () => xml`<a>${"é"}</a>`);
    const reply = await createTestClient(app).get("/");
    assert.equal(reply.body, '<?xml version="1.0" encoding="utf-8"?>\n<a>é</a>');
    assert.equal(reply.headers.get("content-type"), "application/xml; charset=utf-8");
  });
});

async function write(rows: Iterable<CsvRow> | AsyncIterable<CsvRow>, options?: CsvOptions): Promise<string> {
  let all = "";
  for await (const piece of csv(rows, options)) all += piece;
  return all;
}

describe("csv()", () => {
  const fields: Array<[value: unknown, field: string]> = [
    ["a", "a"],
    ["a,b", '"a,b"'],
    ['a"b', '"a""b"'],
    ["a\r\nb", '"a\r\nb"'],
    [" a", '" a"'],
    ["a ", '"a "'],
    ["", ""],
    [null, ""],
    [undefined, ""],
    [-1.5, "-1.5"],
    [true, "true"],
    [10n, "10"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [{ a: 1 }, '"{""a"":1}"'],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ["\uff1dx", "'\uff1dx"],
    ["\uff0bx", "'\uff0bx"],
    ["\uff0dx", "'\uff0dx"],
    ["\uff20x", "'\uff20x"],
  ];
  for (const [value, field] of fields)
    it(`writes ${JSON.stringify(String(value))} as ${field}`, async () => assert.equal(await write([[value]]), `${field}\r\n`));

  it("names the columns, and reads only own properties of a row", async () => {
    assert.equal(await write([{ a: 1, b: 2 }, { b: 3 }]), "a,b\r\n1,2\r\n,3\r\n");
    assert.equal(await write([{ a: 1 }], { columns: ["a", "toString"] }), "a,toString\r\n1,\r\n");
    assert.equal(await write([], { columns: ["a"] }), "a\r\n");
    assert.equal(await write([{ a: "x;y" }], { header: false, delimiter: ";", byteOrderMark: true }), '\ufeff"x;y"\r\n');
    assert.equal(await write([["=1"]], { formulaGuard: false }), "=1\r\n");
  });

  it("rejects an invalid delimiter", () => {
    for (const delimiter of ["", ",,", '"', "\n"]) assert.throws(() => csv([], { delimiter }), { code: "E_OPTION_INVALID" });
  });

  it("streams as a reply", async () => {
    async function* rows(): AsyncGenerator<CsvRow> {
      for (let index = 0; index < 5000; index++) yield { id: index, name: `n${index}` };
    }
    const app = gable({ mode: "test" });
    app.get("/", () => csv(rows(), { filename: "a b.csv" }));
    app.get("/bare", () => csv([["x"]], { header: false }));
    const client = createTestClient(app);
    const reply = await client.get("/");
    assert.equal(reply.body.split("\r\n").length, 5002);
    assert.equal(reply.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
    assert.match(reply.headers.get("content-disposition")!, /^attachment; filename="a b\.csv"/);
    assert.equal((await client.get("/bare")).headers.get("content-type"), "text/csv; charset=utf-8; header=absent");
  });
});

describe("text", () => {
  it("joins without escaping", () => {
    assert.equal(text`Dear ${"<Ada>"},\n${["a", null, 1]}${undefined}`, "Dear <Ada>,\na1");
    assert.throws(() => text`${{} as never}`, { code: "E_VIEW_VALUE" });
    assert.throws(() => text(["x"] as never), { code: "E_VIEW_TAG_CALL" });
  });
});
