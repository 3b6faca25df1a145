/** `npm create gable`: reads the arguments, asks for what is missing, makes the project, says what to type next. */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import type { Arguments } from "./arguments.ts";
import { readArguments, usage, WrongUsage } from "./arguments.ts";
import type { Choices } from "./choices.ts";
import { choose, Stopped } from "./choices.ts";
import { type NodePlan, nodeRange, planNode, readMachine } from "./node-version.ts";
import { checkFolder, createProject, ProjectRefused } from "./project.ts";
import { canAsk, loadQuestions } from "./questions.ts";

/** What keeps a project from being made or finished, as `gable` prints it with --json. */
interface Problem {
  readonly message: string;
  readonly fix: string;
}

/** Runs with the given arguments; returns the exit status: 0 made, 1 refused, 2 wrong usage, 130 stopped. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const given = readArguments(argv);
    if (given.help) {
      console.log(usage);
      return 0;
    }
    return await make(given);
  } catch (error) {
    if (!(error instanceof Stopped || error instanceof WrongUsage || error instanceof ProjectRefused)) throw error;
    const { message, fix } = error;
    if (asksForJson(argv)) printObject(false, null, [{ message, fix }]);
    else console.error(error instanceof Stopped ? message : `${message}\n  fix: ${fix}`);
    if (error instanceof Stopped) return 130;
    return error instanceof WrongUsage ? 2 : 1;
  }
}

/** Wrong arguments have not been read, so the flag is looked for in the words themselves. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => word === "--json" || word.startsWith("--json="));
}

function printObject(ok: boolean, data: object | null, problems: readonly Problem[]): void {
  console.log(JSON.stringify({ ok, command: "create", data, problems }));
}

async function make(given: Arguments): Promise<number> {
  const chosen = await choose(given, (folder) => checkFolder(folder, given.force), await findQuestions(given));
  const { folder, packageManager } = chosen;
  const node = planNode(process.versions.node, packageManager, readMachine());
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.on("SIGINT", onInterrupt);
  try {
    const files = await createProject({ ...chosen, force: given.force, node, signal: stop.signal });
    const problems: Problem[] = [];
    if (chosen.git) run("git", ["init", "--quiet"], folder, given.json, problems);
    const status = chosen.install ? run(packageManager, ["install"], folder, given.json, problems) : "skipped";
    const next = listNext(chosen, status === "done");
    if (given.json) printObject(status !== "failed" && status !== "stopped", { folder, files, next }, problems);
    else printMade(chosen, files.length, next, node);
    if (status === "stopped") return 130;
    return status === "failed" ? 1 : 0;
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

/** Says what was made and what to type next. */
function printMade({ folder, template }: Choices, fileCount: number, next: readonly string[], node: NodePlan): void {
  console.log(`Made ${fileCount} files in ${folder}.`);
  if (node.kind !== "current") {
    const newer =
      node.kind === "none"
        ? "No package has one for this platform. Install it from nodejs.org, by a version manager, or by your system's packages."
        : "The project brings a newer one, which its scripts use.";
    console.log(`This machine's Node is ${process.versions.node}; Gable needs ${nodeRange}. ${newer}`);
  }
  const first = template === "full" ? "views/home.html" : "app.ts";
  console.log(`\nType next:\n${next.map((line) => `  ${line}`).join("\n")}\n\nThen open http://127.0.0.1:3000, and edit ${first} first.`);
}

/** Returns the commands to type. */
function listNext({ folder, template, database, packageManager }: Choices, isInstalled: boolean): string[] {
  const next = [`cd ${quote(relative(process.cwd(), folder) || ".")}`];
  if (!isInstalled) next.push(`${packageManager} install`);
  if (template === "full") {
    if (database !== "sqlite") next.push("npx gable db create");
    next.push(`${packageManager} run migrate`);
  }
  return [...next, `${packageManager} run dev`];
}

/** Finds who answers questions: nobody with --yes and --json, and where no person is at the terminal. */
async function findQuestions({ yes, json }: Arguments): Promise<Awaited<ReturnType<typeof loadQuestions>> | undefined> {
  if (yes || json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  if (canAsk(process.versions.node)) return loadQuestions();
  console.error(`Node ${process.versions.node} is too old for questions: what no flag says gets its default. See --help.`);
  return undefined;
}

/** Quotes a path for a shell, if it needs quotes. "./" keeps a dash at its start from being read as a flag. */
function quote(path: string): string {
  if (path.startsWith("-")) return quote(`./${path}`);
  if (/^[\w./@:+,%~-]+$/.test(path) && !path.startsWith("~")) return path;
  if (process.platform === "win32") return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** How a program ended. */
type Ending = "done" | "failed" | "stopped";

/**
 * Runs a program for the project, and adds to `problems` unless it succeeds. With --json its output goes to standard error:
 * standard output is one object.
 */
function run(program: string, args: readonly string[], folder: string, json: boolean, problems: Problem[]): Ending {
  const isWindows = process.platform === "win32";
  const { status, signal, error } = spawnSync(program, args, { cwd: folder, stdio: ["ignore", json ? 2 : 1, 2], shell: isWindows });
  if (status === 0) return "done";
  const isStopped = signal === "SIGINT" || status === 130;
  const reason = isStopped ? "was stopped" : `failed${error === undefined ? "" : ` (${error.message})`}`;
  const problem = { message: `"${program} ${args.join(" ")}" ${reason}.`, fix: `Run it by hand in ${folder}.` };
  problems.push(problem);
  if (!json) console.error(`${problem.message} ${problem.fix}`);
  return isStopped ? "stopped" : "failed";
}
