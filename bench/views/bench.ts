/** `npm run bench -- views`: three pages by many engines, each in a separate process. Checks that the pages are equivalent before timing them. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseFragment } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import type { BenchLine, BenchOptions } from "../report.ts";
import { pinTo } from "../process.ts";
import type { Renderers } from "./data.ts";
import type { Turn, TurnResult } from "./subject.ts";
import { subjects } from "./subjects.ts";

type Test = keyof Renderers;

const program = fileURLToPath(new URL("./subject.ts", import.meta.url));
const tests: readonly Test[] = ["table", "page", "tiny"];
const turnSeconds = 0.05;
const warmUpSeconds = 0.5;

/** Processes of the subjects; they take turns, so that all of them see the same machine. */
class Subjects {
  readonly names: readonly string[];
  readonly #children: ReadonlyMap<string, ChildProcess>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#children = new Map(
      names.map((name) => {
        const [file, ...args] = pinTo(1, [process.execPath, program, name]);
        const child = spawn(file!, args, {
          stdio: ["ignore", "inherit", "inherit", "ipc"],
          env: { ...process.env, NODE_ENV: "production" },
        });
        return [name, child];
      }),
    );
  }

  async text(name: string, test: Test): Promise<string> {
    const result = await this.#ask(name, { test, seconds: 0 });
    return "output" in result ? result.output : "";
  }

  /** Middle of the turns of each subject, in microseconds. */
  async measure(test: Test, seconds: number): Promise<Map<string, number>> {
    const times = new Map<string, number[]>(this.names.map((name) => [name, []]));
    for (const name of this.names) await this.#ask(name, { test, seconds: warmUpSeconds });
    for (let turn = 0; turn < Math.ceil(seconds / turnSeconds); turn++) {
      for (const name of this.names) {
        const result = await this.#ask(name, { test, seconds: turnSeconds });
        if ("timeUs" in result) times.get(name)!.push(result.timeUs);
      }
    }
    return new Map([...times].map(([name, all]) => [name, all.sort((one, other) => one - other)[Math.floor(all.length / 2)]!]));
  }

  close(): void {
    for (const child of this.#children.values()) child.kill();
  }

  #ask(name: string, turn: Turn): Promise<TurnResult> {
    const child = this.#children.get(name)!;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`${name} ended.`));
      child.once("exit", fail);
      child.once("message", (result: TurnResult) => {
        child.off("exit", fail);
        resolve(result);
      });
      child.send(turn);
    });
  }
}

/** The tree as a browser sees it, without blanks between elements. */
function toMeaning(markup: string): unknown {
  const toNode = (node: DefaultTreeAdapterTypes.Node): unknown => {
    if (node.nodeName === "#text" && "value" in node) return node.value.trim() === "" ? undefined : node.value;
    if (!("childNodes" in node)) return node.nodeName;
    const attributes = "attrs" in node ? Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) : {};
    const children = node.childNodes.filter((child) => child.nodeName !== "tbody").map(toNode);
    const rows = node.childNodes.flatMap((child) =>
      child.nodeName === "tbody" && "childNodes" in child ? child.childNodes.map(toNode) : [],
    );
    return [node.nodeName, attributes, [...children, ...rows].filter((child) => child !== undefined)];
  };
  return toNode(parseFragment(markup));
}

async function verify(all: Subjects): Promise<void> {
  for (const test of tests) {
    const [first] = all.names;
    const wanted = toMeaning(await all.text(first!, test));
    for (const name of all.names) assert.deepEqual(toMeaning(await all.text(name, test)), wanted, `${name} renders another ${test}`);
  }
}

/** A measurement of files in a separate process: time, and bytes for each of them. */
function measureFiles(script: string, test: string): BenchLine {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [file, ...args] = pinTo(1, [process.execPath, "--expose-gc", path]);
  const child = spawnSync(file!, args, {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (child.status !== 0) throw new Error(`${test} failed: ${child.stderr}`);
  const { ms, bytesPerFile } = JSON.parse(child.stdout) as { ms: number; bytesPerFile: number };
  return { test, subject: "gable files", ms, bytes: bytesPerFile };
}

/** Runs the benchmark. */
export async function benchViews({ tests: only, subjects: wanted, seconds }: BenchOptions): Promise<BenchLine[]> {
  const names = Object.keys(subjects).filter((name) => wanted.length === 0 || wanted.includes(name));
  const lines: BenchLine[] = [];
  const all = new Subjects(names);
  try {
    await verify(all);
    for (const test of tests) {
      if (only.length > 0 && !only.includes(test)) continue;
      const times = await all.measure(test, seconds);
      const fastest = Math.min(...names.filter((name) => !name.startsWith("gable")).map((name) => times.get(name)!));
      for (const name of names) lines.push({ test, subject: name, timeUs: times.get(name)!, ratioToFastest: times.get(name)! / fastest });
    }
  } finally {
    all.close();
  }
  if (only.length === 0 || only.includes("compile")) lines.push(measureFiles("./compile.ts", "compile and import 500 files"));
  if (only.length === 0 || only.includes("saves")) lines.push(measureFiles("./saves.ts", "a save of a layout with 30 pages, of 500"));
  return lines;
}
