/** One function per HTTP status, for `throw notFound()` and its siblings (RFC 9110 section 15). */
import { assertKnownOptions, kindsOf } from "./option-errors.ts";
import { catalogue } from "./catalogue.ts";
import type { ErrorCode } from "./catalogue.ts";
import { GableError } from "./gable-error.ts";

/** Options of a status error. */
export interface StatusErrorOptions {
  /** Code of the reply: your own, or one of the catalogue. By default the code of the status. */
  code?: string;
  /** Facts for the client, added to the problem reply. None by default. */
  details?: Readonly<Record<string, unknown>>;
  /** The error that led to this one; logged, never sent. None by default. */
  cause?: unknown;
  /** Seconds after which the client may try again, sent as Retry-After. None by default. */
  retryAfterSeconds?: number;
  /** More header fields of the reply. None by default. */
  headers?: ReadonlyArray<readonly [string, string]>;
}

/** Creates the error of one status; the client sees `message` if the status is below 500. */
export type StatusError = (message?: string, options?: StatusErrorOptions) => GableError;

const kinds = kindsOf<StatusErrorOptions>({
  code: "string",
  details: "object",
  cause: true,
  retryAfterSeconds: "seconds",
  headers: "list",
});

function statusError(defaultCode: ErrorCode): StatusError {
  return (message, options = {}) => {
    assertKnownOptions("A status error", options, kinds);
    const entry = catalogue[defaultCode];
    const headers = [...(options.headers ?? [])];
    if (options.retryAfterSeconds !== undefined) headers.push(["retry-after", String(Math.ceil(options.retryAfterSeconds))]);
    return new GableError(options.code ?? defaultCode, message ?? entry.title, {
      status: entry.status,
      fix: entry.fix,
      headers,
      ...(options.details === undefined ? {} : { details: options.details }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  };
}

/** 400: the request cannot be understood. */
export const badRequest: StatusError = statusError("E_BAD_REQUEST");
/** 401: credentials are needed. */
export const unauthorized: StatusError = statusError("E_UNAUTHORIZED");
/** 403: the client is known, but not allowed. */
export const forbidden: StatusError = statusError("E_FORBIDDEN");
/** 404: nothing exists at this address. */
export const notFound: StatusError = statusError("E_NOT_FOUND");
/** 405: the path exists, the method does not. */
export const methodNotAllowed: StatusError = statusError("E_METHOD_NOT_ALLOWED");
/** 406: no representation that the client accepts. */
export const notAcceptable: StatusError = statusError("E_NOT_ACCEPTABLE");
/** 409: conflict with the current state. */
export const conflict: StatusError = statusError("E_CONFLICT");
/** 410: removed permanently. */
export const gone: StatusError = statusError("E_GONE");
/** 412: a condition of the request failed. */
export const preconditionFailed: StatusError = statusError("E_PRECONDITION_FAILED");
/** 413: the content is too large. */
export const contentTooLarge: StatusError = statusError("E_CONTENT_TOO_LARGE");
/** 415: the media type is not supported. */
export const unsupportedMediaType: StatusError = statusError("E_UNSUPPORTED_MEDIA_TYPE");
/** 416: no range can be satisfied. */
export const rangeNotSatisfiable: StatusError = statusError("E_RANGE_UNSATISFIABLE");
/** 421: sent to the wrong host. */
export const misdirected: StatusError = statusError("E_MISDIRECTED");
/** 422: well-formed, but not valid. */
export const unprocessable: StatusError = statusError("E_UNPROCESSABLE");
/** 423: locked. */
export const locked: StatusError = statusError("E_LOCKED");
/** 425: could be a replay. */
export const tooEarly: StatusError = statusError("E_TOO_EARLY");
/** 428: a condition is required. */
export const preconditionRequired: StatusError = statusError("E_PRECONDITION_REQUIRED");
/** 429: too many requests. */
export const tooManyRequests: StatusError = statusError("E_TOO_MANY_REQUESTS");
/** 503: temporarily unavailable. */
export const unavailable: StatusError = statusError("E_UNAVAILABLE");
/** 507: no space left. */
export const insufficientStorage: StatusError = statusError("E_INSUFFICIENT_STORAGE");
