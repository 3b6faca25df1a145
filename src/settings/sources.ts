/** Where variables come from: the environment of the process first, then files of the project. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Mode } from "../parts/mode.ts";
import { findRuntimeModule, readProcessEnvironment } from "./runtime.ts";

/** A set of variables with its name, such as `.env.local`. */
export interface SettingSource {
  /** Name for lists of settings: `environment`, or the file. */
  readonly name: string;
  /** Values by variable. */
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** A variable that was found. */
export interface FoundVariable {
  readonly text: string;
  /** Where it was found, such as `.env`, or `environment, by DATABASE_URL_FILE`. */
  readonly source: string;
}

/** Most bytes of a file that a variable with `_FILE` names. */
const secretFileBytesMax = 65_536;

/** Reads the sources of a project, the first one wins: the environment, `.env.<mode>.local`, `.env.local` (not in tests), `.env.<mode>`, `.env`. */
export function readSources(mode: Mode, folder = "."): SettingSource[] {
  const files = [`.env.${mode}.local`, ...(mode === "test" ? [] : [".env.local"]), `.env.${mode}`, ".env"];
  return [{ name: "environment", values: readProcessEnvironment() }, ...files.flatMap((name) => readEnvFile(folder, name))];
}

function readEnvFile(folder: string, name: string): SettingSource[] {
  const fs = findRuntimeModule("node:fs");
  const util = findRuntimeModule("node:util");
  const path = findRuntimeModule("node:path");
  if (fs === undefined || util === undefined || path === undefined) return [];
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) return [];
  // A null prototype: a variable may have any name.
  return [{ name, values: Object.assign(Object.create(null) as object, util.parseEnv(readText(fs, file, name))) }];
}

/** A byte-order mark would become a part of the first name. */
function readText(fs: typeof import("node:fs"), file: string, name: string): string {
  try {
    return withoutMark(fs.readFileSync(file, "utf8"));
  } catch (error) {
    const problem = `cannot be read: ${toErrorText(error)}`;
    const fix = `Make ${name} a file that the process may read, or remove it.`;
    throw new GableError("E_SETTINGS_INVALID", `${name} ${problem}.`, {
      fix,
      details: { problems: [{ name, problem, fix }] },
      cause: error,
    });
  }
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** A problem with the source of a variable. */
export interface SourceProblem {
  readonly problem: string;
  readonly fix: string;
}

/** Finds a variable, or the content of the file that `NAME_FILE` names. An empty variable counts as missing. */
export function findVariable(sources: readonly SettingSource[], name: string): FoundVariable | SourceProblem | undefined {
  for (const { name: source, values } of sources) {
    const text = Object.hasOwn(values, name) ? values[name] : undefined;
    const file = Object.hasOwn(values, `${name}_FILE`) ? values[`${name}_FILE`] : undefined;
    if (text && file) return { problem: `is given twice, as ${name} and as ${name}_FILE`, fix: "keep one of them" };
    if (text) return { text, source };
    if (file) return readSecretFile(file, `${source}, by ${name}_FILE`);
  }
  return undefined;
}

/** Container platforms mount secrets as files, often with a line end. */
function readSecretFile(file: string, source: string): FoundVariable | SourceProblem {
  const fix = "the path of a file that the process may read";
  const fs = findRuntimeModule("node:fs")!;
  try {
    const stats = fs.statSync(file);
    // A pipe would block the process until somebody writes into it.
    if (!stats.isFile()) return { problem: `names "${file}", which is ${stats.isDirectory() ? "a folder" : "not a regular file"}`, fix };
    if (stats.size > secretFileBytesMax)
      return { problem: `names the file "${file}", which has ${stats.size} bytes`, fix: `a file of at most ${secretFileBytesMax} bytes` };
    return { text: withoutMark(fs.readFileSync(file, "utf8")).replace(/\r?\n$/, ""), source };
  } catch (error) {
    return { problem: `names the file "${file}", which cannot be read: ${toErrorText(error)}`, fix };
  }
}
