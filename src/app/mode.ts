/** The mode of the application. Unset means production, so nothing unsafe appears by omission. */
import { optionInvalid } from "../errors/option-errors.ts";
import { isSecretName } from "../errors/secret-names.ts";
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

/** Returns values that reports of development must not show: the secret keys, and variables of the environment with secret names. */
export function findSecretSettings({ secretKeys }: { readonly secretKeys?: unknown }): string[] {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const variables = Object.entries(holder.process?.env ?? {}).filter(([name]) => isSecretName(name));
  const values = [...[secretKeys].flat(), ...variables.map(([, value]) => value)];
  // Places of files, such as that of an agent's socket, are no secrets.
  return values.filter((value): value is string => typeof value === "string" && !value.startsWith("/"));
}
