/** Starts supervisors for tests, in this process or in a separate one. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import assert from "node:assert/strict";
import type { SuperviseOptions, SupervisorEvent } from "gable/server";
import { supervise } from "gable/server";

/** Whether the long form of the tests runs. */
export const isLong: boolean = process.env["GABLE_FAULTS"] === "long";
/** Whether this system can hand connections to other processes. */
export const skipSupervisor: string | false = process.platform === "win32" ? "no handles to other processes here" : false;

const folder = fileURLToPath(new URL(".", import.meta.url));
/** The application of the tests. */
const appFile: string = join(folder, "app.ts");

/** The same application, made with gable(). */
export const fullAppFile: string = join(folder, "full-app.ts");

/** An application whose hooks throw. */
export const throwingAppFile: string = join(folder, "throwing-app.ts");

/** A supervisor in this process. */
export interface Supervised {
  readonly supervisor: Awaited<ReturnType<typeof supervise>>;
  readonly port: number;
  readonly events: SupervisorEvent[];
  /** Says how the next start of a worker goes: ok, throw, exit, hang, or another text that /pid shows. */
  deploy(how: string): Promise<void>;
  /** Process id of the last worker whose start hangs; undefined while there is none. */
  hanging(): number | undefined;
  /** Process ids of workers in a state. */
  pids(state?: string): number[];
}

/** Runs a test with a supervisor, and stops it. */
export async function supervising(options: Partial<SuperviseOptions>, run: (supervised: Supervised) => Promise<void>): Promise<void> {
  const events: SupervisorEvent[] = [];
  const temporary = await mkdtemp(join(tmpdir(), "gable-supervisor-"));
  const deployFile = join(temporary, "deploy");
  await writeFile(deployFile, "ok");
  const supervisor = await supervise({
    app: appFile,
    workers: 2,
    ...(options.unixPath === undefined && { port: 0 }),
    signals: false,
    onEvent: (event) => events.push(event),
    stopIdleMs: 200,
    ...options,
    env: { DEPLOY_FILE: deployFile, ...options.env },
  });
  try {
    await run({
      supervisor,
      port: supervisor.port,
      events,
      deploy: (how) => writeFile(deployFile, how),
      hanging: () => (existsSync(`${deployFile}-hangs`) ? Number(readFileSync(`${deployFile}-hangs`, "utf8")) : undefined),
      pids: (state = "ready") => supervisor.status.workers.filter((worker) => worker.state === state).map(({ pid }) => pid),
    });
  } finally {
    await supervisor.stopNow();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Waits until a condition holds, as long as a busy machine may need. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) assert.fail(`this did not happen in time: ${what}`);
    await wait(20);
  }
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Fetches a path on a new connection; returns its text, or the code of the error. */
export async function fetchOnce(port: number, path: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String((error as { cause?: { code?: string } }).cause?.code ?? error) }; // fetch() throws errors with causes.
  }
}

/** A supervisor in a separate process. */
export interface SupervisorProcess {
  readonly child: ChildProcess;
  readonly port: number;
  /** Lines of its log. */
  readonly events: () => Array<Record<string, unknown>>;
  /** Process ids of workers that were ready. */
  readonly workers: () => number[];
  readonly exited: Promise<number | string>;
}

/** Starts a supervisor in a separate process; `options` are those of supervise(). */
export async function startSupervisorProcess(options: Partial<SuperviseOptions>): Promise<SupervisorProcess> {
  const args = [
    ...process.execArgv.filter((argument) => !/^--(?:test|report)/.test(argument)),
    join(folder, "main.ts"),
    JSON.stringify({ app: appFile, port: 0, workers: 2, ...options }),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
  let log = "";
  let output = "";
  child.stderr.on("data", (chunk) => (log += String(chunk)));
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  const exited = new Promise<number | string>((resolve) => void child.once("exit", (code, signal) => resolve(code ?? signal ?? "")));
  const events = (): Array<Record<string, unknown>> =>
    log
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const workers = (): number[] =>
    events()
      .filter(({ message }) => message === "A worker is ready")
      .map(({ pid }) => Number(pid));
  await Promise.race([until(() => output.includes("port "), `the supervisor listens: ${log}`), exited]);
  return { child, port: Number(/port ([0-9]+)/.exec(output)?.[1] ?? 0), events, workers, exited };
}
