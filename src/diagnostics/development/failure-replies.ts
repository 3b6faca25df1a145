/** What `gable dev` answers while the application cannot start: the error page on every address, and events for open pages. */
import { assertKnownOptions, kindsOf } from "../../errors/option-errors.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { toPolicyText } from "../../http/content-security-policy.ts";
import { HeaderTable } from "../../http/header-table.ts";
import type { RawRequest, Reply } from "../../http/message.ts";
import { prefersJson } from "../../http/negotiation.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { createHostCheck } from "../../security/hosts.ts";
import { createErrorReport } from "../report/error-report.ts";
import type { ReportFormat } from "../report/render-report.ts";
import { renderErrorReport } from "../report/render-report.ts";
import type { ErrorReport } from "../report/report-types.ts";
import { assertOwnPage } from "./access.ts";
import { developmentPrefix, errorDocsPrefix, eventsPath } from "./addresses.ts";
import { addressOf, answerClientFile } from "./client-files.ts";
import { answerErrorDocs } from "./error-docs.ts";
import { EventHub } from "./event-hub.ts";
import { insertScripts } from "./insert-scripts.ts";
import { toScriptQuery } from "./live-page.ts";

/** Options of {@link FailureReplies}. */
export interface FailureReplyOptions {
  /** The error that ended the start. */
  readonly report: ErrorReport;
  /** What distinguishes this failure from other ones, and from code that works. */
  readonly generation: string;
  /** Hosts of the application as far as they are known, next to those of loopback. */
  readonly hosts: readonly string[];
  /** Editor that opens files from the page, as in `GABLE_EDITOR`. By default `vscode://`. */
  readonly editor?: string | undefined;
}

const optionNames = kindsOf<FailureReplyOptions>({ report: "object", generation: "string", hosts: "strings", editor: "string" });
const contentTypes: Readonly<Record<ReportFormat, string>> = {
  html: "text/html; charset=utf-8",
  text: "text/plain; charset=utf-8",
  problem: "application/problem+json",
  markdown: "text/markdown; charset=utf-8",
};

/** Answers all requests with one failure. Use {@link createFailureReplies}. */
export class FailureReplies {
  readonly #options: FailureReplyOptions;
  readonly #hub = new EventHub();
  readonly #isKnownHost: (authority: string) => boolean;

  constructor(options: FailureReplyOptions) {
    assertKnownOptions("createFailureReplies()", options, optionNames);
    this.#options = options;
    this.#isKnownHost = createHostCheck(options.hosts, true);
  }

  /** Answers a request. */
  async answer(request: RawRequest): Promise<Reply> {
    if (!this.#isKnownHost(request.authority)) return toTextReply(403, "The host of the request is not one of the application.\n");
    if (request.path.startsWith(developmentPrefix)) return this.#answerDevelopment(request);
    return this.#answerReport(request);
  }

  async #answerDevelopment(request: RawRequest): Promise<Reply> {
    try {
      assertOwnPage(request, this.#isKnownHost);
    } catch (error) {
      return toTextReply(403, `${isGableError(error) ? error.message : "Forbidden"}\n`);
    }
    if (request.path === eventsPath && request.method === "GET")
      return toReply(this.#hub.open({ generation: this.#options.generation, changes: 0, notices: [] }, request.signal));
    const file = (await answerClientFile(request.path)) ?? (await answerErrorDocs(request.path));
    return file === undefined ? toTextReply(404, "The application could not start.\n") : toReply(file);
  }

  #answerReport(request: RawRequest): Reply {
    const { report, generation, editor } = this.#options;
    const format = findFormat(request);
    const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
    const body = renderErrorReport(report, format, {
      ...(format === "html" && { nonce }),
      docsUrl: errorDocsPrefix,
      ...(editor !== undefined && editor !== "" && { editor }),
    });
    const headers = new HeaderTable([
      ["content-type", contentTypes[format]],
      ["cache-control", "no-store"],
      ["x-content-type-options", "nosniff"],
      ["content-security-policy", toPolicyText({}, nonce)],
    ]);
    const reply: Reply = { status: 500, headers, body };
    return insertScripts(reply, request, [`${addressOf("page.js")}?${toScriptQuery(generation, request.method, 500, 0)}`]);
  }

  /** Ends the streams of events: the pages ask again, and find the new worker. */
  end(): void {
    this.#hub.end();
  }
}

/** Creates the replies for one failure. For `gable dev`. */
export function createFailureReplies(options: Omit<FailureReplyOptions, "report"> & { readonly report: unknown }): FailureReplies {
  // A report comes from the worker, which made it with createErrorReport(); a worker that was killed has none.
  const report = isReport(options.report) ? options.report : createErrorReport(new Error(String(options.report)));
  return new FailureReplies({ ...options, report });
}

function isReport(value: unknown): value is ErrorReport {
  return typeof value === "object" && value !== null && "versions" in value;
}

/** Programs get a problem, clients of the command line get text, and browsers a page. */
function findFormat({ headers }: RawRequest): ReportFormat {
  const accept = headers.get("accept") ?? "*/*";
  if (prefersJson(accept)) return "problem";
  return /^(?:curl|wget|httpie|xh)\b/i.test(headers.get("user-agent") ?? "") && !accept.includes("text/html") ? "text" : "html";
}

function toReply({ status, contentType, headers, body }: HandlerReply): Reply {
  const table = new HeaderTable(headers);
  table.set("content-type", contentType).set("x-content-type-options", "nosniff");
  // Replies of development are text and streams, never views.
  return { status, headers: table, body: body as Reply["body"] };
}

function toTextReply(status: number, body: string): Reply {
  return {
    status,
    headers: [
      ["content-type", "text/plain; charset=utf-8"],
      ["cache-control", "no-store"],
    ],
    body,
  };
}
