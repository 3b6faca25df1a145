/** serve(): a listener function on a port, by the engine or by node:http. */
import type { AddressInfo } from "node:net";
import { assertKind, assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { RawRequest, RequestListener } from "../http/message.ts";
import type { EngineOptions } from "./engine.ts";
import { Engine } from "./engine.ts";
import type { HttpsOptions } from "./https-options.ts";
import type { ServerLimits } from "./limits.ts";
import { takeConnectionSource } from "./supervisor/connection-source.ts";
import { resolveLimits } from "./limits.ts";
import type { ListenAddress } from "./listen-socket.ts";
import { assertOneAddress, listenOn } from "./listen-socket.ts";
import type { NodeServer } from "./node-server.ts";

/** Options of {@link serve}. */
export interface ServeOptions extends ListenAddress {
  /** Limits and timeouts; see {@link ServerLimits} for the defaults. */
  limits?: ServerLimits;
  /** Key and certificate: the server then speaks TLS. None by default. */
  https?: HttpsOptions;
  /** `gable` is the engine of this package, `node` the parser of node:http. Default "gable". */
  engine?: "gable" | "node";
  /** Methods beyond the standard ones that the listener knows. None by default. */
  methods?: readonly string[];
  /** Whether a peer may state another scheme in an absolute target. Default: nobody may. */
  isTrustedPeer?: (address: string) => boolean;
  /** Called with errors that no reply can tell. By default they go to standard error. */
  onError?: (error: unknown, request: RawRequest | null) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** Port; 0 for a Unix socket. */
  readonly port: number;
  /** Address of the first page, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Number of open connections. */
  readonly connectionCount: number;
  /** Stops: no new connections, running requests may end within the grace time, then they are aborted. */
  stop(options?: StopOptions): Promise<void>;
}

/** How a server stops. */
export interface StopOptions {
  /** Time for running requests, in milliseconds. By default the limit `stopGraceMs`. */
  graceMs?: number;
  /** Time that idle connections get for one more request, in milliseconds; null: as promised to them. Default 0. */
  idleMs?: number | null;
}

const optionNames = kindsOf<ServeOptions>({
  port: "port",
  host: "address",
  unixPath: "path",
  fd: "whole",
  limits: "object",
  https: "object",
  engine: ["gable", "node"],
  methods: "strings",
  isTrustedPeer: "function",
  onError: "function",
});
const httpsNames = kindsOf<HttpsOptions>({ key: "bytes", cert: "bytes" });
const stopNames = kindsOf<StopOptions>({ graceMs: "milliseconds", idleMs: true });

/**
 * Serves requests with a listener. Throws `E_LISTEN`, `E_LIMIT_INVALID`, `E_OPTION_UNKNOWN`, `E_TLS_OPTIONS`.
 *
 * @example
 * const server = await serve((request) => ({ status: 200, headers: [["content-type", "text/plain"]], body: `hello ${request.path}` }), { port: 0 });
 * await server.stop();
 */
export async function serve(listener: RequestListener, options: ServeOptions = {}): Promise<RunningServer> {
  assertKnownOptions("serve()", options, optionNames);
  assertOneAddress("serve()", options);
  const limits = resolveLimits(options.limits);
  if (options.https !== undefined) assertKnownOptions("https", options.https, httpsNames);
  const engineName = options.engine ?? "gable";
  if (engineName !== "gable" && engineName !== "node") throw optionInvalid("serve()", "engine", engineName, '"gable" or "node"');
  const common = {
    limits,
    https: options.https,
    methods: options.methods,
    isTrustedPeer: options.isTrustedPeer,
    onError: options.onError ?? ((error: unknown) => console.error(error)),
  };
  const source = takeConnectionSource();
  const watched: RequestListener = (request) => {
    source?.onRequest(request.method, request.path);
    return listener(request);
  };
  const chosen = source === undefined ? listener : watched;
  const engine = engineName === "gable" ? await createEngine(chosen, common) : await createNodeServer(chosen, common);
  if (source === undefined) await listenOn(engine.server, options);
  else source.attach(engine);
  // A listening server has an address; its types also know the time before.
  const address = engine.server.address() as AddressInfo | string | null;
  const port = source?.port ?? (typeof address === "object" && address !== null ? address.port : 0);
  return {
    port,
    url: toUrl(options, port),
    get connectionCount() {
      return engine.connectionCount;
    },
    stop: async (stop = {}) => {
      assertStopOptions(stop);
      await engine.stop(stop.graceMs ?? limits.stopGraceMs, stop.idleMs);
    },
  };
}

/** Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertStopOptions(options: StopOptions): void {
  assertKnownOptions("stop()", options, stopNames);
  if (options.idleMs !== null) assertKind("stop()", "idleMs", options.idleMs, "milliseconds");
}

async function createEngine(listener: RequestListener, options: EngineOptions): Promise<Engine> {
  if (options.https === undefined) return new Engine(listener, options);
  const { createSecureServerFactory } = await import("./secure-server.ts");
  return new Engine(listener, { ...options, createSecureServer: createSecureServerFactory(options.https) });
}

/** The adapter is loaded only where it is asked for: node:http and node:https cost a fifth of the start. */
async function createNodeServer(listener: RequestListener, options: EngineOptions): Promise<NodeServer> {
  const module = await import("./node-server.ts");
  return new module.NodeServer(listener, options);
}

function toUrl(options: ServeOptions, port: number): string {
  if (options.unixPath !== undefined) return `unix:${options.unixPath}`;
  const host = options.host ?? "127.0.0.1";
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `${options.https === undefined ? "http" : "https"}://${name}:${port}`;
}
