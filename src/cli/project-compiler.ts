/** Runs the TypeScript compiler that a project has installed. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findCompiler } from "../typescript/find-compiler.ts";
import type { Problem } from "./built-in.ts";

/** What the compiler said. */
export interface CompilerResult {
  readonly problems: readonly Problem[];
  /** Files that it wrote. */
  readonly written: readonly string[];
}

/** Runs the compiler of a project; undefined for a project without it. */
export async function runCompiler(folder: string, words: readonly string[]): Promise<CompilerResult | undefined> {
  const program = findCompiler(folder);
  if (program === undefined || !existsSync(join(folder, "tsconfig.json"))) return undefined;
  const options = { cwd: folder, maxBuffer: 64 * 1_048_576 };
  let failure = "";
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words, "--pretty", "false"], options).catch(
    (error: unknown) => {
      // An exit code other than 0 comes with the list of errors.
      if (!(error instanceof Error) || !("stdout" in error)) throw error;
      failure = error.message;
      return { stdout: String(error.stdout) };
    },
  );
  const problems = [...stdout.matchAll(/^(?:(.+?)\((\d+),\d+\): )?error (TS\d+): (.*)$/gm)].map(([, file, line, code, message]) => ({
    id: code!,
    message: file === undefined ? message! : `${file}:${line}: ${message}`,
  }));
  if (failure !== "" && problems.length === 0) problems.push({ id: "TS", message: failure });
  return { problems, written: [...stdout.matchAll(/^TSFILE: (.*)$/gm)].map(([, file]) => file!) };
}
