/** Turns what is known about a request into the rows of a report. */
import type { SourcePlace } from "../../errors/source-place.ts";
import { toPlaceText } from "../../errors/source-place.ts";
import { isSecretName } from "../../errors/secret-names.ts";
import type { PlainValue } from "./plain-value.ts";
import { capText, secretText, showValue, toPlainValue } from "./plain-value.ts";
import type { ReportedPlace, SourceFolders } from "./source-lines.ts";
import { toReportedPlace } from "./source-lines.ts";

/** A name with its value. */
export type NamedText = readonly [name: string, value: string];

/** A request, as a report gets it: with secrets, which it removes. */
export interface RequestFacts {
  /** Id of the request. */
  readonly id: string;
  /** Method. */
  readonly method: string;
  /** Whole URL. */
  readonly url: string;
  /** Method and pattern of the route; undefined when none matched. */
  readonly route?: string | undefined;
  /** Where the route is defined. */
  readonly place?: SourcePlace | undefined;
  /** Address of the client. */
  readonly ip: string;
  /** Path parameters. */
  readonly params?: unknown;
  /** Pairs of the query. */
  readonly query?: readonly NamedText[];
  /** Form as it was sent; undefined without one. */
  readonly form?: unknown;
  /** JSON body; undefined without one. */
  readonly json?: unknown;
  /** Header fields. */
  readonly headers?: readonly NamedText[];
  /** Cookies. */
  readonly cookies?: readonly NamedText[];
  /** Session; undefined without one. */
  readonly session?: unknown;
  /** User; undefined without one. */
  readonly user?: unknown;
}

/** A request, as a report has it. */
export interface ReportedRequest {
  /** Id of the request. */
  readonly id: string;
  /** Method. */
  readonly method: string;
  /** Whole URL, without secret values of its query. */
  readonly url: string;
  /** Method and pattern of the route; "" when none matched. */
  readonly route: string;
  /** `file:line` of the route; "" when unknown. */
  readonly place: string;
  /** Address of the client. */
  readonly ip: string;
  /** Groups of values: parameters, query, form, headers, cookies, session, user. */
  readonly groups: readonly ReportedGroup[];
}

/** Values of one kind. */
export interface ReportedGroup {
  /** What they are, such as `Headers`. */
  readonly title: string;
  /** The values. */
  readonly rows: readonly NamedText[];
}

/** A statement, as a report gets it. */
export interface StatementFacts {
  /** The statement. */
  readonly sql: string;
  /** Duration, in ms. */
  readonly durationMs: number;
  /** Rows that it returned or changed. */
  readonly rowCount: number;
  /** Values; undefined when the database does not tell them. */
  readonly parameters?: readonly unknown[] | undefined;
  /** Code that sent it; undefined when unknown. */
  readonly place?: SourcePlace | undefined;
}

/** A statement, as a report has it. */
export interface ReportedStatement {
  /** The statement. */
  readonly sql: string;
  /** Duration, in ms. */
  readonly durationMs: number;
  /** Rows that it returned or changed. */
  readonly rowCount: number;
  /** Its values as one text; "" when the database does not tell them. */
  readonly parameters: string;
  /** Code that sent it; undefined when unknown. */
  readonly place?: ReportedPlace;
}

/** A log line, as a report gets it. */
export interface LogFacts {
  /** `debug`, `info`, `warn` or `error`. */
  readonly level: string;
  /** Its message. */
  readonly message: string;
  /** Its facts by name, with secrets. */
  readonly facts: object;
}

/** A log line, as a report has it. */
export interface ReportedLine {
  /** `debug`, `info`, `warn` or `error`. */
  readonly level: string;
  /** Its message. */
  readonly message: string;
  /** Its facts by name. */
  readonly facts: Readonly<Record<string, PlainValue>>;
}

/** Returns a request for a report. */
export function toReportedRequest(request: RequestFacts, { folder }: SourceFolders): ReportedRequest {
  const { id, method, url, route = "", place, ip, params, query, form, json, headers, cookies, session, user } = request;
  const groups: Array<readonly [string, readonly NamedText[]]> = [
    ["Path parameters", toRows(params)],
    ["Query", (query ?? []).map(redactPair)],
    ["Form", toRows(form)],
    ["JSON body", toRows(json)],
    ["Headers", (headers ?? []).map(redactPair)],
    // A cookie of any name may be a key to something.
    ["Cookies", (cookies ?? []).map(([name]): NamedText => [name, secretText])],
    ["Session", toRows(session)],
    ["User", toRows(user)],
  ];
  return {
    id,
    method,
    url: capText(redactUrl(url)),
    route,
    place: place === undefined ? "" : toPlaceText(place, folder),
    ip,
    groups: groups.flatMap(([title, rows]) => (rows.length === 0 ? [] : [{ title, rows }])),
  };
}

function redactPair([name, value]: NamedText): NamedText {
  return [capText(name, 200), isSecretName(name) ? secretText : capText(value)];
}

/** Redacts the values of a URL whose names are secret. */
export function redactUrl(url: string): string {
  return url.replaceAll(/([?&])([^?=&#]+)=([^&#]*)/g, (pair, sign: string, name: string) =>
    isSecretName(name) ? `${sign}${name}=${secretText}` : pair,
  );
}

/** A value as rows: one for each property of an object, one for anything else. */
function toRows(value: unknown): NamedText[] {
  if (value === undefined) return [];
  const plain = toPlainValue(value);
  if (typeof plain !== "object" || plain === null || Array.isArray(plain)) return [["value", showValue(plain)]];
  return Object.entries(plain).map(([name, item]) => [name, showValue(item)]);
}

/** Returns a statement for a report. */
export function toReportedStatement({ place, parameters, ...statement }: StatementFacts, folders: SourceFolders): ReportedStatement {
  return {
    sql: capText(statement.sql),
    durationMs: Math.round(statement.durationMs * 100) / 100,
    rowCount: statement.rowCount,
    parameters: parameters === undefined ? "" : showValue(parameters),
    ...(place !== undefined && { place: toReportedPlace(place, folders) }),
  };
}

/** Returns a log line for a report. */
export function toReportedLine({ level, message, facts }: LogFacts): ReportedLine {
  const plain = toPlainValue(withoutUndefined(facts));
  // An object stays an object, unless its inspection throws.
  const shown = typeof plain === "object" && plain !== null && !Array.isArray(plain) ? (plain as ReportedLine["facts"]) : { value: plain };
  return { level, message: capText(message), facts: shown };
}

function withoutUndefined(facts: object): object {
  try {
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  } catch {
    return facts;
  }
}
