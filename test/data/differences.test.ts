/**
 * What differs between databases: the table of the guide, asked of each database. With GABLE_WRITE_DIFFERENCES=1 and all four
 * databases, the test writes the table instead.
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, it } from "node:test";
import { field as f, Model } from "../../src/data.ts";
import { databaseKinds, describeOnDatabases } from "./databases.ts";

class Word extends Model("difference_words", { id: f.id(), name: f.text({ max: 20 }), size: f.int({ default: 0 }) }) {}

const guide = "docs/guides/data.md";
const marks = ["<!-- generated: differences -->", "<!-- end: differences -->"] as const;
const kinds = databaseKinds.map(({ name }) => name);

/** Pairs of texts that one database or another takes for equal without regard to case. */
const pairs = [
  "ẞ ß",
  "ß ss",
  "Σ ς",
  "σ ς",
  "İ i",
  "I ı",
  "ﬁ fi",
  "K k",
  "Ⅷ ⅷ",
  "Ǆ ǅ",
  "É é",
  "é e",
  "Ω ω",
  "Å å",
  "Ÿ ÿ",
  "Ⴀ ⴀ",
  "Ა ა",
  "𐐀 𐐨",
];

const create = (...names: readonly string[]): Promise<unknown> => Word.createMany(names.map((name) => ({ name })));

/** Questions, each with its answer as a short text. */
const questions: Readonly<Record<string, () => Promise<string>>> = {
  ...Object.fromEntries(
    pairs.map((pair) => {
      const [one = "", other = ""] = pair.split(" ");
      return [
        `\`ieq\`: is ${one} equal to ${other}?`,
        async () => {
          await create(one);
          return (await Word.where({ name: { ieq: other } }).exists()) ? "yes" : "no";
        },
      ];
    }),
  ),
  '`eq`: is "a" equal to "a "?': async () => {
    await create("a ");
    return (await Word.where({ name: "a" }).exists()) ? "yes" : "no";
  },
  "`upper()` of straße": async () => {
    await create("straße");
    return String((await Word.all().values((word) => ({ name: word.name.upper() })))[0]!.name);
  },
  "`lower()` of İΣ": async () => {
    await create("İΣ");
    return JSON.stringify((await Word.all().values((word) => ({ name: word.name.lower() })))[0]!.name);
  },
  "`avg()` of 1, 1 and 2": async () => {
    await Word.createMany([1, 1, 2].map((size) => ({ name: "a", size })));
    return String((await Word.all().values((word) => ({ size: word.size.avg() })))[0]!.size);
  },
};

const answers = new Map<string, Map<string, string>>();

async function readTable(): Promise<string> {
  const [, rest = ""] = (await readFile(guide, "utf8")).split(marks[0]);
  return rest.split(marks[1])[0]!.trim();
}

/** The cells of the table, by question. */
async function readRows(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = (await readTable()).split("\n").slice(2);
  return new Map(
    rows
      .map((row) =>
        row
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .map(([question = "", ...cells]) => [question, cells]),
  );
}

async function writeTable(): Promise<void> {
  const lines = [...answers].flatMap(([question, cells]) => {
    assert.deepEqual([...cells.keys()], kinds, "all databases are needed to write the table");
    return new Set(cells.values()).size === 1 ? [] : [`| ${question} | ${[...cells.values()].join(" | ")} |`];
  });
  const table = [`| Question | ${kinds.join(" | ")} |`, `| --- |${" --- |".repeat(kinds.length)}`, ...lines].join("\n");
  const text = await readFile(guide, "utf8");
  const [before = "", rest = ""] = text.split(marks[0]);
  await writeFile(guide, `${before}${marks[0]}\n\n${table}\n\n${marks[1]}${rest.split(marks[1])[1]}`);
}

const isWriting = process.env["GABLE_WRITE_DIFFERENCES"] === "1";

describeOnDatabases("what differs between databases", [Word], (open) => {
  for (const [question, ask] of Object.entries(questions))
    it(`is documented in the guide: ${question}`, async () => {
      const answer = await ask();
      const known = answers.get(question) ?? new Map<string, string>();
      answers.set(question, known.set(open().kind, answer));
      if (isWriting) return;
      const cells = (await readRows()).get(question);
      // What is not in the table is the same everywhere.
      if (cells === undefined) assert.deepEqual([...new Set(known.values())], [answer]);
      else assert.equal(answer, cells[kinds.indexOf(open().kind)]);
    });
});

after(() => (isWriting ? writeTable() : undefined));
