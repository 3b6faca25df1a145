/** supervise(): serves an application with workers that are watched, replaced and reloaded. */
import { listenForCommands } from "./control-socket.ts";
import type { ControlAnswer, ControlCommand } from "./control-socket.ts";
import type { SuperviseOptions } from "./options.ts";
import { resolveOptions } from "./options.ts";
import type { WorkerFailure } from "./protocol.ts";
import type { SupervisorStatus } from "./status.ts";
import type { SupervisorEnd } from "./supervisor.ts";
import { Supervisor } from "./supervisor.ts";
import { createNotifier, findListenDescriptor } from "./systemd.ts";

/** A supervisor that runs. */
export interface RunningSupervisor {
  /** Port; 0 for a Unix socket. */
  readonly port: number;
  /** What it and its workers do now. */
  readonly status: SupervisorStatus;
  /** Resolves when all workers have ended and the listener is closed. */
  readonly ended: Promise<SupervisorEnd>;
  /** Starts a new generation. Resolves with undefined, or with the reason why the old one serves on. */
  reload(): Promise<WorkerFailure | undefined>;
  /** Stops in order; a second call forces the end. */
  stop(): Promise<SupervisorEnd>;
  /** Ends everything now, without grace. */
  stopNow(): Promise<SupervisorEnd>;
  /** @internal Replaces the worker by one with the code of today; connections wait for it. For `gable dev`. */
  restart(): void;
  /** @internal Replaces the worker by one with the same code, which takes over when it is ready. For `gable dev`. */
  refresh(reason: string): void;
  /**
   * @internal Has a process ready for the next `restart()`, which has loaded these modules: addresses of modules of packages, none of the
   * application. Undefined ends the existing process. For `gable dev`.
   */
  standBy(modules: readonly string[] | undefined): void;
  /** @internal Sends an event to the tools of development in the worker. For `gable dev`. */
  send(event: unknown): void;
}

/**
 * Listens, starts workers that load the application, and keeps them alive. This process loads no code of the
 * application. Resolves when the first worker is ready; `ended` of the result gives the exit code.
 *
 * Signals: TERM and INT stop in order, a second one forces; QUIT stops immediately; HUP reloads; TTIN and TTOU change the
 * number of workers by one; USR2 writes a status line, and calls `reopenLogs()` of applications that have it.
 *
 * Throws `E_LISTEN`, `E_OPTION_INVALID`, `E_OPTION_UNKNOWN`, and `E_WORKERS_FAILED` when no worker can start.
 */
export async function supervise(options: SuperviseOptions): Promise<RunningSupervisor> {
  const environment = process.env;
  const resolved = resolveOptions(options);
  const inherited = options.fd === undefined ? findListenDescriptor(environment, process.pid) : undefined;
  const where = inherited === undefined ? {} : { fd: inherited };
  const supervisor = new Supervisor({ ...resolved, ...where }, toWorkerEnvironment({ ...environment, ...resolved.env }));
  const notify = createNotifier(environment, resolved.onEvent);
  const removeSignals = resolved.signals ? addSignals(supervisor, notify) : () => undefined;
  const control =
    options.controlPath === undefined
      ? undefined
      : await listenForCommands(options.controlPath, (command) => runCommand(supervisor, command, notify));
  void supervisor.ended.then(() => {
    removeSignals();
    control?.close();
  });
  await supervisor.start();
  notify("READY=1");
  const watchdog = startServiceWatchdog(environment["WATCHDOG_USEC"], notify);
  void supervisor.ended.then(() => clearInterval(watchdog));
  return supervisor;
}

/** What systemd says concerns the supervisor only. */
function toWorkerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    LISTEN_FDS: _fds,
    LISTEN_PID: _pid,
    LISTEN_FDNAMES: _names,
    NOTIFY_SOCKET: _socket,
    WATCHDOG_USEC: _watchdog,
    ...rest
  } = environment;
  // With it, an application knows that its parent carries its channels.
  return { ...rest, GABLE_SUPERVISOR: String(process.pid) };
}

async function runCommand(supervisor: Supervisor, command: ControlCommand, notify: (state: string) => void): Promise<ControlAnswer> {
  switch (command) {
    case "status":
      return { isDone: true, details: supervisor.status };
    case "stop":
      notify("STOPPING=1");
      return { isDone: true, details: await supervisor.stop() };
    case "reload": {
      const failure = await reload(supervisor, notify);
      return { isDone: failure === undefined, details: failure ?? supervisor.status };
    }
  }
}

async function reload(supervisor: Supervisor, notify: (state: string) => void): ReturnType<Supervisor["reload"]> {
  notify("RELOADING=1");
  const failure = await supervisor.reload();
  notify("READY=1");
  return failure;
}

function addSignals(supervisor: Supervisor, notify: (state: string) => void): () => void {
  const stop = (): void => {
    notify("STOPPING=1");
    void supervisor.stop();
  };
  const handlers = {
    SIGTERM: stop,
    SIGINT: stop,
    SIGQUIT: () => void supervisor.stopNow(),
    SIGHUP: () => void reload(supervisor, notify),
    SIGTTIN: () => supervisor.resize(1),
    SIGTTOU: () => supervisor.resize(-1),
    SIGUSR2: () => supervisor.reopenLogs(),
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.removeListener(signal, handler);
  };
}

/** systemd restarts a service whose sign of life is missing: half of its time between two signs. */
function startServiceWatchdog(intervalUs: string | undefined, notify: (state: string) => void): NodeJS.Timeout | undefined {
  const microseconds = Number(intervalUs ?? "0");
  return microseconds > 0 ? setInterval(() => notify("WATCHDOG=1"), microseconds / 2000).unref() : undefined;
}
