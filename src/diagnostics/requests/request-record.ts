/** What happened in one request, as the tools of development keep it. It holds secrets: they are removed when it is shown. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { SourcePlace } from "../../errors/source-place.ts";
import type { RawRequest } from "../../http/message.ts";
import type { ErrorReport } from "../report/report-types.ts";
import type { LogFacts } from "../report/report-facts.ts";

/** A step of the request, such as the handler. */
export interface RecordedStep {
  readonly name: string;
  /** Begin, in ms since the request came. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** A statement, with the code that sent it. */
export interface RecordedStatement {
  readonly sql: string;
  readonly database: string;
  readonly durationMs: number;
  /** Begin, in ms since the request came. */
  readonly startMs: number;
  readonly rowCount: number;
  readonly isInTransaction: boolean;
  readonly parameters: readonly unknown[];
  /** Code of the application; undefined when the framework sent it by itself. */
  readonly place: SourcePlace | undefined;
  readonly explain: () => Promise<string>;
}

/** A relation that code touched, and that its query had not loaded. */
export interface TouchedRelation {
  readonly model: string;
  readonly relation: string;
  readonly target: string;
  readonly isAlone: boolean;
  readonly rowCount: number;
  readonly place: SourcePlace | undefined;
}

/** Rows that a query has read, and how many of them the code has looked at. */
export interface ReadRows {
  readonly model: string;
  readonly rowCount: number;
  readonly place: SourcePlace | undefined;
  usedCount: number;
}

/** The decision of a guard or of a policy. */
export interface GuardDecision {
  readonly name: string;
  readonly verdict: string;
}

/** What is known about the visitor: only what the request has read. */
export interface Visitor {
  readonly userId?: string | null;
  readonly session?: Readonly<Record<string, unknown>>;
  readonly flash?: unknown;
  readonly user?: unknown;
}

/** Statements and log lines that are kept for one request. More are counted only. */
const keptMax = 1_000;

/** Everything about one request. */
export class RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  /** Whether it came over a connection, and not from code in this process, such as a test. */
  readonly isFromNetwork: boolean;
  readonly startedAt = new Date();
  readonly #start = performance.now();
  readonly steps: RecordedStep[] = [];
  readonly statements: RecordedStatement[] = [];
  readonly relations: TouchedRelation[] = [];
  readonly rows: ReadRows[] = [];
  readonly log: LogFacts[] = [];
  readonly guards: GuardDecision[] = [];
  readonly policies: GuardDecision[] = [];
  /** Header fields of the request. */
  readonly headers: ReadonlyArray<readonly [string, string]>;
  /** Id of the request; "" until its reply is made. */
  id = "";
  route = "";
  place: SourcePlace | undefined;
  context: object | undefined;
  status = 0;
  contentType = "";
  /** Report of the error that it ended with; undefined without one. */
  report: ErrorReport | undefined;
  /** Time until the head of the reply, in ms. */
  headMs = 0;
  /** Time until the reply was written, in ms; undefined while it is not. */
  writtenMs: number | undefined;
  statementCount = 0;
  visitor: Visitor = {};
  /** Ends when the facts about the visitor are read. */
  ready: Promise<void> = Promise.resolve();

  constructor(request: RawRequest) {
    this.method = request.method;
    this.isFromNetwork = request.remote.address !== "";
    this.headers = [...request.headers];
    this.path = request.path;
    this.queryString = request.queryString;
  }

  /** Time since the request came, in ms. */
  get elapsedMs(): number {
    return performance.now() - this.#start;
  }

  addStep(name: string, startMs: number): void {
    if (this.steps.length < keptMax) this.steps.push({ name, startMs, durationMs: this.elapsedMs - startMs });
  }

  addStatement(statement: RecordedStatement): void {
    this.statementCount++;
    if (this.statements.length < keptMax) this.statements.push(statement);
  }

  addPolicy(decision: GuardDecision): void {
    if (this.policies.length < keptMax) this.policies.push(decision);
  }

  addLine(line: LogFacts): void {
    if (this.log.length < keptMax) this.log.push(line);
  }
}

const records = new AsyncLocalStorage<RequestRecord>();

/** Runs a request that the record follows. */
export function runRecorded<Result>(record: RequestRecord, work: () => Result): Result {
  return records.run(record, work);
}

/** Returns the record of the request that runs; undefined outside of one. */
export function currentRecord(): RequestRecord | undefined {
  return records.getStore();
}
