/** The shape of reports of errors, and what they are made of. */
import type { FieldError } from "../../http/problem.ts";
import type { PlainValue } from "./plain-value.ts";
import type { LogFacts, ReportedLine, ReportedRequest, ReportedStatement, RequestFacts, StatementFacts } from "./report-facts.ts";
import type { ReportedFrame } from "./source-lines.ts";

/** One error of a chain: the error itself, one of its parts, or its cause. */
export interface ReportedError {
  /** Name of its class, such as `TypeError`. */
  readonly name: string;
  /** Code; undefined when it has none. */
  readonly code?: string;
  /** What happened. */
  readonly message: string;
  /** Facts that the error carries. */
  readonly details: Readonly<Record<string, PlainValue>>;
  /** Frames of its stack, the innermost first. */
  readonly frames: readonly ReportedFrame[];
  /** Parts of an AggregateError. */
  readonly parts: readonly ReportedError[];
  /** The error that led to it. */
  readonly cause?: ReportedError;
}

/** A route that does not take the path of a request, with the reason. */
export interface RouteMiss {
  /** Method. */
  readonly method: string;
  /** Whole pattern. */
  readonly pattern: string;
  /** Why it did not match. */
  readonly reason: string;
  /** `file:line` that defines it; "" when unknown. */
  readonly place: string;
}

/** The report of an error. All of it is plain JSON, and secrets are removed. */
export interface ErrorReport {
  /** When the report was made, as a date of ISO 8601. */
  readonly time: string;
  /** Code of the error; `E_INTERNAL` for an error without a code. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** What happened and where. */
  readonly message: string;
  /** How to fix it; "" when nobody knows. */
  readonly fix: string;
  /** Page of the documentation about the code; "" for codes of the application. */
  readonly docs: string;
  /** The frame that fails: the line of a template, or the first frame of the application. */
  readonly failing?: ReportedFrame;
  /** The error with its stack, its parts and its causes. */
  readonly error: ReportedError;
  /** Fields that were refused, for a status of 422 or 400. */
  readonly fields: readonly FieldError[];
  /** Methods that the address takes, for a status of 405; "" otherwise. */
  readonly allow: string;
  /** The nearest routes, for a status of 404. */
  readonly routes: readonly RouteMiss[];
  /** The request; undefined outside of one. */
  readonly request?: ReportedRequest;
  /** Statements that the request has sent so far. */
  readonly statements: readonly ReportedStatement[];
  /** Log lines that the request has written so far. */
  readonly log: readonly ReportedLine[];
  /** Versions of Gable, the runtime and the platform. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a report can say besides the error. All of it is optional. */
export interface ErrorFacts {
  /** The request in which it happened. None by default. */
  readonly request?: RequestFacts;
  /** Statements of the request. None by default. */
  readonly statements?: readonly StatementFacts[];
  /** Log lines of the request. None by default. */
  readonly log?: readonly LogFacts[];
  /** The nearest routes, for an address without a route. None by default. */
  readonly routes?: readonly RouteMiss[];
  /** Values that must not appear, besides those with secret names. None by default. */
  readonly secrets?: readonly string[];
  /** Folder of the project, which places are relative to. Default: the working directory. */
  readonly folder?: string;
  /** Folders of the template files. Default `views` in the folder of the project. */
  readonly views?: readonly string[];
}
