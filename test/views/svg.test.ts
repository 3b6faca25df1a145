/** Files and tags of SVG are XML: case counts, and any prefix may stand for a namespace. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";
import { render, svg } from "gable/views";

const blocked = "about:invalid#blocked";
const rows: ReadonlyArray<readonly [source: string, value: unknown, expected: string]> = [
  ['<svg viewBox="{{ v }}" preserveAspectRatio="{{ v }}"/>', "0 0 1 1", '<svg viewBox="0 0 1 1" preserveAspectRatio="0 0 1 1"/>'],
  ['<svg xmlns:x="http://www.w3.org/1999/xlink"><a x:href="{{ v }}"/></svg>', "javascript:1", `x:href="${blocked}"`],
  ['<svg><a xlink:href="{{ v }}"/></svg>', "javascript:1", `xlink:href="${blocked}"`],
  ['<svg><animate attributeName="x:href" values="{{ v }}"/></svg>', "/a;javascript:1", `values="/a;${blocked}"`],
];

describe("drawings", () => {
  for (const [source, v, expected] of rows)
    it(`write ${expected} for ${source}`, async () => {
      const text = await compileString(source, { name: "a.svg" }).render({ v });
      assert.ok(text.includes(expected), text);
    });

  for (const source of [
    '<svg xmlns="{{ v }}"/>',
    '<svg xmlns:x="{{ v }}"/>',
    "<s:script>{{ v }}</s:script>",
    '<s:animate to="{{ v }}"/>',
    "<s:style>{{ v }}</s:style>",
  ])
    it(`reject ${source}`, () => assert.throws(() => compileString(source, { name: "a.svg" }), { code: "E_VIEW_PLACE" }));

  // Characters that XML does not have, and what stays of them.
  for (const [forbidden, kept] of [
    ["\u0001", ""],
    ["\u000b", ""],
    ["\u001f", ""],
    ["\ufffe", ""],
    ["\uffff", ""],
    ["\ud800", ""],
    ["\udc00", ""],
    ["\0", "\ufffd"],
    ["\t\u{1f600}\u0085", "\t\u{1f600}\u0085"],
  ] as const)
    it(`have only characters of XML: ${JSON.stringify(forbidden)}`, async () => {
      const v = `[${forbidden}]`;
      const expected = `<svg id="[${kept}]"><text>[${kept}]</text></svg>`;
      const file = compileString('<svg id="{{ v }}"><text>{{ v }}</text></svg>', { name: "a.svg" });
      assert.equal(await file.render({ v }), expected);
      assert.equal(await render(svg`<svg id="${v}"><text>${v}</text></svg>`), expected);
      // A value that arrives later.
      assert.equal(await render(svg`<svg id="${v}"><text>${Promise.resolve(v)}</text></svg>`), expected);
    });

  it("keep the case of names in the tag svg", async () =>
    assert.equal(await render(svg`<svg viewBox="${"0 0 1 1"}"/>`), '<svg viewBox="0 0 1 1"/>'));
});
