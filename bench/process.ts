/** Starts servers for measuring, and reads what they cost. */
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A program to measure: its command line and its environment. */
export interface Program {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder to run it in. Default: that of this process. */
  readonly folder?: string;
}

const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;

/** The command pinned to a core, where the system can do that. */
export function pinTo(core: number, command: readonly string[]): string[] {
  return hasTaskset ? ["taskset", "-c", String(core), ...command] : [...command];
}

/** Starts a program on core 0. */
export function startProgram(program: Program, port: number): ChildProcess {
  const [file, ...args] = pinTo(0, program.command);
  return spawn(file!, args, {
    stdio: "ignore",
    cwd: program.folder,
    env: { ...process.env, GABLE_MODE: "production", NODE_ENV: "production", BENCH_PORT: String(port), ...program.environment },
  });
}

/** Waits until a port of loopback accepts. */
export async function waitForPort(port: number, limitMs = 15_000): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isOpen) return true;
    await wait(5);
  }
  return false;
}

/** Stops a program and waits for its end. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // A worker would outlive its killed parent, and answer on the port in the next run.
  for (const member of familyOf(child.pid!).toReversed()) process.kill(member, "SIGKILL");
  await ended;
}

/** Ids of a process and its descendants. */
function familyOf(pid: number): number[] {
  let children: number[] = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    // The process has ended.
  }
  return [pid, ...children.flatMap(familyOf)];
}

/** CPU time of a process and its descendants, in microseconds. */
export function readCpuUs(pid: number): number {
  return familyOf(pid).reduce((total, member) => total + sumTimes(member, 4), 0);
}

/** CPU time of a process without its descendants, in microseconds. */
export function readOwnCpuUs(pid: number): number {
  return sumTimes(pid, 2);
}

/** Adds the first times of a process: first two for itself, then two for children that have ended. */
function sumTimes(pid: number, count: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return fields.slice(11, 11 + count).reduce((total, field) => total + Number(field) * 10_000, 0);
}

/** Resident memory of a process and its descendants, in bytes. */
export function readMemoryBytes(pid: number): number {
  return familyOf(pid).reduce(
    (total, member) => total + Number(/VmRSS:\s+([0-9]+)/.exec(readFileSync(`/proc/${member}/status`, "utf8"))?.[1] ?? 0) * 1024,
    0,
  );
}
