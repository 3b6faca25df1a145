import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkValue, compareDecimals } from "./check-value.ts";
import type { Column } from "./column.ts";
import { field as f } from "./field.ts";

/** A column, valid values with their stored form, and invalid values with a part of the message. */
type Row = [
  name: string,
  column: Column<never, "required" | "optional"> | object,
  right: ReadonlyArray<readonly [value: unknown, stored?: unknown]>,
  wrong: ReadonlyArray<readonly [value: unknown, message: RegExp]>,
];

const uuid = "0190163d-8694-739b-aea5-966c26f8ad91";
let deep: unknown = 1;
for (let level = 0; level < 64; level++) deep = [deep];

const rows: readonly Row[] = [
  [
    "id",
    f.id(),
    [[1], [Number.MAX_SAFE_INTEGER]],
    [
      [0, /above 0/],
      [1.5, /whole/],
      ["1", /whole/],
      [Number.MAX_SAFE_INTEGER + 1, /whole/],
    ],
  ],
  [
    "uuid",
    f.uuid(),
    [[uuid], [uuid.toUpperCase(), uuid]],
    [
      ["x", /UUID/],
      [`${uuid}0`, /UUID/],
      [5, /UUID/],
    ],
  ],
  [
    "text",
    f.text({ max: 3, min: 2 }),
    [["ab"], ["abc"], ["\u{1F600}\u{1F600}\u{1F600}"], ["  "]],
    [
      ["a", /at least 2 characters\. You typed 1/],
      ["abcd", /at most 3 characters\. You typed 4/],
      ["", /needed/],
      [5, /string/],
      ["a\0b", /cannot be stored/],
      ["a\ud800", /cannot be stored/],
    ],
  ],
  ["text without a limit", f.text(), [["x".repeat(100_000)]], [["", /needed/]]],
  ["blank text", f.text({ blank: true }), [[""], ["x"]], [[null, /needed/]]],
  ["nullable text", f.text({ null: true }), [[null], [undefined, null]], [["", /needed/]]],
  ["text with a pattern", f.text({ pattern: /^[a-z]+$/g }), [["abc"], ["abc"]], [["aBc", /right form/]]],
  [
    "slug",
    f.slug(),
    [["a-b_C9"], ["x".repeat(50)]],
    [
      ["a b", /letters, digits/],
      ["ä", /letters, digits/],
      ["x".repeat(51), /at most 50/],
    ],
  ],
  [
    "email",
    f.email(),
    [["a@example.com"], ["a.b+c@x-y.example"], [`${"a".repeat(242)}@example.com`]],
    [
      ["a", /address/],
      ["a@b", /address/],
      ["a@b..c", /address/],
      ["a b@c.d", /address/],
      ["a@-b.c", /address/],
      [`${"a".repeat(243)}@example.com`, /at most 254/],
    ],
  ],
  [
    "url",
    f.url(),
    [["https://example.com/a?b#c"], ["HTTP://x"]],
    [
      ["javascript:alert(1)", /https/],
      ["//x", /https/],
      ["https://", /https/],
      ["https://a b", /https/],
      [`https://x/${"a".repeat(2048)}`, /at most 2048/],
    ],
  ],
  [
    "file",
    f.file(),
    [["covers/2026/11/4k0q.png"], ["a"], ["a b/c(1).tar.gz"], ["x".repeat(512)]],
    [
      ["", /needed/],
      [5, /string/],
      ["/a", /key of a stored file/],
      ["a/", /key of a stored file/],
      ["a//b", /key of a stored file/],
      ["a/../b", /key of a stored file/],
      ["a\\b", /key of a stored file/],
      ["a\nb", /key of a stored file/],
      ["x".repeat(513), /at most 512/],
      [null, /needed/],
    ],
  ],
  [
    "int",
    f.int({ min: -5, max: 5 }),
    [[-5], [5], [-0, 0]],
    [
      [-6, /at least -5/],
      [6, /at most 5/],
      [1.5, /whole/],
      ["1", /whole/],
      [Number.NaN, /whole/],
    ],
  ],
  [
    "int of 32 bits",
    f.int(),
    [[2_147_483_647], [-2_147_483_648]],
    [
      [2_147_483_648, /10 digits/],
      [-2_147_483_649, /10 digits/],
    ],
  ],
  [
    "bigint",
    f.bigint({ min: 1n }),
    [[1n], [2n ** 63n - 1n]],
    [
      [0n, /at least 1/],
      [2n ** 63n, /19 digits/],
      [1, /19 digits/],
    ],
  ],
  [
    "float",
    f.float({ max: 1 }),
    [[0.1], [-0, 0], [-1e308]],
    [
      [1.1, /at most 1/],
      [Infinity, /number/],
      [Number.NaN, /number/],
      ["1", /number/],
    ],
  ],
  [
    "decimal",
    f.decimal({ digits: 5, scale: 2, min: "-10", max: "999.98" }),
    [
      ["7", "7.00"],
      ["7.5", "7.50"],
      ["007.10", "7.10"],
      ["-0", "0.00"],
      ["+1", "1.00"],
      ["-10.00", "-10.00"],
      ["999.98"],
      ["1.000", "1.00"],
    ],
    [
      ["1.001", /2 digits after/],
      ["1000", /3 digits before/],
      ["-10.01", /at least -10/],
      ["999.99", /at most 999\.98/],
      ["", /12\.50/],
      ["1e3", /12\.50/],
      [".5", /12\.50/],
      [5, /12\.50/],
      ["1,5", /12\.50/],
    ],
  ],
  [
    "decimal without fraction",
    f.decimal({ digits: 38, scale: 0 }),
    [["9".repeat(38)]],
    [
      ["9".repeat(39), /38 digits/],
      ["1.5", /whole/],
    ],
  ],
  [
    "boolean",
    f.boolean(),
    [[true], [false]],
    [
      [1, /yes or no/],
      ["true", /yes or no/],
    ],
  ],
  [
    "date",
    f.date(),
    [["2024-02-29"], ["0001-01-01"], ["9999-12-31"]],
    [
      ["2023-02-29", /day/],
      ["2023-13-01", /day/],
      ["2023-1-1", /day/],
      ["0000-01-01", /day/],
      [new Date(), /day/],
    ],
  ],
  [
    "time",
    f.time(),
    [["00:00", "00:00:00"], ["23:59:59"]],
    [
      ["24:00", /time/],
      ["1:00", /time/],
      ["10:60", /time/],
      ["10:00:60", /time/],
    ],
  ],
  [
    "datetime",
    f.datetime(),
    [[new Date(0)]],
    [
      [new Date(Number.NaN), /valid date and time/],
      ["2026-01-01", /valid date and time/],
      [0, /valid date and time/],
    ],
  ],
  [
    "json",
    f.json(),
    [[{ a: [1, "x", true, null] }], [deep], [0], [Object.create(null)]],
    [
      [[deep], /JSON/],
      [{ a: undefined }, /JSON/],
      [1n, /JSON/],
      [new Date(), /JSON/],
      [Number.NaN, /JSON/],
      [() => 1, /JSON/],
      [JSON.parse('{"__proto__":1}'), /JSON/],
      ["\0", /JSON/],
      [{ "\ud800": 1 }, /JSON/],
    ],
  ],
  [
    "bytes",
    f.bytes({ max: 2 }),
    [[new Uint8Array(2)], [new Uint8Array(0)]],
    [
      [new Uint8Array(3), /at most 2 bytes\. These are 3/],
      ["ab", /bytes/],
    ],
  ],
  [
    "choice",
    f.choice({ a: "First", b: "Second" }),
    [["a"], ["b"]],
    [
      ["c", /one of: First, Second/],
      ["toString", /one of/],
      [1, /one of/],
    ],
  ],
];

describe("checkValue()", () => {
  for (const [name, column, right, wrong] of rows) {
    it(`takes and refuses values of ${name}`, () => {
      const known = column as Column<unknown, "required">;
      for (const [value, ...stored] of right)
        assert.deepEqual(checkValue(known, value), { value: stored.length === 0 ? value : stored[0] });
      for (const [value, message] of wrong) {
        const result = checkValue(known, value);
        assert.match(result.message ?? `taken as ${String("value" in result && result.value)}`, message);
      }
      if (known.options.null !== true) assert.equal(checkValue(known, null).message, "This is needed.");
    });
  }

  it("compares decimals of any length", () => {
    for (const [one, other, expected] of [
      ["1", "1.00", 0],
      ["-1", "1", -1],
      ["0.1", "0.09", 1],
      ["99999999999999999999.1", "99999999999999999999.2", -1],
    ] as const)
      assert.equal(compareDecimals(one, other), expected);
  });
});
