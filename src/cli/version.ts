/** The version of this package. */
import { readFileSync } from "node:fs";

/** Reads the version from the package file, two folders above both `src/cli` and `dist/cli`. */
export function readOwnVersion(): string {
  const file = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }; // Our own file.
  return file.version;
}
