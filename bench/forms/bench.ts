/** Cost of parsing and validating a form, from pairs of strings to typed values, compared with zod and the same rules. */
import { field as f, form } from "gable/forms";
import { z } from "zod";
import type { BenchLine, BenchOptions } from "../report.ts";

const tenFields = {
  name: f.text({ max: 100 }),
  email: f.email(),
  website: f.url({ optional: true }),
  age: f.int({ min: 0, max: 150 }),
  price: f.decimal({ digits: 8, scale: 2 }),
  plan: f.choice({ free: "Free", team: "Team", company: "Company" }),
  tags: f.choices({ a: "A", b: "B", c: "C" }),
  born: f.date(),
  terms: f.boolean({ mustBeTrue: true }),
  message: f.text({ lines: 6, min: 10, max: 4_000 }),
};
const tenPairs: ReadonlyArray<readonly [string, string]> = [
  ["name", "Ada Lovelace"],
  ["email", "ada@example.com"],
  ["website", "https://example.com/ada"],
  ["age", "36"],
  ["price", "12.50"],
  ["plan", "team"],
  ["tags", "a"],
  ["tags", "c"],
  ["born", "1815-12-10"],
  ["terms", "true"],
  ["message", "The engine weaves algebraic patterns."],
];
const tenSchema = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.email(),
  website: z.url().optional(),
  age: z.coerce.number().int().min(0).max(150),
  price: z.string().regex(/^-?[0-9]{1,6}(?:\.[0-9]{1,2})?$/),
  plan: z.enum(["free", "team", "company"]),
  tags: z.array(z.enum(["a", "b", "c"])),
  born: z.iso.date(),
  terms: z.literal("true"),
  message: z.string().trim().min(10).max(4_000),
});

function toRecord(pairs: ReadonlyArray<readonly [string, string]>): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of pairs) {
    const present = record[name];
    record[name] = present === undefined ? value : [present, value].flat();
  }
  return record;
}

const manyNames = Array.from({ length: 1000 }, (_, index) => `field${index}`);
const manyFields = Object.fromEntries(manyNames.map((name, index) => [name, index % 2 === 0 ? f.text({ max: 100 }) : f.int({ min: 0 })]));
const manyPairs = manyNames.map((name, index) => [name, index % 2 === 0 ? "some text" : String(index)] as const);
const manySchema = z.object(
  Object.fromEntries(
    manyNames.map((name, index) => [name, index % 2 === 0 ? z.string().trim().min(1).max(100) : z.coerce.number().int().min(0)]),
  ),
);

const tenForm = form(tenFields);
const manyForm = form(manyFields);

const subjects: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>> = {
  "10 fields": {
    gable: async () => (await tenForm.parse(tenPairs)).valid,
    zod: async () => (await tenSchema.safeParseAsync(toRecord(tenPairs))).success,
  },
  "1,000 fields": {
    gable: async () => (await manyForm.parse(manyPairs)).valid,
    zod: async () => (await manySchema.safeParseAsync(toRecord(manyPairs))).success,
  },
};

/** Runs the benchmark. */
export async function benchForms({ tests, subjects: wanted, seconds }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const [test, runs] of Object.entries(subjects)) {
    if (tests.length > 0 && !tests.includes(test)) continue;
    for (const [subject, run] of Object.entries(runs)) {
      if (wanted.length > 0 && !wanted.includes(subject)) continue;
      if ((await run()) !== true) throw new Error(`${subject} refuses the form of "${test}".`);
      lines.push({ test, subject, cpuUs: await measure(run, seconds) });
    }
  }
  return lines;
}

/** Returns the shortest mean CPU time of several rounds, in microseconds: other programs on the machine do not count. */
async function measure(run: () => Promise<unknown>, seconds: number): Promise<number> {
  const rounds = 5;
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const used = process.cpuUsage();
    let count = 0;
    while (performance.now() - start < (seconds * 1000) / rounds) {
      for (let index = 0; index < 20; index++) await run();
      count += 20;
    }
    const { user, system } = process.cpuUsage(used);
    // The first round warms up.
    if (round > 0) best = Math.min(best, (user + system) / count);
  }
  return best;
}
