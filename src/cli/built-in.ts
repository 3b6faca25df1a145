/** The shape of the commands that come with Gable: those of an application, and the project around it. */
import type { ArgumentOptions, Command, CommandContext, FlagOptions, Mode } from "gable";
import type { Project } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/** A thing to correct that a command found. */
export interface Problem {
  /** Stable id, such as `migrations.pending` or an error code. */
  readonly id: string;
  /** The problem, and where it is. */
  readonly message: string;
  /** What to do. */
  readonly fix?: string;
  /** Only an `error` makes the command fail. Default `error`. */
  readonly level?: "error" | "warning" | "info";
  /** Where it is, if that is one place. */
  readonly where?: string;
  /** Whether its cause is the machine, so that the exit code is 3. Default false. */
  readonly isEnvironment?: boolean;
}

/** Flags that every command takes. */
export interface CommonFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly force: boolean;
}

/** What a built-in command gets. */
export interface BuiltInContext<Arguments = {}, Flags = {}> extends CommandContext<Arguments, Flags> {
  /** The project in the working directory. */
  readonly project: Project;
  readonly terminal: Terminal;
  readonly common: CommonFlags;
  /** Reports a problem; one of level `error` makes the exit code 1. */
  readonly report: (problem: Problem) => void;
}

/** What a built-in command takes and does. */
export interface BuiltIn<Arguments = {}, Flags = {}> extends Omit<
  Command<Arguments, Flags, BuiltInContext<Arguments, Flags>>,
  "name" | "help"
> {
  /** Mode when neither `--mode` nor the environment gives one. Default: what the project says, else production. */
  readonly mode?: "development" | "test";
  /** Whether a terminal shows its problems as a table. Default false: as lines. */
  readonly hasProblemTable?: boolean;
  /** Mode that these flags demand, unless `--mode` gives one. None by default. */
  readonly forcedMode?: (flags: Readonly<Record<string, unknown>>) => Mode | undefined;
}

/** A command whatever its arguments and flags are. */
export type AnyBuiltIn = BuiltIn<never, never>;

/** A command as the help lists it. */
export interface CommandEntry {
  /** One word, or two: the group and the command. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly load: () => Promise<AnyBuiltIn>;
}

/** Defines a built-in command: ties the types of its arguments and flags to what `run` gets. */
export function builtIn<
  const Arguments extends Readonly<Record<string, ArgumentOptions>> = {},
  const Flags extends Readonly<Record<string, FlagOptions>> = {},
>(command: BuiltIn<Arguments, Flags>): AnyBuiltIn {
  return command as unknown as AnyBuiltIn; // The parser gives each command what it declares.
}
