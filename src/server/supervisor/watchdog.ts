/** A thread that watches the event loop of a worker: it still runs when the loop does not. */
import { Worker } from "node:worker_threads";

/** What the thread shares with the main thread. */
export interface Watchdog {
  /** The event loop has turned. */
  beat(): void;
  /** A request starts: the thread names it if the loop stalls. */
  onRequest(method: string, path: string): void;
  stop(): Promise<unknown>;
}

const labelBytesMax = 256;
/** Stall after which the thread ends a process whose supervisor has ended, in milliseconds. */
const orphanMs = 10_000;

// The thread's program: a string, so that it needs neither a separate file nor a loader.
const program = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const { counters, label, stallMs, orphanMs, parentPid, pid } = workerData;
const beats = new Int32Array(counters);
const bytes = Buffer.from(label);
let lastBeat = -1, lastChange = performance.now(), reported = false;
setInterval(() => {
  const now = performance.now();
  const beat = Atomics.load(beats, 0);
  if (beat !== lastBeat) {
    if (reported) write(40, "The event loop turns again", now - lastChange);
    lastBeat = beat; lastChange = now; reported = false;
    return;
  }
  const stalledMs = now - lastChange;
  if (stalledMs >= stallMs && !reported) { reported = true; write(50, "The event loop stands still", stalledMs); }
  if (stalledMs >= orphanMs && process.ppid !== parentPid) process.kill(pid, "SIGKILL");
}, Math.max(50, stallMs / 5));
function write(level, message, ms) {
  const request = bytes.toString("latin1", 0, Atomics.load(beats, 1)) || null;
  const line = { level, time: Date.now(), message, pid, stalledMs: Math.round(ms), request };
  try { writeSync(2, JSON.stringify(line) + "\\n"); } catch {}
}
`;

/** Starts the thread. A stall of `stallMs` writes a line with the last request that started. */
export function startWatchdog(stallMs: number): Watchdog {
  const counters = new SharedArrayBuffer(8);
  const label = new SharedArrayBuffer(labelBytesMax);
  const beats = new Int32Array(counters);
  const bytes = Buffer.from(label);
  const workerData = { counters, label, stallMs, orphanMs, parentPid: process.ppid, pid: process.pid };
  const thread = new Worker(program, { eval: true, workerData, execArgv: [], stdout: false, stderr: false });
  thread.unref();
  // Without its watchdog a worker still serves.
  thread.on("error", () => undefined);
  return {
    beat: () => void Atomics.add(beats, 0, 1),
    onRequest: (method, path) => void Atomics.store(beats, 1, bytes.write(`${method} ${path}`, "latin1")),
    stop: () => thread.terminate(),
  };
}
