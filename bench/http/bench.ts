/** `npm run bench -- http`: what a request costs, of Gable and its peers, in one run on one machine. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pinTo, readMemoryBytes, startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";
import { measureRouting } from "./routing.ts";
import type { LoadRequest } from "./load.ts";
import { runLoad } from "./load.ts";
import type { Subject } from "./subjects.ts";
import { availableSubjects, smallApps } from "./subjects.ts";

const jsonBody = JSON.stringify({
  items: Array.from({ length: 46 }, (_, id) => ({
    id,
    name: `item number ${id}`,
    price: id * 1.25,
    tags: ["a", "b"],
    isNew: id % 2 === 0,
  })),
}).slice(0, 1e6);

const loads: Readonly<Record<string, LoadRequest>> = {
  json: { method: "GET", path: "/users/42", connections: 64 },
  text: { method: "GET", path: "/text", connections: 64 },
  static: { method: "GET", path: "/static/ten.css", connections: 64 },
  post: { method: "POST", path: "/json", body: jsonBody, connections: 64 },
  stream: { method: "GET", path: "/stream", connections: 16 },
};

let nextPort = 21_000;

/** Runs the chosen tests; all of them by default. */
export async function benchHttp(options: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  const subjects = availableSubjects().filter(({ name }) => options.subjects.length === 0 || options.subjects.includes(name));
  for (const [test, load] of Object.entries(loads)) {
    if (options.tests.length > 0 && !options.tests.includes(test)) continue;
    for (const subject of subjects) {
      if (subject.leavesOut?.includes(test) === true) continue;
      lines.push(await measureLoad(test, load, subject, options.seconds));
      console.error(JSON.stringify(lines.at(-1)));
    }
  }
  if (wants(options, "idle")) for (const subject of subjects) lines.push(await measureIdle(subject));
  if (wants(options, "start")) lines.push(...(await measureStarts()));
  if (wants(options, "routes")) lines.push(...measureRouting());
  return lines;
}

function wants(options: BenchOptions, test: string): boolean {
  return options.tests.length === 0 || options.tests.includes(test);
}

async function measureLoad(test: string, load: LoadRequest, subject: Subject, seconds: number): Promise<BenchLine> {
  const port = nextPort++;
  const child = startProgram(subject.program(port), port);
  try {
    if (!(await waitForPort(port))) throw new Error(`${subject.name} did not start`);
    runLoad(child.pid!, port, load, Math.max(1, Math.round(seconds / 2)));
    const results = [runLoad(child.pid!, port, load, seconds), runLoad(child.pid!, port, load, seconds)];
    const best = results[0]!.cpuUs < results[1]!.cpuUs ? results[0]! : results[1]!;
    return { test, subject: subject.name, ...best };
  } finally {
    await stopProgram(child);
  }
}

/** Bytes per connection with 5,000 open, each after one request. */
async function measureIdle(subject: Subject): Promise<BenchLine> {
  const port = nextPort++;
  const count = 5000;
  const child = startProgram(subject.program(port), port);
  const sockets: Socket[] = [];
  try {
    if (!(await waitForPort(port))) throw new Error(`${subject.name} did not start`);
    await ask(port);
    await wait(500);
    const before = readMemoryBytes(child.pid!);
    for (let index = 0; index < count; index += 100) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => ask(port)))));
    }
    await wait(3000);
    return { test: "idle", subject: subject.name, bytes: Math.round((readMemoryBytes(child.pid!) - before) / count) };
  } finally {
    for (const socket of sockets) socket.destroy();
    await stopProgram(child);
  }
}

function ask(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /users/42 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    socket.once("data", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Milliseconds from the start of the process to the first answer: the median of nine, in turn. */
async function measureStarts(): Promise<BenchLine[]> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const lines: BenchLine[] = [];
  for (const [subject, code] of Object.entries(smallApps)) {
    const file = `${folder}start-${process.pid}.mjs`;
    writeFileSync(file, code);
    const times: number[] = [];
    for (let round = 0; round < 9; round++) {
      const port = nextPort++;
      const started = performance.now();
      const child = startProgram({ command: [process.execPath, file] }, port);
      await waitForPort(port);
      (await ask(port)).destroy();
      times.push(performance.now() - started);
      await stopProgram(child);
    }
    rmSync(file);
    lines.push({ test: "start", subject, ms: median(times) });
  }
  return [...lines, measureBareStart()];
}

function measureBareStart(): BenchLine {
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    const [file, ...args] = pinTo(0, [process.execPath, "-e", "0"]);
    spawnSync(file!, args);
    return performance.now() - started;
  });
  return { test: "start", subject: "bare node, no server", ms: median(times) };
}

function median(values: readonly number[]): number {
  return [...values].sort((first, second) => first - second)[Math.floor(values.length / 2)]!;
}
