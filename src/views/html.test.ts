import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseFragment } from "parse5";
import fc from "fast-check";
import type { Hole } from "./html.ts";
import { html, raw } from "./html.ts";

const text = (value: Hole): string => html`<p>${value}</p>`.toString();

describe("html", () => {
  it("escapes text, and shows lists, numbers and markup", () => {
    assert.equal(text("<b>&\"'"), "<p>&lt;b&gt;&amp;\"'</p>");
    assert.equal(text([1, 2n, "x", html`<i>${"<"}</i>`, null, undefined, true, false]), "<p>12x<i>&lt;</i></p>");
    assert.equal(text(raw("<b>")), "<p><b></p>");
    assert.equal(text("\0"), "<p>\ufffd</p>");
  });

  it("escapes attributes, joins lists, and leaves boolean ones out", () => {
    assert.equal(
      html`<a title="${"a\"'<>&"}" class='${["x", false, "y", ""]}'>`.toString(),
      "<a title=\"a&quot;&#39;&lt;>&amp;\" class='x y'>",
    );
    assert.equal(html`<input disabled="${true}" checked="${false}" value="${0}">`.toString(), '<input disabled value="0">');
    assert.equal(html`<input required="${null}" name="a ${1} b">`.toString(), '<input name="a 1 b">');
  });

  it("filters URLs at the start, and takes any text behind a path", () => {
    const href = (value: string): string => html`<a href="${value}">x</a>`.toString();
    for (const bad of [
      "javascript:alert(1)",
      "JaVaScRiPt:x",
      " javascript:x",
      "java\nscript:x",
      "\u0001javascript:x",
      "data:text/html,x",
      "vbscript:x",
    ]) {
      assert.equal(href(bad), '<a href="about:invalid#blocked">x</a>', bad);
    }
    for (const good of ["/a?b=c:d", "https://a.test/", "mailto:a@b", "tel:1", "#a", "a/b:c", "//host/x"])
      assert.equal(href(good), `<a href="${good}">x</a>`);
    assert.equal(html`<a href="/u/${"javascript:x"}?q=${"&"}">`.toString(), '<a href="/u/javascript:x?q=&amp;">');
    assert.equal(html`<script src="/static/${"a.js"}"></script>`.toString(), '<script src="/static/a.js"></script>');
  });

  const refused: Array<[string, () => unknown]> = [
    ["a script", () => html`<script>let a = ${"x"}</script>`],
    ["a style", () => html`<style>${"x"}</style>`],
    ["an unquoted attribute", () => html`<a title=${"x"}>`],
    ["a part of an unquoted attribute", () => html`<a title=a${"x"}>`],
    ["a tag", () => html`<a ${"x"}>`],
    ["a tag name", () => html`<${"x"}>`],
    ["an end tag", () => html`</${"x"}>`],
    ["a comment", () => html`<!-- ${"x"} -->`],
    ["a doctype", () => html`<!doctype ${"x"}>`],
    ["an attribute name", () => html`<a data-${"x"}="y">`],
    ["an event handler", () => html`<a onclick="${"x"}">`],
    ["a style attribute", () => html`<a style="${"x"}">`],
    ["srcdoc", () => html`<iframe srcdoc="${"x"}"></iframe>`],
    ["what a script loads", () => html`<script src="${"x"}"></script>`],
    ["what a stylesheet is", () => html`<link rel="stylesheet" href="${"x"}">`],
    ["a scheme in two parts", () => html`<a href="java${"x"}">`],
    ["a scheme before a colon", () => html`<a href="${"x"}:y">`],
    ["a host behind //", () => html`<a href="/${"x"}">`],
    ["an open attribute at the end", () => html`<a title="${"x"}`],
    ["an open comment at the end", () => html`<p>${"x"}<!--`],
  ];
  for (const [name, run] of refused) it(`refuses a hole in ${name}`, () => assert.throws(run, { code: "E_VIEW_PLACE" }));

  it("takes raw text elements without holes, and titles with them", () => {
    assert.equal(html`<script>if (a < b) { "</p>" }</script><p>${"x"}</p>`.toString(), '<script>if (a < b) { "</p>" }</script><p>x</p>');
    assert.equal(html`<title>${"</title><b>"}</title>`.toString(), "<title>&lt;/title&gt;&lt;b&gt;</title>");
    assert.equal(html`<textarea>${"</textarea>"}</textarea>`.toString(), "<textarea>&lt;/textarea&gt;</textarea>");
    assert.equal(html`<!-- <p> --><b a='>'>${"x"}</b>`.toString(), "<!-- <p> --><b a='>'>x</b>");
  });

  it("is a tag and no function", () => {
    assert.throws(() => html(["<p>"] as never), { code: "E_VIEW_TAG_CALL" });
    assert.throws(() => html("<p>" as never), { code: "E_VIEW_TAG_CALL" });
  });

  it("refuses values that cannot be shown", () => {
    for (const value of [{}, () => 1, new Date(), Promise.resolve(1), Symbol("x")])
      assert.throws(() => text(value as never), { code: "E_VIEW_VALUE" });
    assert.throws(() => html`<a title="${html`x`}">`, { code: "E_VIEW_VALUE" });
  });

  it("never lets a value leave its place, as parse5 reads it", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "</p>",
        "<script>",
        '" onclick="x',
        "' x='",
        "-->",
        "<!--",
        "&lt;",
        "&#0;",
        "\r\n",
        "<img src=x onerror=y>",
        "]]>",
        "</title>",
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const fragment = parseFragment(html`<p title="${first}">${second}</p><b></b>`.toString());
        const [paragraph, bold] = fragment.childNodes as Array<{
          nodeName: string;
          attrs: Array<{ name: string; value: string }>;
          childNodes: Array<{ nodeName: string; value: string }>;
        }>;
        assert.equal(fragment.childNodes.length, 2);
        assert.equal(bold!.nodeName, "b");
        assert.deepEqual(
          paragraph!.attrs.map(({ name }) => name),
          ["title"],
        );
        const seen = (value: string): string => value.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
        assert.equal(paragraph!.attrs[0]!.value, seen(first));
        assert.equal(paragraph!.childNodes.map(({ value }) => value).join(""), seen(second));
      }),
      { numRuns: 1000 },
    );
  });
});
