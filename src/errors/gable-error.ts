/**
 * The one error class of the framework.
 *
 * Every error has a permanent code of the catalogue, says what happened and where in `message`, and how to
 * mend it in `fix`. In production a client sees the code alone, unless `expose` is true.
 */
import { catalogue, isErrorCode } from "./catalogue.ts";
import type { ErrorCode } from "./catalogue.ts";

/** What a {@link GableError} can carry beyond its code and message. */
export interface GableErrorOptions {
  /** HTTP status of the answer. By default the status that the catalogue gives to the code. */
  status?: number;
  /** One imperative sentence that mends it. By default the fix of the catalogue. */
  fix?: string;
  /** Facts for programs: field errors, limits, places. None by default. */
  details?: Readonly<Record<string, unknown>>;
  /** The error that led to this one. None by default. */
  cause?: unknown;
  /** Whether `message` is safe to show to a client. By default true for statuses below 500. */
  expose?: boolean;
  /** Header fields for the answer, such as `Allow` or `Retry-After`. None by default. */
  headers?: ReadonlyArray<readonly [string, string]>;
}

/**
 * An error with a code, a status, and a way out.
 *
 * @example
 * throw new GableError("E_STOCK_EMPTY", "Only 2 are left.", { status: 409, expose: true });
 */
export class GableError extends Error {
  /** Permanent code: one of the catalogue, or the application's own. */
  readonly code: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** One imperative sentence that mends it; empty when the code is not of the catalogue. */
  readonly fix: string;
  /** Facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether `message` is safe to show to a client. */
  readonly expose: boolean;
  /** Header fields for the answer. */
  readonly headers: ReadonlyArray<readonly [string, string]>;

  constructor(code: ErrorCode | (string & {}), message: string, options: GableErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry = isErrorCode(code) ? catalogue[code] : undefined;
    this.name = "GableError";
    this.code = code;
    this.status = options.status ?? entry?.status ?? 500;
    this.fix = options.fix ?? entry?.fix ?? "";
    this.details = options.details ?? {};
    this.expose = options.expose ?? this.status < 500;
    this.headers = options.headers ?? [];
    // A runtime prints all enumerable properties of an error that nobody caught: these help nobody there.
    for (const name of ["details", "expose", "headers"]) Object.defineProperty(this, name, { enumerable: false });
    const { frame } = this.details;
    if (typeof frame === "string") this.stack = withFrame(this, frame);
  }

  /** Page of the reference that explains the code, relative to the documentation's root. */
  get docsUrl(): string {
    return `reference/errors.md#${this.code.toLowerCase()}`;
  }
}

/** A stack that shows the code that is wrong instead of the frames of the framework, which say nothing about it. */
function withFrame(error: GableError, frame: string): string {
  const framework = new URL("..", import.meta.url).href;
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line) && !line.includes(framework)) ?? [];
  return [`${error.name}: ${error.message}`, "", frame.trimEnd(), "", `    fix: ${error.fix}`, ...frames].join("\n");
}

/** Whether a value is a {@link GableError}, also one of a second copy of the package. */
export function isGableError(value: unknown): value is GableError {
  return value instanceof GableError || (value instanceof Error && value.name === "GableError" && "code" in value);
}
