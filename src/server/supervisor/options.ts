/** Options of the supervisor, checked before anything starts. */
import { availableParallelism, totalmem } from "node:os";
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid, timerMsMax } from "../../errors/option-errors.ts";
import { assertOneAddress } from "../listen-socket.ts";
import type { ListenAddress } from "../listen-socket.ts";
import { writeLogLine } from "./log-line.ts";
import type { WorkerFailure } from "./protocol.ts";
import type { FailureListener } from "./stand-in.ts";

/** A line of the supervisor's log. */
export interface SupervisorEvent {
  /** How important it is. */
  readonly level: "info" | "warn" | "error";
  /** What has happened, in one sentence. */
  readonly message: string;
  /** Process id of the worker that it is about. */
  readonly pid?: number;
  /** Facts by name. */
  readonly [name: string]: unknown;
}

/** What `gable dev` needs of a supervisor. */
export interface DevelopmentSupervision {
  /** Answers requests in the supervisor while the newest worker cannot start; older workers get none. */
  readonly answerFailure: FailureListener;
  /** Address of a module that workers import before the application. */
  readonly setup: string;
  /** Called with what the tools of development in a worker send. */
  readonly onMessage: (event: unknown) => void;
  /** Called when a worker could not start, or has died by an error that nobody caught. */
  readonly onFailure: (failure: WorkerFailure) => void;
  /** Called when a worker serves. */
  readonly onReady: (bootMs: number) => void;
  /** Called when a process is ready to become the next worker. */
  readonly onStandby: (pid: number) => void;
  /** Whether an old worker ends before the next one starts: a debugger has one port. */
  readonly isOneAtATime: boolean;
}

/** Options of {@link supervise}. */
export interface SuperviseOptions extends ListenAddress {
  /** Path of the module whose default export is the application. Only workers load it. */
  app: string;
  /** Number of workers. Default "auto": one per core, at most one per 256 MiB of memory. */
  workers?: number | "auto";
  /**
   * Whether one more process runs the background tasks of the application, if it has some: workers then run none. Default false: each
   * worker runs tasks.
   */
  tasks?: boolean;
  /** Time for a worker to become ready, in milliseconds. Default 60,000. */
  bootMs?: number;
  /** Time without a heartbeat after which a worker is killed, in milliseconds; 0 for never. Default 10,000. */
  stallMs?: number;
  /** Requests after which a worker is replaced, with 10 % of jitter. Default 0: never. */
  requestsMax?: number;
  /** Resident memory above which a worker is replaced, in bytes. Default 0: never. */
  rssBytesMax?: number;
  /** Time between "not ready" and the end of accepting, in milliseconds. Default 0; Kubernetes needs 5,000. */
  stopDelayMs?: number;
  /** Time for running requests when the supervisor stops, in milliseconds. Default 30,000. */
  stopGraceMs?: number;
  /** Time for idle connections when the supervisor stops, in milliseconds. Default 5,000. */
  stopIdleMs?: number;
  /** Longest life of an old generation after a reload, in milliseconds. Default 97,000. */
  reloadGraceMs?: number;
  /** Path of a Unix socket that takes the commands `reload`, `stop` and `status`. None by default. */
  controlPath?: string;
  /** Whether the process's signals control the supervisor. Default true. */
  signals?: boolean;
  /** Arguments of Node for the workers. Default: those of this process. */
  execArgv?: readonly string[];
  /** Variables for the workers, added to those of this process. None by default. */
  env?: Readonly<Record<string, string>>;
  /** @internal What `gable dev` needs. */
  development?: DevelopmentSupervision;
  /** Called with what happens. By default it is written to standard error as JSON lines. */
  onEvent?: (event: SupervisorEvent) => void;
}

/** Options with their defaults. */
export type ResolvedOptions = SuperviseOptions &
  Required<Omit<SuperviseOptions, keyof ListenAddress | "controlPath" | "workers" | "development">> & { readonly workers: number };

const numberDefaults = {
  bootMs: 60_000,
  stallMs: 10_000,
  requestsMax: 0,
  rssBytesMax: 0,
  stopDelayMs: 0,
  stopGraceMs: 30_000,
  stopIdleMs: 5000,
  reloadGraceMs: 97_000,
};
const kinds: OptionKinds<SuperviseOptions> = {
  app: true,
  workers: true,
  tasks: "boolean",
  bootMs: "whole",
  stallMs: "whole",
  requestsMax: "whole",
  rssBytesMax: "whole",
  stopDelayMs: "whole",
  stopGraceMs: "whole",
  stopIdleMs: "whole",
  reloadGraceMs: "whole",
  controlPath: "string",
  signals: "boolean",
  execArgv: "strings",
  env: "object",
  onEvent: "function",
  development: "object",
  port: "port",
  host: "address",
  unixPath: "path",
  fd: "whole",
};
const owner = "supervise()";
/** Most workers of a supervisor. */
export const workersMax = 1024;
const bytesPerWorker = 268_435_456;

/** Checks options and fills in the defaults. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function resolveOptions(options: SuperviseOptions): ResolvedOptions {
  assertKnownOptions(owner, options, kinds);
  assertOneAddress(owner, options);
  if (typeof options.app !== "string" || options.app === "") throw optionInvalid(owner, "app", options.app, "the path of a module");
  for (const [name, value] of Object.entries(options))
    if (name.endsWith("Ms") && typeof value === "number" && value > timerMsMax)
      throw optionInvalid(owner, name, value, `at most ${timerMsMax} milliseconds, the longest time of Node's timers`);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    ...numberDefaults,
    signals: true,
    tasks: false,
    execArgv: process.execArgv,
    env: {},
    onEvent: writeEvent,
    ...given,
    // Checked above.
    app: options.app,
    workers: resolveWorkers(options.workers === undefined ? "auto" : options.workers),
  };
}

function resolveWorkers(workers: number | "auto"): number {
  // Handles of sockets cannot be sent to another process there.
  if (process.platform === "win32") return 1;
  if (workers === "auto") return Math.max(1, Math.min(availableParallelism(), Math.floor(availableBytes() / bytesPerWorker)));
  if (Number.isInteger(workers) && workers >= 1 && workers <= workersMax) return workers;
  throw optionInvalid(owner, "workers", workers, `"auto" or a whole number from 1 to ${workersMax}`);
}

/** A container may have less memory than the machine. */
function availableBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

function writeEvent({ level, ...facts }: SupervisorEvent): void {
  writeLogLine(level, facts);
}
