/** A project in a temporary folder with `gable dev` running in it, as a separate process. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
/** As long as a busy machine may need for a start. */
const limitMs = 60_000;

/** An event of `gable dev --json`. */
export interface DevEvent {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** A reply. */
export interface DevReply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A page that listens to events. */
export interface OpenPage {
  readonly events: Array<{ readonly name: string; readonly data: { readonly [name: string]: unknown } }>;
  close(): void;
}

/** A project that `gable dev` serves. */
export class DevProject {
  readonly folder: string;
  readonly events: DevEvent[] = [];
  port = 0;
  /** What `gable dev` wrote that is not an event. */
  text = "";
  #child: ChildProcess | undefined;
  #out = "";

  constructor(files: Readonly<Record<string, string>>) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "gable-dev-")));
    for (const [name, text] of Object.entries({ "package.json": '{ "name": "shop", "type": "module" }', ...files })) this.write(name, text);
  }

  /** Starts `gable dev` and waits until it listens. */
  async start(...words: readonly string[]): Promise<void> {
    const { NODE_TEST_CONTEXT: _runner, GABLE_MODE: _mode, ...environment } = process.env;
    const source = `--import ${new URL("../../../scripts/source.mjs", import.meta.url).href}`;
    this.#child = spawn(process.execPath, [join(root, "bin/gable.mjs"), "dev", "--json", "--port", "0", ...words], {
      cwd: this.folder,
      env: { ...environment, NODE_OPTIONS: source, NODE_COMPILE_CACHE: join(tmpdir(), "gable-dev-cache") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (piece: string) => (this.#out += piece));
    let rest = "";
    this.#child.stderr!.setEncoding("utf8").on("data", (piece: string) => {
      const lines = (rest + piece).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#add(line);
    });
    const listening = await this.event("listening");
    this.port = listening["port"] as number;
  }

  #add(line: string): void {
    if (line.startsWith("{")) this.events.push(JSON.parse(line) as DevEvent);
    else this.text += `${line}\n`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Waits for an event that fits, after the first `from` events. */
  async event(name: string, isFit: (event: DevEvent) => boolean = () => true, from = 0): Promise<DevEvent> {
    return until(
      `the event ${name}`,
      () => this.events.slice(from).find((event) => event.event === name && isFit(event)),
      () => `${JSON.stringify(this.events)}\n${this.text}`,
    );
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Saves as most editors do: another file takes the place of the old one. */
  writeByRename(name: string, text: string): void {
    this.write(`${name}.tmp`, text);
    renameSync(join(this.folder, `${name}.tmp`), join(this.folder, name));
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { recursive: true });
  }

  link(target: string, name: string): void {
    symlinkSync(target, join(this.folder, name));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Asks for a page. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<DevReply> {
    return request(this.port, path, headers);
  }

  /** Asks until the reply fits. */
  async getUntil(path: string, isFit: (reply: DevReply) => boolean, headers: Readonly<Record<string, string>> = {}): Promise<DevReply> {
    let last: DevReply | undefined;
    return until(
      `a reply of ${path}`,
      async () => {
        last = await this.get(path, headers);
        return isFit(last) ? last : undefined;
      },
      () => `${last?.status} ${last?.body.slice(0, 2000)}\n${this.text}`,
    );
  }

  /** Opens the stream of events, as the script of a page does. */
  async open(headers: Readonly<Record<string, string>> = {}): Promise<OpenPage> {
    const events: OpenPage["events"] = [];
    const asked = get({ port: this.port, host: "127.0.0.1", path: "/_gable/events", headers, agent: false }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (piece: string) => {
        const parts = (text + piece).split("\n\n");
        text = parts.pop()!;
        for (const part of parts) {
          const [, name, data] = /event: (\w+)\ndata: (.*)/.exec(part) ?? [];
          if (name !== undefined) events.push({ name, data: JSON.parse(data!) as Record<string, unknown> });
        }
      });
      reply.on("error", () => undefined);
    });
    asked.on("error", () => undefined);
    await until(
      "the first event",
      () => events[0],
      () => this.text,
    );
    return { events, close: () => void asked.destroy() };
  }

  /** Stops it as Ctrl-C does. Returns its exit code and what it printed. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<{ code: number | null; out: string }> {
    const child = this.#child!;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await ended;
    }
    return { code: child.exitCode, out: this.#out };
  }

  /** Ends everything, and removes the folder. */
  async end(): Promise<void> {
    if (this.#child !== undefined) await this.stop("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a test with a project. */
export async function withDevProject(
  files: Readonly<Record<string, string>>,
  words: readonly string[],
  work: (project: DevProject) => Promise<void>,
): Promise<void> {
  const project = new DevProject(files);
  try {
    await project.start(...words);
    await work(project);
  } finally {
    await project.end();
  }
}

function request(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<DevReply> {
  return new Promise((resolve, reject) => {
    const asked = get({ port, host: "127.0.0.1", path, headers, agent: false }, (reply) => {
      let body = "";
      reply.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      // As browsers do: a worker that is about to go sends the request to the next one.
      const isMoved = reply.statusCode === 307 && reply.headers.location === path;
      if (isMoved) return void reply.on("end", () => resolve(request(port, path, headers)));
      reply.on("end", () => resolve({ status: reply.statusCode!, body, headers: reply.headers }));
      reply.on("error", reject);
    });
    asked.on("error", reject);
  });
}

/** Waits until something is there, as long as a busy machine may need. */
export async function until<Value>(
  what: string,
  find: () => Value | undefined | Promise<Value | undefined>,
  describe: () => string = () => "",
): Promise<Value> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > end) assert.fail(`this did not come in time: ${what}\n${describe()}`);
    await wait(15);
  }
}
