import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findBrokenLinks, listAnchors } from "./links.ts";

const target = "# Title\n\n## A `code` heading: more\n\n## Twice\n\n## Twice\n\n```ts\n## no heading\n```\n\n## E_ROUTE_DUPLICATE\n";

describe("findBrokenLinks()", () => {
  const cases: ReadonlyArray<readonly [name: string, text: string, problems: readonly string[]]> = [
    ["accepts a page in another folder", "[a](../b/target.md)", []],
    ["accepts a heading", "[a](../b/target.md#a-code-heading-more)", []],
    ["accepts the second of two equal headings", "[a](../b/target.md#twice-1)", []],
    ["accepts the heading of an error code", "[a](../b/target.md#e_route_duplicate)", []],
    ["accepts a heading of the same page", "## Here\n[a](#here)", []],
    ["accepts a file that is not a page", "[a](../LICENSE)", []],
    ["ignores other sites", "[a](https://example.com/x.md) [b](mailto:a@example.com)", []],
    ["ignores code", "`[a](no.md)`\n\n```md\n[a](no.md)\n```", []],
    ["reports a missing page", "\n[a](no.md)", ["a/page.md:2 links to a/no.md, which is not there."]],
    ["reports a missing heading", "[a](../b/target.md#no)", ["a/page.md:1 links to #no, which is not a heading of b/target.md."]],
    ["reports a folder", "[a](../b/)", ["a/page.md:1 links to b/, which is not there."]],
    ["counts lines of code blocks", "```\nx\n```\n[a](no.md)", ["a/page.md:4 links to a/no.md, which is not there."]],
    [
      "reports a heading in a code block",
      "[a](../b/target.md#no-heading)",
      ["a/page.md:1 links to #no-heading, which is not a heading of b/target.md."],
    ],
  ];
  for (const [name, text, problems] of cases) {
    it(name, () => {
      const pages = new Map([
        ["a/page.md", text],
        ["b/target.md", target],
      ]);
      assert.deepEqual(findBrokenLinks(pages, ["LICENSE"]), problems);
    });
  }
});

describe("listAnchors()", () => {
  it("makes anchors as GitHub does", () => {
    assert.deepEqual([...listAnchors(target)], ["title", "a-code-heading-more", "twice", "twice-1", "e_route_duplicate"]);
  });
});
