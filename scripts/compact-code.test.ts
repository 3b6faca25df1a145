import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compactCode } from "./compact-code.ts";

describe("compactCode()", () => {
  const cases: ReadonlyArray<readonly [what: string, code: string, result: string]> = [
    ["drops comments that fill their lines", "// a\nf();\n  /** b\n   * c\n   */\ng();\n", "f();\ng();\n"],
    ["keeps comments next to code, and those of licenses", "f(); // a\n/* b */ g();\n/*! c */\n", "f(); // a\n/* b */ g();\n/*! c */\n"],
    ["indents with tabs", "{\n  f(\n    1\n  );\n}\n", "{\n\tf(\n\t\t1\n\t);\n}\n"],
    ["keeps an odd blank", "f(\n   1\n);\n", "f(\n\t 1\n);\n"],
    [
      "keeps templates as they are",
      "  f(`\n  // a\n    ${\n    g(`\n  b`)\n  }\n  c`);\n",
      "\tf(`\n  // a\n    ${\n\t\tg(`\n  b`)\n\t}\n  c`);\n",
    ],
    ["takes no string and no regular expression for a comment", 'f("// a");\n  r = /\\/* b/;\n', 'f("// a");\n\tr = /\\/* b/;\n'],
    ["keeps empty lines of templates", "f(`\n\n  a\n`);\n", "f(`\n\n  a\n`);\n"],
  ];
  for (const [what, code, result] of cases) it(what, () => assert.equal(compactCode(code), result));
});
