/**
 * Filters take time in proportion to their input. Each is measured at n and at 4n in processor time, which other work on the
 * machine does not change, as the least of several runs: linear work takes 4 times as long, quadratic work 16 times.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filterSignatures } from "../../src/views/filters/signatures.ts";
import { filters } from "../../src/views/filters/filters.ts";

type Make = (size: number) => readonly unknown[];
type Row = readonly [name: string, hint: string, make: Make, base?: number];

const context = {};
const list = (size: number): number[] => Array.from({ length: size }, (_, index) => (index * 7919) % size);
const record = (size: number): Record<string, number> => Object.fromEntries(list(size).map((value, index) => [`k${index}`, value]));
const texts: ReadonlyArray<readonly [hint: string, text: (size: number) => string]> = [
  ["letters", (size) => "a".repeat(size)],
  ["blanks", (size) => " ".repeat(size)],
  ["blanks before a letter", (size) => `${" ".repeat(size)}a`],
  ["words", (size) => "ab ".repeat(size / 3)],
  ["hyphens", (size) => "a-".repeat(size / 2)],
  ["brackets", (size) => `http://a${")".repeat(size)}`],
  ["open brackets", (size) => "(".repeat(size)],
  ["pairs of brackets", (size) => `http://a${"()".repeat(size / 2)}`],
  ["tags", (size) => "<b>".repeat(size / 3)],
  ["open tags", (size) => "<".repeat(size)],
  ["comments", (size) => "<!--".repeat(size / 4)],
  ["end tags", (size) => "</b>".repeat(size / 4)],
  ["references", (size) => "&".repeat(size)],
  ["lines", (size) => "a\n".repeat(size / 2)],
  ["line ends", (size) => "\n".repeat(size)],
  ["carriage returns", (size) => "\r".repeat(size)],
  ["zeros of a format", (size) => `%${"0".repeat(size)}`],
  ["digits of a format", (size) => `%${"1".repeat(size)}`],
  ["names of a format", (size) => "%(a".repeat(size / 3)],
  ["digits", (size) => "1".repeat(size)],
  ["underscores", (size) => "1_".repeat(size / 2)],
  ["dots of a mail address", (size) => `a@${"a.".repeat(size / 2)}1`],
  ["letters of a mail address", (size) => `a@${"a".repeat(size)}1`],
  ["accents", (size) => "e\u0301".repeat(size / 2)],
];

/** Filters of strings, each with all strings; the arguments are those after the value. */
const ofText: Readonly<Record<string, readonly unknown[]>> = {
  capitalize: [],
  center: [100],
  e: [],
  escape: [],
  float: [],
  forceescape: [],
  format: [[], {}],
  indent: [],
  int: [],
  length: [],
  count: [],
  linebreaks: [],
  linebreaksbr: [],
  lower: [],
  replace: ["a", "bb"],
  safe: [],
  slugify: [],
  string: [],
  striptags: [],
  title: [],
  trim: ["a <\n)1"],
  truncate: [1000],
  truncatehtml: [1e9],
  truncatewords: [1e9],
  upper: [],
  urlencode: [],
  urlize: [],
  wordcount: [],
  wordwrap: [7],
};

/** Filters of lists and objects. */
const ofLists: readonly Row[] = [
  ["batch", "", (size) => [list(size), 3, 0]],
  ["dictsort", "", (size) => [record(size)]],
  ["first", "", (size) => [list(size)]],
  ["groupby", "all keys different", (size) => [list(size).map((a) => ({ a })), "a"]],
  ["groupby", "dates", (size) => [list(size).map((time) => ({ a: new Date(time) })), "a"]],
  ["groupby", "lists", (size) => [list(size).map((a) => ({ a: [a] })), "a"]],
  ["items", "", (size) => [record(size)]],
  ["join", "", (size) => [list(size), ", "]],
  ["last", "", (size) => [list(size)]],
  ["list", "", (size) => [list(size)]],
  ["map", "", (size) => [context, list(size), ["string"], {}]],
  ["max", "", (size) => [list(size)]],
  ["min", "", (size) => [list(size)]],
  ["pprint", "", (size) => [list(size)]],
  ["random", "", (size) => [context, list(size)]],
  ["reject", "", (size) => [context, list(size), ["odd"], {}]],
  ["rejectattr", "", (size) => [context, list(size).map((a) => ({ a })), ["a"], {}]],
  ["reverse", "", (size) => [list(size)]],
  ["select", "", (size) => [context, list(size), ["odd"], {}]],
  ["selectattr", "", (size) => [context, list(size).map((a) => ({ a })), ["a"], {}]],
  ["slice", "", (size) => [list(size), 3]],
  ["sort", "", (size) => [list(size)]],
  ["sum", "", (size) => [list(size)]],
  ["tojson", "", (size) => [list(size)]],
  ["unique", "", (size) => [list(size)]],
  ["unique", "lists", (size) => [list(size).map((a) => [a])]],
  ["xmlattr", "", (size) => [record(size)]],
];

/** Filters of one number, date or name: their input has no size. */
const ofOneValue = new Set(
  "abs attr compact currency d date datetime default filesizeformat number ordinal percent pluralize round time timesince yesno".split(" "),
);

const table = filters as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Returns the least processor time of several calls, in ms. */
function measure(name: string, args: readonly unknown[]): number {
  let least = Infinity;
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    table[name]!(...args);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Times below this limit are noise and say nothing about growth. */
const harmless = 150;

describe("filters", () => {
  const rows: Row[] = [
    ...Object.entries(ofText).flatMap(([name, args]) => texts.map(([hint, text]): Row => [name, hint, (size) => [text(size), ...args]])),
    ...ofLists,
  ];
  const measured = new Set([...rows.map(([name]) => name), ...ofOneValue]);

  it("are all in this table", () =>
    assert.deepEqual(
      [...filterSignatures.keys()].filter((name) => !measured.has(name)),
      [],
    ));

  for (const [name, hint, make] of rows)
    it(`${name} takes time in proportion to its input${hint === "" ? "" : `: ${hint}`}`, () => {
      const found: string[] = [];
      // Collecting garbage can make one of them wrong; quadratic work is too slow in all of them.
      while (found.length < 3) {
        const large = measure(name, make(96_000));
        if (large < harmless) return;
        const small = measure(name, make(24_000));
        if (large < small * 9) return;
        found.push(`${small.toFixed(1)} ms at 24,000, ${large.toFixed(1)} ms at 96,000`);
      }
      assert.fail(found.join("; "));
    });
});
