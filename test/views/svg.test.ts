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

  it("keep the case of names in the tag svg", async () =>
    assert.equal(await render(svg`<svg viewBox="${"0 0 1 1"}"/>`), '<svg viewBox="0 0 1 1"/>'));
});
