import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { phrases } from "./plain-english-phrases.ts";
import { findPhrases } from "./plain-english.ts";

describe("findPhrases()", () => {
  const cases: ReadonlyArray<readonly [name: string, file: string, text: string, found: readonly string[]]> = [
    ["finds a phrase in a page", "a.md", "\nThe table is made anew.", ["2 anew"]],
    ["ignores code in a page", "a.md", "`anew`\n\n```ts\nanew\n```\n", []],
    ["finds a phrase in a doc comment", "a.ts", "/**\n * Made anew.\n */\nconst x = 1;", ["2 anew"]],
    ["finds a phrase in a line comment", "a.ts", "const x = 1; // tells of errors", ["1 tells of"]],
    ["finds a phrase in a test name", "a.ts", 'it("mends what was broken", () => {});', ["1 mends"]],
    ["finds a phrase in a template", "a.ts", "fail(`It is no number: ${x}`);", ["1 is no "]],
    ["ignores names in code", "a.ts", "const beside = alike;", []],
    ["ignores short strings", "a.ts", 'const kind = "beside";', []],
    ["ignores addresses", "a.ts", 'const url = "https://example.com/anew";', []],
    ["accepts there is no", "a.md", "If there is no row, it returns undefined.", []],
    ["accepts no longer", "a.md", "The option is no longer used.", []],
  ];
  for (const [name, file, text, found] of cases) {
    it(name, () =>
      assert.deepEqual(
        findPhrases(file, text).map((hit) => `${hit.line} ${hit.found}`),
        found,
      ),
    );
  }
});

describe("the word list", () => {
  it("has a better form for each phrase", () => {
    for (const { pattern, better } of phrases) assert.ok(better.length > 1, String(pattern));
  });
});
