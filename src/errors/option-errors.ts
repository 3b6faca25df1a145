/** Errors about options in the program. */
import { GableError } from "./gable-error.ts";
import { findNearestName } from "./nearest-name.ts";

/** Creates the error for an unknown option; the fix names the nearest one. */
export function optionUnknown(owner: string, name: string, known: readonly string[]): GableError {
  const nearest = findNearestName(name, known);
  return new GableError("E_OPTION_UNKNOWN", `${owner} has no option "${name}".`, {
    fix: nearest === undefined ? `Use one of: ${known.join(", ")}.` : `Write "${nearest}" instead of "${name}".`,
    details: { owner, name },
  });
}

/** Creates the error for an invalid value of an option. */
export function optionInvalid(owner: string, name: string, value: unknown, rule: string): GableError {
  return new GableError("E_OPTION_INVALID", `${owner}: option "${name}" is ${describeValue(value)}; it must be ${rule}.`, {
    details: { owner, name },
  });
}

/** Checks that an options object has only known names. */
export function assertKnownOptions(owner: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw optionUnknown(owner, name, known);
  }
}

/** Returns the names of options. The compiler finds one that the record lacks. */
export function namesOf<Options extends object>(names: Readonly<Record<keyof Options, true>>): readonly string[] {
  return Object.keys(names);
}

/** Characters that would start a log line, move the cursor of a terminal, or reverse the direction of text. */
const moving = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escapeMoving(character: string): string {
  return { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Returns a value as one short line for a message: strings in quotes, cut at 80 characters. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return `"${(value.length > 80 ? `${value.slice(0, 77)}...` : value).replace(moving, escapeMoving)}"`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return Array.isArray(value) ? `an array of ${value.length}` : `an object (${String(value.constructor?.name ?? "no prototype")})`;
  } catch {
    // A proxy, or a getter that throws.
    return "an object that cannot be inspected";
  }
}
