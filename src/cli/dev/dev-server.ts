/** The development server: a supervisor with one worker, the watcher of files, and what a change does. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ErrorReport, FailureReplies, FromDevelopment, Notice, ToDevelopment } from "gable/development";
import { createErrorReport, createFailureReplies, generationVariable } from "gable/development";
import type { RunningSupervisor, WorkerFailure } from "gable/server";
import { supervise } from "gable/server";
import type { Problem } from "../built-in.ts";
import { toProblemText } from "../problem-text.ts";
import type { ChangeEffect, ProjectFacts } from "./changes.ts";
import { addressesOf, findEffect, guessFacts, isIgnored } from "./changes.ts";
import type { FileChange } from "./file-watcher.ts";
import { FileWatcher } from "./file-watcher.ts";
import type { DevelopmentOutput } from "./output.ts";
import { PackageWatch } from "./packages.ts";
import { runMigrations } from "./run-migrations.ts";
import type { TypeProblem } from "./type-watcher.ts";
import { toShownProblems, TypeWatcher } from "./type-watcher.ts";
import type { MigrationState, SetupMessage } from "./worker-setup.ts";

/** Options of {@link DevServer}. */
export interface DevServerOptions {
  readonly folder: string;
  /** Path of the module that exports the application. */
  readonly appFile: string;
  readonly port: number;
  readonly host: string;
  /** Arguments of Node that open its debugger; none without one. */
  readonly inspect: readonly string[];
  readonly checksTypes: boolean;
  readonly hasToolbar: boolean;
  readonly editor: string | undefined;
  /** Variables of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: DevelopmentOutput;
}

/** Compiled templates stay in memory, so a worker takes this many changes. */
const swapsMax = 200;
/** Time for running requests when the server stops, in milliseconds. */
const stopGraceMs = 2000;
/** A debugger stops the clock of a worker. */
const neverMs = 2 ** 31 - 10_000;

const setupModule = import.meta.url.endsWith(".ts")
  ? new URL("./worker-setup.ts", import.meta.url).href
  : new URL("dist/cli/dev/worker-setup.js", import.meta.resolve("gable/package.json")).href;

/** A development server that runs between `start()` and `stop()`. */
export class DevServer {
  readonly #options: DevServerOptions;
  readonly #watcher: FileWatcher;
  readonly #packages: PackageWatch;
  readonly #installTimer: NodeJS.Timeout;
  /** Distinguishes this run from the last one, for pages that are still open. */
  readonly #run = Date.now().toString(36);
  readonly #notices = new Map<Notice["id"], Notice>();
  /** Warnings of checks that were printed. */
  readonly #warnings = new Set<string>();
  #supervisor: RunningSupervisor | undefined;
  readonly #types: TypeWatcher | undefined;
  #facts: ProjectFacts;
  #failures = 0;
  #replies: { readonly failure: WorkerFailure; readonly replies: FailureReplies } | undefined;
  #isFailing = false;
  #swaps = 0;
  #migrations: MigrationState = { isDue: false, waiting: [] };
  #isMigrating = false;
  /** What the process loads that stands by; known when the first worker is ready. */
  #modules: readonly string[] | undefined;
  /** Changes since an application was last ready: what it is restarted for. */
  #changes: FileChange[] = [];

  constructor(options: DevServerOptions) {
    const { folder, output } = options;
    this.#options = options;
    this.#facts = guessFacts(folder);
    this.#packages = new PackageWatch(folder);
    if (options.checksTypes) this.#types = new TypeWatcher(folder, (problems) => this.#onTypes(problems));
    this.#watcher = new FileWatcher({
      folder,
      isIgnored: (name, path) => isIgnored(folder, name, path),
      onChanges: (changes) => this.#onChanges(changes),
      onLimit: (reason) => output.warn("watch", `Some folders cannot be watched, so their files are read once a second: ${reason}.`),
    });
    // Package managers write below node_modules, which is not watched.
    this.#installTimer = setInterval(() => this.#checkPackages(), 1000);
  }

  /** Listens, and starts the first worker. Throws `E_LISTEN`. Returns the port. */
  async start(): Promise<number> {
    const { appFile, port, host, inspect, folder, hasToolbar } = this.#options;
    // What the first worker reads must be known before, or a save in between would be missed.
    await this.#watcher.start();
    this.#supervisor = await supervise({
      app: appFile,
      workers: 1,
      port,
      host,
      signals: false,
      stallMs: 0,
      stopGraceMs,
      stopIdleMs: 0,
      ...(inspect.length > 0 && { bootMs: neverMs }),
      execArgv: [...process.execArgv, ...inspect],
      env: {
        ...compileCacheOf(folder, this.#options.environment),
        GABLE_MODE: "development",
        NODE_ENV: "development",
        [generationVariable]: this.#run,
        ...(!hasToolbar && { GABLE_TOOLBAR: "off" }),
      },
      onEvent: ({ level, message }) =>
        level === "error" && message.startsWith("The listener") ? this.#options.output.warn("error", message) : undefined,
      development: {
        setup: setupModule,
        isOneAtATime: inspect.length > 0,
        answerFailure: (request, failure) => this.#repliesFor(failure).answer(request),
        onMessage: (event) => this.#onMessage(event as FromDevelopment | SetupMessage), // Only our worker sends.
        onFailure: (failure) => this.#onFailure(failure),
        onReady: (bootMs) => this.#onReady(bootMs),
        onStandby: (pid) => this.#options.output.note("standby", { pid }),
      },
    });
    return this.#supervisor.port;
  }

  /** Stops everything; a second call forces the end. */
  async stop(): Promise<void> {
    clearInterval(this.#installTimer);
    this.#types?.stop();
    this.#replies?.replies.end();
    await Promise.all([this.#watcher.stop(), this.#supervisor?.stop()]);
    this.#options.output.end();
  }

  // --- changes ----------------------------------------------------------------------------------------------

  #onChanges(changes: readonly FileChange[]): void {
    const { folder } = this.#options;
    // Tests and declarations have types, too.
    this.#types?.check();
    const found = new Map<ChangeEffect, FileChange[]>();
    for (const change of changes) {
      const effect = findEffect(folder, change.path, this.#facts);
      found.set(effect, [...(found.get(effect) ?? []), change]);
    }
    found.delete("none");
    const isOutdated = changes.some(({ path }) => outdatesStandby(basename(path)));
    if (isOutdated) this.#supervisor?.standBy(undefined);
    if (found.has("packages")) this.#checkPackages();
    found.delete("packages");
    // Whatever ended the start may be in any file.
    if (found.size > 0 && (this.#isFailing || found.has("code"))) return this.#restart([...found.values()].flat());
    if (isOutdated) this.#standBy();
    if (found.has("migration")) this.#supervisor?.refresh("a migration has changed");
    if (found.has("view")) this.#swapViews(found.get("view")!);
    if (found.has("page")) this.#send({ type: "reload" });
    else if (found.has("asset"))
      this.#send({ type: "files", files: (found.get("asset") ?? []).flatMap((change) => this.#toFiles(change)) });
  }

  #restart(changes: readonly FileChange[]): void {
    this.#changes.push(...changes);
    this.#isFailing = false;
    this.#swaps = 0;
    this.#endReplies();
    this.#supervisor?.restart();
  }

  /** Has a process ready for the next restart. A debugger has one port, so there is none next to a worker with it. */
  #standBy(): void {
    const { inspect, environment } = this.#options;
    const words = [...process.execArgv, ...inspect, environment["NODE_OPTIONS"] ?? ""];
    if (this.#modules !== undefined && !words.some((word) => word.includes("--inspect"))) this.#supervisor?.standBy(this.#modules);
  }

  #show(changes: readonly FileChange[]): string {
    const [first] = changes;
    if (first === undefined) return "";
    return `${this.#toName(first)} ${first.kind}${changes.length === 1 ? "" : `, and ${changes.length - 1} more`}`;
  }

  #toName({ path }: FileChange): string {
    return path.startsWith(`${this.#options.folder}/`) ? path.slice(this.#options.folder.length + 1) : path;
  }

  #swapViews(changes: readonly FileChange[]): void {
    this.#options.output.tell("views", `Compiled again: ${this.#show(changes)}`, { files: changes.map(({ path }) => path) });
    this.#send({ type: "views" });
    if (++this.#swaps < swapsMax) return;
    this.#swaps = 0;
    this.#supervisor?.refresh(`templates have changed ${swapsMax} times`);
  }

  #toFiles({ path, kind }: FileChange): Array<{ path: string; hash: string }> {
    const hash = kind === "deleted" ? "deleted" : hashOf(path);
    return addressesOf(path, this.#facts).map((address) => ({ path: address, hash }));
  }

  #send(event: ToDevelopment): void {
    this.#supervisor?.send(event);
  }

  // --- worker -----------------------------------------------------------------------------------------------

  #onReady(bootMs: number): void {
    this.#isFailing = false;
    const why = this.#show(this.#changes);
    this.#options.output.tell("ready", `Ready in ${Math.round(bootMs)} ms${why === "" ? "" : ` (${why})`}`, {
      ms: Math.round(bootMs),
      why,
      files: this.#changes.map((change) => this.#toName(change)),
    });
    this.#changes = [];
    this.#types?.check();
    this.#sendNotices();
  }

  #onFailure(failure: WorkerFailure): void {
    this.#isFailing = true;
    this.#options.output.failure(toReport(failure));
    this.#standBy();
  }

  #repliesFor(failure: WorkerFailure): FailureReplies {
    if (this.#replies?.failure === failure) return this.#replies.replies;
    const replies = createFailureReplies({
      report: toReport(failure),
      generation: `${this.#run}-failed-${++this.#failures}`,
      hosts: this.#facts.hosts,
      editor: this.#options.editor,
    });
    this.#replies = { failure, replies };
    return replies;
  }

  #endReplies(): void {
    this.#replies?.replies.end();
    this.#replies = undefined;
  }

  #onMessage(event: FromDevelopment | SetupMessage): void {
    switch (event.type) {
      case "request":
        return this.#options.output.request(event, this.#isStatic(event.path));
      case "facts":
        this.#facts = event.facts;
        for (const folder of event.facts.outside) void this.#watcher.add(folder);
        return;
      case "migrations":
        this.#migrations = event.state;
        return this.#setNotice("migrations", toMigrationNotice(event.state));
      case "modules":
        this.#modules = event.modules;
        return this.#standBy();
      case "checks":
        return this.#tellChecks(event.warnings);
      case "migrate":
        return void this.#migrate();
    }
  }

  /** A restart finds the same warnings again. */
  #tellChecks(warnings: readonly Problem[]): void {
    for (const problem of warnings) {
      const text = toProblemText(problem).trimEnd();
      if (this.#warnings.has(text)) continue;
      this.#warnings.add(text);
      this.#options.output.warn("check", text, { problem });
    }
  }

  #isStatic(path: string): boolean {
    const { statics } = this.#facts;
    return statics !== undefined && (path.startsWith(`${statics.at}/`) || statics.root.some((name) => path === `/${name}`));
  }

  // --- notices ----------------------------------------------------------------------------------------------

  #setNotice(id: Notice["id"], notice: Notice | undefined): void {
    if (JSON.stringify(this.#notices.get(id)) === JSON.stringify(notice)) return;
    if (notice === undefined) this.#notices.delete(id);
    else this.#notices.set(id, notice);
    this.#options.output.notices([...this.#notices.values()]);
    this.#sendNotices();
  }

  #sendNotices(): void {
    this.#send({ type: "notices", notices: [...this.#notices.values()] });
  }

  #onTypes(problems: readonly TypeProblem[]): void {
    const text = problems.length === 1 ? "1 type error" : `${problems.length} type errors`;
    this.#setNotice("types", problems.length === 0 ? undefined : { id: "types", text, items: toShownProblems(problems) });
  }

  #checkPackages(): void {
    const hasInstalled = this.#packages.takeInstalled();
    const { command } = this.#packages;
    const text = "The packages of the project have changed.";
    this.#setNotice("packages", command === undefined ? undefined : { id: "packages", text, command });
    if (!hasInstalled) return;
    this.#supervisor?.standBy(undefined);
    this.#restart([{ path: join(this.#options.folder, "node_modules"), kind: "changed" }]);
  }

  async #migrate(): Promise<void> {
    if (this.#isMigrating) return;
    this.#isMigrating = true;
    const { folder, appFile, output } = this.#options;
    const { isDone, text } = await runMigrations(folder, appFile, this.#migrations.isDue);
    this.#isMigrating = false;
    if (isDone) {
      output.tell("migrated", text.trimEnd());
      // The worker has read the old files, and knows that its database was behind.
      return this.#restart([{ path: join(folder, "migrations"), kind: "changed" }]);
    }
    const items = [{ place: "The command failed", text: text.trim() }];
    this.#setNotice("migrations", { ...(toMigrationNotice(this.#migrations) ?? { id: "migrations", text: "Migrations" }), items });
  }
}

/** Code that has not changed is compiled once, not at each start of a worker. */
function compileCacheOf(folder: string, environment: DevServerOptions["environment"]): Record<string, string> {
  const packages = join(folder, "node_modules");
  const isSet = environment["NODE_COMPILE_CACHE"] !== undefined || environment["NODE_DISABLE_COMPILE_CACHE"] !== undefined;
  return isSet || !existsSync(packages) ? {} : { NODE_COMPILE_CACHE: join(packages, ".cache", "gable") };
}

/** What every process reads at its start, or keeps after the first look at it. */
function outdatesStandby(name: string): boolean {
  return name.startsWith(".env") || name === "package.json";
}

function toMigrationNotice({ isDue, waiting }: MigrationState): Notice | undefined {
  const action = "/_gable/migrate";
  if (isDue)
    return {
      id: "migrations",
      text: "Model and database differ: 1 migration to make",
      command: "npx gable db make && npx gable db migrate",
      action,
    };
  if (waiting.length === 0) return undefined;
  const text = `Migrations and database differ: ${waiting.length} ${waiting.length === 1 ? "migration" : "migrations"} to run`;
  return { id: "migrations", text, command: "npx gable db migrate", action };
}

/** The worker's report; a worker that was killed has none. */
function toReport({ report, message }: WorkerFailure): ErrorReport {
  // The worker makes it with createErrorReport().
  return (report as ErrorReport | undefined) ?? createErrorReport(new Error(message));
}

function hashOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
  } catch {
    return Date.now().toString(36);
  }
}
