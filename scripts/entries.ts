/** The entries of the package, as `exports` of package.json lists them. */
import { readFile } from "node:fs/promises";
import { root } from "./run-command.ts";

/** Only compiled views import it, so it has no reference page. */
const generatedCodeOnly = ["views/runtime"];

/** Returns the name of every entry that people import: "index" for `gable`, "data" for `gable/data`. */
export async function listEntries(): Promise<string[]> {
  // The shape of `exports` is our own: package.json is in this repository.
  const { exports } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { exports: Record<string, unknown> };
  return Object.keys(exports)
    .filter((path) => path !== "./package.json")
    .map((path) => (path === "." ? "index" : path.slice(2)))
    .filter((entry) => !generatedCodeOnly.includes(entry));
}

/** Returns what a program imports: "gable", or "gable/data". */
export function toSpecifier(entry: string): string {
  return entry === "index" ? "gable" : `gable/${entry}`;
}
