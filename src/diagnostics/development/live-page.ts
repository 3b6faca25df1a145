/** The tool that `gable dev` uses: pages follow the changes of files, and the terminal shows each request. */
import type { RawRequest, Reply } from "../../http/message.ts";
import { repeatRequest } from "../../http/same-address.ts";
import type { PartHost, Pending } from "../../parts/part.ts";
import { HandlerReply } from "../../replies/handler-reply.ts";
import type { DevelopmentTool } from "./development-tool.ts";
import { EventHub } from "./event-hub.ts";
import type { Notice, ToDevelopment } from "./messages.ts";
import { eventsPath, migratePath } from "./addresses.ts";
import { DevelopmentChannel, generationVariable } from "./messages.ts";
import { createRequestLines } from "./request-lines.ts";

/** Creates the tool; undefined when no `gable dev` runs this process. */
export function createLivePage(host: PartHost): DevelopmentTool | undefined {
  const generation = host.environment(generationVariable);
  if (generation === undefined || process.send === undefined) return undefined;
  return new LivePage(generation);
}

class LivePage implements DevelopmentTool {
  readonly script = "page.js";
  readonly #generation: string;
  readonly #hub = new EventHub();
  readonly #channel: DevelopmentChannel;
  readonly #report: ReturnType<typeof createRequestLines>;
  #notices: readonly Notice[] = [];
  /** Number of changes that pages have received: a page that begins to listen later must not miss one. */
  #changes = 0;
  #isOver = false;

  constructor(generation: string) {
    this.#generation = generation;
    this.#channel = new DevelopmentChannel(process, (event) => this.#onEvent(event));
    this.#report = createRequestLines((request) => this.#channel.send(request));
  }

  /** Facts about the page for its script: the code and the files that made it, and whether the same request may be made again. */
  scriptQuery({ method }: RawRequest, { status }: Reply): string {
    return toScriptQuery(this.#generation, method, status, this.#changes);
  }

  around(request: RawRequest, work: () => Pending<Reply>): Pending<Reply> {
    // The code has changed. A request on an open connection goes to the new worker, so that nobody sees the old answer.
    return this.#isOver ? repeatRequest(request) : this.#report(request, work);
  }

  answer({ method, path, signal, headers }: RawRequest): HandlerReply | undefined {
    if (path === eventsPath && method === "GET") return this.#hub.open(this.#hello(), signal);
    if (path !== migratePath || method !== "POST") return undefined;
    this.#channel.send({ type: "migrate" });
    // The form of the error page leads back to its page, which loads again when the migrations have run.
    if (headers.get("sec-fetch-mode") !== "navigate") return new HandlerReply(202, "", null);
    return new HandlerReply(303, "", null, { location: toPath(headers.get("referer")) });
  }

  #hello(): object {
    return { generation: this.#generation, changes: this.#changes, notices: this.#notices };
  }

  #onEvent(event: ToDevelopment): void {
    if (event.type === "notices") this.#notices = event.notices;
    else this.#changes++;
    const { type, ...data } = event;
    this.#hub.send(type, { ...data, changes: this.#changes });
  }

  drain(): void {
    this.#isOver = true;
    this.#hub.end();
  }

  stop(): void {
    this.#channel.close();
  }
}

function toPath(referer: string | null): string {
  const path = referer !== null && URL.canParse(referer) ? new URL(referer).pathname : "/";
  return path.startsWith("//") ? "/" : path;
}

/** Returns the query of the address of the page's script. */
export function toScriptQuery(generation: string, method: string, status: number, changes: number): string {
  return new URLSearchParams({ generation, method, status: String(status), changes: String(changes) }).toString();
}
