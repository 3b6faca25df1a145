/** Problem details for HTTP APIs (RFC 9457). */
import { catalogue, isErrorCode } from "../errors/catalogue.ts";
import type { GableError } from "../errors/gable-error.ts";

/** One field that failed. */
export interface FieldError {
  /** Where: names and positions joined by dots, such as `author.name`; "" for the whole. */
  readonly path: string;
  /** Stable name of the rule. */
  readonly code: string;
  /** What a person can do about it. */
  readonly message: string;
}

/** What a problem answer says. */
export interface ProblemOptions {
  /** HTTP status, 400 to 599. */
  status: number;
  /** Stable code for programs. None by default. */
  code?: string;
  /** Address of a page about this kind of problem. Default "about:blank". */
  type?: string;
  /** What kind of problem it is, the same each time. By default the words of the status. */
  title?: string;
  /** What happened this time. None by default. */
  detail?: string;
  /** Further members. None by default. */
  extra?: Readonly<Record<string, unknown>>;
}

/** The members of a problem answer, in order; `extra` cannot replace the standard ones. */
export function toProblem(options: ProblemOptions, requestId?: string): Record<string, unknown> {
  return {
    ...options.extra,
    type: options.type ?? "about:blank",
    title: options.title ?? reasonPhrase(options.status),
    status: options.status,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    ...(options.code === undefined ? {} : { code: options.code }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The problem answer of an error. The text of one that is not exposed never appears. */
export function errorToProblem(error: GableError, requestId?: string): Record<string, unknown> {
  const known = isErrorCode(error.code) ? catalogue[error.code] : undefined;
  return toProblem(
    {
      status: error.status,
      code: error.code,
      title: known?.title ?? reasonPhrase(error.status),
      ...(error.expose ? { detail: error.message, extra: error.details } : {}),
    },
    requestId,
  );
}

const reasonPhrases: Readonly<Record<number, string>> = {
  100: "Continue",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** The words that go with a status; "Status" where there are none. */
export function reasonPhrase(status: number): string {
  return reasonPhrases[status] ?? "Status";
}
