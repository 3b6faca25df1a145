/** The reply to an error in development: the report, in the form that the client wants. Only development loads this module. */
import type { ErrorFacts, RouteMiss } from "../diagnostics/report/report-types.ts";
import { createErrorReport } from "../diagnostics/report/error-report.ts";
import type { NamedText, RequestFacts } from "../diagnostics/report/report-facts.ts";
import type { ReportFormat } from "../diagnostics/report/render-report.ts";
import { renderErrorReport } from "../diagnostics/report/render-report.ts";
import { readProperty } from "../errors/thrown-value.ts";
import { findNearestRoutes } from "../diagnostics/report/nearest-routes.ts";
import { writeLastError } from "../diagnostics/report/last-error.ts";
import { readVisitor } from "../diagnostics/requests/read-visitor.ts";
import type { RequestRecord } from "../diagnostics/requests/request-record.ts";
import { currentRecord } from "../diagnostics/requests/request-record.ts";
import { errorDocsPrefix, migratePath } from "../diagnostics/development/addresses.ts";
import { parseCookies } from "../http/cookies.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import { readEnvironment } from "./mode.ts";
import type { RequestContext } from "./request-context.ts";

/** What the reply shows. */
export interface DevelopmentFacts {
  readonly context: RequestContext;
  /** What was thrown. */
  readonly thrown: unknown;
  /** Status of the reply. */
  readonly status: number;
  /** Method and pattern of the matched route; undefined when none matched. */
  readonly label: string | undefined;
  readonly table: RouteTable<CompiledRoute>;
  /** Whether the client wants a problem. */
  readonly isProblem: boolean;
  /** Folders of the template files. */
  readonly views: readonly string[];
  /** Values that must not appear. */
  readonly secrets: readonly string[];
}

const contentTypes: Readonly<Record<ReportFormat, string>> = {
  html: "text/html; charset=utf-8",
  text: "text/plain; charset=utf-8",
  problem: "application/problem+json",
  markdown: "text/markdown; charset=utf-8",
};

/** Makes the reply, and keeps the report for `gable last-error`. */
export async function createDevelopmentReply(facts: DevelopmentFacts): Promise<HandlerReply> {
  const { context } = facts;
  const record = currentRecord();
  const report = createErrorReport(facts.thrown, await toErrorFacts(facts, record));
  if (record !== undefined) record.report = report;
  if (report.status >= 500 && isKept(context)) await writeLastError(report);
  const format = facts.isProblem ? "problem" : findFormat(context);
  const editor = readEnvironment("GABLE_EDITOR");
  const body = renderErrorReport(report, format, {
    ...(format === "html" && { nonce: context.nonce }),
    ...(editor !== undefined && editor !== "" && { editor }),
    migrateUrl: migratePath,
    docsUrl: errorDocsPrefix,
  });
  return new HandlerReply(facts.status, contentTypes[format], body, [["cache-control", "no-store"]]);
}

/** Whether the newest error goes into a file. Tests and requests in memory leave no files behind. */
function isKept({ raw }: RequestContext): boolean {
  return raw.remote.address !== "" && readEnvironment("NODE_TEST_CONTEXT") === undefined;
}

/** Clients of the command line get plain text, unless they ask for a page. */
function findFormat({ headers }: RequestContext): ReportFormat {
  const accept = headers.get("accept") ?? "*/*";
  if (accept.includes("text/html")) return "html";
  const isCommandLine = /^(?:curl|wget|httpie|xh|powershell)\b/i.test(headers.get("user-agent") ?? "");
  return isCommandLine || /^text\/plain\b/.test(accept) ? "text" : "html";
}

async function toErrorFacts(
  { context, thrown, status, label, table, views, secrets }: DevelopmentFacts,
  record: RequestRecord | undefined,
): Promise<ErrorFacts> {
  const { session, user } = await readVisitor(context);
  return {
    request: { ...toRequestFacts(context, label), session, user: user ?? undefined },
    routes: status === 404 && label === undefined ? findRoutes(context, table) : [],
    statements: record?.statements ?? [],
    // The line of this very error says nothing more.
    log: (record?.log ?? []).filter(
      ({ facts }) => !("error" in facts && facts.error === thrown) && !("status" in facts && "code" in facts),
    ),
    views,
    secrets,
  };
}

/** What is known about a request. Whatever cannot be read is left out: the report must not fail because of it. */
function toRequestFacts(context: RequestContext, label: string | undefined): RequestFacts {
  const { input, route } = context;
  const raw = context.ownRaw();
  return {
    id: context.requestId,
    method: context.method,
    url: `${context.scheme}://${context.authority}${raw.path}${raw.queryString === "" ? "" : `?${raw.queryString}`}`,
    route: label,
    place: route?.place,
    ip: context.ip,
    params: context.params,
    query: [...new URLSearchParams(raw.queryString)].map(([name, value]): NamedText => [name, value]),
    form: readProperty(input?.form, "values"),
    json: input?.json?.value,
    headers: [...context.headers],
    cookies: [...parseCookies(context.headers.get("cookie"))],
  };
}

function findRoutes({ method, path }: RequestContext, table: RouteTable<CompiledRoute>): RouteMiss[] {
  return findNearestRoutes(
    { method, path },
    table.entries.map(({ route }) => route),
  );
}
