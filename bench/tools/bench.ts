/**
 * Times of the command line: a command, the start of `gable dev`, a save, and the checks before a
 * deployment, in an application of 100 models; what workers, watching,
 * and 1,000 tests with a database cost.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { BenchLine, BenchOptions } from "../report.ts";
import { benchDatabaseTests } from "./database-tests.ts";
import { benchWatching } from "./watching.ts";
import { benchWorkers } from "./workers.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const models = 100;
const rounds = 5;
/** The built command line: the binary of the repository prefers the sources. */
const program = `const { runCli } = await import(${JSON.stringify(new URL("../../dist/cli/main.js", import.meta.url).href)}); process.exitCode = await runCli(process.argv.slice(2));\n`;

const compilerOptions = {
  strict: true,
  noEmit: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  target: "esnext",
  module: "nodenext",
  types: ["node"],
  skipLibCheck: true,
};

/** Measures in a temporary project; each number is a median. */
export async function benchTools({ seconds }: BenchOptions): Promise<BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gable-bench-"));
  try {
    writeProject(folder);
    const commands = await repeat(rounds, () => timeCommand(folder, "--help"));
    // The first start creates the tables, and compiles what later starts take from the cache.
    await withDev(folder, () => Promise.resolve());
    const starts = await repeat(rounds, () => withDev(folder, () => Promise.resolve()));
    const saves: number[] = [];
    await withDev(folder, async (port) => {
      const end = performance.now() + seconds * 1000;
      for (let version = 1; saves.length < rounds || performance.now() < end; version++) {
        saves.push(await timeSave(folder, port, version));
        // A person pauses between two saves. Meanwhile the next process gets ready.
        await wait(1000);
      }
    });
    return [
      { test: "a command", subject: "gable --help", ms: median(commands) },
      { test: `gable dev, ${models} models`, subject: "start to first answer", ms: median(starts) },
      { test: `gable dev, ${models} models`, subject: "save to new answer", ms: median(saves) },
      ...(await benchCheck(folder)),
      ...(await benchWorkers(folder, seconds)),
      ...(await benchWatching()),
      ...(await benchDatabaseTests(program)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures the checks before a deployment, without types, and the compiler that checks the types. */
async function benchCheck(folder: string): Promise<BenchLine[]> {
  const test = `gable check --deploy, ${models} models`;
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  return [
    { test, subject: "with types", ms: median(await repeat(rounds, () => timeCommand(folder, "check", "--deploy"))) },
    { test, subject: "--no-types", ms: median(await repeat(rounds, () => timeCommand(folder, "check", "--deploy", "--no-types"))) },
    { test, subject: "tsc --noEmit", ms: median(await repeat(rounds, () => timeProgram(folder, [compiler, "--noEmit"]))) },
  ];
}

function writeProject(folder: string): void {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "models"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/gable"));
  for (const name of ["typescript", "@types"]) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  write("gable.mjs", program);
  write("package.json", '{ "name": "bench", "type": "module" }');
  write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts", "models/*.ts"] }));
  const names = Array.from({ length: models }, (_unused, index) => `Model${index}`);
  for (const [index, name] of names.entries())
    write(
      `models/${name}.ts`,
      `import { Model, field as f } from "gable/data";
export class ${name} extends Model("table_${index}", { id: f.id(), title: f.text({ max: 200 }), count: f.int({ default: 0 }), made: f.datetime({ auto: "create" }) }) {}
`,
    );
  write("models.ts", names.map((name) => `export { ${name} } from "./models/${name}.ts";\n`).join(""));
  write("version.ts", "export const version: number = 0;\n");
  write(
    "app.ts",
    `import { gable, get } from "gable";
import * as models from "./models.ts";
import { version } from "./version.ts";
export default gable({ models, database: "sqlite:var/bench.db", routes: [get("/", () => ({ version }))] });
`,
  );
}

function startProgram(folder: string, words: readonly string[]): ChildProcess {
  const { GABLE_MODE: _mode, ...env } = process.env;
  return spawn(process.execPath, words, {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function timeCommand(folder: string, ...words: readonly string[]): Promise<number> {
  return timeProgram(folder, [join(folder, "gable.mjs"), ...words]);
}

async function timeProgram(folder: string, words: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = startProgram(folder, words);
  await new Promise((resolve) => child.once("exit", resolve));
  return performance.now() - startedAt;
}

/** Runs `gable dev` for some work. Returns the time until its first answer, in milliseconds. */
async function withDev(folder: string, work: (port: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  const child = startProgram(folder, [join(folder, "gable.mjs"), "dev", "--json", "--port", "0", "--no-types"]);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let text = "";
      child.stderr!.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        const found = /"event":"listening"[^\n]*"port":(\d+)/.exec(text);
        if (found !== null) resolve(Number(found[1]));
      });
      child.once("exit", () => reject(new Error(text)));
    });
    await ask(port);
    const startMs = performance.now() - startedAt;
    await work(port);
    return startMs;
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}

async function timeSave(folder: string, port: number, version: number): Promise<number> {
  const startedAt = performance.now();
  writeFileSync(join(folder, "version.ts"), `export const version: number = ${version};\n`);
  while ((await ask(port)) !== `{"version":${version}}`) await wait(2);
  return performance.now() - startedAt;
}

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ port, host: "127.0.0.1", path: "/", agent: false }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      reply.on("end", () => resolve(text));
    });
    asked.on("error", reject);
  });
}

async function repeat(count: number, measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) times.push(await measure());
  return times;
}

function median(times: readonly number[]): number {
  return times.toSorted((first, second) => first - second)[times.length >> 1]!;
}
