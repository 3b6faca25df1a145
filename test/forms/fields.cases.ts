/** What each type of field makes of what was typed. A row: the field, what was typed, and the value or `{ code }`. */
import { field as f } from "gable/forms";
import type { FormField } from "gable/forms";

/** The rule that a value breaks. */
export interface BrokenRule {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** One field with the values that it takes and refuses. */
export interface FieldCases {
  readonly name: string;
  readonly field: FormField<unknown>;
  readonly cases: ReadonlyArray<readonly [typed: string, expected: unknown]>;
}

/** A rule that is broken. */
const broken = (code: string, params?: Readonly<Record<string, unknown>>): BrokenRule => ({ code, ...(params && { params }) });

const long = "x".repeat(4096);
const emoji = "\u{1f600}";

export const fieldCases: readonly FieldCases[] = [
  {
    name: "text",
    field: f.text({ min: 2, max: 4 }),
    cases: [
      ["ab", "ab"],
      ["  ab  ", "ab"],
      ["abcd", "abcd"],
      ["a", broken("too_short", { min: 2, count: 1 })],
      ["abcde", broken("too_long", { max: 4, count: 5 })],
      // Code points count, not units of UTF-16.
      [emoji.repeat(4), emoji.repeat(4)],
      [emoji.repeat(5), broken("too_long", { max: 4, count: 5 })],
      [emoji, broken("too_short", { min: 2, count: 1 })],
      ["e\u0301e\u0301", "\u00e9\u00e9"],
      ["a\tb", "a\tb"],
      ["a\nb", broken("characters")],
      ["a\rb", broken("characters")],
      ["a\0b", broken("characters")],
      ["a\u0007b", broken("characters")],
      ["a\u007fb", broken("characters")],
      ["a\u0085b", broken("characters")],
      ["a\ud800b", broken("characters")],
      ["", broken("required")],
      ["   ", broken("required")],
    ],
  },
  {
    name: "text of several lines",
    field: f.text({ lines: 3, max: 3 }),
    cases: [
      ["a\r\nb", "a\nb"],
      ["a\rb", "a\nb"],
      ["a\nb", "a\nb"],
      ["a\r\n\r\nb", broken("too_long", { max: 3, count: 4 })],
    ],
  },
  { name: "untrimmed text", field: f.text({ trim: false }), cases: [[" a ", " a "]] },
  {
    name: "optional text",
    field: f.text({ optional: true, min: 3 }),
    cases: [
      ["", null],
      ["  ", null],
      ["ab", broken("too_short", { min: 3, count: 2 })],
    ],
  },
  {
    name: "text with a pattern",
    field: f.text({ pattern: /^[A-Z]{2}[0-9]$/ }),
    cases: [
      ["AB1", "AB1"],
      ["xAB1", broken("pattern")],
      ["AB12", broken("pattern")],
      ["ab1", broken("pattern")],
    ],
  },
  {
    name: "text with a global pattern",
    field: f.text({ pattern: /a/g }),
    cases: [
      ["a", "a"],
      ["a", "a"],
      ["b", broken("pattern")],
    ],
  },
  {
    name: "email",
    field: f.email(),
    cases: [
      ["a@example.com", "a@example.com"],
      ["  a@example.com ", "a@example.com"],
      ["A.B+c@EXAMPLE.Com", "A.B+c@example.com"],
      ["info@b\u00fccher.example", "info@xn--bcher-kva.example"],
      [`${"x".repeat(64)}@example.com`, `${"x".repeat(64)}@example.com`],
      [`${"x".repeat(65)}@example.com`, broken("email")],
      [
        `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example`,
        `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example`,
      ],
      [
        `ab@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example`,
        `ab@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example`,
      ],
      [`abc@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example`, broken("email")],
      ["a@localhost", broken("email")],
      ["a b@example.com", broken("email")],
      ["a@example", broken("email")],
      ["a@@example.com", broken("email")],
      ["a@example..com", broken("email")],
      ["a@-example.com", broken("email")],
      ["a@exa_mple.com", broken("email")],
      ["@example.com", broken("email")],
      ["a", broken("email")],
      ["a@example.com\nBcc: b@example.com", broken("email")],
      ["a@example.com,b@example.com", broken("email")],
      ["a@b\u00fc.example/evil.com", broken("email")],
      ["", broken("required")],
    ],
  },
  {
    name: "url",
    field: f.url(),
    cases: [
      ["https://example.com", "https://example.com"],
      ["HTTP://example.com/A?b#c", "HTTP://example.com/A?b#c"],
      ["example.com/a", "https://example.com/a"],
      ["https://example.com/a b", broken("url")],
      ["https://b\u00fccher.example/", "https://xn--bcher-kva.example/"],
      ["https:example.com", "https://example.com/"],
      ["https://example.com\\@evil.example", "https://example.com/@evil.example"],
      ["ftp://example.com", broken("url_scheme")],
      ["javascript:alert(1)", broken("url_scheme")],
      ["data:text/html,x", broken("url_scheme")],
      ["localhost:3000", broken("url_scheme")],
      ["https://", broken("url")],
      ["https://a b", broken("url")],
      [`https://example.com/${"x".repeat(2028)}`, `https://example.com/${"x".repeat(2028)}`],
      [`https://example.com/${"x".repeat(2029)}`, broken("too_long", { max: 2048, count: 2049 })],
    ],
  },
  {
    name: "password",
    field: f.password({ min: 8 }),
    cases: [
      [" secret  ", " secret  "],
      ["\u0001control", "\u0001control"],
      ["short", broken("too_short", { min: 8, count: 5 })],
      [long, long],
      [`${long}x`, broken("too_long", { max: 4096, count: 4097 })],
      ["\u00e9".repeat(2048), "\u00e9".repeat(2048)],
      ["\u00e9".repeat(2049), broken("too_long", { max: 4096, count: 2049 })],
      ["", broken("required")],
    ],
  },
  {
    name: "slug",
    field: f.slug({ max: 5 }),
    cases: [
      ["a-B_9", "a-B_9"],
      ["a b", broken("pattern")],
      ["\u00e4", broken("pattern")],
      ["abcdef", broken("too_long", { max: 5, count: 6 })],
    ],
  },
  {
    name: "uuid",
    field: f.uuid(),
    cases: [
      ["0190163D-8694-739B-AEA5-966C26F8AD91", "0190163d-8694-739b-aea5-966c26f8ad91"],
      ["0190163d8694739baea5966c26f8ad91", broken("pattern")],
      ["0190163d-8694-739b-aea5-966c26f8ad9g", broken("pattern")],
    ],
  },
  {
    name: "color",
    field: f.color(),
    cases: [
      ["#1A2b3C", "#1a2b3c"],
      ["#123", broken("pattern")],
      ["red", broken("pattern")],
    ],
  },
  {
    name: "tel",
    field: f.tel(),
    cases: [
      ["+49 (0)30 / 123-456.7", "+49 (0)30 / 123-456.7"],
      ["12", broken("pattern")],
      ["call me", broken("pattern")],
      ["1".repeat(41), broken("pattern")],
    ],
  },
  {
    name: "int",
    field: f.int({ min: -5, max: 1000 }),
    cases: [
      ["7", 7],
      [" 7 ", 7],
      ["-5", -5],
      ["1.0", 1],
      ["1e3", 1000],
      ["1000.000", 1000],
      ["10e-1", 1],
      ["-0", 0],
      ["007", 7],
      ["1.5", broken("integer")],
      ["1e-1", broken("integer")],
      ["-6", broken("too_small", { min: -5 })],
      ["1001", broken("too_large", { max: 1000 })],
      ["1e999", broken("too_large", { max: 1000 })],
      ["+1", broken("number")],
      ["1.", broken("number")],
      ["0x10", broken("number")],
      ["1,000", broken("number")],
      ["1_000", broken("number")],
      ["\u0661", broken("number")],
      ["Infinity", broken("number")],
      ["NaN", broken("number")],
      ["1".repeat(33), broken("number")],
      ["1 2", broken("number")],
      ["", broken("required")],
    ],
  },
  {
    name: "int without limits",
    field: f.int(),
    cases: [
      ["9007199254740991", 9007199254740991],
      ["9007199254740992", broken("too_large", { max: 9007199254740991 })],
      ["9007199254740993", broken("too_large", { max: 9007199254740991 })],
      ["-9007199254740991", -9007199254740991],
      ["-9007199254740992", broken("too_small", { min: -9007199254740991 })],
    ],
  },
  {
    name: "int with a step",
    field: f.int({ min: 1, step: 3 }),
    cases: [
      ["4", 4],
      ["5", broken("step", { step: 3, base: 1 })],
    ],
  },
  {
    name: "bigint",
    field: f.bigint(),
    cases: [
      ["9223372036854775807", 9223372036854775807n],
      ["9223372036854775808", broken("too_large", { max: "9223372036854775807" })],
      ["-9223372036854775808", -9223372036854775808n],
      ["1.5", broken("integer")],
    ],
  },
  {
    name: "number",
    field: f.number({ min: 0, max: 10 }),
    cases: [
      ["0.1", 0.1],
      [".5", 0.5],
      ["1e1", 10],
      ["-0", 0],
      ["10.1", broken("too_large", { max: 10 })],
      ["-1", broken("too_small", { min: 0 })],
      ["1e400", broken("number")],
      ["5.", broken("number")],
      ["abc", broken("number")],
    ],
  },
  {
    name: "number with a step",
    field: f.number({ step: 0.1 }),
    cases: [
      ["0.3", 0.3],
      ["0.35", broken("step", { step: 0.1, base: 0 })],
    ],
  },
  {
    name: "decimal",
    field: f.decimal({ digits: 5, scale: 2 }),
    cases: [
      ["12.5", "12.50"],
      ["999.99", "999.99"],
      ["-999.99", "-999.99"],
      ["0.10", "0.10"],
      [".5", "0.50"],
      ["-0", "0.00"],
      ["1e2", "100.00"],
      ["12345e-3", broken("scale", { max: 2 })],
      ["1000", broken("digits", { max: 3 })],
      ["1.234", broken("scale", { max: 2 })],
      ["1.230", "1.23"],
      ["1,5", broken("number")],
    ],
  },
  {
    name: "decimal of many digits",
    field: f.decimal({ digits: 30, scale: 10, min: "0.0000000001" }),
    cases: [
      ["12345678901234567890.0123456789", "12345678901234567890.0123456789"],
      ["0", broken("too_small", { min: "0.0000000001" })],
    ],
  },
  {
    name: "boolean",
    field: f.boolean(),
    cases: [
      ["true", true],
      ["on", true],
      ["false", false],
      ["", false],
      ["maybe", broken("choice")],
    ],
  },
  {
    name: "boolean that must be true",
    field: f.boolean({ mustBeTrue: true }),
    cases: [
      ["true", true],
      ["false", broken("must_be_true")],
      ["", broken("must_be_true")],
    ],
  },
  {
    name: "boolean that may be unknown",
    field: f.boolean({ unknown: true, optional: true }),
    cases: [
      ["true", true],
      ["false", false],
      ["", null],
    ],
  },
  {
    name: "choice",
    field: f.choice({ a: "A", b: "B" }),
    cases: [
      ["a", "a"],
      ["c", broken("choice")],
      ["toString", broken("choice")],
      ["__proto__", broken("choice")],
      [" a", broken("choice")],
      ["", broken("required")],
    ],
  },
  {
    name: "date",
    field: f.date({ min: "2020-01-01", max: "2026-12-31" }),
    cases: [
      ["2024-02-29", "2024-02-29"],
      ["2026-02-29", broken("date")],
      ["2026-13-01", broken("date")],
      ["2026-1-1", broken("date")],
      ["20260101", broken("date")],
      ["2019-12-31", broken("too_early", { min: "2020-01-01" })],
      ["2027-01-01", broken("too_late", { max: "2026-12-31" })],
    ],
  },
  {
    name: "date without limits",
    field: f.date(),
    cases: [
      ["0001-01-01", "0001-01-01"],
      ["9999-12-31", "9999-12-31"],
      ["0000-01-01", broken("date")],
      ["10000-01-01", broken("date")],
    ],
  },
  {
    name: "time",
    field: f.time({ min: "09:00", max: "17:00" }),
    cases: [
      ["10:12", "10:12:00"],
      ["17:00", "17:00:00"],
      ["17:00:00", "17:00:00"],
      ["10:12:30", broken("time")],
      ["24:00", broken("time")],
      ["8:00", broken("time")],
      ["08:59", broken("too_early", { min: "09:00:00" })],
      ["17:01", broken("too_late", { max: "17:00:00" })],
    ],
  },
  {
    name: "time with seconds",
    field: f.time({ seconds: true }),
    cases: [
      ["10:12:30", "10:12:30"],
      ["10:12:30.5", broken("time")],
    ],
  },
  {
    name: "datetime",
    field: f.datetime({ max: new Date("2030-01-01T00:00:00Z") }),
    cases: [
      ["2026-11-20T10:12", new Date("2026-11-20T10:12:00Z")],
      ["2026-11-20 10:12", new Date("2026-11-20T10:12:00Z")],
      ["2026-11-20T10:12:00Z", new Date("2026-11-20T10:12:00Z")],
      ["2026-11-20T10:12:00+02:00", new Date("2026-11-20T08:12:00Z")],
      ["2026-11-20T10:12:30", broken("datetime")],
      ["2026-11-20", broken("datetime")],
      ["2026-02-30T10:12", broken("datetime")],
      ["tomorrow", broken("datetime")],
      ["2030-01-01T00:01", broken("too_late", { max: "2030-01-01 00:00" })],
    ],
  },
  {
    name: "json",
    field: f.json(),
    cases: [
      ['{"a": [1, "x", null]}', { a: [1, "x", null] }],
      ["7", 7],
      ['{"a": 1, "a": 2}', broken("json")],
      ['{"a": 1, "\\u0061": 2}', broken("json")],
      ['{"a": {"a": 1}, "b": {"a": 1}}', { a: { a: 1 }, b: { a: 1 } }],
      ['["a", "a"]', ["a", "a"]],
      ['{"__proto__": 1}', broken("json")],
      ["{a: 1}", broken("json")],
      ['"open', broken("json")],
      [`${"[".repeat(64)}${"]".repeat(64)}`, JSON.parse(`${"[".repeat(64)}${"]".repeat(64)}`)],
      [`${"[".repeat(65)}${"]".repeat(65)}`, broken("json")],
      ["[".repeat(100_000), broken("json")],
    ],
  },
];
