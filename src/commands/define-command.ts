/** Commands of an application: what you put into `commands/` and run as `npx gable <name>`. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Progress } from "./progress.ts";

/** A word after the name of the command. */
export interface ArgumentOptions {
  /** What it is, in a few words. */
  readonly help: string;
  /** Whether it may be missing. Default false. */
  readonly optional?: boolean;
  /** Whether all remaining words belong to it. Only for the last argument. Default false. */
  readonly many?: boolean;
}

/** A flag such as `--size 7`. */
export interface FlagOptions {
  /** Kind of its value. A `boolean` takes no value, a `list` can be given several times. */
  readonly type: "string" | "int" | "boolean" | "list";
  /** What it does, in one sentence without a full stop. */
  readonly help: string;
  /** Values that it takes. By default any. */
  readonly choices?: readonly string[];
  /** Value without the flag. By default `undefined`, `false` for a boolean, an empty list for a list. */
  readonly default?: string | number | boolean;
}

type ArgumentValue<Argument> = Argument extends { many: true }
  ? readonly string[]
  : Argument extends { optional: true }
    ? string | undefined
    : string;

type FlagKind<Flag> = Flag extends { type: "boolean" }
  ? boolean
  : Flag extends { type: "list" }
    ? readonly string[]
    : Flag extends { type: "int" }
      ? number
      : Flag extends { choices: ReadonlyArray<infer Choice> }
        ? Choice
        : string;

type FlagValue<Flag> = Flag extends { type: "boolean" | "list" } | { default: string | number | boolean }
  ? FlagKind<Flag>
  : FlagKind<Flag> | undefined;

/** Values of arguments by name. */
export type ArgumentValues<Arguments> = { readonly [Name in keyof Arguments]: ArgumentValue<Arguments[Name]> };
/** Values of flags by name. */
export type FlagValues<Flags> = { readonly [Name in keyof Flags]: FlagValue<Flags[Name]> };

/** What a command gets when it runs. */
export interface CommandContext<Arguments = {}, Flags = {}> {
  /** Words after the name. */
  readonly arguments: ArgumentValues<Arguments>;
  /** Flags. */
  readonly flags: FlagValues<Flags>;
  /** Prints a line for people. With `--json` and `--quiet` it prints nothing. */
  readonly print: (line?: string) => void;
  /** Prints rows as a table: the keys of the first row are the head. */
  readonly table: (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => void;
  /** Shows how far long work is. */
  readonly progress: Progress;
  /** Asks a question that is answered with yes or no; `--yes` answers it. Throws `E_COMMAND_CONFIRM` where nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command. Make one with {@link defineCommand}. */
export interface Command<Arguments = {}, Flags = {}, Context = CommandContext<Arguments, Flags>> {
  /** Words that call it, such as `newsletter send`. */
  readonly name: string;
  /** What it does, in one sentence. */
  readonly help: string;
  /** Examples for its help: the words after `gable`. None by default. */
  readonly examples?: readonly string[];
  /** Words after the name, in order. None by default. */
  readonly arguments?: Arguments;
  /** Flags by name, in camel case: `dryRun` is `--dry-run`. None by default. */
  readonly flags?: Flags;
  /** Does the work. What it returns is `data` of the JSON output. */
  readonly run: (context: Context) => unknown;
}

/** Options of {@link defineCommand}. */
export type CommandOptions<Arguments, Flags> = Command<Arguments, Flags>;

const names: Readonly<Record<keyof Command, true>> = { name: true, help: true, examples: true, arguments: true, flags: true, run: true };
const namePattern = /^[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)?$/;
const wordPattern = /^[a-z][A-Za-z0-9]*$/;

/**
 * Defines a command of your application. A module in `commands/` exports it as its default.
 *
 * @example
 * export default defineCommand({
 *   name: "books count",
 *   help: "Counts the books.",
 *   run: async ({ print }) => print(`${await Book.count()} books`),
 * });
 */
export function defineCommand<
  const Arguments extends Readonly<Record<string, ArgumentOptions>> = {},
  const Flags extends Readonly<Record<string, FlagOptions>> = {},
>(options: CommandOptions<Arguments, Flags>): Command<Arguments, Flags> {
  assertCommand(options);
  return Object.freeze({ ...options });
}

/** Checks a command. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertCommand(options: Command<unknown, unknown, never>): void {
  assertKnownOptions("defineCommand()", options, Object.keys(names));
  const { name, help, run } = options;
  const owner = `command "${String(name)}"`;
  if (typeof name !== "string" || !namePattern.test(name))
    throw optionInvalid("defineCommand()", "name", name, 'one or two words such as "books" or "books count"');
  if (typeof help !== "string" || help.trim() === "") throw optionInvalid(owner, "help", help, "a sentence that says what it does");
  if (typeof run !== "function") throw optionInvalid(owner, "run", run, "a function");
  assertArguments(owner, (options.arguments ?? {}) as Readonly<Record<string, ArgumentOptions>>); // Its type parameter says no more.
  assertFlags(owner, (options.flags ?? {}) as Readonly<Record<string, FlagOptions>>); // As above.
}

function assertArguments(owner: string, words: Readonly<Record<string, ArgumentOptions>>): void {
  const entries = Object.entries(words);
  entries.forEach(([name, argument], index) => {
    assertKnownOptions(`${owner} argument "${name}"`, argument, { help: "string", optional: "boolean", many: "boolean" });
    if (!wordPattern.test(name)) throw optionInvalid(owner, "arguments", name, "named in camel case");
    if (argument.many === true && index !== entries.length - 1)
      throw optionInvalid(owner, `arguments.${name}.many`, true, "set on the last argument only");
    const isAfterOptional = entries.slice(0, index).some(([, before]) => before.optional === true);
    if (isAfterOptional && argument.optional !== true)
      throw optionInvalid(owner, `arguments.${name}`, argument, "optional, since one before it is optional");
  });
}

function assertFlags(owner: string, flags: Readonly<Record<string, FlagOptions>>): void {
  for (const [name, flag] of Object.entries(flags)) {
    assertKnownOptions(`${owner} flag "${name}"`, flag, { type: true, help: true, choices: "strings", default: true });
    if (!wordPattern.test(name)) throw optionInvalid(owner, "flags", name, "named in camel case");
    if (!["string", "int", "boolean", "list"].includes(flag.type))
      throw optionInvalid(owner, `flags.${name}.type`, flag.type, '"string", "int", "boolean" or "list"');
    if (typeof flag.help !== "string" || flag.help === "") throw optionInvalid(owner, `flags.${name}.help`, flag.help, "what it does");
    if (flag.default !== undefined && !isDefault(flag))
      throw optionInvalid(owner, `flags.${name}.default`, flag.default, `a value of the type ${flag.type}`);
  }
}

function isDefault({ type, default: value }: FlagOptions): boolean {
  return type === "int" ? Number.isSafeInteger(value) : typeof value === (type === "boolean" ? "boolean" : "string");
}
