/** Notices that the packages of a project are to be installed again. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Lock files with the command that installs what they say. */
const commands: ReadonlyArray<readonly [file: string, command: string]> = [
  ["pnpm-lock.yaml", "pnpm install"],
  ["yarn.lock", "yarn install"],
  ["bun.lock", "bun install"],
  ["bun.lockb", "bun install"],
  ["package-lock.json", "npm install"],
];
/** What package managers write at the end of an installation. */
const markers = [".package-lock.json", ".modules.yaml", ".yarn-state.yml", ".yarn-integrity", ".bun-tag"];

/** Compares what the project needs with what it needed when `gable dev` started, or when packages were installed last. */
export class PackageWatch {
  readonly #folder: string;
  #wanted: string;
  #installed: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#wanted = this.#readWanted();
    this.#installed = this.#readInstalled();
  }

  /** Whether packages were installed since the last call. What is wanted now counts as installed then. */
  takeInstalled(): boolean {
    const installed = this.#readInstalled();
    if (installed === this.#installed) return false;
    this.#installed = installed;
    this.#wanted = this.#readWanted();
    return true;
  }

  /** The command to run; undefined when nothing is missing. */
  get command(): string | undefined {
    if (this.#readWanted() === this.#wanted) return undefined;
    return commands.find(([file]) => existsSync(join(this.#folder, file)))?.[1] ?? "npm install";
  }

  /** Dependencies and lock files; scripts and other entries of package.json need no installation. */
  #readWanted(): string {
    const hash = createHash("sha256").update(this.#readDependencies());
    for (const [file] of commands) if (existsSync(join(this.#folder, file))) hash.update(readFileSync(join(this.#folder, file)));
    return hash.digest("hex");
  }

  #readDependencies(): string {
    try {
      const all = JSON.parse(readFileSync(join(this.#folder, "package.json"), "utf8")) as Readonly<Record<string, unknown>>; // npm's file.
      const { dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } = all;
      return JSON.stringify([dependencies, devDependencies, optionalDependencies, peerDependencies, overrides]);
    } catch {
      // A file that is being written, or none.
      return "";
    }
  }

  #readInstalled(): string {
    return markers.map((name) => statSync(join(this.#folder, "node_modules", name), { throwIfNoEntry: false })?.mtimeMs ?? 0).join();
  }
}
