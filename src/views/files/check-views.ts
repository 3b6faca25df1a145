/** Implements `gable check` for views: generates them, runs the project's own tsc, and shows its errors at the template's lines. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions } from "../../errors/option-errors.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { findCompiler } from "../../typescript/find-compiler.ts";
import { checkCode } from "../check/check-code.ts";
import { findMissingAssets, findUnlabelled } from "../check/find-markup.ts";
import type { Finding } from "../check/find-warnings.ts";
import { findUnsafe, findWarnings } from "../check/find-warnings.ts";
import { scanCode } from "../check/scan-code.ts";
import { SourceText } from "../syntax/source-text.ts";
import type { ViewProjectOptions } from "./project-options.ts";
import type { CompiledView } from "./view-project.ts";
import { ViewProject } from "./view-project.ts";

/** Options for checking views. */
export interface CheckViewsOptions extends Omit<ViewProjectOptions, "watches"> {
  /** Folder of the project, with its tsconfig.json. Default: the working directory. */
  readonly project?: string;
  /** Whether warnings list the code that bypasses escaping: `raw()`, `sql.unsafe()`, `safe`, `autoescape false`. Default false. */
  readonly listsUnsafe?: boolean;
  /** Folder of static files: a warning names each file in `asset("name")` that the folder lacks. None by default. */
  readonly statics?: string;
}

const optionNames: OptionKinds<CheckViewsOptions> = {
  project: "string",
  listsUnsafe: "boolean",
  statics: "string",
  directories: true,
  generated: true,
  packages: true,
  markIncludes: true,
  unsafe: true,
  untyped: true,
  onWarning: true,
  trimBlocks: true,
  lstripBlocks: true,
  keepTrailingNewline: true,
  attributes: true,
  inlineHandlers: true,
  keepsComments: true,
  foldBlanks: true,
  isSvg: true,
};

/** One finding. */
export interface ViewProblem {
  /** Whether it fails the check. */
  readonly severity: "error" | "warning";
  /** File as displayed: the template if it is known. */
  readonly file: string;
  /** Line, from 1; 0 if unknown. */
  readonly line: number;
  /** Column, from 1; 0 if unknown. */
  readonly column: number;
  /** Code of Gable or of TypeScript. */
  readonly code: string;
  /** The error. */
  readonly message: string;
  /** How to fix it; "" if TypeScript's message says so. */
  readonly fix: string;
  /** The line with a mark below it; "" if the file is not a view. */
  readonly frame: string;
}

/**
 * Checks all views of a project, and `html` in its TypeScript sources. Returns the problems, Gable's own first. A
 * project without TypeScript or without tsconfig.json is a problem too, which says what to install or to write.
 */
export function checkViews(options: CheckViewsOptions): ViewProblem[] {
  assertKnownOptions("checkViews()", options, optionNames);
  const { listsUnsafe = false, project: given = ".", statics, ...views } = options;
  const folder = resolve(given);
  const project = new ViewProject({ ...views, directories: options.directories.map((each) => resolve(folder, each)), watches: false });
  const own: ViewProblem[] = [];
  const compiled = project.generateAll((error) => own.push(toProblem(error, folder)));
  const { attributes = {}, inlineHandlers = false } = options;
  const sources = readSources(folder);
  for (const source of sources) own.push(...checkCode(source, { attributes, inlineHandlers }).map((error) => toProblem(error, folder)));
  const hasAsset = (name: string): boolean => statics === undefined || existsSync(join(resolve(folder, statics), name));
  for (const view of compiled) own.push(...toWarnings(view, project, { listsUnsafe, hasAsset, file: toRelative(folder, view.file.path) }));
  if (listsUnsafe) for (const source of sources) own.push(...findUnsafeCalls(source));
  const found = runCompiler(folder, new Map(compiled.map((view) => [project.pathOf(view.template.name), view])));
  if (!own.some(({ severity }) => severity === "error")) return [...own, ...found];
  // Gable writes no module for a file with an error. What tsc says about the rest of the project may only be a consequence of that.
  const compiledFiles = new Set(compiled.map(({ file }) => toRelative(folder, file.path)));
  return [...own, ...found.filter(({ file, code }) => compiledFiles.has(file) && code !== "TS2307")];
}

function toRelative(folder: string, path: string): string {
  return relative(folder, path).replaceAll("\\", "/");
}

/** Returns the TypeScript sources of a project, without installed and generated files. */
function readSources(folder: string, below = ""): SourceText[] {
  const sources: SourceText[] = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory() && !/^(?:node_modules|dist|\..*)$/.test(entry.name)) sources.push(...readSources(folder, name));
    else if (entry.isFile() && /(?<!\.d)\.[cm]?ts$/.test(name))
      sources.push(new SourceText(name, readFileSync(join(folder, name), "utf8")));
  }
  return sources;
}

/** What warnings of a file depend on. */
interface WarningOptions {
  readonly listsUnsafe: boolean;
  readonly hasAsset: (name: string) => boolean;
  /** Path that is shown. */
  readonly file: string;
}

function toWarnings(
  { template, result }: CompiledView,
  project: ViewProject,
  { listsUnsafe, hasAsset, file }: WarningOptions,
): ViewProblem[] {
  const [free] = result.freeNames;
  const findings = findWarnings(template, { find: (name, from) => project.findTemplate(name, from) });
  if (!result.isTyped && free !== undefined && template.partial === undefined) {
    const names = [...result.freeNames.keys()];
    findings.push({
      at: free[1],
      code: "untyped",
      message: `undeclared names: ${names.join(", ")}`,
      fix: `Declare them: {% props ${names.map((name) => `${name}: Type`).join(", ")} %}.`,
    });
  }
  findings.push(...findUnlabelled(template), ...findMissingAssets(template, hasAsset));
  if (listsUnsafe) findings.push(...findUnsafe(template));
  return findings.map((finding) => ({ ...toWarning(template.source, finding), file }));
}

function toWarning(source: SourceText, { at, code, message, fix }: Finding): ViewProblem {
  return { severity: "warning", file: source.name, ...source.position(at), code, message, fix, frame: source.frame(at) };
}

/** Functions that take a string without escaping it: markup and SQL. */
const unsafeCalls = [
  { name: "raw", message: "raw()", from: /\braw\b[^]*?from\s*["']gable(?:\/views)?["']/ },
  { name: "unsafe", message: "sql.unsafe()", from: /\bsql\b[^]*?from\s*["']gable\/data["']/ },
];

/** Finds calls of functions that take a string without escaping it. */
function findUnsafeCalls(source: SourceText): ViewProblem[] {
  const wanted = unsafeCalls.filter(({ from }) => from.test(source.text));
  if (wanted.length === 0) return [];
  return scanCode(source.text).calls.flatMap(({ name, at }) =>
    wanted
      .filter((each) => each.name === name)
      .map(({ message }) => toWarning(source, { at, code: "unsafe", message, fix: "Make sure that no user input gets there." })),
  );
}

function toProblem(error: unknown, folder: string): ViewProblem {
  if (!isGableError(error)) throw error;
  // The format that SourceText.error() writes.
  const { file = "", line = 0, column = 0, frame = "" } = error.details as Partial<ViewProblem>;
  const place = `${file}:${line}:${column}: `;
  const message = error.message.startsWith(place) ? error.message.slice(place.length) : error.message;
  return {
    severity: "error",
    file: isAbsolute(file) ? toRelative(folder, file) : file,
    line,
    column,
    code: error.code,
    message,
    fix: error.fix,
    frame,
  };
}

/** The settings that a project needs to check its views. */
const tsconfig = `{ "compilerOptions": { "module": "nodenext", "target": "es2024", "strict": true, "types": ["node"], "skipLibCheck": true, \
"allowImportingTsExtensions": true, "noEmit": true }, "include": ["**/*.ts", ".gable/**/*.ts"] }`;

function runCompiler(folder: string, views: ReadonlyMap<string, CompiledView>): ViewProblem[] {
  if (!existsSync(join(folder, "tsconfig.json")))
    return [toSetupProblem("The project has no tsconfig.json, so its types cannot be checked.", `Write tsconfig.json: ${tsconfig}`)];
  const tsc = findCompiler(folder);
  if (tsc === undefined)
    return [toSetupProblem("The project has no TypeScript.", "Run npm install --save-dev typescript @types/node.", "package.json")];
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "--noEmit", "--pretty", "false", "-p", folder], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return [];
  const problems = parseDiagnostics(stdout, folder, views);
  if (problems.length > 0) return problems;
  return [toSetupProblem((stdout + stderr).trim(), "")];
}

function toSetupProblem(message: string, fix: string, file = "tsconfig.json"): ViewProblem {
  return { severity: "error", file, line: 0, column: 0, code: "TS", message, fix, frame: "" };
}

/** Fixes for errors of TypeScript that come from the settings of the project, not from its code. */
const fixes: Readonly<Record<string, string>> = {
  TS5097: 'Add "allowImportingTsExtensions": true and "noEmit": true to compilerOptions in tsconfig.json.',
  TS5096: 'Add "noEmit": true to compilerOptions in tsconfig.json.',
  TS2307: "Correct the path, or install the package that has the module.",
};

/** Reads the plain output of tsc 5.9 to 7.0: one line for each error, more of its message indented below. */
function parseDiagnostics(output: string, folder: string, views: ReadonlyMap<string, CompiledView>): ViewProblem[] {
  const problems: ViewProblem[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    if (match !== null) {
      const [, file, row, column, code, message] = match;
      problems.push(
        mapProblem(
          {
            severity: "error",
            file: file!,
            line: Number(row),
            column: Number(column),
            code: code!,
            message: message!,
            fix: fixes[code!] ?? "",
            frame: "",
          },
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
  const offset = at ?? source.offset({ line: problem.line, column: 1 });
  return { ...problem, file: toRelative(folder, view.file.path), ...position, frame: source.frame(offset) };
}

/** Problems as text, with code frames. */
export function formatProblems(problems: readonly ViewProblem[]): string {
  return problems
    .map(({ severity, file, line, column, code, message, fix, frame }) => {
      const place = `${file}:${line}:${column} - ${severity} ${code}: ${message}`;
      return [place, ...(frame === "" ? [] : [frame]), ...(fix === "" ? [] : [`  fix: ${fix}`])].join("\n");
    })
    .join("\n\n");
}
