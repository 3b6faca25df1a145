/** The tools of development of one application. Only development loads this module. */
import { GableError } from "../../errors/gable-error.ts";
import type { RawRequest, Reply } from "../../http/message.ts";
import type { PartHost, Pending } from "../../parts/part.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { createHostCheck } from "../../security/hosts.ts";
import type { HostCheck } from "../../security/hosts.ts";
import type { RequestTrace } from "../../parts/request-trace.ts";
import { createRequestTool } from "../requests/request-tool.ts";
import { assertOwnPage } from "./access.ts";
import { developmentPrefix, isToolPath } from "./addresses.ts";
import { addressOf, answerClientFile } from "./client-files.ts";
import type { CreateDevelopmentTool, DevelopmentTool } from "./development-tool.ts";
import { answerErrorDocs } from "./error-docs.ts";
import { insertScripts } from "./insert-scripts.ts";
import { createLivePage } from "./live-page.ts";

/** All tools, in the order of their scripts. One line for each. */
const createTools: readonly CreateDevelopmentTool[] = [createLivePage, createRequestTool];

/** Creates the tools of an application. */
export function createDevelopment(host: PartHost, options: { readonly hosts?: readonly string[]; readonly origin?: string }): Development {
  const tools = createTools.map((create) => create(host, options)).filter((tool) => tool !== undefined);
  return new Development(tools, createHostCheck(options.hosts, true, options.origin));
}

/** Puts scripts into pages, and answers `/_gable/`. */
export class Development {
  readonly #tools: readonly DevelopmentTool[];
  readonly #isKnownHost: HostCheck;

  constructor(tools: readonly DevelopmentTool[], isKnownHost: HostCheck) {
    this.#tools = tools;
    this.#isKnownHost = isKnownHost;
  }

  /** What follows requests; undefined without such a tool. */
  get trace(): RequestTrace | undefined {
    return this.#tools.find(({ trace }) => trace !== undefined)?.trace;
  }

  /** Checks who asks for an address below `/_gable/`, and answers those of the tools; undefined for all others, such as routes of parts. */
  early(request: RawRequest): Promise<HandlerReply> | undefined {
    if (!request.path.startsWith(developmentPrefix)) return undefined;
    assertOwnPage(request, this.#isKnownHost);
    return isToolPath(request.path) ? this.#answer(request) : undefined;
  }

  async #answer(request: RawRequest): Promise<HandlerReply> {
    for (const tool of this.#tools) {
      const reply = await tool.answer?.(request);
      if (reply !== undefined) return reply;
    }
    const file = (await answerClientFile(request.path)) ?? (await answerErrorDocs(request.path));
    if (file !== undefined) return file;
    throw new GableError("E_ROUTE_NOT_FOUND", `Development has no address "${request.path}".`);
  }

  /** Runs a request inside the tools, and inserts their scripts into its page. */
  async around(request: RawRequest, work: () => Pending<Reply>): Promise<Reply> {
    if (request.path.startsWith(developmentPrefix)) return work();
    const inner = this.#tools.reduceRight<() => Pending<Reply>>(
      (next, tool) => (tool.around === undefined ? next : () => tool.around!(request, next)),
      work,
    );
    const reply = await inner();
    return insertScripts(reply, request, this.#addresses(request, reply));
  }

  #addresses(request: RawRequest, reply: Reply): string[] {
    return this.#tools.flatMap((tool) => {
      if (tool.script === undefined) return [];
      const query = tool.scriptQuery?.(request, reply) ?? "";
      return [query === "" ? addressOf(tool.script) : `${addressOf(tool.script)}?${query}`];
    });
  }

  started(): void {
    for (const tool of this.#tools) tool.started?.();
  }

  drain(): void {
    for (const tool of this.#tools) tool.drain?.();
  }

  async stop(): Promise<void> {
    for (const tool of this.#tools) await tool.stop?.();
  }
}
