/** What `gable dev` and the tools of development in its worker say to each other. */

/** Something that a developer should do, shown as a bar in the page and in the terminal. */
export interface Notice {
  /** What it is about; a new notice replaces the one with the same id. */
  readonly id: "types" | "migrations" | "packages";
  /** The problem, in a sentence. */
  readonly text: string;
  /** Command that fixes it. */
  readonly command?: string;
  /** Address below `/_gable/` that runs the command, by POST. */
  readonly action?: string;
  /** Single problems with their places. */
  readonly items?: ReadonlyArray<{ readonly place: string; readonly text: string }>;
}

/** A static file that has changed, by its address. */
export interface ChangedFile {
  /** Address of the file, without a query. */
  readonly path: string;
  /** Fingerprint of its content. */
  readonly hash: string;
}

/** From `gable dev` to its worker. */
export type ToDevelopment =
  /** Template files have changed. */
  | { readonly type: "views" }
  /** Stylesheets and images have changed. */
  | { readonly type: "files"; readonly files: readonly ChangedFile[] }
  /** Pages must load again. */
  | { readonly type: "reload" }
  | { readonly type: "notices"; readonly notices: readonly Notice[] };

/** A request that was answered. */
export interface AnsweredRequest {
  /** Kind of the message. */
  readonly type: "request";
  /** Method of the request. */
  readonly method: string;
  /** Path with the query, as it was sent. */
  readonly path: string;
  /** Status of the reply. */
  readonly status: number;
  /** Time until the reply was made, in milliseconds. */
  readonly ms: number;
  /** Number of database statements. */
  readonly queries: number;
  /** Size of the body. */
  readonly bytes: number;
}

/** From the worker to `gable dev`. */
export type FromDevelopment = AnsweredRequest | { readonly type: "migrate" };

interface WorkerChannel {
  send?(message: unknown): boolean;
  on(event: "message", listener: (message: unknown) => void): void;
  removeListener(event: "message", listener: (message: unknown) => void): void;
}

/** Variable that tells a worker that `gable dev` runs it; its value changes with the code. */
export const generationVariable = "GABLE_DEV";

/** The channel to `gable dev`. */
export class DevelopmentChannel {
  readonly #process: WorkerChannel;
  readonly #listen: (message: unknown) => void;

  /** `listener` gets what `gable dev` sends. */
  constructor(process: WorkerChannel, listener: (event: ToDevelopment) => void) {
    this.#process = process;
    this.#listen = (message) => {
      // Only the supervisor sends on this channel.
      const { kind, event } = message as { readonly kind: string; readonly event: ToDevelopment };
      if (kind === "development") listener(event);
    };
    process.on("message", this.#listen);
  }

  /** Sends to `gable dev`. */
  send(event: FromDevelopment): void {
    this.#process.send?.({ kind: "development", event });
  }

  close(): void {
    this.#process.removeListener("message", this.#listen);
  }
}
