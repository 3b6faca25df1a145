/** The metrics of one application: what it counts, and the endpoint that shows it. */
import type { Gathered, Snapshot } from "../channels/gathering.ts";
import type { AppDatabases } from "../data/application/app-databases.ts";
import { readBearer } from "../handlers/bearer-guard.ts";
import { createTokenCheck } from "../handlers/endpoint-token.ts";
import type { Logger } from "../handlers/logger.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import type { FollowedRequest } from "../parts/follow-request.ts";
import type { PartHooks, Pending } from "../parts/part.ts";
import type { AppTasks } from "../tasks/app-tasks.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import { ErrorCounts } from "./error-counts.ts";
import { metricsType, renderMetrics, toLabels } from "./exposition.ts";
import { durationsFamily } from "./families.ts";
import { ProcessFacts } from "./process-facts.ts";
import { QueueGauges } from "./queue-gauges.ts";
import { RequestCounts } from "./request-counts.ts";
import { SupervisorLine } from "./supervisor-line.ts";

/** A server whose connections are counted. */
interface CountedServer {
  readonly connectionCount: number;
}

/** What metrics need of their application. */
export interface MetricsSettings {
  readonly token: string;
  readonly path: string;
  /** The databases whose pools are shown. */
  readonly databases: AppDatabases | undefined;
  /** The tasks whose queues are shown. */
  readonly tasks: AppTasks | undefined;
  readonly logger: Logger;
  /** Whether this process is a worker of a supervisor. */
  readonly isWorker: boolean;
}

/** Counts what an application does, and answers the endpoint. */
export class Metrics implements PartHooks {
  readonly #path: string;
  readonly #hasToken: ReturnType<typeof createTokenCheck>;
  readonly #databases: AppDatabases | undefined;
  readonly #requests = new RequestCounts();
  readonly #errors = new ErrorCounts();
  readonly #process = new ProcessFacts();
  readonly #servers = new Set<CountedServer>();
  readonly #line: SupervisorLine | undefined;
  readonly #queues: QueueGauges | undefined;

  constructor({ token, path, databases, tasks, logger, isWorker }: MetricsSettings) {
    this.#path = path;
    this.#hasToken = createTokenCheck(token);
    this.#databases = databases;
    this.#line = isWorker ? new SupervisorLine(() => this.#read()) : undefined;
    // A queue in the memory of one worker says nothing about those of the others.
    this.#queues = tasks === undefined || (isWorker && !tasks.isQueueShared) ? undefined : new QueueGauges({ tasks, logger });
  }

  /** Returns what answers requests, with each one counted. */
  measure<Request extends FollowedRequest>(answer: (request: Request) => Pending<Reply>): (request: Request) => Pending<Reply> {
    return this.#requests.measure(answer);
  }

  /** Returns what answers requests early, with those that it answers counted apart. */
  noteEarly<Answer>(answer: (request: RawRequest) => Answer | undefined): (request: RawRequest) => Answer | undefined {
    return this.#requests.noteEarly(answer);
  }

  /** Counts an error that is answered. */
  addError(error: unknown): void {
    this.#errors.add(error);
  }

  /** Counts the connections of a server. Returns the function that ends it. */
  addServer(server: CountedServer): () => void {
    this.#servers.add(server);
    return () => void this.#servers.delete(server);
  }

  /** Returns the reply of the endpoint; undefined for other paths. */
  early(raw: RawRequest): HandlerReply | Promise<HandlerReply> | undefined {
    if (raw.path !== this.#path) return undefined;
    if (raw.method !== "GET" && raw.method !== "HEAD") return toTextReply(405, "Use GET.", ["allow", "GET, HEAD"]);
    if (readBearer(raw.headers) === undefined)
      return toTextReply(401, "Send the token of metrics.", ["www-authenticate", 'Bearer realm="metrics"']);
    return this.#answer(raw.headers);
  }

  /** Stops to count. The supervisor keeps what this process has counted. */
  async stop(): Promise<void> {
    await this.#line?.close();
    this.#process.stop();
  }

  async #answer(headers: HeaderReader): Promise<HandlerReply> {
    if (!(await this.#hasToken(headers)))
      return toTextReply(401, "This is not the token of metrics.", ["www-authenticate", 'Bearer realm="metrics", error="invalid_token"']);
    const [answered, shared] = await Promise.all([this.#line?.gather(), this.#queues?.read()]);
    const gathered = answered ?? this.#readAlone();
    return new HandlerReply(200, metricsType, renderMetrics(gathered, shared ?? {}), [["cache-control", "no-store"]]);
  }

  #readAlone(): Gathered {
    const { sums, gauges } = this.#read();
    return { sums, processes: [{ worker: "1", gauges }], askedCount: 1 };
  }

  #read(): Snapshot {
    const { sums, gauges } = this.#process.read();
    const connectionCount = [...this.#servers].reduce((sum, server) => sum + server.connectionCount, 0);
    return {
      sums: { ...sums, [durationsFamily]: this.#requests.toSums(), gable_errors_total: this.#errors.toSums() },
      gauges: {
        ...gauges,
        ...this.#readPools(),
        http_requests_in_flight: { "": this.#requests.inFlight },
        http_connections_open: { "": connectionCount },
      },
    };
  }

  #readPools(): Snapshot["gauges"] {
    const pools = [...(this.#databases?.pools() ?? [])].map(([database, facts]) => [toLabels({ database }), facts] as const);
    const toFamily = (name: "size" | "busy" | "max" | "waiting"): Record<string, number> =>
      Object.fromEntries(pools.map(([labels, facts]) => [labels, facts[name]]));
    return {
      database_pool_connections: toFamily("size"),
      database_pool_connections_busy: toFamily("busy"),
      database_pool_connections_max: toFamily("max"),
      database_pool_waiting: toFamily("waiting"),
    };
  }
}

function toTextReply(status: number, text: string, field: readonly [string, string]): HandlerReply {
  return new HandlerReply(status, "text/plain; charset=utf-8", `${text}\n`, [["cache-control", "no-store"], field]);
}
