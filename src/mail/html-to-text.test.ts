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
  ["gives an empty text for an empty page", "<html></html>", ""],
];

describe("htmlToText()", () => {
  for (const [title, html, text] of cases) it(title, () => assert.equal(htmlToText(html), text));

  it("does work that grows with the length of hostile markup, not with its square", () => {
    // 400 kB each: a quadratic reader needs minutes, and the test would reach its time limit.
    for (const piece of ["<a href=x>", "<!--", "<style>", "<img ", "&#", "<"])
      assert.equal(typeof htmlToText(piece.repeat(400_000 / piece.length)), "string");
  });
});
