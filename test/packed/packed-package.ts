/** The package as users get it: built, packed, and installed into empty folders. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { tryLock } from "../lock.ts";

/** Root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url));
/** The program of `npm create gable`, once it is compiled. */
export const createProgram: string = join(root, "create-gable/bin/create-gable.mjs");

/** What a program printed, and how it ended. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** The packed package, and a folder for the projects that install it. */
export class PackedPackage {
  readonly folder: string;
  readonly tarball: string;
  /** The installed packages; an install takes seconds, and each gives the same files. */
  #installed: Promise<string> | undefined;
  /** The compiler's run over `npm create gable`. */
  #compiled: Promise<Outcome> | undefined;

  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.tarball = tarball;
  }

  /** Builds and packs the repository. */
  static async open(): Promise<PackedPackage> {
    const folder = await mkdtemp(join(tmpdir(), "gable-packed-"));
    const output = await withLock(join(root, "node_modules/.gable-packing"), async () => {
      await runOrThrow(process.execPath, ["scripts/build.ts"], root);
      return (await runOrThrow("npm", ["pack", "--json", "--silent", "--ignore-scripts", "--pack-destination", folder], root)).output;
    });
    const facts: unknown = JSON.parse(output);
    // npm 11 prints a list, npm 12 a record by package name; both hold the same facts.
    const [{ filename }] = (Array.isArray(facts) ? facts : Object.values(facts as object)) as [{ filename: string }];
    return new PackedPackage(folder, join(folder, filename));
  }

  /** Installs the package, and nothing else, into a new folder. */
  async install(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const project = join(this.folder, name);
    await writeFiles(project, { "package.json": '{ "private": true, "type": "module" }', ...files });
    const installed = await (this.#installed ??= this.#install());
    await cp(join(installed, "node_modules"), join(project, "node_modules"), { recursive: true, verbatimSymlinks: true });
    return project;
  }

  /** Compiles `npm create gable`. */
  async compile(): Promise<void> {
    const config = join(root, "create-gable/tsconfig.build.json");
    await (this.#compiled ??= runOrThrow(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], root));
  }

  /** Makes a project with the `npm create gable` of the repository. Returns its folder. */
  async make(name: string, flags: readonly string[]): Promise<string> {
    await this.compile();
    const words = [createProgram, name, ...flags, "--no-git", "--no-install"];
    await runOrThrow(process.execPath, words, this.folder);
    return join(this.folder, name);
  }

  /** Makes a project, and installs the package in it. Returns its folder. */
  async create(name: string, flags: readonly string[]): Promise<string> {
    const project = await this.make(name, flags);
    await runOrThrow("npm", ["install", "--ignore-scripts", "--prefer-offline", this.tarball], project);
    return project;
  }

  async #install(): Promise<string> {
    const project = join(this.folder, ".installed");
    await writeFiles(project, { "package.json": '{ "private": true }' });
    await runOrThrow("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-save", this.tarball], project);
    return project;
  }

  /** Deletes everything that was made. */
  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs work that no other test file may run at the same time: a build empties the folder that another one packs. */
async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  while (!tryLock(path)) await wait(100);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Makes packages of the repository importable from a project, as an install of them would. */
export async function linkPackages(project: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const link = join(project, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", name), link);
  }
}

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env;
    const child = spawn(program, args, { cwd, env: { ...inherited, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? -1, output }));
  });
}

/** Runs a program, and fails with what it printed unless it succeeds. */
export async function runOrThrow(program: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const outcome = await run(program, args, cwd);
  assert.equal(outcome.status, 0, `${program} ${args.join(" ")} in ${cwd} printed:\n${outcome.output}`);
  return outcome;
}
