/** Character sets of expressions agree with those of JavaScript's own regular expressions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExpressionFault, parseExpression } from "./expression-parser.ts";

const atoms = String.raw`a é . \. \/ \] \t \n \v \f \r \0 \x41 \x7e \u0041 \u00e9 \u{e9} \u{1F600} \d \D \w \W \s \S [a] [a-c] [ac-e] [^a]
  [^a-cx-z] [-a] [a-] [a\-c] [\b] [\d] [\dx] [^\d] [\w.] [^\s\S] [\S\s] [\x41-\x43] [\u0041-\u0043] [a-a]
  [^\u0001-\u{10FFFF}] [.] [^^] [a^] [\]] [\n-\r] [^\0]`.split(/\s+/);
const points = [...Array.from({ length: 0x260 }, (_, code) => code), 0x2028, 0x2029, 0x3000, 0xfeff, 0xfffd, 0x1f600, 0x10fffe, 0x10ffff];

describe("parseExpression()", () => {
  for (const source of atoms) {
    it(`reads ${source} as JavaScript does`, () => {
      const whole = parseExpression(source);
      assert.ok(whole.kind === "sequence" && whole.parts.length === 1);
      const node = whole.parts[0]!;
      assert.ok(node.kind === "set");
      assert.equal(node.source, source);
      const expression = new RegExp(`^(?:${source})$`, "u");
      for (const code of points) {
        const isInSet = node.set.some(([first, last]) => code >= first && code <= last);
        assert.equal(isInSet, expression.test(String.fromCodePoint(code)), `U+${code.toString(16)}`);
      }
    });
  }

  const faults: Array<[source: string, part: string, message: RegExp]> = [
    ["(?=a)", "(?=a", /look-around/],
    ["(?<!a)", "(?<!", /look-around/],
    ["(?a)", "(?a)", /unknown group/],
    ["\\b", "\\b", /anchor or an unknown escape/],
    ["[\\B]", "\\B", /an unknown escape/],
    ["\\q", "\\q", /anchor or an unknown escape/],
    ["\\9", "\\9", /back-reference/],
    ["\\x4", "\\x", /broken escape/],
    ["\\u004", "\\u", /broken escape/],
    ["[\\d-z]", "-", /out of order/],
    ["[a-\\d]", "-", /out of order/],
    ["[b-a]", "-", /out of order/],
    ["*a", "*", /repeats nothing/],
    ["+a", "+", /repeats nothing/],
    ["?a", "?", /repeats nothing/],
    ["{1}", "{", /repeats nothing/],
    ["}", "}", /repeats nothing/],
    ["]", "]", /repeats nothing/],
    ["a$b", "$", /anchor/],
    ["a^b", "^", /anchor/],
  ];
  for (const [source, part, message] of faults)
    it(`refuses ${source}, and names the part`, () =>
      assert.throws(
        () => parseExpression(source),
        (error) => error instanceof ExpressionFault && error.part === part && message.test(error.message),
      ));
});
