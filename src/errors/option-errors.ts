/** Errors about options that the programmer passed. */
import { GableError } from "./gable-error.ts";
import { findNearestName } from "./nearest-name.ts";

/** An option that does not exist; the fix names the nearest one. */
export function optionUnknown(owner: string, name: string, known: readonly string[]): GableError {
  const nearest = findNearestName(name, known);
  return new GableError("E_OPTION_UNKNOWN", `${owner} has no option "${name}".`, {
    fix: nearest === undefined ? `Use one of: ${known.join(", ")}.` : `Write "${nearest}" instead of "${name}".`,
    details: { owner, name },
  });
}

/** An option whose value cannot be used. */
export function optionInvalid(owner: string, name: string, value: unknown, rule: string): GableError {
  return new GableError("E_OPTION_INVALID", `${owner}: option "${name}" is ${describeValue(value)}; it must be ${rule}.`, {
    details: { owner, name },
  });
}

/** Checks that an options object has known names only. */
export function assertKnownOptions(owner: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw optionUnknown(owner, name, known);
  }
}

/** A short text for a value in a message: strings in quotes, at most 80 characters. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return `"${value.length > 80 ? `${value.slice(0, 77)}...` : value}"`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : `an object (${value.constructor?.name ?? "no prototype"})`;
}
