/**
 * `npm run mutate -- src/settings [--count=30] [--seed=1] [--tests=WORD,WORD] [--jobs=1] [--seconds=60] [--lines=FILE:LINE,FILE:LINE]`:
 * changes one operator of a sample at a time, runs the tests that execute it, and lists the changes that no test notices. Each one is
 * either equivalent code or a missing test. `--tests` selects the test files whose paths contain one of the words; without it, the command uses
 * the tests of the folder, and those below `test/` with its name. `--seconds` runs only as many files for one change as fit into that time.
 * `--lines` tries all changes of some lines instead of a sample.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestCoverage } from "./coverage-map.ts";
import { executes, mostLikely, readCoverage } from "./coverage-map.ts";
import type { Mutant } from "./mutants.ts";
import { changesCode, findMutants } from "./mutants.ts";
import { writePreparedSources } from "./prepared-sources.ts";
import { runTestFile } from "./run-test-file.ts";

const root = process.cwd();
const cache = join(root, "node_modules/.cache/gable-mutate");
const compileCache = join(cache, "compiled");

const folder = (process.argv[2] ?? "").replace(/\/$/, "");
const option = (name: string, fallback: string): string =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
if (folder === "" || folder.startsWith("--")) stop(2, "Name a folder: npm run mutate -- src/settings --count=30");
/** `src/views/escape` has its tests below itself, in `test/views` and in `test/escape`. */
const ownTests = [
  folder,
  ...folder
    .split("/")
    .slice(1)
    .map((name) => `test/${name}`),
].map((name) => `${name}/`);
const isOwn = (test: string): boolean => ownTests.some((name) => test.includes(name));
const words = option("tests", ownTests.join(",")).split(",").filter(Boolean);
const jobs = Number(option("jobs", "1"));
const msMax = 1_000 * Number(option("seconds", "Infinity"));

const sources = (await list(`${folder}/**/*.ts`)).filter((file) => !/\.(?:test|cases|test-d)\.ts$/.test(file));
const tests = (await list("{src,test,scripts}/**/*.test.ts")).filter((file) => words.some((word) => file.includes(word)));
if (tests.length === 0) stop(2, `No test file has one of these in its path: ${words.join(", ")}. Name others with --tests=WORD.`);
// Each change adds a file to this cache.
rmSync(compileCache, { recursive: true, force: true });
const prepared = join(cache, "sources");
rmSync(prepared, { recursive: true, force: true });
await writePreparedSources(root, prepared);

const coverage: TestCoverage[] = [];
await inParallel(tests, async (test) => {
  const found = await readCoverage(root, join(cache, "coverage"), test);
  if (found === undefined) console.log(`left out, because it fails without any change, or while it is measured: ${test}`);
  else coverage.push(found);
});
if (coverage.length === 0) stop(1, "No test file passes without any change: correct that first.");

const sample = chooseSample();
/** How often a test file has noticed a change of a source, now and before: it runs earlier for the next change there. */
const hitsFile = join(cache, "hits.json");
const hits: Record<string, number> = existsSync(hitsFile) ? JSON.parse(readFileSync(hitsFile, "utf8")) : {};
let noticed = 0;
let tried = 0;
await inParallel(sample, async (mutant) => {
  const able = coverage.filter((one) => executes(one, mutant.file, mutant.start));
  if (await isNoticed(mutant, able)) noticed += 1;
  else {
    const reason = able.length === 0 ? "no test runs this line" : "not noticed";
    console.log(`${reason}: ${mutant.file}:${mutant.line}:${mutant.column}: "${mutant.before}" became "${mutant.text}"`);
  }
  tried += 1;
  writeFileSync(hitsFile, JSON.stringify(hits));
  if (tried % 20 === 0 && tried < sample.length) console.log(`${tried} of ${sample.length} tried, ${noticed} noticed.`);
});
console.log(`${noticed} of ${sample.length} changes in ${folder} were noticed.`);

function stop(status: number, message: string): never {
  console.error(message);
  process.exit(status);
}

async function list(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root })) files.push(file);
  return files.sort();
}

/** The changes to try: code that does not parse is not counted. */
function chooseSample(): Mutant[] {
  const lines = option("lines", "").split(",").filter(Boolean);
  const all = sources.flatMap((file) => findMutants(root, file));
  if (lines.length > 0) return all.filter((one) => lines.includes(`${one.file}:${one.line}`) && changesCode(root, one));
  const count = Number(option("count", "30"));
  const chosen: Mutant[] = [];
  for (const mutant of shuffle(all, Number(option("seed", "1")))) {
    if (chosen.length === count) break;
    if (changesCode(root, mutant)) chosen.push(mutant);
  }
  return chosen;
}

/** A shuffle that a seed repeats (mulberry32). */
function shuffle<Item>(items: Item[], seed: number): Item[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
  return items;
}

/** Whether a test fails. A change that makes tests hang is noticed, too. */
async function isNoticed({ file, start, end, text }: Mutant, able: readonly TestCoverage[]): Promise<boolean> {
  const change = JSON.stringify({ url: pathToFileURL(join(root, file)).href, start, end, text });
  const environment = {
    MUTATE_CHANGE: change,
    NODE_COMPILE_CACHE: compileCache,
    GABLE_TEST_SOURCES: prepared,
    GABLE_TEST_SOURCES_EXCEPT: file,
  };
  const hitsOf = (test: string): number => hits[`${file} ${test}`] ?? 0;
  for (const { test, ms } of mostLikely(able, { hitsOf, isOwn }, msMax)) {
    if (await runTestFile({ root, file: test, limitMs: 10_000 + 5 * ms, environment })) continue;
    hits[`${file} ${test}`] = hitsOf(test) + 1;
    return true;
  }
  return false;
}

/** Does something for each item, as many at a time as `--jobs` says. */
async function inParallel<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (const item of waiting) await run(item);
    }),
  );
}
