/** Spans of time as people type them, for flags such as `--older-than 30d`. */
import { GableError } from "gable";

const unitMs: ReadonlyMap<string, number> = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** Returns the milliseconds of a span such as `30d`. Throws `E_COMMAND_USAGE` with the name of the flag. */
export function parseDuration(flag: string, text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const ms = Number(count ?? 0) * (unitMs.get(unit) ?? 0);
  if (ms > 0) return ms;
  throw new GableError("E_COMMAND_USAGE", `${flag} is "${text}"; it must be a span of time.`, {
    fix: "Write a number and a unit: 90s, 15m, 2h, 30d or 4w.",
  });
}
