/** A request as the tools show it: plain JSON without secrets, made of its record. */
import type { SourcePlace } from "../../errors/source-place.ts";
import { parseCookies } from "../../http/cookies.ts";
import type { PlainValue } from "../report/plain-value.ts";
import { readProperty } from "../../errors/thrown-value.ts";
import { showValue, toPlainValue } from "../report/plain-value.ts";
import type { NamedText, ReportedLine } from "../report/report-facts.ts";
import { redactUrl, toReportedLine } from "../report/report-facts.ts";
import { collectSecrets, createSecretRemover, removeSecrets } from "../report/secret-values.ts";
import type { ErrorReport } from "../report/report-types.ts";
import type { ReportedPlace } from "../report/source-lines.ts";
import { toReportedPlace } from "../report/source-lines.ts";
import { findCosts } from "./findings.ts";
import type { ModelFacts } from "./model-facts.ts";
import type { GuardDecision, RecordedStatement, RequestRecord } from "./request-record.ts";

/** A part of the timeline. */
export interface ShownStep {
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
}

/** A statement, with how often the same code has sent it. */
export interface ShownStatement {
  /** Position of the first one in the record. */
  readonly index: number;
  readonly sql: string;
  readonly values: string;
  readonly rowCount: number;
  /** Sum of all of them, in ms. */
  readonly durationMs: number;
  readonly count: number;
  readonly isInTransaction: boolean;
  readonly place?: ReportedPlace;
}

/** A finding. */
interface ShownFinding {
  readonly id: string;
  readonly message: string;
  readonly fix: string;
  readonly place?: ReportedPlace;
}

/** A request. */
export interface ShownRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly route: string;
  readonly place?: ReportedPlace;
  readonly time: string;
  /** The error that it ended with. */
  readonly error?: ErrorReport;
  /** Time until the head of the reply, in ms. */
  readonly totalMs: number;
  readonly statementCount: number;
  readonly statementMs: number;
  readonly steps: readonly ShownStep[];
  readonly statements: readonly ShownStatement[];
  readonly findings: readonly ShownFinding[];
  readonly guards: readonly GuardDecision[];
  /** Decisions of policies. Equal ones are one, with their number. */
  readonly policies: readonly GuardDecision[];
  readonly session: readonly NamedText[];
  readonly flash: readonly string[];
  /** The user as rows; empty when the request has not read it. */
  readonly user: readonly NamedText[];
  readonly log: readonly ReportedLine[];
}

/** What showing needs besides the record. */
export interface ShowSettings {
  readonly models: ModelFacts;
  /** Values that must not appear. */
  readonly secrets: Iterable<string>;
  /** Folder of the project. */
  readonly folder: string;
}

/** Returns a request without secrets. */
export function toShownRequest(record: RequestRecord, settings: ShowSettings): ShownRequest {
  const { visitor, statements } = record;
  const at = (place: SourcePlace | undefined): { place?: ReportedPlace } =>
    place === undefined ? {} : { place: toReportedPlace(place, { folder: settings.folder, views: [] }) };
  const query = record.queryString === "" ? "" : `?${record.queryString}`;
  const shown: ShownRequest = {
    id: record.id,
    method: record.method,
    url: redactUrl(record.path + query),
    status: record.status,
    route: record.route,
    ...at(record.place),
    time: record.startedAt.toISOString(),
    ...(record.report !== undefined && { error: record.report }),
    totalMs: round(record.headMs),
    statementCount: record.statementCount,
    statementMs: round(sumOf(statements)),
    steps: toSteps(record),
    statements: groupStatements(statements).map((group) => ({ ...toShownStatement(group, statements), ...at(group[0]?.place) })),
    findings: findCosts(record, settings.models).map(({ place, ...finding }) => ({ ...finding, ...at(place) })),
    guards: record.guards,
    policies: groupDecisions(record.policies),
    session: [...(visitor.userId === undefined ? [] : [["(user id)", String(visitor.userId)] as const]), ...toRows(visitor.session)],
    flash: Array.isArray(visitor.flash) ? visitor.flash.map((message) => showValue(message)) : [],
    user: visitor.user === null ? [["user", "nobody is signed in"]] : toRows(visitor.user),
    log: record.log.map(toReportedLine),
  };
  return removeSecrets(shown, createSecretRemover([...settings.secrets, ...findSecrets(record)]));
}

/** Returns the address of a request without secrets. */
export function showUrl(record: RequestRecord, secrets: Iterable<string>): string {
  const { path, queryString } = record;
  const url = redactUrl(path + (queryString === "" ? "" : `?${queryString}`));
  return createSecretRemover([...secrets, ...findSecrets(record)])(url);
}

function findSecrets({ headers, queryString, context, visitor, log }: RequestRecord): string[] {
  const cookie = headers.find(([name]) => name === "cookie")?.[1] ?? null;
  const cookies = [...parseCookies(cookie)].map(([, value]) => ["cookie", value]);
  const input = readProperty(context, "input");
  const form = readProperty(readProperty(input, "form"), "values");
  const json = readProperty(readProperty(input, "json"), "value");
  const facts = log.map((line) => line.facts);
  const params = readProperty(context, "params");
  return collectSecrets(headers, cookies, params, [...new URLSearchParams(queryString)], form, json, visitor.session, visitor.user, facts);
}

function round(durationMs: number): number {
  return Math.round(durationMs * 100) / 100;
}

function sumOf(statements: readonly RecordedStatement[]): number {
  return statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** The timeline: what was measured, and what lies between: rendering after the handler, writing after the head. */
function toSteps({ steps, headMs, writtenMs, statements }: RequestRecord): ShownStep[] {
  const names = ["routing", "guards", "parsing", "handler"] as const;
  const shown: ShownStep[] = names.flatMap((name) => {
    const own = steps.filter((step) => step.name === name);
    const [first] = own;
    if (first === undefined) return [];
    return [{ name, startMs: round(first.startMs), durationMs: round(own.reduce((sum, { durationMs }) => sum + durationMs, 0)) }];
  });
  const [query] = statements;
  if (query !== undefined) shown.push({ name: "queries", startMs: round(query.startMs), durationMs: round(sumOf(statements)) });
  const handled = Math.max(0, ...steps.map(({ startMs, durationMs }) => startMs + durationMs));
  if (handled > 0) shown.push({ name: "render", startMs: round(handled), durationMs: round(Math.max(0, headMs - handled)) });
  if (writtenMs !== undefined) shown.push({ name: "write", startMs: round(headMs), durationMs: round(Math.max(0, writtenMs - headMs)) });
  return shown;
}

/** Statements that differ only in their values, sent from one place. */
function groupStatements(statements: readonly RecordedStatement[]): RecordedStatement[][] {
  const groups = new Map<string, RecordedStatement[]>();
  for (const statement of statements) {
    const key = `${statement.place?.file}:${statement.place?.line} ${statement.sql}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return [...groups.values()];
}

function groupDecisions(decisions: readonly GuardDecision[]): GuardDecision[] {
  return [...Map.groupBy(decisions, ({ name, verdict }) => `${name} ${verdict}`).values()].map((equal) => {
    const { name, verdict } = equal[0]!; // A group has a member.
    return { name, verdict: equal.length === 1 ? verdict : `${verdict} (${equal.length} times)` };
  });
}

function toShownStatement(group: readonly RecordedStatement[], all: readonly RecordedStatement[]): ShownStatement {
  const [first] = group as [RecordedStatement]; // A group begins with its first member.
  const values: PlainValue = toPlainValue(first.parameters);
  return {
    index: all.indexOf(first),
    sql: first.sql,
    values: first.parameters.length === 0 ? "" : showValue(values),
    rowCount: group.reduce((sum, { rowCount }) => sum + rowCount, 0),
    durationMs: round(sumOf(group)),
    count: group.length,
    isInTransaction: first.isInTransaction,
  };
}

function toRows(value: unknown): NamedText[] {
  const plain = toPlainValue(value ?? {});
  if (typeof plain !== "object" || plain === null || Array.isArray(plain)) return [["value", showValue(plain)]];
  return Object.entries(plain).map(([name, item]) => [name, showValue(item)]);
}
