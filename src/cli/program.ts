/** Turns commands into a program: parses words and flags, runs one command, and writes its result. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ArgumentOptions, FlagOptions } from "gable";
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import type { AnyBuiltIn, BuiltInContext, CommandEntry, CommonFlags, Problem } from "./built-in.ts";
import { describeFailure } from "./describe-failure.ts";
import { exitCode, toExitCode } from "./exit-code.ts";
import { toDataText, writeJson } from "./json-output.ts";
import { tableColumnsMin, toProblemTable, toProblemText, withoutSecrets } from "./problem-text.ts";
import { createProject, findMode } from "./project.ts";
import { createSink } from "./progress-sink.ts";
import { loadPrompts, PromptStopped } from "./questions.ts";
import type { Terminal } from "./terminal.ts";
import { toTable } from "./text-table.ts";

/** Words of groups, such as `db`, with what they are about. */
type GroupHelp = Readonly<Record<string, string>>;

/** What a program is made of. */
export interface ProgramOptions {
  readonly version: string;
  readonly commands: readonly CommandEntry[];
  /** Finds the commands of the project. */
  readonly findMore: () => Promise<readonly CommandEntry[]>;
  readonly groups: GroupHelp;
  readonly terminal: Terminal;
}

/** Flags of all commands, as the parser gives them. */
interface ParsedFlags extends Readonly<Record<string, unknown>> {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly app?: string;
  readonly mode?: string;
}

/** Commands that run the application for as long as they live. */
const servingCommands: ReadonlySet<string> = new Set(["start", "dev", "worker"]);
/** Commands whose standard output is a log or events, with --json as well. */
const streamingCommands: ReadonlySet<string> = new Set(["start", "dev"]);
/** Time in which late errors of the project's own commands count, in ms. The process ends after the same time. */
const lateMs = 500;

/** Parses the words after `gable` and runs the command. Returns the exit code. */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  const { terminal } = options;
  let code: number = exitCode.ok;
  const program = createRoot(options);
  const groups = new Map<string, Command>();
  const called = words.filter((word) => word !== "--");
  let name = called[0] ?? "";
  try {
    if (words.includes("--json") && !streamingCommands.has(name)) terminal.keepOutput();
    const own = await findOwn(name, options);
    for (const entry of [...options.commands, ...own]) {
      const [first, second] = entry.name.split(" ");
      const parent = second === undefined ? program : findGroup(program, groups, first!, options);
      const command = configure(parent.command(second ?? first!), terminal).description(entry.help);
      // The help lists the other commands. Their modules are not loaded.
      if (called[0] !== first || (second !== undefined && called[1] !== second)) continue;
      ({ name } = entry);
      const definition = await entry.load();
      defineCommand(command, entry.name, definition, terminal, async (context, flags) => {
        code = await runCommand(definition, context, { ...flags, name: entry.name, lateMs: own.includes(entry) ? lateMs : 0 });
      });
    }
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    return endEarly(error, { words, name }, terminal);
  }
}

/** Finds the commands of the project, while late errors count. */
async function findOwn(name: string, { terminal, findMore }: ProgramOptions): Promise<readonly CommandEntry[]> {
  return streamingCommands.has(name) ? findMore() : terminal.guard({ what: "A module in commands/", run: findMore });
}

/** Reports wrong words and flags, and commands of the project that cannot be loaded. Help and the version are not errors. */
async function endEarly(
  error: unknown,
  { words, name }: { readonly words: readonly string[]; readonly name: string },
  terminal: Terminal,
): Promise<number> {
  if (!(error instanceof CommanderError)) {
    const { problem, text } = await describeFailure(error);
    if (words.includes("--json")) writeJson(terminal, { command: name, problems: [problem] });
    else terminal.writeError(text);
    return toExitCode(error);
  }
  if (error.exitCode === 0 || error.code === "commander.help") return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  const message = error.message.replace(/^error: /, "");
  if (words.includes("--json")) writeJson(terminal, { command: name, problems: [{ id: "E_COMMAND_USAGE", message }] });
  else terminal.writeError(`${message}\nRun \`npx gable --help\` for the list of commands.\n`);
  return exitCode.usage;
}

function createRoot({ version, terminal }: ProgramOptions): Command {
  return configure(new Command("gable"), terminal)
    .description("The command line of Gable. `gable <command> --help` shows examples.")
    .version(version, "-v, --version", "Prints the version");
}

function configure(command: Command, terminal: Terminal): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: terminal.writeOut,
      writeErr: (text) => (text.startsWith("error:") ? undefined : terminal.writeError(text)),
    })
    .helpCommand(false)
    .helpOption("-h, --help", "Shows this help");
}

function findGroup(program: Command, groups: Map<string, Command>, name: string, { groups: help, terminal }: ProgramOptions): Command {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group = configure(program.command(name), terminal).description(help[name] ?? `Commands of ${name}`);
  groups.set(name, group);
  return group;
}

function defineCommand(
  command: Command,
  name: string,
  definition: AnyBuiltIn,
  terminal: Terminal,
  run: (context: BuiltInContext<never, never>, common: CommonFlags) => Promise<void>,
): void {
  const words = Object.entries((definition.arguments ?? {}) as Readonly<Record<string, ArgumentOptions>>); // Checked by the types of `builtIn`.
  const flags = Object.entries((definition.flags ?? {}) as Readonly<Record<string, FlagOptions>>); // As above.
  for (const [word, { help, optional = false, many = false }] of words) {
    const shown = many ? `${word}...` : word;
    command.argument(optional ? `[${shown}]` : `<${shown}>`, help);
  }
  for (const [word, flag] of flags) command.addOption(toOption(word, flag));
  addCommonFlags(command, new Set(flags.map(([word]) => word)));
  const examples = (definition.examples ?? []).map((example) => `  npx gable ${example}`);
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  command.action(async (...given: unknown[]) => {
    const parsed = command.opts<ParsedFlags>();
    const values = Object.fromEntries(words.map(([word], index) => [word, given[index]]));
    const { createProgress } = await import("gable");
    await run(
      { ...createContext(name, definition, values, parsed, terminal), progress: createProgress(createSink(terminal, toStyle(parsed))) },
      toCommon(parsed),
    );
  });
}

function addCommonFlags(command: Command, own: ReadonlySet<string>): void {
  const common: ReadonlyArray<readonly [string, string, string]> = [
    ["json", "--json", "Prints one JSON object"],
    ["quiet", "-q, --quiet", "Prints only problems"],
    ["yes", "-y, --yes", "Answers every question with yes"],
    ["force", "--force", "Allows in production what destroys data"],
    ["app", "--app <file>", "Module that exports the application"],
    ["mode", "--mode <mode>", "development, test or production"],
  ];
  for (const [name, flags, help] of common) if (!own.has(name)) command.addOption(new Option(flags, help).helpGroup("Common options:"));
}

function toOption(name: string, { type, help, choices, default: fallback }: FlagOptions): Option {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const value = type === "int" ? "number" : type === "list" ? "value" : "text";
  const option = new Option(type === "boolean" ? flag : `${flag} <${value}>`, help);
  if (choices !== undefined) option.choices(choices).argParser((text: string) => parseChoice(text, choices));
  if (type === "int") option.argParser(parseInteger);
  if (type === "list") option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  if (fallback !== undefined) option.default(fallback);
  return option;
}

/** The parser takes `--no-types` as the end of `types`, which is true without it. */
function isNegative(name: string): boolean {
  return /^no[A-Z]/.test(name);
}

/** A pair such as `staff` and `noStaff` is one flag with two ends: without either of them, both are false. */
function readFlag(parsed: ParsedFlags, name: string, { type }: FlagOptions): unknown {
  if (type === "boolean" && isNegative(name)) return parsed[name.charAt(2).toLowerCase() + name.slice(3)] === false;
  return parsed[name] ?? (type === "list" ? [] : type === "boolean" ? false : undefined);
}

function parseChoice(text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  const near = findNearestName(text, choices);
  throw new InvalidArgumentError(`Use ${choices.join(", ")}.${near === undefined ? "" : ` (Did you mean ${near}?)`}`);
}

function parseInteger(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

function toCommon({ json = false, quiet = false, yes = false, force = false }: ParsedFlags): CommonFlags {
  return { json, quiet, yes, force };
}

function toStyle({ json = false, quiet = false }: ParsedFlags): Parameters<typeof createSink>[1] {
  return json ? "json" : quiet ? "quiet" : "people";
}

function createContext(
  name: string,
  definition: AnyBuiltIn,
  words: object,
  parsed: ParsedFlags,
  terminal: Terminal,
): Omit<BuiltInContext<never, never>, "progress"> {
  const common = toCommon(parsed);
  const isForPeople = !common.json && !common.quiet;
  const declared = (definition.flags ?? {}) as Readonly<Record<string, FlagOptions>>; // As above.
  const flags = Object.fromEntries(Object.entries(declared).map(([word, flag]) => [word, readFlag(parsed, word, flag)]));
  const context = {
    arguments: words,
    flags,
    common,
    terminal,
    signal: terminal.signal,
    print: (line = "") => (isForPeople ? terminal.writeOut(`${line}\n`) : undefined),
    table: (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
      isForPeople
        ? terminal.writeOut(
            toTable(rows)
              .map((line) => `${line}\n`)
              .join(""),
          )
        : undefined,
    confirm: (question: string) => confirm(question, common, terminal),
    project: createLazyProject(name, definition, parsed, terminal),
  };
  // The parser has read each value by the kind that the definition declares.
  return context as unknown as Omit<BuiltInContext<never, never>, "progress">;
}

/** The mode is set before any code of the project runs. */
function createLazyProject(name: string, definition: AnyBuiltIn, flags: ParsedFlags, terminal: Terminal): BuiltInContext["project"] {
  const { mode, app } = flags;
  const found = findMode(terminal, mode ?? definition.forcedMode?.(flags), definition.mode);
  terminal.environment["GABLE_MODE"] = found;
  // Standard output belongs to the command, unless it serves: there it is the log.
  if (!servingCommands.has(name) || (flags.json === true && !streamingCommands.has(name))) terminal.environment["GABLE_LOG"] ??= "stderr";
  return createProject(terminal, found, app);
}

async function confirm(question: string, { yes }: CommonFlags, terminal: Terminal): Promise<boolean> {
  if (yes) return true;
  if (!terminal.canAsk) throw new GableError("E_COMMAND_CONFIRM", `${question} Nobody can answer here.`);
  const prompts = await loadPrompts();
  const answer = await prompts.confirm({ message: question, initialValue: false, output: process.stderr });
  if (prompts.isCancel(answer)) throw new PromptStopped("You cancelled. Nothing was changed.");
  return answer;
}

/** Runs a command, and writes what it gives or why it failed. */
async function runCommand(
  command: AnyBuiltIn,
  context: BuiltInContext<never, never>,
  { json, name, lateMs: late }: CommonFlags & { readonly name: string; readonly lateMs: number },
): Promise<number> {
  const { terminal } = context;
  const problems: Problem[] = [];
  const before = process.exitCode;
  process.exitCode = undefined;
  const report = (problem: Problem): void => void problems.push(withoutSecrets(problem));
  const run = async (): Promise<unknown> => command.run({ ...context, report } as never); // The same type, completed.
  try {
    const data = streamingCommands.has(name) ? await run() : await terminal.guard({ what: `gable ${name}`, lateMs: late, run });
    // A command may set it itself.
    const ownCode = Number(process.exitCode ?? 0);
    const { text, problems: unwritten } = json ? toDataText(data) : { text: "", problems: [] };
    problems.push(...unwritten);
    const code = toReportedExitCode(problems) || ownCode;
    if (json) writeJson(terminal, { command: name, data: text, problems, ok: code === exitCode.ok });
    else writeProblems(command, problems, context);
    return code;
  } catch (error) {
    if (terminal.signal.aborted) return exitCode.interrupted;
    const { problem, text } = await describeFailure(error);
    if (json) writeJson(terminal, { command: name, problems: [...problems, problem] });
    else terminal.writeError(text);
    return toExitCode(error);
  } finally {
    process.exitCode = before;
  }
}

/** A table is for people at a terminal: what reads standard error elsewhere gets lines. */
function writeProblems(
  { hasProblemTable = false }: AnyBuiltIn,
  problems: readonly Problem[],
  { terminal, common }: BuiltInContext<never, never>,
): void {
  const { isTerminal, columns } = terminal;
  if (hasProblemTable && problems.length > 0 && isTerminal && !common.quiet && columns >= tableColumnsMin)
    terminal.writeOut(toProblemTable(problems, columns));
  else for (const problem of problems) terminal.writeError(toProblemText(problem));
}

function toReportedExitCode(problems: readonly Problem[]): number {
  const errors = problems.filter(({ level = "error" }) => level === "error");
  if (errors.length === 0) return exitCode.ok;
  return errors.every(({ isEnvironment = false }) => isEnvironment) ? exitCode.environment : exitCode.failed;
}
