/**
 * `npm run mutate -- src/settings [--count=30] [--seed=1] [--tests=test/session]`: changes one operator of a sample at a time, runs
 * the tests of the folder, and lists the changes that no test notices. Each one is either an equivalent or a missing test.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./run-command.ts";

/** A change of one piece of a file. */
interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly text: string;
}

/** What each piece is replaced by. The formatter puts blanks around operators, so that types such as `Map<A, B>` do not match. */
const replacements: ReadonlyArray<readonly [pattern: RegExp, to: (found: string) => string]> = [
  [/ === /g, () => " !== "],
  [/ !== /g, () => " === "],
  [/ <= /g, () => " < "],
  [/ >= /g, () => " > "],
  [/ < /g, () => " <= "],
  [/ > /g, () => " >= "],
  [/ && /g, () => " || "],
  [/ \|\| /g, () => " && "],
  [/ \+ /g, () => " - "],
  [/ - /g, () => " + "],
  [/\bif \((?!!)/g, () => "if (!"],
  [/(?<=[(,=:?] |return )\btrue\b/g, () => "false"],
  [/(?<=[(,=:?] |return )\bfalse\b/g, () => "true"],
  [/(?<=[(,=<>+*[] ?|return )\b\d[\d_]*\b(?!\.)/g, (found) => String(Number(found.replaceAll("_", "")) + 1)],
];

/** Lines that only have types or names. */
const typeLine = /^\s*(?:import\b|export (?:type|interface)\b|type |interface |readonly |\*|\/\*|\/\/|\| )/;
const timeoutMs = 120_000;

const folder = process.argv[2] ?? "";
const option = (name: string, fallback: string): string =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
if (folder === "" || folder.startsWith("--")) {
  console.error("Name a folder: npm run mutate -- src/settings --count=30");
  process.exit(2);
}

const sources: string[] = [];
for await (const file of glob(`${folder}/**/*.ts`, { cwd: root })) if (!/\.(?:test|cases|test-d)\.ts$/.test(file)) sources.push(file);
/** Test files by folder: the tests next to the code are quick, so they run first. */
const stages: string[][] = [];
for (const where of [folder, ...option("tests", "").split(",").filter(Boolean)]) {
  const files: string[] = [];
  for await (const file of glob(`${where}/**/*.test.ts`, { cwd: root })) files.push(file);
  if (files.length > 0) stages.push(files);
}
if (stages.length === 0) {
  console.error(`${folder} has no tests: name them with --tests=test/folder.`);
  process.exit(2);
}
if (!passes()) {
  console.error("The tests fail without any change: correct that first.");
  process.exit(1);
}

const sample = shuffle(sources.sort().flatMap(findMutants), Number(option("seed", "1"))).slice(0, Number(option("count", "30")));
const survivors = sample.filter((mutant) => passes(mutant));
for (const { file, line, before, text } of survivors) console.log(`not noticed: ${file}:${line}: "${before}" became "${text}"`);
console.log(`${sample.length - survivors.length} of ${sample.length} changes in ${folder} were noticed.`);

function findMutants(file: string): Mutant[] {
  const source = readFileSync(join(root, file), "utf8");
  const code = blankOut(source);
  const found: Mutant[] = [];
  for (const [pattern, to] of replacements)
    for (const match of code.matchAll(pattern)) {
      const line = code.slice(0, match.index).split("\n").length;
      if (typeLine.test(code.split("\n")[line - 1]!)) continue;
      found.push({ file, line, start: match.index, end: match.index + match[0].length, before: match[0], text: to(match[0]) });
    }
  return found.sort((one, other) => one.start - other.start);
}

/** Strings and comments as blanks, so that nothing in them is changed. */
function blankOut(source: string): string {
  const pieces =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(,=:&|!]\s?)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  return source.replaceAll(pieces, (piece) => piece.replaceAll(/[^\n]/g, "~"));
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

/** Whether the tests pass; a change that makes them hang is noticed, too. */
function passes(mutant?: Mutant): boolean {
  const change = mutant && { url: pathToFileURL(join(root, mutant.file)).href, start: mutant.start, end: mutant.end, text: mutant.text };
  const hooks = ["--import", "./scripts/source.mjs", ...(change === undefined ? [] : ["--import", "./scripts/mutate-hook.mjs"])];
  return stages.every(
    (files) =>
      spawnSync(process.execPath, [...hooks, "--test", "--test-concurrency=2", ...files], {
        cwd: root,
        stdio: "ignore",
        timeout: timeoutMs,
        env: { ...process.env, GABLE_MODE: "test", ...(change !== undefined && { GABLE_MUTANT: JSON.stringify(change) }) },
      }).status === 0,
  );
}
