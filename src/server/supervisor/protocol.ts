/** What the supervisor and its workers say to each other. Connections travel as handles next to a message. */
import type { GatherMessage, GatherRequest } from "../../channels/gathering.ts";
import type { HubMessage, HubRequest } from "../../channels/hub.ts";

/** Message of the supervisor to a worker. */
export type ToWorker =
  /** `isReturned`: a worker that has died had it, and may have read its request. */
  | { readonly kind: "connection"; readonly id: number; readonly isReturned: boolean }
  /** The supervisor will stop soon: readiness ends, and requests are still served. */
  | { readonly kind: "unready" }
  /** Ends what runs; idle connections stay for `idleMs`, or until their promise with null. Then the worker exits. */
  | { readonly kind: "drain"; readonly graceMs: number; readonly idleMs: number | null }
  | { readonly kind: "reopenLogs" }
  /** Another process has added background tasks. */
  | { readonly kind: "tasks" }
  /** For the tools of development in the worker; no other code reads it. */
  | { readonly kind: "development"; readonly event: unknown }
  /** What the channels of the application say: passed on unchanged. */
  | { readonly kind: "channel"; readonly message: HubMessage }
  /** What the metrics of the application ask and get: passed on unchanged. */
  | { readonly kind: "gather"; readonly message: GatherMessage };

/** Message of the supervisor to a process that stands by. */
export type ToStandby =
  /** What to load: the module that prepares workers, and modules of packages. */
  | { readonly kind: "prepare"; readonly setup: string; readonly modules: readonly string[] }
  /** From now on it is a worker. */
  | { readonly kind: "begin"; readonly orders: WorkerOrders };

/** Message of a process that stands by to the supervisor. */
export type FromStandby =
  /** Everything is loaded. */
  { readonly kind: "standing" };

/** Message of a worker to the supervisor. */
export type FromWorker =
  /** A process that stood by has its orders. */
  | { readonly kind: "begun" }
  /** `hasTasks` says whether a separate process should run the background tasks of the application. */
  | { readonly kind: "ready"; readonly hasTasks: boolean }
  | { readonly kind: "failed"; readonly failure: WorkerFailure }
  /** Connections that the worker has taken over. */
  | { readonly kind: "took"; readonly ids: readonly number[] }
  | ({ readonly kind: "beat" } & WorkerFacts)
  /** The worker has added background tasks. */
  | { readonly kind: "tasks" }
  /** The worker asks to be replaced, and to drain when the replacement is ready. */
  | { readonly kind: "replaceMe"; readonly reason: string; readonly failure?: WorkerFailure }
  /** From the tools of development in the worker. */
  | { readonly kind: "development"; readonly event: unknown }
  | { readonly kind: "channel"; readonly message: HubRequest }
  | { readonly kind: "gather"; readonly message: GatherRequest };

/** What a worker says about itself each second. */
export interface WorkerFacts {
  /** Number of open connections. */
  readonly connections: number;
  /** Number of requests since the start. */
  readonly requests: number;
  /** Resident memory, in bytes. */
  readonly rssBytes: number;
  /** Longest delay of the event loop in the last second, in milliseconds. */
  readonly loopDelayMs: number;
}

/** Why a worker could not start. */
export interface WorkerFailure {
  /** The reason of the failure. */
  readonly message: string;
  /** Code of the catalogue, where the error has one. */
  readonly code: string | undefined;
  /** How to fix it, where the error says so. */
  readonly fix: string | undefined;
  /** Where it was thrown. */
  readonly stack: string | undefined;
  /** Report of the error as JSON, where a {@link WorkerSetup} makes one. */
  readonly report?: unknown;
}

/** What a process does: it serves connections, or it runs background tasks. */
export type WorkerRole = "web" | "tasks";

/** What a worker gets when it is forked, as JSON in its first argument; a process that stands by gets it in a message. */
export interface WorkerOrders {
  /** Path of the module whose default export is the application. */
  readonly app: string;
  readonly role: WorkerRole;
  /** Where the supervisor listens, as the application would: it decides which hosts it needs. */
  readonly listen: { readonly port?: number; readonly host?: string; readonly unixPath?: string };
  /** Number of the generation; it grows with each reload. */
  readonly generation: number;
  /** Stall of the event loop that the watchdog reports, in milliseconds; 0 for no watchdog. */
  readonly stallMs: number;
  /** Address of a module that is imported before the application; see {@link WorkerSetup}. */
  readonly setup?: string;
}

/** Default export of a module that prepares workers: `gable dev` has one. */
export interface WorkerSetup {
  /** Called before the application is imported, with the number of the generation. */
  prepare(generation: number): void;
  /** Called with the application before it starts. What it throws ends the start. */
  loaded?(app: unknown): Promise<void>;
  /** Called when the worker serves. */
  started(app: unknown): void;
  /** Makes a report of an error that ended the start, or that nobody caught: plain JSON. Nothing else is written about it. */
  describeError(error: unknown): unknown;
}
