/** A project that `npm create gable` made, with the packed package: what its owner types, saves and starts. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { PackedPackage, run, linkPackages } from "./packed-package.ts";

const createCommand = "npm create gable@latest ";
/** When the server has printed nothing for so long, it has followed all changes. */
const quietMs = 2_000;

/** One project, and at most one server. */
export class PackedProject {
  readonly packed: PackedPackage;
  /** Port that its server uses. */
  readonly port: number;
  #folder = "";
  #server: ChildProcess | undefined;
  /** When a file was saved, a command ended or the server last printed something. */
  #changedAt = 0;

  private constructor(packed: PackedPackage, port: number) {
    this.packed = packed;
    this.port = port;
  }

  static async open(): Promise<PackedProject> {
    return new PackedProject(await PackedPackage.open(), await findFreePort());
  }

  async close(): Promise<void> {
    await this.stopServer();
    await this.packed.close();
  }

  /** Returns the path of a file. */
  pathOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Installs a package that the repository has, without a registry. */
  link(name: string): Promise<void> {
    return linkPackages(this.#folder, [name]);
  }

  /** Types a command, in the folder of the project; returns what it printed. Commands that serve go on in the background. */
  async type(line: string): Promise<string> {
    if (line.startsWith(createCommand)) {
      // npm would download the package that creates projects.
      const [name = "", ...flags] = line.slice(createCommand.length).replace(" -- ", " ").split(" ");
      this.#folder = await this.packed.create(name, flags);
      return "";
    }
    if (line.startsWith("cd ")) return "";
    if (line === "npm run dev" || line.includes("gable start")) {
      await this.stopServer();
      await this.#serve(`${line}${line.startsWith("npm") ? " --" : ""} --port ${this.port}`);
      return "";
    }
    const { status, output } = await run("sh", ["-c", line], this.#folder, environment());
    this.#changedAt = Date.now();
    assert.equal(status, 0, `${line}\n${output}`);
    return output;
  }

  /** Saves a file as an editor does. */
  async save(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.pathOf(name)), { recursive: true });
    await writeFile(this.pathOf(name), text);
    this.#changedAt = Date.now();
  }

  /** Returns the text of a file. */
  read(name: string): Promise<string> {
    return readFile(this.pathOf(name), "utf8");
  }

  /** Waits until the server has followed all changes: a page that reloads in the middle would lose what somebody types. */
  async untilSettled(): Promise<void> {
    while (Date.now() - this.#changedAt < quietMs) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async #serve(command: string): Promise<void> {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, GABLE_MODE: ___, ...inherited } = process.env;
    // A process group, so that npm and what it started stop together.
    const child = spawn("sh", ["-c", command], { cwd: this.#folder, env: { ...inherited, ...environment() }, detached: true });
    this.#server = child;
    let output = "";
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          this.#changedAt = Date.now();
          if (/https?:\/\/\S+:\d+/.test(output)) resolve();
        });
      child.once("exit", () => reject(new Error(`${command}\n${output}`)));
    });
  }

  /** Stops the server, as Ctrl-C does. */
  async stopServer(): Promise<void> {
    const child = this.#server;
    this.#server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid!, "SIGTERM"); // It has started.
    await once(child, "exit");
  }
}

function environment(): NodeJS.ProcessEnv {
  return {
    GABLE_MODE: undefined,
    PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
    npm_config_update_notifier: "false",
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number }; // A listening server has an address.
  server.close();
  return port;
}
