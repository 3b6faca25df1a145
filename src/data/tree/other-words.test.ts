import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Book } from "../../../test/data/library-models.ts";
import { suggestField, suggestOperator } from "./other-words.ts";

describe("the fix of an unknown operator", () => {
  const texts = ["eq", "ne", "in", "notIn", "isNull", "gt", "gte", "lt", "lte", "between", "contains", "ieq", "icontains"];
  const lists = ["eq", "ne", "isNull", "has", "hasAll", "hasAny", "isEmpty"];
  for (const [word, known, fix] of [
    ["=", texts, 'Write "eq".'],
    ["===", texts, 'Write "eq".'],
    ["equals", texts, 'Write "eq".'],
    ["!=", texts, 'Write "ne".'],
    ["<>", texts, 'Write "ne".'],
    ["not", texts, 'Write "ne".'],
    [">", texts, 'Write "gt".'],
    [">=", texts, 'Write "gte".'],
    ["<", texts, 'Write "lt".'],
    ["<=", texts, 'Write "lte".'],
    ["$gt", texts, 'Write "gt".'],
    ["$nin", texts, 'Write "notIn".'],
    ["range", texts, 'Write "between".'],
    ["iexact", texts, 'Write "ieq".'],
    ["includes", texts, 'Write "contains".'],
    ["includes", lists, 'Write "has".'],
    ["LIKE", texts, 'Write "contains", which takes a part of the text without wildcards.'],
    ["ilike", texts, 'Write "icontains", which takes a part of the text without wildcards.'],
    ["like", lists, `Use one of: ${lists.join(", ")}.`],
    ["contians", texts, 'Write "contains".'],
    ["constructor", texts, `Use one of: ${texts.join(", ")}.`],
  ] as const)
    it(`${word} of ${known === texts ? "a string" : "a list"}`, () => {
      assert.equal(suggestOperator(word, known), fix);
    });
});

describe("the fix of an unknown field", () => {
  for (const [name, fix] of [
    ["or", 'Write [or]: [...], with the symbol "or" of gable/data.'],
    ["$AND", 'Write [and]: [...], with the symbol "and" of gable/data.'],
    ["NOT", 'Write [not]: { ... }, with the symbol "not" of gable/data.'],
    ["title__icontains", "Write title: { icontains: ... }."],
    ["author.name", "Write author: { name: ... }."],
    ["author__name__startsWith", "Write author: { name: { startsWith: ... } }."],
    ["titel", 'Write "title".'],
    ["nothing__else", "Use one of: title, author."],
    ["__proto__", "Use one of: title, author."],
  ] as const)
    it(name, () => {
      assert.equal(suggestField(name, ["title", "author"]), fix);
    });

  it("is that of the error", () => {
    assert.throws(() => Book.where({ or: [] } as never), { code: "E_FILTER_UNKNOWN", fix: /^Write \[or\]/ }); // As in JavaScript.
    assert.throws(() => Book.where({ title: { like: "%a%" } } as never), { code: "E_FILTER_UNKNOWN", fix: /^Write "contains"/ }); // As above.
  });
});
