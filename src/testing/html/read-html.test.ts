import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { DefaultTreeAdapterMap } from "parse5";
import { parse } from "parse5";
import { decodeEntities } from "./entities.ts";
import type { HtmlElement } from "./nodes.ts";
import { textOf } from "./nodes.ts";
import { readHtml } from "./read-html.ts";

type OracleNode = DefaultTreeAdapterMap["node"];

/** Elements that a browser adds to every page: a piece of a page has none of them. */
const frames = new Set(["html", "head", "body"]);

/** A tree as lines, without the elements of the frame, and without white space between elements. */
function linesOf(element: HtmlElement, depth = 0): string[] {
  return element.children.flatMap((child) => {
    if (typeof child === "string") return child.trim() === "" ? [] : [`${" ".repeat(depth)}${JSON.stringify(child.trim())}`];
    if (frames.has(child.name)) return linesOf(child, depth);
    const attributes = [...child.attributes].map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join("");
    return [`${" ".repeat(depth)}<${child.name}${attributes}>`, ...linesOf(child, depth + 1)];
  });
}

/** Nodes without comments: the text around one is a single node. */
function joinTexts(nodes: readonly OracleNode[]): OracleNode[] {
  const joined: OracleNode[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node.nodeName === "#comment") continue;
    // A node with this name is text.
    if (node.nodeName === "#text" && last?.nodeName === "#text")
      joined[joined.length - 1] = {
        ...last,
        value: (last as DefaultTreeAdapterMap["textNode"]).value + (node as DefaultTreeAdapterMap["textNode"]).value,
      } as OracleNode;
    else joined.push(node);
  }
  return joined;
}

/** The same of a tree of parse5. */
function oracleLines(node: OracleNode, depth = 0): string[] {
  const children = "content" in node ? node.content.childNodes : "childNodes" in node ? node.childNodes : [];
  return joinTexts(children).flatMap((child) => {
    if (child.nodeName === "#text") {
      const { value } = child as DefaultTreeAdapterMap["textNode"];
      return value.trim() === "" ? [] : [`${" ".repeat(depth)}${JSON.stringify(value.trim())}`];
    }
    if (!("tagName" in child)) return [];
    if (frames.has(child.tagName)) return oracleLines(child, depth);
    const attributes = child.attrs.map(
      ({ name, value, prefix }) => ` ${(prefix ? `${prefix}:` : "") + name.toLowerCase()}=${JSON.stringify(value)}`,
    );
    return [`${" ".repeat(depth)}<${child.tagName.toLowerCase()}${attributes.join("")}>`, ...oracleLines(child, depth + 1)];
  });
}

function assertLikeBrowser(html: string): void {
  assert.deepEqual(linesOf(readHtml(html)), oracleLines(parse(html, { scriptingEnabled: false })), html);
}

describe("readHtml()", () => {
  const pages: readonly string[] = [
    "<!doctype html><title>A &amp; B</title><p>one<p>two<ul><li>a<li>b<ul><li>c</ul></ul>",
    "<html lang=en><head><meta charset=utf-8><title>x</title></head><body class=a><main>y</main></body></html><footer>z</footer>",
    "<table><tr><td>1<td>2<tr><th>3</table>after",
    "<table><caption>c</caption><colgroup><col><col></colgroup><thead><tr><td>1</thead><tfoot><tr><td>2</table>",
    "<table><col><td>1</table>",
    "<table><tr><td><table><td>inner</table>outer<td>next</table>",
    "<select><option>a<option selected>b<optgroup label=g><option>c</optgroup></select>",
    "<form action=/a><input name=a><form action=/b><input name=b></form><input name=c>",
    "<textarea>\n\n a < b &lt; </textare> </textarea><pre>\n x</pre>",
    "<script>if (a < b) '</p>'</script><style>a > b { }</style><p>c",
    "<svg viewBox='0 0 1 1'><path d='M0 0'/><title>t &amp; <b>u</b></title><g><circle/></g></svg><p>after",
    "<svg><foreignObject><p>in<div>html</div></foreignObject><path/></svg>",
    "<svg><style>a<b/></style><p>out",
    "<math><mi>x</mi></math>",
    "<dl><dt>a<dd>b<dt>c<dd><p>d</dl>",
    "<p>a<div>b</p>c</div>",
    "a</p>b</br>c",
    "<h1>a</h2>b<h2>c<h3>d",
    "<button>a<button>b</button>",
    "<a href=1>x<a href=2>y</a>",
    "<!-- a --><!-->b<!--->c<!-- d --!>e<!x>f<?y>g</>h</ z>i",
    "<div a b=c d='e' f=\"g\" B=2 h = i j=k/ l/>x",
    "<br/><img src=x/><input disabled/ value=1>",
    "<p =a b=''c=d>",
    "<body><template><p>x</template><noscript><p>y</noscript>",
    "a &lt; b &amp;amp; &nbsp;&eacute;&#233;&#xe9;&#128;&#0;&#x110000;&copy &notit; &amp= & &unknown; &hellip;&mdash;",
    "<a href='?a=1&copy=2&amp;lt=3&lt;=4&copy;'>x</a>",
    "<p>x<unfinished a='b",
    "<p>x</unfinished",
    "x < y <3 </",
    "<ruby>a<rp>(<rt>b<rp>)</ruby>",
    "<li>a<div><li>b</div><li>c",
    "<fieldset><legend>a</legend><p>b</fieldset>c",
    "<details><summary>a</summary>b</details>",
    "<p>a\r\nb\rc<textarea>\r\nd\r\n</textarea>",
    "<title>a</title x>b<textarea>c</TEXTAREA >d",
    "<iframe><p>a</iframe><p>b",
    "<body a=1><body a=2 b=3><p>x",
    "<div><span>a</div>b",
    "<ul><li><p>a<li>b</ul><p>c<hr>d",
    "<object><param name=a><p>b</object>c",
    "<label>a <input> b</label><label for=x>c</label>",
  ];
  for (const page of pages)
    it(`reads ${JSON.stringify(page.length > 60 ? `${page.slice(0, 60)}...` : page)} like a browser`, () => assertLikeBrowser(page));

  it("reads random pages like a browser", () => {
    const text = fc.constantFrom("a", "b c", "&amp;", "&lt", "x< y", "&#39;", "\n", "é &nbsp; ", "\0");
    const attribute = fc.constantFrom("", " a", " b=1", " c='2 \"'", ' d="&quot;&amp"', " E=f/", " a=3", "  g = h ", " /");
    const { page } = fc.letrec((tie) => ({
      inner: fc.array(tie("node"), { maxLength: 4 }).map((nodes) => nodes.join("")),
      node: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        text,
        fc.tuple(fc.constantFrom("br", "input", "img", "hr", "wbr"), attribute).map(([name, given]) => `<${name}${given}>`),
        fc.constantFrom(
          "<!-- x -->",
          "<!>",
          "</p>",
          "</li>",
          "</div>",
          "</nothing>",
          "<script>a<b</script>",
          "<textarea>\nx</y></textarea>",
        ),
        fc
          .tuple(
            fc.constantFrom(
              "div",
              "p",
              "ul",
              "li",
              "section",
              "h1",
              "h2",
              "form",
              "fieldset",
              "label",
              "dl",
              "dt",
              "dd",
              "article",
              "span",
              "main",
            ),
            attribute,
            tie("inner"),
            fc.boolean(),
          )
          // A span that overlaps a block is opened again by browsers.
          .map(([name, given, inner, isClosed]) => `<${name}${given}>${inner}${isClosed || name === "span" ? `</${name}>` : ""}`),
        fc.tuple(tie("rows"), attribute).map(([rows, given]) => `<table${given}>${String(rows)}</table>`),
        fc
          .array(fc.constantFrom("<option>a", "<option value=1>b</option>", "<optgroup label=x>", "</optgroup>"), { maxLength: 5 })
          .map((options) => `<select>${options.join("")}</select>`),
      ),
      rows: fc
        .array(fc.oneof(fc.constantFrom("<tr>", "</tr>", "<tbody>", "</tbody>"), fc.tuple(fc.constantFrom("td", "th"), tie("inner"))), {
          maxLength: 5,
        })
        // A cell closes what it opened: the rest of a table is not in it.
        .map((parts) => parts.map((part) => (typeof part === "string" ? part : `<${String(part)}`.replace(",", ">"))).join("")),
      // Before the body, browsers ignore some end tags.
      page: fc.array(tie("node"), { minLength: 1, maxLength: 6 }).map((nodes) => `<!doctype html><body>${nodes.join("")}`),
    }));
    fc.assert(fc.property(page as fc.Arbitrary<string>, assertLikeBrowser), { numRuns: 1_000 });
  });

  it("finds no element in a string that has none", () => {
    assert.deepEqual(readHtml("").children, []);
    assert.deepEqual(readHtml("only text").children, ["only text"]);
  });
});

describe("textOf()", () => {
  it("separates blocks, and joins inline elements", () => {
    assert.equal(textOf(readHtml("<ul><li>a</li><li>b</li></ul> <b>c</b>d<br>e\n  f<script>g</script>")), "a b cd e f");
  });
});

describe("decodeEntities()", () => {
  it("knows each name that it decodes as parse5 does", () => {
    for (const name of ["nbsp", "yuml", "Alpha", "omega", "euro", "trade", "diams", "Tab", "NewLine", "apos", "check", "ensp", "rlm"]) {
      const parsed = parse(`<p title="&${name};">`, {});
      const attribute = JSON.stringify(oracleLines(parsed).join(""));
      assert.equal(JSON.stringify(`<p title=${JSON.stringify(decodeEntities(`&${name};`, true))}>`), attribute);
    }
  });
});
