/** Listening: the application on a port, with its lines for the terminal and its signals. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError, isGableError } from "../errors/gable-error.ts";
import { assertKnownOptions, kindsOf } from "../errors/option-errors.ts";
import { isRequestLogged } from "../log/log-levels.ts";
import { toJsonLine } from "../log/log-line.ts";
import { trackRequests } from "../log/track-requests.ts";
import { metricsPart } from "../metrics/part.ts";
import { isLoopbackName } from "../security/hosts.ts";
import { assertOneAddress } from "../server/listen-socket.ts";
import type { HttpsOptions } from "../server/https-options.ts";
import type { RunningServer, StopOptions } from "../server/serve.ts";
import { assertStopOptions, serve } from "../server/serve.ts";
import { createSecretRedactor } from "../errors/secret-redactor.ts";
import { findLineWriter, hasJsonLines } from "./create-app-logger.ts";
import type { Application } from "./gable.ts";
import { findSecretOptions } from "./option-secrets.ts";
import { withoutRate } from "./rate-checks.ts";
import { readEnvironment } from "./mode.ts";
import type { RequestContext } from "./request-context.ts";
import { RequestLog } from "./request-log.ts";

/** Options of `app.listen()`. */
export interface ListenOptions {
  /** Port; 0 takes a free one. Default: that of `gable()` or its settings, else the variable PORT, else 3000. */
  port?: number;
  /** Address to bind. Default: that of `gable()` or its settings, else the variable HOST, else 127.0.0.1. */
  host?: string;
  /** Path of a Unix socket instead of a port. None by default. */
  unixPath?: string;
  /** Descriptor of a socket that listens already. None by default. */
  fd?: number;
  /** Key and certificate for https. None by default. */
  https?: HttpsOptions;
  /** `gable` is the engine of this package, `node` the parser of node:http. Default "gable". */
  engine?: "gable" | "node";
  /** Whether the address is printed. Default true, false in tests. */
  quiet?: boolean;
  /** Whether SIGTERM and SIGINT stop the server. Default true, false in tests. */
  signals?: boolean;
  /** Milliseconds that running requests get after a signal. Default: `limits.stopGraceMs`. */
  stopGraceMs?: number;
}

/** An application that listens. */
export interface RunningApp extends RunningServer {
  /** The application. */
  readonly app: Application;
}

const optionNames = kindsOf<ListenOptions>({
  port: "port",
  host: "address",
  unixPath: "path",
  fd: "whole",
  https: true,
  engine: ["gable", "node"],
  quiet: "boolean",
  signals: "boolean",
  stopGraceMs: "milliseconds",
});

/** Starts to listen. */
export async function listen(app: Application, options: ListenOptions): Promise<RunningApp> {
  assertKnownOptions("app.listen()", options, optionNames);
  assertOneAddress("app.listen()", options);
  const { quiet = app.mode === "test", signals = app.mode !== "test", stopGraceMs, ...where } = options;
  // An empty variable counts as none: Node would listen on all addresses.
  const host = where.host ?? app.options.host ?? (readEnvironment("HOST") || "127.0.0.1");
  const port = where.port ?? app.options.port ?? toPort(readEnvironment("PORT"));
  assertHosts(app, host, where.unixPath !== undefined);
  if (isRequestLogged(app.options, app.mode)) app.watch.log = createRequestLog(app);
  const server = await serveOrExplain(app.listener, {
    ...where,
    ...(where.unixPath === undefined && where.fd === undefined && { host, port }),
    methods: app.methods,
    onError: (error, request) => app.reportError(error, request),
    ...(app.options.limits === undefined ? {} : { limits: withoutRate(app.options.limits) }),
  });
  const uncount = app.options.metrics === undefined ? undefined : app.part(metricsPart).addServer(server);
  const running: RunningApp = {
    app,
    port: server.port,
    url: server.url,
    get connectionCount() {
      return server.connectionCount;
    },
    stop: async (stop: StopOptions = {}) => {
      assertStopOptions(stop);
      await stopServer(stop);
      await app.close();
    },
  };
  const stopOptions = { ...(stopGraceMs !== undefined && { graceMs: stopGraceMs }), idleMs: app.mode === "production" ? idleMsOfSite : 0 };
  const removeSignals = signals ? addSignals(running, stopOptions) : () => undefined;
  const stopServer = async (stop: StopOptions = {}): Promise<void> => {
    app.drain();
    removeSignals();
    await server.stop(stop);
    forget();
    uncount?.();
    app.watch.log = undefined;
    app.watch.tracker = undefined;
  };
  const forget = app.addServer(stopServer);
  if (app.mode !== "test") app.watch.tracker = trackRequests<RequestContext>();
  if (!quiet) greet(app, server.url);
  return running;
}

/** An error of listening says all in one sentence: frames of the runtime would only bury it. */
async function serveOrExplain(...[listener, options]: Parameters<typeof serve>): Promise<RunningServer> {
  try {
    return await serve(listener, options);
  } catch (error) {
    if (!isGableError(error) || error.code !== "E_LISTEN") throw error;
    const explained = new GableError(error.code, error.message, { fix: error.fix });
    explained.stack = `${explained.name}: ${explained.message}\n    fix: ${explained.fix}`;
    throw explained;
  }
}

function toPort(text: string | undefined): number {
  if (text === undefined || text === "") return 3000;
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new GableError("E_LISTEN", `The variable PORT is "${text}", which is not a port.`, { fix: "Use a whole number from 0 to 65535." });
}

/** An open address without a list of hosts would answer for any name that points to it. */
function assertHosts(app: Application, host: string, isUnix: boolean): void {
  const isOpen = !isUnix && !isLoopbackName(host.includes(":") ? `[${host}]` : host);
  if (app.mode === "production" && isOpen && app.options.hosts === undefined) {
    throw new GableError("E_HOSTS_MISSING", `The application listens on ${host} in production without a list of hosts.`);
  }
}

/** Prints the address. Where a program reads the log, it is one of its lines. */
function greet(app: Application, url: string): void {
  const hint = app.mode === "production" ? " For reload and error pages: npx gable dev" : "";
  const message = `Serving ${url} (${app.mode}).${hint}`;
  if (!hasJsonLines(app.options, app.mode) || process.stdout.isTTY) console.log(message);
  else findLineWriter(app.mode)(toJsonLine({ level: "info", facts: {}, message }));
}

/** Requests write lines of the part "gable.requests". */
function createRequestLog(app: Application): RequestLog | undefined {
  const logger = app.logger.child({ part: "gable.requests" });
  if (!logger.isLevelEnabled("info")) return undefined;
  const redact = createSecretRedactor(findSecretOptions(app.options));
  return new RequestLog({ logger, redact, writeLine: hasJsonLines(app.options, app.mode) ? findLineWriter(app.mode) : undefined });
}

/** Time that idle connections get for one more request, which may be on its way, in milliseconds: clients of a public site keep them. */
const idleMsOfSite = 5_000;

/** Signals that would end a site, although its scripts mean a reload or new log files. A terminal that closes ends it in order. */
function addServiceSignals({ app }: RunningApp, stop: () => void): () => void {
  const note = (signal: NodeJS.Signals): void => {
    if (signal === "SIGHUP" && (process.stdin.isTTY || process.stdout.isTTY)) return stop();
    app.logger.warn(`${signal} changes nothing in a site of one process. Start it with \`gable start --workers 2\`.`);
  };
  for (const signal of ["SIGHUP", "SIGUSR2"] as const) process.on(signal, note);
  return () => {
    for (const signal of ["SIGHUP", "SIGUSR2"] as const) process.removeListener(signal, note);
  };
}

/** The first signal stops in order, the second immediately. An error that nobody caught stops in order, too, with exit code 1. */
function addSignals(running: RunningApp, options: StopOptions): () => void {
  let isStopping = false;
  const stop = (exitCode: number): void => {
    isStopping = true;
    void running.stop(options).then(
      () => process.exit(exitCode),
      (error: unknown) => {
        running.app.reportFatal(error, `The application could not stop in order: ${toErrorText(error)}`);
        process.exit(1);
      },
    );
  };
  const onSignal = (): void => {
    if (isStopping) process.exit(1);
    stop(0);
  };
  const onUncaught = (error: unknown, origin: string): void => {
    const kind = origin === "unhandledRejection" ? "A rejection" : "An error";
    running.app.reportFatal(error, `${kind} that nobody caught: ${toErrorText(error)}`);
    // The state of the application is unknown now: it answers what it has begun, and ends.
    if (!isStopping) stop(1);
  };
  const removeOthers = running.app.mode === "production" ? addServiceSignals(running, onSignal) : () => undefined;
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("uncaughtException", onUncaught);
  return () => {
    if (isStopping) return;
    removeOthers();
    process.removeListener("SIGTERM", onSignal);
    process.removeListener("SIGINT", onSignal);
    process.removeListener("uncaughtException", onUncaught);
  };
}
