/**
 * The one error class of the framework.
 *
 * `code` is permanent, `message` says what happened and where, and `fix` says how to fix it. In production a client sees
 * only the code, unless `expose` is true.
 */
import { catalogue, isErrorCode } from "./catalogue.ts";
import type { ErrorCode } from "./catalogue.ts";

/** What a {@link GableError} can carry beyond its code and message. */
export interface GableErrorOptions {
  /** HTTP status of the reply. By default the status of the code in the catalogue. */
  status?: number;
  /** One imperative sentence that fixes it. By default the fix of the code in the catalogue. */
  fix?: string;
  /** Facts for programs: field errors, limits, places. None by default. */
  details?: Readonly<Record<string, unknown>>;
  /** The error that led to this one. None by default. */
  cause?: unknown;
  /** Whether `message` is safe to show to a client. By default true for statuses below 500. */
  expose?: boolean;
  /** Header fields for the reply, such as `Allow` or `Retry-After`. None by default. */
  headers?: ReadonlyArray<readonly [string, string]>;
}

/**
 * An error with a code, a status and a fix.
 *
 * @example
 * throw new GableError("E_STOCK_EMPTY", "Only 2 are left.", { status: 409, expose: true });
 */
export class GableError extends Error {
  /** Permanent code: of the catalogue, or of your application. */
  readonly code: string;
  /** HTTP status of the reply. */
  readonly status: number;
  /** One imperative sentence that fixes it; empty when the code is not in the catalogue. */
  readonly fix: string;
  /** Facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether `message` is safe to show to a client. */
  readonly expose: boolean;
  /** Header fields for the reply. */
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
    // A runtime prints all enumerable properties of an uncaught error; these are not useful there.
    for (const name of ["details", "expose", "headers"]) Object.defineProperty(this, name, { enumerable: false });
    const { frame } = this.details;
    if (typeof frame === "string") this.stack = withFrame(this, frame);
  }

  /** Returns the page of the reference that explains the code, relative to the root of the documentation. */
  get docsUrl(): string {
    return `reference/errors.md#${this.code.toLowerCase()}`;
  }
}

/** Returns a stack that shows the faulty code instead of frames of the framework, which do not help. */
function withFrame(error: GableError, frame: string): string {
  const framework = new URL("..", import.meta.url).href;
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line) && !line.includes(framework)) ?? [];
  return [`${error.name}: ${error.message}`, "", frame.trimEnd(), "", `    fix: ${error.fix}`, ...frames].join("\n");
}

/** Returns whether a value is a {@link GableError}, including one from a second copy of the package. */
export function isGableError(value: unknown): value is GableError {
  try {
    if (value instanceof GableError) return typeof value.code === "string";
    if (!(value instanceof Error) || value.name !== "GableError") return false;
    return ["code", "status", "fix", "details", "headers", "expose"].every((name) => name in value);
  } catch {
    // A value that refuses to be looked at, such as a revoked proxy.
    return false;
  }
}
