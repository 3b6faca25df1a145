/** Cost of a task that does nothing: to enqueue it, and to run it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPostgresPid, findRedisPid, redisUrl, withPostgres } from "../data/servers.ts";
import { pinTo, readCpuUs } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";
import type { TaskFigures } from "./tasks/measure.ts";

/** Who is measured: its file in `tasks/`, and the store that it needs. */
interface Subject {
  readonly file: string;
  readonly store: "postgres" | "redis" | "sqlite";
}

/** The best of the peers with a database is who the others are compared with. */
const peers = ["graphile-worker", "pg-boss"];
const subjects: Readonly<Record<string, Subject>> = {
  gable: { file: "gable.ts", store: "postgres" },
  "graphile-worker": { file: "graphile-worker.ts", store: "postgres" },
  "pg-boss": { file: "pg-boss.ts", store: "postgres" },
  "gable on SQLite": { file: "gable.ts", store: "sqlite" },
  "bullmq on Redis": { file: "bullmq.ts", store: "redis" },
  "gable with bullmqQueue": { file: "gable-bullmq.ts", store: "redis" },
};
const titles = { enqueue: "enqueue a task", run: "run a task that does nothing" } as const;
const processTitle = "enqueue and run a task: CPU time of the process";
const wholeTitle = "enqueue and run a task: CPU time of the process and of the database server";
const rounds = 3;
const tasksPerSecond = 1_000;

/** Measures all subjects in turns; of each the middle turn counts. */
export async function measureTasks({ subjects: wanted, seconds }: BenchOptions): Promise<BenchLine[]> {
  const names = Object.keys(subjects).filter((name) => wanted.length === 0 || wanted.includes(name));
  const figures = new Map(names.map((name) => [name, [] as TaskFigures[]]));
  for (let round = 0; round < rounds; round++)
    for (const name of names) figures.get(name)!.push(await measureOnce(subjects[name]!, seconds * tasksPerSecond));
  const parts = (["enqueue", "run"] as const).map((part) =>
    names.map((name) => ({ test: titles[part], subject: name, ...middle(figures.get(name)!.map((round) => round[part])) })),
  );
  const sums = Object.entries({ [processTitle]: addUpProcess, [wholeTitle]: addUp }).map(([test, sum]) =>
    names.map((name) => ({ test, subject: name, ...middle(figures.get(name)!.map(sum)) })),
  );
  return [...parts, ...sums].flatMap(compareWithBest);
}

function middle<Cost extends { readonly cpuUs: number }>(costs: Cost[]): Cost {
  return costs.toSorted((one, other) => one.cpuUs - other.cpuUs)[Math.floor(rounds / 2)]!;
}

function addUpProcess({ enqueue, run }: TaskFigures): { readonly cpuUs: number } {
  return { cpuUs: enqueue.cpuUs + run.cpuUs };
}

function addUp({ enqueue, run }: TaskFigures): { readonly cpuUs: number } {
  return { cpuUs: enqueue.cpuUs + (enqueue.serverCpuUs ?? 0) + run.cpuUs + (run.serverCpuUs ?? 0) };
}

function compareWithBest<Line extends BenchLine & { readonly cpuUs: number }>(lines: Line[]): BenchLine[] {
  const best = Math.min(...lines.filter(({ subject }) => peers.includes(subject)).map(({ cpuUs }) => cpuUs));
  return Number.isFinite(best) ? lines.map((line) => ({ ...line, ratio: line.cpuUs / best })) : lines;
}

async function measureOnce({ file, store }: Subject, count: number): Promise<TaskFigures> {
  if (store === "sqlite") {
    const folder = mkdtempSync(join(tmpdir(), "gable-bench-"));
    try {
      return await runSubject(file, { url: `sqlite:${join(folder, "tasks.sqlite")}`, count });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  if (store === "redis") return runSubject(file, { url: redisUrl, count, serverPid: await findRedisPid() });
  return withPostgres([], async (url) => runSubject(file, { url, count, serverPid: await findPostgresPid(url) }));
}

/** Runs a subject on core 1, and adds what its server used, if that runs on this machine. */
async function runSubject(
  file: string,
  { url, count, serverPid }: { readonly url: string; readonly count: number; readonly serverPid?: number | undefined },
): Promise<TaskFigures> {
  const script = fileURLToPath(new URL("./tasks/measure.ts", import.meta.url));
  const [program, ...args] = pinTo(1, [process.execPath, script, file, url, String(count)]);
  const child = spawn(program!, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, NODE_ENV: "production" } });
  const marks: number[] = [];
  let figures: TaskFigures | undefined;
  child.on("message", (message: TaskFigures | "mark") => {
    if (message !== "mark") figures = message;
    else if (serverPid !== undefined) marks.push(readCpuUs(serverPid));
    child.send("go", () => undefined);
  });
  await new Promise((resolve) => child.once("exit", resolve));
  if (figures === undefined) throw new Error(`${file} was not measured.`);
  if (serverPid === undefined) return figures;
  const [start, enqueued, startOfRun, end] = marks as [number, number, number, number];
  return {
    enqueue: { ...figures.enqueue, serverCpuUs: (enqueued - start) / count },
    run: { ...figures.run, serverCpuUs: (end - startOfRun) / count },
  };
}
