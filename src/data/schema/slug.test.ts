import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createShortId, makeSlug, slugify } from "./slug.ts";

describe("slugify()", () => {
  const rows: Array<[text: string, slug: string, max?: number]> = [
    ["Crème Brûlée: 2nd  edition!", "creme-brulee-2nd-edition"],
    ["--a--b--", "a-b"],
    ["abc def", "abc", 4],
    ["abc def", "abc-d", 5],
    ["a", "a", 1],
    ["Straße & Größe", "strasse-grosse"],
    ["STRASSE ÆØÅ Łódź", "strasse-aeoa-lodz"],
    ["İstanbul ışık", "istanbul-isik"],
    ["Þingvellir, ÐÞ", "thingvellir-dth"],
    ["Rock’n’Roll isn't dead", "rocknroll-isnt-dead"],
    ["Ёлка и ёж: Щука", "yolka-i-yozh-shchuka"],
    ["Й-й", "y-y"],
    ["Україна їжак", "ukrayina-yizhak"],
    ["Αθήνα ΟΔΟΣ", "athina-odos"],
    ["ﬁne ①②", "fine-12"],
    ["日本語", ""],
    ["日本 7", "7"],
    ["", ""],
    ["\u0000/../", ""],
    ["__proto__", "proto"],
  ];
  for (const [text, slug, max] of rows)
    it(`makes "${slug}" of ${JSON.stringify(text)}`, () => assert.equal(slugify(text, max === undefined ? {} : { max }), slug));

  it("returns lower-case letters, digits and single hyphens for every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 60 }), (text, max) => {
        const slug = slugify(text, { max });
        assert.match(slug, /^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/);
        assert.ok(slug.length <= max);
        assert.equal(slugify(slug, { max }), slug);
      }),
    );
  });

  it("refuses a length below 1", () => {
    for (const max of [0, -1, 1.5, Number.NaN]) assert.throws(() => slugify("a", { max }), { code: "E_OPTION_INVALID" });
  });
});

describe("makeSlug()", () => {
  it("falls back to a short id", () => {
    assert.match(makeSlug("日本語", 50), /^[2-9a-hjkmnp-z]{8}$/);
    assert.notEqual(makeSlug("日本語", 50), makeSlug("日本語", 50));
    assert.equal(makeSlug("日本語", 3).length, 3);
    assert.equal(createShortId(0), "");
  });
});
