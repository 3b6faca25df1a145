/** What watching costs a page: the channels of diagnostics when nobody listens, and the toolbar in development. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pinTo } from "../process.ts";
import type { BenchLine } from "../report.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("./watched-site.ts", import.meta.url));
const warmUpTurns = 5;

/** A cost to measure: two copies of the package, one of them without what costs. */
interface Cost {
  readonly test: string;
  readonly mode: "production" | "development";
  readonly turns: number;
  /** Pages in one turn. */
  readonly pages: number;
  /** Names of the two copies in the table: with and without. */
  readonly names: readonly [string, string];
  /** Text of the package to replace, and what replaces it. */
  readonly removed: readonly [RegExp, string];
  /** Fewest places that have the text. */
  readonly placesMin: number;
}

const costs: readonly Cost[] = [
  {
    test: "a page with four statements, nobody listens to diagnostics",
    mode: "production",
    turns: 150,
    pages: 200,
    names: ["gable", "without the channels"],
    removed: [/\b\w+\.hasSubscribers\b/g, "false"],
    placesMin: 15,
  },
  {
    test: "the same page in development",
    mode: "development",
    turns: 40,
    pages: 40,
    names: ["with the toolbar and what it records", "without"],
    removed: [/createTools = \[createLivePage, createRequestTool\]/g, "createTools = [createLivePage]"],
    placesMin: 1,
  },
];

const view = `{% props books: ReadonlyArray<{ title: string, author: string }>, count: number, newest: string %}
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ count }} books</title></head>
<body><h1>{{ count }} books, the newest is {{ newest }}</h1>
<ul>{% for book in books %}<li>{{ book.title }} by {{ book.author }}</li>{% endfor %}</ul></body>
</html>
`;

/** Measures each cost in two processes that take turns; each number is the middle of all turns. */
export async function benchWatching(): Promise<BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gable-bench-"));
  try {
    const lines: BenchLine[] = [];
    for (const cost of costs) lines.push(...(await measure(cost, folder)));
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure({ test, mode, turns, pages, names, removed, placesMin }: Cost, folder: string): Promise<BenchLine[]> {
  const projects = ["with", "without"].map((name) => writeProject(join(folder, `${mode}-${name}`)));
  const places = replaceAll(join(projects[1]!, "node_modules/gable/dist"), removed);
  if (places < placesMin) throw new Error(`The package has ${places} places to change for "${test}", and ${placesMin} were expected`);
  const sites: ChildProcess[] = [];
  try {
    for (const project of projects) sites.push(await startSite(project, mode));
    const times = await takeTurns(sites, turns, pages);
    const [all, without] = [times[0]!, times[1]!];
    // Turn by turn, because the machine does not always run at the same speed.
    const ratio = findMiddle(all.map((timeUs, turn) => timeUs / without[turn]!));
    return [
      { test, subject: names[0], cpuUs: findMiddle(all), ratio },
      { test, subject: names[1], cpuUs: findMiddle(without), ratio: 1 },
    ];
  } finally {
    for (const site of sites) site.kill();
  }
}

function findMiddle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}

/** Returns the times of each site. */
async function takeTurns(sites: readonly ChildProcess[], turns: number, pages: number): Promise<number[][]> {
  const times = sites.map((): number[] => []);
  for (let turn = 0; turn < warmUpTurns + turns; turn++)
    for (const [index, site] of sites.entries()) times[index]!.push(await askFor(site, pages));
  return times.map((each) => each.slice(warmUpTurns));
}

/** Writes a project with the site and a copy of the built package. Returns its folder. */
function writeProject(folder: string): string {
  const modules = join(folder, "node_modules");
  mkdirSync(join(folder, "views"), { recursive: true });
  writeFileSync(join(folder, "views/books.html"), view);
  writeFileSync(join(folder, "package.json"), '{ "name": "site", "type": "module" }');
  cpSync(program, join(folder, "site.ts"));
  for (const name of ["dist", "package.json"]) cpSync(join(root, name), join(modules, "gable", name), { recursive: true });
  const facts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  for (const name of Object.keys(facts.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  return folder;
}

/** Changes the scripts of a folder. Returns the number of changed places. */
function replaceAll(folder: string, [pattern, replacement]: Cost["removed"]): number {
  let count = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".js"))) {
    const text = readFileSync(join(folder, name), "utf8");
    const found = text.match(pattern)?.length ?? 0;
    if (found > 0) writeFileSync(join(folder, name), text.replaceAll(pattern, replacement));
    count += found;
  }
  return count;
}

async function startSite(project: string, mode: string): Promise<ChildProcess> {
  const [file, ...words] = pinTo(1, [process.execPath, "site.ts", mode]);
  const { GABLE_MODE: _mode, ...env } = process.env;
  const site = spawn(file!, words, { cwd: project, stdio: ["ignore", "inherit", "inherit", "ipc"], env });
  await nextMessage(site);
  return site;
}

async function askFor(site: ChildProcess, pages: number): Promise<number> {
  site.send(pages);
  return (await nextMessage(site)) as number; // That is all that a site sends after its start.
}

function nextMessage(site: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("A site ended"));
    site.once("exit", fail).once("message", (message) => {
      site.off("exit", fail);
      resolve(message);
    });
  });
}
