/** `npm create gable`: reads the arguments, asks for what is missing, makes the project, says what to type next. */
import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { relative, resolve } from "node:path";
import type { Arguments } from "./arguments.ts";
import { readArguments, usage, WrongUsage } from "./arguments.ts";
import { nodeRange, planNode } from "./node-version.ts";
import { createProject, ProjectRefused } from "./project.ts";

/** Runs with the given arguments; gives the exit status: 0 made, 1 refused, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const given = readArguments(argv);
    if (given.help) {
      console.log(usage);
      return 0;
    }
    return await make(given);
  } catch (error) {
    if (error instanceof WrongUsage || error instanceof ProjectRefused) {
      const { message, fix } = error;
      // Wrong arguments have not been read, so the flag is looked for in the words themselves.
      if (argv.includes("--json")) console.log(JSON.stringify({ ok: false, command: "create", data: null, problems: [{ message, fix }] }));
      else console.error(`${message}\n  fix: ${fix}`);
      return error instanceof WrongUsage ? 2 : 1;
    }
    throw error;
  }
}

async function make(given: Arguments): Promise<number> {
  const folder = resolve(given.folder ?? (await askForFolder(given)));
  const node = planNode(process.versions.node, given.packageManager);
  const files = await createProject({ folder, template: given.template, force: given.force, node });
  if (given.git) run("git", ["init", "--quiet"], folder, given.json);
  const isInstalled = given.install && run(given.packageManager, ["install"], folder, given.json);
  const next = [`cd ${quote(relative(process.cwd(), folder) || ".")}`];
  if (!isInstalled) next.push(`${given.packageManager} install`);
  next.push(`${given.packageManager} run dev`);
  if (given.json) console.log(JSON.stringify({ ok: true, command: "create", data: { folder, files, next }, problems: [] }));
  else {
    console.log(`Made ${files.length} files in ${folder}.`);
    if (node.kind !== "current") {
      console.log(
        `This machine's Node is ${process.versions.node}; Gable needs ${nodeRange}. The project brings a newer one, which its scripts use.`,
      );
    }
    console.log(`\nType next:\n${next.map((line) => `  ${line}`).join("\n")}\n\nThen open http://127.0.0.1:3000, and edit app.ts first.`);
  }
  return given.install && !isInstalled ? 1 : 0;
}

/** Quotes a path for a shell, if it needs quotes. */
function quote(path: string): string {
  if (/^[\w./@:+,%~-]+$/.test(path) && !path.startsWith("-") && !path.startsWith("~")) return path;
  if (process.platform === "win32") return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

async function askForFolder({ yes, json }: Arguments): Promise<string> {
  if (yes || json || !process.stdin.isTTY) return "my-site";
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Nothing is written before the answer.
  terminal.once("SIGINT", () => {
    console.error("\nYou stopped. Nothing was written.");
    process.exit(130);
  });
  try {
    return (await terminal.question("Folder of the project (my-site): ")).trim() || "my-site";
  } finally {
    terminal.close();
  }
}

/** Runs a program for the project. With --json its output goes to standard error: standard output is one object. */
function run(program: string, args: readonly string[], folder: string, json: boolean): boolean {
  const isWindows = process.platform === "win32";
  const { status, error } = spawnSync(program, args, { cwd: folder, stdio: ["ignore", json ? 2 : 1, 2], shell: isWindows });
  if (status === 0) return true;
  console.error(`"${program} ${args.join(" ")}" failed${error === undefined ? "" : ` (${error.message})`}. Run it by hand in ${folder}.`);
  return false;
}
