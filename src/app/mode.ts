/** The mode of the application. Unset means production, so nothing unsafe appears by omission. */
import { optionInvalid } from "../errors/option-errors.ts";
import type { Mode } from "../parts/mode.ts";

/** Reads a variable of the environment; undefined where the runtime has none. */
export function readEnvironment(name: string): string | undefined {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return holder.process?.env?.[name];
}

/** The mode: the option, else `GABLE_MODE`, else production. */
export function resolveMode(option: Mode | undefined): Mode {
  const mode = option ?? readEnvironment("GABLE_MODE") ?? "production";
  if (mode === "development" || mode === "test" || mode === "production") return mode;
  throw optionInvalid("gable()", option === undefined ? "GABLE_MODE" : "mode", mode, '"development", "test" or "production"');
}

/** Returns all variables of the environment; none where the runtime has no process. */
export function readAllEnvironment(): Readonly<Record<string, string | undefined>> {
  const holder = globalThis as { process?: { env?: Record<string, string | undefined> } }; // As above.
  return holder.process?.env ?? {};
}
