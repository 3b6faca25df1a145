import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { htmlToText } from "./html-to-text.ts";

const cases: ReadonlyArray<readonly [string, string, string]> = [
  ["separates paragraphs by an empty line", "<h1>Hi</h1><p>One\n  line</p><p>Two</p>", "Hi\n\nOne line\n\nTwo"],
  [
    "writes links with their address",
    '<p>Open <a href="https://a.example/x?a=1&amp;b=2">the page</a>.</p>',
    "Open the page (https://a.example/x?a=1&b=2).",
  ],
  ["writes a link that shows its address once", '<a href="https://a.example/">https://a.example/</a>', "https://a.example/"],
  ["leaves out the address of a link inside the page", '<a href="#top">Up</a>', "Up"],
  ["gives the address of a link without text", "<a href=https://a.example/><b></b></a>", "https://a.example/"],
  ["marks the items of lists", "<ul><li>a</li><li>b</li></ul>", "- a\n- b"],
  ["breaks lines at br and rows", "a<br>b<br/>c<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "a\nb\nc\n\n1 2\n3"],
  [
    "leaves out head, styles, scripts and comments",
    "<head><title>T</title></head><style>a{}</style><script>x</script><!-- c --><p>b</p>",
    "b",
  ],
  ["gives the alternative text of images", '<img src="cid:logo" alt="The logo"> <img src="x">', "The logo"],
  ["decodes character references once", "&lt;b&gt; &amp;amp; &#233; &#x20AC; &nope; &#0; &#xD800;", "<b> &amp; é € &nope; &#0; &#xD800;"],
  ["keeps a lone less-than sign of decoded text", "1 &lt; 2", "1 < 2"],
  ["keeps a less-than sign that begins no tag", "text < 5 and > 3 <", "text < 5 and > 3 <"],
  ["ends a tag after the value of its attribute", '<a title="x>y" href="https://good.example">go</a>', "go (https://good.example)"],
  [
    "reads no attribute in the value of another",
    `<a data-x=" href=https://evil.example" href='https://good.example'>go</a>`,
    "go (https://good.example)",
  ],
  ["takes the first of two attributes", "<a HREF = https://good.example href=https://evil.example>go</a>", "go (https://good.example)"],
  ["separates attributes by slashes", '<a/href="https://good.example"/>go</a>', "go (https://good.example)"],
  ["reads no attribute whose name ends with href", '<a data-href="https://evil.example">go</a>', "go"],
  [
    "keeps addresses of any length",
    `<a href="https://a.example/${"y".repeat(5_000)}">go</a>`,
    `go (https://a.example/${"y".repeat(5_000)})`,
  ],
  ["reads an address without its blanks and line ends", '<a href=" https://a.example/\n b ">go</a>', "go (https://a.example/ b)"],
  ["keeps the lines of pre", "<p>a</p><pre>\n  line 1\n\n    line 2  \r\n</pre> b", "a\n\n  line 1\n\n    line 2\n\n\nb"],
  ["keeps the lines of textarea", "<textarea>a &lt;\n <b></textarea>", "a <\n <b>"],
  ["ends a comment as browsers do", "<!-->a<!--->b<!-- > -- --!>c<! d >e</ f>g", "abceg"],
  ["ends a script at its own tag only", "<script>if (a </b) '</scripty>'</SCRIPT >a", "a"],
  ["hides templates inside each other", "<template>a<template>b</template>c</template>d", "d"],
  ["shows a page whose head has no end tag", "<html><head><meta charset=utf-8><title>T</title><body>Hello", "Hello"],
  ["reads a reference in an attribute once", '<img alt="&amp;lt;">', "&lt;"],
  ["drops a tag that does not end, as browsers do", '<p>a</p><a href="x', "a"],
  ["gives an empty text for an empty page", "<html></html>", ""],
];

describe("htmlToText()", () => {
  for (const [title, html, text] of cases) it(title, () => assert.equal(htmlToText(html), text));

  it("does work that grows with the length of hostile markup, not with its square", () => {
    // 400 kB each: a quadratic reader needs minutes, and the test would reach its time limit.
    for (const piece of [
      "<a href=x>",
      '<a href="',
      "<a href='",
      "<a b=",
      "<a a",
      "<!--",
      "<!",
      "<style>",
      "</style",
      "<template>",
      "<pre>  ",
      "<td>",
      "<img ",
      "&#",
      "<",
      "</",
      "<a\n",
    ])
      for (const start of ["", "<title>", `<pre>${" ".repeat(400_000)}</pre>`])
        assert.equal(typeof htmlToText(start + piece.repeat(400_000 / piece.length)), "string");
  });
});
