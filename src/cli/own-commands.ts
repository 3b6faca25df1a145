/** Commands of the application: the modules of its folder `commands/`. */
import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command, CommandContext } from "gable";
import { GableError } from "../errors/gable-error.ts";
import type { BuiltInContext, CommandEntry } from "./built-in.ts";
import { builtIn } from "./built-in.ts";
import { findMode } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Imports the modules of `commands/`, each with a command as its default export.
 * They are left out when the words call a built-in command, so that a broken module never blocks it.
 */
export async function findOwnCommands(terminal: Terminal, known: ReadonlySet<string>, words: readonly string[]): Promise<CommandEntry[]> {
  const folder = join(terminal.folder, "commands");
  const called = [words.slice(0, 2).join(" "), words[0] ?? ""];
  if (called.some((name) => known.has(name)) || !isFolder(folder)) return [];
  // Their modules may read settings: the mode comes first.
  terminal.environment["GABLE_MODE"] = findMode(terminal, undefined, undefined);
  const names = (await readdir(folder)).filter((name) => /\.(?:ts|js|mjs)$/.test(name) && !/\.(?:d|test)\.ts$/.test(name)).sort();
  return Promise.all(names.map((name) => readCommand(folder, name, known)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function readCommand(folder: string, name: string, known: ReadonlySet<string>): Promise<CommandEntry> {
  const module = (await import(pathToFileURL(join(folder, name)).href)) as { readonly default?: unknown }; // Any module may be one.
  const command = module.default as Command | undefined; // Checked next.
  if (command === undefined || typeof command !== "object")
    throw new GableError("E_APP_FILE", `commands/${name} does not export a command as its default.`, {
      fix: "Write: export default defineCommand({ ... }).",
    });
  const { assertCommand } = await import("gable");
  assertCommand(command);
  if (known.has(command.name))
    throw new GableError("E_APP_FILE", `commands/${name} has the name of the built-in command "${command.name}".`, {
      fix: "Give it another name.",
    });
  const run = ({ project, ...context }: BuiltInContext): Promise<unknown> =>
    // Its databases are open while it runs.
    project.withApp(async () => command.run(context as unknown as CommandContext)); // A built-in context has all of it.
  const definition = builtIn({ ...command, run } as Parameters<typeof builtIn>[0]); // The same command with another runner.
  return { name: command.name, help: command.help, load: async () => definition };
}
