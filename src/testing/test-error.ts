/** Errors of the testing tools: what failed, where, and how to fix the test or the page. */
import { GableError } from "gable";

/** Codes of the testing tools. */
export type TestErrorCode =
  | "E_TEST_ELEMENT"
  | "E_TEST_FORM"
  | "E_TEST_FIELD"
  | "E_TEST_REPLY"
  | "E_TEST_PAGE"
  | "E_TEST_QUERIES"
  | "E_TEST_OUTGOING"
  | "E_TEST_LEAK"
  | "E_TEST_LIVE"
  | "E_TEST_TIME"
  | "E_TEST_BROWSER"
  | "E_TEST_ACCESSIBILITY"
  | "E_TEST_SETUP";

/** Creates an error of the testing tools. */
export function testError(code: TestErrorCode, message: string, fix?: string): GableError {
  return new GableError(code, message, fix === undefined ? {} : { fix });
}

/** Throws `E_TEST_SETUP` for an option that a call does not have, and for a value of a wrong kind. */
export function assertTestOptions<Options extends object>(
  call: string,
  options: Options,
  known: Readonly<Record<keyof Options, true | "object" | "function" | readonly string[]>>,
): void {
  const unknown = Object.keys(options).find((name) => !(name in known));
  if (unknown !== undefined) throw testError("E_TEST_SETUP", `${call} has no option "${unknown}".`, suggest(unknown, Object.keys(known)));
  // Each name is known.
  for (const name of Object.keys(options) as Array<keyof Options & string>) {
    const kind = known[name];
    const value: unknown = options[name];
    if (kind === true || value === undefined) continue;
    const isFine =
      typeof kind === "string" ? typeof value === kind && value !== null && !Array.isArray(value) : kind.some((each) => each === value);
    if (isFine) continue;
    const rule = typeof kind === "string" ? (kind === "object" ? "an object" : "a function") : kind.map((each) => `"${each}"`).join(" or ");
    throw testError("E_TEST_SETUP", `${call}: ${name} is ${JSON.stringify(value) ?? String(value)}.`, `Pass ${rule}.`);
  }
}

/** Throws `E_TEST_SETUP` for a promise, such as a query that has begun, where a call takes a function. */
export function assertTestFunction(call: string, work: unknown): void {
  if (typeof work !== "function")
    throw testError("E_TEST_SETUP", `${call} got no function.`, "Pass a function that does the work: () => work().");
}

/** Throws `E_TEST_SETUP` for a number that is not whole and above 0. */
export function assertTestCount(call: string, name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
    throw testError("E_TEST_SETUP", `${call}: ${name} is ${String(value)}.`, "Pass a whole number above 0.");
}

/** Returns a sentence that names the nearest of the known names, or all of them. */
export function suggest(name: string, known: Iterable<string>): string {
  const names = [...new Set(known)];
  if (names.length === 0) return "There are none.";
  const ranked = names.map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }));
  const nearest = ranked.reduce((best, each) => (each.distance < best.distance ? each : best));
  if (nearest.distance <= Math.max(2, Math.floor(name.length / 3))) return `Write "${nearest.candidate}".`;
  return `Use one of: ${names.map((each) => `"${each}"`).join(", ")}.`;
}

/** Levenshtein's distance. */
function editDistance(first: string, second: string): number {
  let previous = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const replaced = previous[column - 1]! + (first[row - 1] === second[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[second.length]!;
}
