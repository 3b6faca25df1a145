/** Each escaper by itself: what it changes, what it keeps, and where it stops. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { escapeAttribute, stripTags } from "./attribute.ts";
import { blockedCss, escapeCssString, filterCss } from "./css.ts";
import { toCsvField } from "./csv.ts";
import { toPlainJson, toScriptExpression, toScriptJson } from "./json.ts";
import { breakMustache, splitMustache } from "./mustache.ts";
import { escapeRcdata, escapeTags, escapeText } from "./text.ts";
import { filterUrlList, toListPart } from "./url-list.ts";
import { blockedUrl, encodeUrlPart, filterUrl, frameSchemes, mediaSchemes, normalizeUrl } from "./url.ts";
import { escapeCdata, escapeXml, escapeXmlAttribute } from "./xml.ts";

type Rows = ReadonlyArray<readonly [input: string, output: string]>;
/** The characters about the special ones, which stay as they are. */
const neighbours = "!#%';=?@[]z\u007f\ufffdé😀";

const tables: Readonly<Record<string, readonly [escape: (text: string) => string, rows: Rows]>> = {
  "escapeText()": [
    (text) => escapeText(text, false),
    [
      ["", ""],
      ["a", "a"],
      ["&", "&amp;"],
      ["<b>a</b>", "&lt;b&gt;a&lt;/b&gt;"],
      ["a\0b", "a\ufffdb"],
      ['"quoted"', '"quoted"'],
      ["a&", "a&amp;"],
      ["&a", "&amp;a"],
      ["&&", "&amp;&amp;"],
      [neighbours, neighbours],
      ["{{", "{{"],
    ],
  ],
  "escapeText() with separated braces": [
    (text) => escapeText(text, true),
    [
      ["a{{b", "a{<!-- -->{b"],
      ["{a", "<!-- -->{a"],
      ["a{", "a{<!-- -->"],
      ["<{{", "&lt;{<!-- -->{<!-- -->"],
    ],
  ],
  "escapeRcdata()": [
    (text) => escapeRcdata(text, false),
    [
      ["a", "a"],
      ["</title>", "&lt;/title&gt;"],
      ["&amp;", "&amp;amp;"],
      ["{{", "{{"],
      ["\0", "\ufffd"],
    ],
  ],
  "escapeRcdata() with separated braces": [
    (text) => escapeRcdata(text, true),
    [
      ["{{a", "{ {a"],
      ["a{", "a{ "],
    ],
  ],
  "escapeTags()": [
    (text) => escapeTags(text, false),
    [
      ["<b>&amp;</b>", "&lt;b&gt;&amp;&lt;/b&gt;"],
      ["{<!-- -->{", "{&lt;!-- --&gt;{"],
    ],
  ],
  "escapeTags() with separated braces": [(text) => escapeTags(text, true), [["{<!-- -->{<b>", "{ {&lt;b&gt;"]]],
  "escapeAttribute()": [
    (text) => escapeAttribute(text, false),
    [
      ["", ""],
      ["a", "a"],
      ['"', "&quot;"],
      ["&", "&amp;"],
      ["<", "&lt;"],
      [">", ">"],
      ["\0", "\ufffd"],
      ['a"b<c', "a&quot;b&lt;c"],
      ['&&"a', "&amp;&amp;&quot;a"],
      [neighbours, neighbours],
      [`&${neighbours}`, `&amp;${neighbours}`],
    ],
  ],
  "escapeAttribute() with separated braces": [(text) => escapeAttribute(text, true), [['"{{', "&quot;{ { "]]],
  "stripTags()": [
    (text) => stripTags(text, false),
    [
      ["a<b>c</b>d", "acd"],
      ["<b>", ""],
      ["a<b", "a"],
      ["a>b", "a>b"],
      ['say "x"', "say &quot;x&quot;"],
      ["&lt;\0", "&lt;\ufffd"],
      ["<a><b>c", "c"],
    ],
  ],
  "stripTags() with separated braces": [(text) => stripTags(text, true), [["{<b>{", "{ { "]]],
  "splitMustache()": [
    splitMustache,
    [
      ["a{b}", "a{b}"],
      ["{{{", "<!-- -->{<!-- -->{<!-- -->{<!-- -->"],
    ],
  ],
  "breakMustache()": [
    breakMustache,
    [
      ["a{b}", "a{b}"],
      ["{{{", "{ { { "],
    ],
  ],
  "escapeXml()": [
    escapeXml,
    [
      ["plain", "plain"],
      ["&<>\"'\r", "&amp;&lt;&gt;&quot;&apos;&#13;"],
      ["\t\n", "\t\n"],
      ["a\0\b\v\f\x1f\ufffe\uffffb", "ab"],
      ["\ud800a\udc00😀", "a😀"],
    ],
  ],
  "escapeXmlAttribute()": [
    escapeXmlAttribute,
    [
      ["plain", "plain"],
      ["\t\n\r&", "&#9;&#10;&#13;&amp;"],
    ],
  ],
  "escapeCdata()": [
    escapeCdata,
    [
      ["<a>&", "<a>&"],
      ["a]]>b\0", "a]]]]><![CDATA[>b"],
    ],
  ],
  "escapeCssString()": [
    escapeCssString,
    [
      ["Aa0_-., é\uffff", "Aa0_-., é\uffff"],
      ['"', "\\22 "],
      ["\\", "\\5c "],
      ["\n\0", "\\a \\fffd "],
    ],
  ],
  "encodeUrlPart()": [
    encodeUrlPart,
    [
      ["aZ0-._~", "aZ0-._~"],
      ["a/b?c&d=e", "a%2Fb%3Fc%26d%3De"],
      ["!'()*", "%21%27%28%29%2A"],
      ["é\ud800", "%C3%A9%EF%BF%BD"],
    ],
  ],
  "normalizeUrl()": [
    normalizeUrl,
    [
      ["/a?b=c&d#e", "/a?b=c&d#e"],
      ["/a b", "/a%20b"],
      ["/%41%4", "/%41%254"],
      ["/é'()", "/%C3%A9%27%28%29"],
      ["/\ud800", "/%EF%BF%BD"],
    ],
  ],
  "filterUrl() for links": [
    (url) => filterUrl(url),
    [
      ["", ""],
      ["/a:b", "/a:b"],
      ["?a:b", "?a:b"],
      ["#a:b", "#a:b"],
      ["a", "a"],
      [":a", blockedUrl],
      ["HTTPS://a", "HTTPS://a"],
      ["mailto:a", "mailto:a"],
      ["otpauth:a", "otpauth:a"],
      ["javascript:a", blockedUrl],
      [" \0java\tscript:a", blockedUrl],
      [" ht\ntp:a", " ht\ntp:a"],
      ["data:image/png,x", blockedUrl],
      ["blob:a", blockedUrl],
    ],
  ],
  "filterUrl() for frames": [
    (url) => filterUrl(url, frameSchemes),
    [
      ["https://a", "https://a"],
      ["mailto:a", blockedUrl],
    ],
  ],
  "filterUrl() for media": [
    (url) => filterUrl(url, mediaSchemes),
    [
      ["blob:a", "blob:a"],
      ["data:image/png;base64,x", "data:image/png;base64,x"],
      [" data:image/JPEG,x", " data:image/JPEG,x"],
      ["data:image/svg+xml,x", blockedUrl],
      ["data:text/html,x", blockedUrl],
      ["otpauth:a", blockedUrl],
    ],
  ],
  "filterUrlList() of srcset": [
    (text) => filterUrlList(text, "srcset"),
    [
      ["a.png", "a.png"],
      ["a.png 1x, b.png 2x", "a.png 1x, b.png 2x"],
      ["a.png, b.png", "a.png, b.png"],
      ["a.png 1x, ,", "a.png 1x"],
      [",a.png,,", "a.png"],
      ["a,b.png 100w 50h", "a,b.png 100w 50h"],
      ["a.png 1.5e1X", "a.png 1.5e1X"],
      ["a.png (1,2), b.png", `${blockedUrl}, b.png`],
      ["a.png (1,2, b.png", blockedUrl],
      ["a.png ((1,),2), b.png", `${blockedUrl}, b.png`],
      ["a.png ), b.png 1x", `${blockedUrl}, b.png 1x`],
      ["a.png )(,), b.png 1x", `${blockedUrl}, b.png 1x`],
      ["javascript:a 1x, b.png", `${blockedUrl} 1x, b.png`],
      ["javascript:a, b.png 1x", `${blockedUrl}, b.png 1x`],
      ["a.png 1y", blockedUrl],
      ["é.png 1x", "%C3%A9.png 1x"],
    ],
  ],
  "filterUrlList() of semicolons": [(text) => filterUrlList(text, "semicolons"), [["/a; javascript:b ;/c d", `/a;${blockedUrl};/c%20d`]]],
  "filterUrlList() of blanks": [(text) => filterUrlList(text, "blanks"), [[" /a \n javascript:b;c ", `/a ${blockedUrl}`]]],
  "toListPart() of srcset": [(text) => toListPart(text, "srcset"), [["a, b;c", "a%2C%20b;c"]]],
  "toListPart() of semicolons": [(text) => toListPart(text, "semicolons"), [["a, b;c", "a,%20b%3Bc"]]],
  "toListPart() of blanks": [(text) => toListPart(text, "blanks"), [["a, b;c", "a,%20b;c"]]],
};

for (const [name, [escape, rows]] of Object.entries(tables))
  describe(name, () => {
    for (const [input, output] of rows)
      it(`writes ${JSON.stringify(output)} for ${JSON.stringify(input)}`, () => assert.equal(escape(input), output));
  });

describe("filterCss()", () => {
  const kept = [
    "",
    "red",
    "1px solid #fff",
    "1px/2",
    "rgb(1 2 3 / 50%)",
    "calc((1px + 2px) * 3)",
    "VAR(--a, red)",
    "var( --a )",
    "translate(1px) scale(2)",
  ];
  const blocked = [
    "url(a)",
    "(1)",
    "calc(1",
    "calc(1))",
    ")calc(",
    "calc(1) (2)",
    "calc(url(a))",
    "--a",
    "var(--a) --b",
    "/",
    "a/",
    "/a",
    "a//b",
    "a/*b",
    "a*/b",
    "a;b",
    "a'b",
    'a"b',
    "a\\b",
    "a{b",
    "a}b",
    "a<b",
    "a>b",
    "a@b",
    "a[b",
    "a`b",
    "a\0",
    "ex/pression",
    "EXPRESSION",
    "-moz-binding",
  ];
  for (const value of kept) it(`keeps ${value}`, () => assert.equal(filterCss(value), value));
  for (const value of blocked) it(`blocks ${JSON.stringify(value)}`, () => assert.equal(filterCss(value), blockedCss));
});

describe("toCsvField()", () => {
  const rows: ReadonlyArray<readonly [value: unknown, options: Parameters<typeof toCsvField>[1], field: string]> = [
    [null, {}, ""],
    [undefined, {}, ""],
    ["a b", {}, "a b"],
    ["a,b", {}, '"a,b"'],
    ["a,b", { delimiter: ";" }, "a,b"],
    ["a;b", { delimiter: ";" }, '"a;b"'],
    ['a"b', {}, '"a""b"'],
    [" a", {}, '" a"'],
    ["a ", {}, '"a "'],
    ["a\tb", {}, "a\tb"],
    ["a\nb", {}, '"a\nb"'],
    ["=1", {}, "'=1"],
    ["=1", { formulaGuard: false }, "=1"],
    ["a=1", {}, "a=1"],
    [-1, {}, "-1"],
    [true, {}, "true"],
    [new Date(0), {}, "1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), {}, ""],
    [{ a: 1 }, {}, '"{""a"":1}"'],
  ];
  for (const [value, options, field] of rows)
    it(`writes ${JSON.stringify(field)} for ${JSON.stringify(value)} with ${JSON.stringify(options)}`, () =>
      assert.equal(toCsvField(value, options), field));
});

describe("JSON in markup", () => {
  it("has no character that can end an element or a line", () => {
    assert.equal(toScriptJson({ a: "<!--&>\u2028\u2029" }), '{"a":"\\u003C!--\\u0026\\u003E\\u2028\\u2029"}');
    assert.equal(toScriptJson(undefined), "null");
    assert.equal(toScriptJson([1], 1), "[\n 1\n]");
    assert.equal(toPlainJson("<"), '"<"');
  });

  it("sets no prototype as an expression", () => {
    assert.equal(toScriptExpression({ a: 1 }), '{"a":1}');
    assert.equal(toScriptExpression(JSON.parse('{"__proto__":1}')), 'JSON.parse("{\\"__proto__\\":1}")');
  });

  it("names the place of a bigint, to 100 levels", () => {
    const nest = (levels: number): unknown => Array.from({ length: levels }).reduce((inner: unknown) => [inner], 1n);
    const rows: ReadonlyArray<readonly [value: unknown, place: string | undefined]> = [
      [1n, "value is a bigint"],
      [{ a: 1, b: [null, { c: 2n }] }, "value.b[1].c is a bigint"],
      [nest(101), `value${"[0]".repeat(101)} is a bigint`],
      [nest(102), undefined],
    ];
    for (const [value, place] of rows)
      assert.throws(() => toPlainJson(value), {
        code: "E_VIEW_VALUE",
        message:
          place === undefined
            ? /BigInt/
            : `A value cannot be written as JSON: ${place}, which JSON does not support; convert it to a string.`,
      });
  });
});
