/** Follows the requests of an application, keeps the last ones, and shows them in the toolbar and below `/_gable/requests`. */
import { toErrorText } from "../../errors/error-text.ts";
import { GableError } from "../../errors/gable-error.ts";
import { HeaderTable } from "../../http/header-table.ts";
import type { RawRequest, Reply } from "../../http/message.ts";
import { isFileBody } from "../../http/message.ts";
import { databasesPart } from "../../data/part.ts";
import type { PartHost, Pending } from "../../parts/part.ts";
import { HandlerReply } from "../../replies/handler-reply.ts";
import { createErrorReport } from "../report/error-report.ts";
import { writeLastError } from "../report/last-error.ts";
import { colourRules, pageStyle } from "../report/report-style.ts";
import { laterId } from "./findings.ts";
import { createModelFacts } from "./model-facts.ts";
import { panelStyle } from "./panel-style.ts";
import { readVisitor } from "./read-visitor.ts";
import type { PanelSettings, RequestSummary } from "./request-panels.ts";
import { renderPanels } from "./request-panels.ts";
import { renderPlanPage, renderRequestPage } from "./request-page.ts";
import { RequestRecord, runRecorded } from "./request-record.ts";
import { createRequestTrace } from "./request-trace.ts";
import { runMigrations } from "./run-migrations.ts";
import { toServerTiming } from "./server-timing.ts";
import type { ShownRequest } from "./shown-request.ts";
import { showUrl, toShownRequest } from "./shown-request.ts";
import { watchData } from "./watch-data.ts";
import type { DevelopmentTool } from "../development/development-tool.ts";
import { migratePath, requestsPath } from "../development/addresses.ts";

/** Frames that stacks have in development. */
const framesMax = 50;
/** Requests that are kept. */
const keptMax = 200;

/** Creates the tool. */
export function createRequestTool(host: PartHost): DevelopmentTool {
  watchData();
  // Below the ten frames that are usual, code of the application would be missing in errors of queries.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, framesMax);
  const secrets = new Set<string>();
  const tool = new RequestTool(host, secrets);
  return {
    ...(host.environment("GABLE_TOOLBAR") !== "off" && { script: "toolbar.js" as const }),
    trace: createRequestTrace(secrets),
    around: (request, work) => tool.around(request, work),
    answer: (request) => tool.answer(request),
  };
}

/** What `around` and `answer` share: the records of the last requests. */
class RequestTool {
  readonly #host: PartHost;
  readonly #secrets: ReadonlySet<string>;
  /** By id, the oldest first. */
  readonly #records = new Map<string, RequestRecord>();

  constructor(host: PartHost, secrets: ReadonlySet<string>) {
    this.#host = host;
    this.#secrets = secrets;
  }

  async around(request: RawRequest, work: () => Pending<Reply>): Promise<Reply> {
    const record = new RequestRecord(request);
    return runRecorded(record, async () => this.#finish(record, await work()));
  }

  #finish(record: RequestRecord, reply: Reply): Reply {
    const headers = new HeaderTable(reply.headers);
    record.headMs = record.elapsedMs;
    record.status = reply.status;
    record.contentType = headers.get("content-type") ?? "";
    record.id = headers.get("x-request-id") ?? "";
    record.ready = readVisitor(record.context).then((visitor) => void (record.visitor = visitor));
    if (record.id !== "") this.#keep(record);
    headers.append("server-timing", toServerTiming(record));
    const onSettled = (): void => {
      record.writtenMs = record.elapsedMs;
      reply.onSettled?.();
    };
    return { ...reply, headers, onSettled, body: isStream(reply.body) ? this.#follow(record, reply.body) : reply.body };
  }

  /** Passes on the chunks of a body. An error that interrupts it has no page, so its report is stored. */
  async *#follow(record: RequestRecord, pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
    try {
      yield* pieces;
    } catch (error) {
      const { statements, log } = record;
      record.report = createErrorReport(error, { statements, log, secrets: [...this.#secrets] });
      if (record.isFromNetwork && this.#host.environment("NODE_TEST_CONTEXT") === undefined) await writeLastError(record.report);
      throw error;
    }
  }

  #keep(record: RequestRecord): void {
    this.#records.set(record.id, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > keptMax) this.#records.delete(oldest!);
  }

  /** Answers the addresses of requests, and the one that runs migrations. */
  answer(request: RawRequest): Pending<HandlerReply> | undefined {
    const { path } = request;
    if (path === migratePath) return this.#migrate(request);
    if (path === `${requestsPath}/style.css`)
      return new HandlerReply(200, "text/css; charset=utf-8", colourRules(":host") + pageStyle + panelStyle);
    if (path === requestsPath) return this.#answerList();
    const [id, action, position] = path.startsWith(`${requestsPath}/`) ? path.slice(requestsPath.length + 1).split("/") : [];
    if (id === undefined || id === "") return undefined;
    const record = this.#records.get(decodeURIComponent(id));
    if (record === undefined)
      throw new GableError("E_ROUTE_NOT_FOUND", `No request with the id "${id}" is kept.`, {
        fix: `Gable keeps the last ${keptMax} requests: ${requestsPath} lists them.`,
      });
    if (action === "explain") return this.#explain(record, request, Number(position));
    return this.#answerRecord(record, request, action);
  }

  async #answerRecord(record: RequestRecord, request: RawRequest, action: string | undefined): Promise<HandlerReply> {
    await record.ready;
    const shown = this.#show(record);
    const settings = this.#panelSettings();
    if (action === "panel")
      return reply("text/html; charset=utf-8", JSON.stringify(toSummary(shown)) + "\n" + renderPanels(shown, settings).toString());
    if (!wantsPage(request)) return reply("application/json", JSON.stringify(shown));
    const nonce = createNonce();
    return withNonce(reply("text/html; charset=utf-8", renderRequestPage(shown, settings, nonce)), nonce);
  }

  #answerList(): HandlerReply {
    return reply("application/json", JSON.stringify({ requests: this.#panelSettings().others }));
  }

  #show(record: RequestRecord): ShownRequest {
    const databases = this.#host.find(databasesPart);
    const folder = process.cwd();
    return toShownRequest(record, { models: createModelFacts(databases), secrets: this.#secrets, folder });
  }

  #panelSettings(): PanelSettings {
    const others = [...this.#records.values()].toReversed().map((record): RequestSummary => {
      const { id, method, status, headMs, statementCount, report } = record;
      const totalMs = Math.round(headMs * 100) / 100;
      return { id, method, url: showUrl(record, this.#secrets), status, totalMs, statementCount, errorCode: report?.code ?? "" };
    });
    return { editor: this.#host.environment("GABLE_EDITOR"), address: requestsPath, others };
  }

  /** Returns how the database runs a statement. The position in the record names the statement, so nobody can send their own. */
  async #explain(record: RequestRecord, request: RawRequest, position: number): Promise<HandlerReply> {
    assertPost(request.method, "a plan");
    const statement = record.statements[position];
    const shown = this.#show(record).statements.find(({ index }) => index === position);
    if (statement === undefined || shown === undefined)
      throw new GableError("E_ROUTE_NOT_FOUND", `The request has no statement ${position + 1}.`);
    const plan = await explain(statement);
    if (!wantsPage(request)) return reply("application/json", JSON.stringify({ sql: shown.sql, plan }));
    const nonce = createNonce();
    const page = renderPlanPage(shown.sql, plan, `${requestsPath}/${encodeURIComponent(record.id)}`, nonce);
    return withNonce(reply("text/html; charset=utf-8", page), nonce);
  }

  async #migrate({ method, headers }: RawRequest): Promise<HandlerReply> {
    assertPost(method, "migrations");
    await runMigrations(this.#host.find(databasesPart));
    return new HandlerReply(303, "", null, [["location", toOwnPath(headers.get("referer"))]]);
  }
}

function wantsPage({ headers }: RawRequest): boolean {
  return headers.get("accept")?.includes("text/html") === true;
}

async function explain(statement: RequestRecord["statements"][number]): Promise<string> {
  try {
    return await statement.explain();
  } catch (error) {
    return `The database does not explain this statement: ${toErrorText(error)}`;
  }
}

function assertPost(method: string, what: string): void {
  if (method === "POST") return;
  throw new GableError("E_METHOD_NOT_ALLOWED", `Ask for ${what} by POST.`, { headers: [["allow", "POST"]], details: { allow: "POST" } });
}

function isStream(body: Reply["body"]): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && body !== null && !(body instanceof Uint8Array) && !isFileBody(body);
}

/** The path of the page that sent a request: only its path counts, so that the reply never leads to another site. */
function toOwnPath(referer: string | null): string {
  if (referer === null || !URL.canParse(referer)) return "/";
  const { pathname, search } = new URL(referer);
  return `/${pathname.replace(/^[/\\]+/, "")}${search}`;
}

function reply(type: string, body: string): HandlerReply {
  return new HandlerReply(200, type, body, [["cache-control", "no-store"]]);
}

function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

function withNonce(page: HandlerReply, nonce: string): HandlerReply {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  page.headers.set("content-security-policy", policy);
  return page;
}

function toSummary({ totalMs, statementCount, findings, status, error }: ShownRequest): object {
  return {
    totalMs,
    statementCount,
    warningCount: findings.filter(({ id }) => id !== laterId).length,
    status,
    errorCode: error?.code ?? "",
  };
}
