/** Operators that mean what they mean in Jinja, messages for those of other languages, and limits. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gable } from "gable";
import { compileString } from "gable/testing";
import { silentLogger } from "../../../test/silent-logger.ts";

const results: ReadonlyArray<readonly [source: string, expected: string, name?: string]> = [
  ["{{ {'a': {'b': 1}}.a.b }}{{ {'a': {'b': 1}}['a']['b'] }}", "11"],
  ["{{ ({'a': {}})|length}}", "1"],
  ["{{ ([1] + [2])|join('-') }}", "1-2"],
  ["{{ 'a' * 3 }}{{ 2 * 'b' }}{{ ([1] * 2)|join }}{{ 'a' * 0 }}{{ 'a' * -1 }}", "aaabb11"],
  ["{{ 'a' + 'b' }}{{ 1 + 2 }}{{ 7 // 2 }}{{ -7 // 2 }}{{ -7 % 3 }}{{ 2 ** 3 }}{{ 7 / 2 }}", "ab33-4283.5"],
  [
    "{{ '12abc'|int }}|{{ '12'|int }}|{{ '0x1f'|int(0, 16) }}|{{ '1_0'|int }}|{{ '1.9'|int }}|{{ ' -5 '|int }}|{{ '9'|int(7, 8) }}",
    "0|12|31|10|1|-5|7",
  ],
  ["{{ {'a': 1}|tojson }}", '{"a":1}', "a.txt"],
  ["{{ 'é ü'|wordcount }}", "2"],
];

const refusals: ReadonlyArray<readonly [source: string, code: string, message: RegExp, fix?: RegExp]> = [
  // What is written in other languages.
  ["{{ a && b }}", "E_VIEW_SYNTAX", /:1:6: "&&" has no meaning/, /"and"/],
  ["{{ a || b }}", "E_VIEW_SYNTAX", /:1:6: "\|\|" has no meaning/, /"or"/],
  ["{{ !a }}", "E_VIEW_SYNTAX", /"!" has no meaning/, /"not"/],
  ["{{ a ?? b }}", "E_VIEW_SYNTAX", /"\?\?" has no meaning/, /default/],
  ["{{ a ? b : c }}", "E_VIEW_SYNTAX", /"\?" has no meaning/, /one if test else other/],
  ["{{ a != null }}", "E_VIEW_SYNTAX", /"null" is not a value/, /is none/],
  ["{{ undefined }}", "E_VIEW_SYNTAX", /"undefined" is not a value/, /is none/],
  ["{% if a %}{% elseif b %}{% endif %}", "E_VIEW_SYNTAX", /there is no tag "elseif"/, /"elif"/],
  ["{% if a %}{% elsif b %}{% endif %}", "E_VIEW_SYNTAX", /there is no tag "elsif"/, /"elif"/],
  ["{% if a %}{% else if b %}{% endif %}", "E_VIEW_SYNTAX", /"else if" is not a tag/, /"elif"/],
  ["{{ 1 is foo }}", "E_VIEW_NAME", /unknown test "foo"/, /views\/tests\.ts/],
  // Values that do not fit, with the line of the template.
  ["\n\n{{ 1 + 'a' }}", "E_VIEW_VALUE", /^string\.html:3: "\+" got 1 and "a"\./, /~/],
  ["\n{{ [1] + 1 }}", "E_VIEW_VALUE", /^string\.html:2: "\+" got/],
  ["\n{{ 'a' - 1 }}", "E_VIEW_VALUE", /^string\.html:2: "-" got "a" and 1/],
  ["{{ 'a' * 1.5 }}", "E_VIEW_VALUE", /"\*" got/],
  ["{{ 'a' * 1000001 }}", "E_VIEW_VALUE", /more than 1000000/],
  ...["/", "//", "%"].map(
    (operator) => [`\n{{ 1 ${operator} 0 }}`, "E_VIEW_VALUE", /^string\.html:2: "(?:\/\/?|%)" divides by zero/] as const,
  ),
  ["\n{{ f(1) }}", "E_VIEW_NAME", /^string\.html:2: "f" is 3, which cannot be called/, /globals\.ts/],
  ["\n{{ o.y(1) }}", "E_VIEW_NAME", /^string\.html:2: "y" is not a function/],
  ["\n{{ o.y.z }}", "E_VIEW_NAME", /^string\.html:2: The property "z" of undefined was read/],
  ["\n{{ o|upper }}", "E_VIEW_VALUE", /^string\.html:2: an object \(Object\) cannot be converted to text/],
  ["\n\n{{ o }}", "E_VIEW_VALUE", /^string\.html:3: A hole in text got an object/],
  ["\n{{ 'a b'|wordwrap(0) }}", "E_VIEW_VALUE", /^string\.html:2: wordwrap got 0/],
];

/** Limits: a template with so many parts, and the most that are allowed. */
const limits: ReadonlyArray<readonly [what: string, make: (count: number) => string, most: number, message: RegExp]> = [
  ["branches", (count) => `{% if 0 %}${"{% elif 0 %}".repeat(count - 1)}{% endif %}`, 500, /more than 500 branches/],
  ["operators", (count) => `{{ 1${" + 1".repeat(count)} }}`, 500, /more than 500 operators in a row/],
  ["filters", (count) => `{{ "x"${"|upper".repeat(count)} }}`, 500, /more than 500 operators in a row/],
  ["members", (count) => `{% if 0 %}{{ o${".a".repeat(count)} }}{% endif %}`, 500, /more than 500 operators in a row/],
];

describe("operators", () => {
  for (const [source, expected, name = "string.html"] of results)
    it(`gives ${expected} for ${source}`, async () => assert.equal(await compileString(source, { name }).render({}), expected));

  for (const [source, code, message, fix] of refusals)
    it(`rejects ${JSON.stringify(source)}`, async () =>
      assert.rejects(async () => compileString(source).render({ f: 3, o: {}, a: 1, b: 1 }), { code, message, ...(fix && { fix }) }));

  for (const [what, make, most, message] of limits)
    it(`accepts ${most} ${what}, but not one more`, async () => {
      await compileString(make(most)).render({ o: {} });
      assert.throws(() => compileString(make(most + 1)), { code: "E_VIEW_SYNTAX", message });
    });
});

describe("files that are not UTF-8", () => {
  for (const [bytes, place] of [
    [[0x61, 0x0a, 0x62, 0xe9, 0x63], "2:2: the byte 0xe9 (number 4 of the file)"],
    [[0xff], "1:1: the byte 0xff (number 1 of the file)"],
    [[0xc3, 0xa9, 0xed, 0xa0, 0x80], "1:3: the byte 0xed (number 3 of the file)"],
    [[0x61, 0xc3], "1:2: the byte 0xc3 (number 2 of the file)"],
  ] as const)
    it(`are rejected with ${place}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "gable-bytes-"));
      mkdirSync(join(folder, "views"));
      writeFileSync(join(folder, "views/a.html"), Buffer.from(bytes));
      try {
        const app = gable({ mode: "production", logger: silentLogger, views: join(folder, "views") });
        await assert.rejects(
          async () => app.start(),
          (error: Error & { cause?: Error }) => {
            assert.ok(`${error.message} ${error.cause?.message ?? ""}`.includes(place), error.message);
            return true;
          },
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
