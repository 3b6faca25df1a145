/** `gable check` for views: generates them, runs the project's own tsc, and shows its errors at the template's lines. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { isGableError } from "../../errors/gable-error.ts";
import { SourceText } from "../syntax/source-text.ts";
import type { CompiledView, ViewProjectOptions } from "./view-project.ts";
import { ViewProject } from "./view-project.ts";

/** What to check. */
export interface CheckViewsOptions extends Omit<ViewProjectOptions, "watches"> {
  /** Folder of the project, with its tsconfig.json. Default the working directory. */
  readonly project?: string;
}

/** One finding. */
export interface ViewProblem {
  /** File as it is shown: of the template where it is known. */
  readonly file: string;
  /** Line, from 1; 0 when unknown. */
  readonly line: number;
  /** Column, from 1; 0 when unknown. */
  readonly column: number;
  /** Code of Gable or of TypeScript. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it; "" when TypeScript says it in the message. */
  readonly fix: string;
  /** The line with a mark below; "" when the file is not a view. */
  readonly frame: string;
}

/** Checks all views of a project; gives what it found. Throws when the project has no tsc. */
export function checkViews(options: CheckViewsOptions): ViewProblem[] {
  const folder = resolve(options.project ?? ".");
  const project = new ViewProject({ ...options, directories: options.directories.map((each) => resolve(folder, each)), watches: false });
  const own: ViewProblem[] = [];
  const compiled = project.generateAll((error) => own.push(toProblem(error)));
  // What has no module of its own would only make tsc repeat it.
  return own.length > 0 ? own : runCompiler(folder, new Map(compiled.map((view) => [project.pathOf(view.template.name), view])));
}

function toProblem(error: unknown): ViewProblem {
  if (!isGableError(error)) throw error;
  // What SourceText.error() puts there.
  const { file = "", line = 0, column = 0, frame = "" } = error.details as Partial<ViewProblem>;
  return { file, line, column, code: error.code, message: error.message, fix: error.fix, frame };
}

function runCompiler(folder: string, views: ReadonlyMap<string, CompiledView>): ViewProblem[] {
  const tsc = findCompiler(folder);
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "--noEmit", "--pretty", "false", "-p", folder], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return [];
  const problems = parseDiagnostics(stdout, folder, views);
  if (problems.length > 0) return problems;
  return [{ file: "tsconfig.json", line: 0, column: 0, code: "TS", message: (stdout + stderr).trim(), fix: "", frame: "" }];
}

function findCompiler(folder: string): string {
  for (let each = folder; ; each = dirname(each)) {
    const path = join(each, "node_modules/typescript/bin/tsc");
    if (existsSync(path)) return path;
    if (dirname(each) === each) break;
  }
  return createRequire(join(folder, "package.json")).resolve("typescript/bin/tsc");
}

/** Reads the plain output of tsc 5.9 to 7.0: one line for each error, more of its message indented below. */
function parseDiagnostics(output: string, folder: string, views: ReadonlyMap<string, CompiledView>): ViewProblem[] {
  const problems: ViewProblem[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    if (match !== null) {
      const [, file, row, column, code, message] = match;
      problems.push(
        mapProblem(
          { file: file!, line: Number(row), column: Number(column), code: code!, message: message!, fix: "", frame: "" },
          folder,
          views,
        ),
      );
    } else if (/^\s+\S/.test(line) && problems.length > 0) {
      const last = problems.pop()!;
      problems.push({ ...last, message: `${last.message}\n${line}` });
    }
  }
  return problems;
}

function mapProblem(problem: ViewProblem, folder: string, views: ReadonlyMap<string, CompiledView>): ViewProblem {
  const view = views.get(resolve(folder, problem.file));
  if (view === undefined) return problem;
  const { source } = view.template;
  const at = view.result.writer.findOffset(problem.line, problem.column);
  // Code of a tag, outside of any expression: line N of the module is line N of the template.
  const position = at === undefined ? { line: problem.line, column: 1 } : source.position(at);
  const offset = at ?? offsetOf(source, problem.line);
  return { ...problem, file: relative(folder, view.file.path).replaceAll("\\", "/"), ...position, frame: source.frame(offset) };
}

function offsetOf(source: SourceText, line: number): number {
  return (
    source.text
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length + (line > 1 ? 1 : 0)
  );
}

/** Problems as text, with code frames. */
export function formatProblems(problems: readonly ViewProblem[]): string {
  return problems
    .map(({ file, line, column, code, message, fix, frame }) => {
      // Errors of Gable name their place in the message.
      const place = message.startsWith(`${file}:`) ? message : `${file}:${line}:${column} - error ${code}: ${message}`;
      return [place, ...(frame === "" ? [] : [frame]), ...(fix === "" ? [] : [`  fix: ${fix}`])].join("\n");
    })
    .join("\n\n");
}
