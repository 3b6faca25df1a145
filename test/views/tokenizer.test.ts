/** Compares our HTML reader with parse5: after every prefix of a document, both must be in the same state. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseFragment } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import { html } from "gable/views";
import type { Html } from "gable/views";

type Node = DefaultTreeAdapterTypes.Node;

const documents = [
  "<!doctype html><html lang=\"en\"><head><title>a &amp; b</title></head><body class=x id='y' hidden><p>1 < 2 <b>c</b></p></body></html>",
  "<div a=1 b='2' c=\"3\" d e = f / g><br/><input disabled><!-- c - -- d --><!---->x<!-->y<!--->z</div>",
  "<ul><li>a</li ><li>b</LI></ul><textarea>x</textareax></textarea><TITLE>t</title\n>e",
  "<style>a { b: c } </sty</style><p title='a>b' data-x=\"a'b\">x</p><a href=x?y&z>l</a>",
  "<script>let a = '<p>'; // </scrip</script><p>x</p><script><!-- <script> </script> --> y</script><p>z</p>",
  "<table><tr><td>1<td>2</table><svg><title>t</title><path d='M0 0'/></svg><math><mi>x</mi></math>",
  "a<?php x ?>b<!x y>c</ z>d</>e<a\tb\nc\fd>f</a><p/q>r</p>&lt;&#60;&copy;",
];

const marker = "m4rk3r";

/** Creates a template with one value after the given text. */
function templateOf(before: string, after: string): () => Html {
  const strings = Object.assign([before, after], { raw: Object.freeze([before, after]) });
  // Frozen as the engine makes them.
  return () => html(Object.freeze(strings) as unknown as TemplateStringsArray, marker);
}

/** Where parse5 has the marker: in text of an element, in an attribute, in a comment, or somewhere else. */
function findPlace(node: Node): string | undefined {
  if (node.nodeName === "#text" && "value" in node && node.value.includes(marker)) return `text of ${node.parentNode?.nodeName ?? ""}`;
  if (node.nodeName === "#comment" && "data" in node && node.data.includes(marker)) return "comment";
  if ("attrs" in node) {
    for (const { name, value } of node.attrs) {
      if (name.includes(marker)) return "name of an attribute";
      if (value.includes(marker)) return `attribute ${name}`;
    }
    if (node.nodeName.includes(marker)) return "name of an element";
  }
  const children = [...("childNodes" in node ? node.childNodes : []), ...("content" in node ? [node.content] : [])];
  for (const child of children) {
    const found = findPlace(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Closes whatever may be open, so that both readers come to an end. */
const closings = ["", '">', "'>", ">", "-->", "</title>", "</textarea>", "</style>", "</script>", '"></p>', " >"];

function compare(before: string): void {
  for (const after of closings) {
    let shown: string;
    try {
      shown = String(templateOf(before, after)());
    } catch (error) {
      assert.match((error as { code: string }).code, /^E_VIEW_(?:PLACE|UNCLOSED|VALUE|URL_TRUST)$/);
      continue;
    }
    // What our reader lets through must be in the same kind of place for a browser.
    const place = findPlace(parseFragment(shown));
    const plain = findPlace(parseFragment(before + marker + after));
    if (place === undefined) {
      // Nothing is written into comments, and a doctype or a stray end tag shows nothing.
      assert.ok(
        plain === undefined || plain === "comment",
        `${JSON.stringify(before)} | ${JSON.stringify(after)}: nothing, parse5 has ${plain}`,
      );
      continue;
    }
    assert.equal(place, plain, `${JSON.stringify(before)} | ${JSON.stringify(after)}`);
    // In svg, title and style are read as markup: what is written there is inert in both readings.
    assert.doesNotMatch(place, before.includes("<svg>") ? /^name/ : /^name|^comment/);
  }
}

describe("the HTML reader compared with parse5", () => {
  for (const [index, document] of documents.entries()) {
    it(`agrees after every prefix of document ${index + 1}`, () => {
      for (let end = 0; end <= document.length; end++) compare(document.slice(0, end));
    });
  }

  it("agrees on generated text", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "</",
      "/>",
      "<p",
      "<a ",
      "b",
      "=",
      '"',
      "'",
      " ",
      "\n",
      "<!--",
      "-->",
      "--!>",
      "<!",
      "<title>",
      "</title>",
      "<script>",
      "</script>",
      "<style>",
      "</style>",
      "<textarea>",
      "</textarea",
      "&",
      "-",
      "x",
      "<!doctype ",
      "?",
      "title=",
      "hidden",
      "<br>",
      "<svg>",
      '<p class="',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => compare(pieces.join(""))),
      { numRuns: 3000 },
    );
  });

  it("gives the same result wherever the input is split", () => {
    for (const document of documents) {
      const whole = templateOf(document, "");
      let expected: string;
      try {
        expected = String(whole());
      } catch {
        continue;
      }
      for (let end = 1; end < document.length; end++) {
        // Directly behind an equals sign it would be the whole value.
        if (/=\s*$/.test(document.slice(0, end))) continue;
        const strings = [document.slice(0, end), document.slice(end), ""];
        const template = Object.freeze(Object.assign(strings, { raw: Object.freeze([...strings]) })) as unknown as TemplateStringsArray; // As above.
        let shown: string;
        try {
          shown = String(html(template, "", marker));
        } catch (error) {
          assert.match((error as { code: string }).code, /^E_VIEW_/);
          continue;
        }
        // An empty value changes only an attribute that it fills completely.
        const toForm = (text: string): string =>
          text
            .replaceAll("'", '"')
            .replaceAll(/ [a-z]+=""/g, "")
            .replaceAll("<textarea>\n", "<textarea>");
        assert.equal(toForm(shown), toForm(expected), JSON.stringify(document.slice(0, end)));
      }
    }
  });
});
