/** Reads the files of a views folder: their names, sources and fingerprints, and the code that a project adds to them. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { modeOf } from "../compile/template.ts";
import { GableError } from "../../errors/gable-error.ts";

/** A file as read. */
export interface ViewFile {
  /** Name relative to the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Fingerprint of the source. */
  readonly hash: string;
  /** Time and size, which reveal a change. */
  readonly stamp: string;
  /** Why it cannot be read: only what uses it fails. */
  readonly failure?: unknown;
}

/** Code of the project that templates use. */
export interface ProjectCode {
  readonly globals: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  readonly tests: ReadonlySet<string>;
  readonly components: ReadonlySet<string>;
  /** Folder of each file, by its name without extension. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Prefix of a package's view that a project file replaces; the project file may extend it by this name. */
export const packagePrefix = "~package/";

/** Returns the folder of a package's views: `gable.views` in its package.json, by default `views`. Throws `E_VIEW_NOT_FOUND`. */
export function findPackageViews(name: string, from: string): string {
  let path: string | undefined;
  try {
    path = findPackageJSON(name, pathToFileURL(join(from, "package.json")));
  } catch {
    path = undefined;
  }
  if (path === undefined) {
    throw new GableError("E_VIEW_NOT_FOUND", `The package "${name}" of the option views is not installed.`, {
      fix: `Install it, or remove it from views.packages.`,
    });
  }
  // Packages may write anything there: only a string counts.
  const { gable } = JSON.parse(readFileSync(path, "utf8")) as { gable?: { views?: unknown } };
  return join(dirname(path), typeof gable?.views === "string" ? gable.views : "views");
}

/**
 * Reads all views of several folders; the first folder that has a name wins. Unchanged files are not read again.
 * The folders of packages come after the first `ownFolders`. A replaced view of a package is found with {@link
 * packagePrefix}.
 */
export function readViews(
  folders: readonly string[],
  known: ReadonlyMap<string, ViewFile>,
  ownFolders = folders.length,
): Map<string, ViewFile> {
  const files = new Map<string, ViewFile>();
  for (const [index, folder] of folders.entries()) {
    for (const path of listFiles(folder)) {
      let name = relative(folder, path).replaceAll("\\", "/");
      const mode = modeOf(name);
      if (mode === "refused") {
        throw new GableError("E_VIEW_NOT_FOUND", `${path} is not a view: scripts and styles are not templates.`, {
          fix: "Pass data in a JSON script or a custom property, and move the file to the static folder.",
        });
      }
      if (index >= ownFolders && files.has(name)) name = packagePrefix + name;
      if (mode === undefined || files.has(name)) continue;
      const { mtimeMs, size } = statSync(path);
      const stamp = `${mtimeMs}:${size}`;
      const before = known.get(name);
      if (before?.path === path && before.stamp === stamp) files.set(name, before);
      else files.set(name, readView(name, path, stamp));
    }
  }
  return files;
}

function readView(name: string, path: string, stamp: string): ViewFile {
  try {
    const text = decodeUtf8(readFileSync(path), path);
    return { name, path, text, stamp, hash: createHash("sha256").update(text).digest("base64url").slice(0, 16) };
  } catch (failure) {
    return { name, path, text: "", stamp, hash: "", failure };
  }
}

/** Decodes a file. Throws `E_VIEW_SYNTAX` with the position of the first byte that is not UTF-8. */
function decodeUtf8(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const at = findInvalidByte(bytes);
    const before = bytes.subarray(0, at).toString("latin1").split("\n");
    throw new GableError(
      "E_VIEW_SYNTAX",
      `${path}:${before.length}:${before.at(-1)!.length + 1}: the byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, "0")} (number ${at + 1} of the file) is not UTF-8.`,
      { cause: error, fix: "Save the file as UTF-8." },
    );
  }
}

/** Returns the offset of the first byte that is not part of a valid sequence: all bytes before it decode. */
function findInvalidByte(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length];
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >> 1;
    // A sequence that is cut off at the end is not an error yet.
    if (isValid(bytes.subarray(0, middle), true)) valid = middle;
    else invalid = middle - 1;
  }
  // The error is where the sequence begins.
  while (!isValid(bytes.subarray(0, valid), false)) valid--;
  return valid;
}

/** Whether bytes decode; with `stream`, a sequence may be cut off at the end. */
function isValid(bytes: Buffer, stream: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new GableError("E_VIEW_NOT_FOUND", `The views folder "${folder}" does not exist.`, {
        fix: "Create it, or correct the option views.",
      });
    }
    throw error;
  }
}

/** Finds the exports of globals.ts, filters.ts, tests.ts and components.ts in the folders. */
export function readProjectCode(folders: readonly string[]): ProjectCode {
  const found = new Map<string, string>();
  const namesOf = (file: string): Set<string> => {
    const folder = folders.find((each) => statSync(join(each, `${file}.ts`), { throwIfNoEntry: false })?.isFile() === true);
    if (folder === undefined) return new Set();
    found.set(file, folder);
    const text = readFileSync(join(folder, `${file}.ts`), "utf8");
    return new Set([...text.matchAll(/^export\s+(?:const|function|async function)\s+([A-Za-z_]\w*)/gm)].map(([, name]) => name!));
  };
  return {
    globals: namesOf("globals"),
    filters: namesOf("filters"),
    tests: namesOf("tests"),
    components: namesOf("components"),
    folders: found,
  };
}
