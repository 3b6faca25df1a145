/** `npm run bench -- views`: three pages by many engines, each in a process of its own; equal in meaning before they are timed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseFragment } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import type { BenchLine, BenchOptions } from "../report.ts";
import { subjects } from "./subjects.ts";

const program = fileURLToPath(new URL("./subject.ts", import.meta.url));
const tests = ["table", "page", "tiny"] as const;
const rounds = 3;

interface Result {
  readonly times: Record<string, number>;
  readonly output: Record<string, string>;
}

function run(name: string, seconds: number, only: string): Result {
  const child = spawnSync("taskset", ["-c", "1", process.execPath, program, name, String(seconds), only], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (child.status !== 0) throw new Error(`${name} failed: ${child.stderr}`);
  return JSON.parse(child.stdout) as Result;
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

function verify(names: readonly string[]): void {
  const outputs = names.map((name) => [name, run(name, 0, "output").output] as const);
  const [first] = outputs;
  for (const test of tests) {
    const wanted = toMeaning(first![1][test]!);
    for (const [name, output] of outputs) assert.deepEqual(toMeaning(output[test]!), wanted, `${name} renders another ${test}`);
  }
}

/** A measurement of files in a process of its own: time, and bytes for each of them. */
function measureFiles(script: string, test: string): BenchLine {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawnSync("taskset", ["-c", "1", process.execPath, "--expose-gc", path], {
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
  verify(names);
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const { times } = run(name, seconds / rounds, "");
      for (const test of tests) best.set(`${name} ${test}`, Math.min(best.get(`${name} ${test}`) ?? Infinity, times[test]!));
    }
  }
  const lines: BenchLine[] = [];
  for (const test of tests) {
    if (only.length > 0 && !only.includes(test)) continue;
    const others = names.filter((name) => !name.startsWith("gable")).map((name) => best.get(`${name} ${test}`)!);
    const fastest = Math.min(...others);
    for (const name of names) {
      const timeUs = best.get(`${name} ${test}`)!;
      lines.push({ test, subject: name, timeUs, ratioToFastest: timeUs / fastest });
    }
  }
  if (only.length === 0 || only.includes("compile")) lines.push(measureFiles("./compile.ts", "compile and import 500 files"));
  if (only.length === 0 || only.includes("saves")) lines.push(measureFiles("./saves.ts", "a save of a layout with 30 pages, of 500"));
  return lines;
}
