/** `gable build`: compiles the template files and compresses static files, so that a server does not have to. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import type { GableOptions } from "gable";
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { runCompiler } from "../project-compiler.ts";
import type { VariantCounts } from "../static-variants.ts";
import { findOutdated, listCompressible, listLeftover, readRecord, writeRecord, writeStaticVariants } from "../static-variants.ts";
import { toCompileOptions } from "../view-options.ts";

const flags = {
  out: { type: "string", help: "Folder for the application as JavaScript, such as dist; without it none is written" },
  check: { type: "boolean", help: "Writes nothing; exits with 1 when a compressed file is missing, outdated or left over" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Compiles the views, and compresses the static files. */
export const build = builtIn({
  examples: ["build", "build --mode production", "build --check", "build --out dist"],
  flags,
  async run(context: Context) {
    const { project, print, flags: given } = context;
    if (given.check && given.out !== undefined)
      throw new GableError("E_COMMAND_USAGE", "--check writes nothing, and --out is given.", { fix: "Leave one of them out." });
    const app = await project.loadApp();
    const { views, options } = app.describe();
    if (!given.check) {
      await app.start();
      await app.close();
    } else if (options.views !== undefined) await checkTemplates(context, options.views);
    const { static: files } = options;
    const directory = typeof files === "object" ? files.directory : files;
    const variants = directory === undefined ? undefined : await compress(context, directory);
    const out = given.out === undefined ? undefined : await writeJavaScript(context, given.out);
    if (views !== undefined && !given.check) print("Compiled the template files into .gable.");
    if (views === undefined && variants === undefined && out === undefined)
      print("The application has no template files and no static files. There is nothing to build.");
    return { views: views !== undefined, variants, ...(out !== undefined && { out }) };
  },
});

/** Names of files whose compressed copies a build would write, and of copies that it would remove. */
interface OutdatedCopies {
  readonly outdated: readonly string[];
  readonly leftover: readonly string[];
}

type Compressed = (VariantCounts & { readonly removed: number }) | OutdatedCopies;

async function compress(context: Context, directory: string): Promise<Compressed> {
  const { flags, print, progress, project } = context;
  const folder = resolve(directory);
  const files = await listCompressible(folder);
  const recordFile = join(project.folder, ".gable", "compressed.json");
  const record = await readRecord(project.folder, recordFile);
  const leftover = await listLeftover(folder, files, record);
  const namesOf = (paths: readonly string[]): string[] => paths.map((path) => relative(folder, path));
  if (flags.check) return reportCopies(context, directory, { outdated: namesOf(await findOutdated(files)), leftover: namesOf(leftover) });
  const before = JSON.stringify([...record]);
  for (const path of leftover) await rm(path);
  const counts = await progress("Static files", { total: files.length }, (bar) =>
    writeStaticVariants(files, record, (path) => bar.step(relative(folder, path))),
  );
  for (const path of record.keys()) if (!existsSync(path)) record.delete(path);
  if (JSON.stringify([...record]) !== before) await writeRecord(project.folder, recordFile, record);
  const removed = leftover.length === 0 ? "" : ` Removed ${leftover.length} of files that no longer exist.`;
  print(`Wrote ${counts.written} compressed files into ${directory}; ${counts.kept} others are up to date.${removed}`);
  return { ...counts, removed: leftover.length };
}

/** Reports what a build would write and remove. */
function reportCopies({ report }: Context, directory: string, copies: OutdatedCopies): OutdatedCopies {
  const { outdated, leftover } = copies;
  const fix = "Run: npx gable build";
  if (outdated.length > 0) {
    const message = `These files in ${directory} have no compressed copy, or an older one: ${outdated.join(", ")}.`;
    report({ id: "build.outdated", message, fix });
  }
  if (leftover.length > 0) {
    const message = `These files in ${directory} are compressed copies of files that no longer exist: ${leftover.join(", ")}.`;
    report({ id: "build.leftover", message, fix });
  }
  return copies;
}

/** Compiles the template files into a temporary folder, and reports their errors. Nothing is written into the project. */
async function checkTemplates({ project, report }: Context, views: NonNullable<GableOptions["views"]>): Promise<void> {
  const { checkViews } = await import("gable/check");
  const options = toCompileOptions(project.folder, views);
  // What was built elsewhere has nothing to compare.
  if (options.directories.every((each) => !existsSync(each))) return;
  const folder = await mkdtemp(join(tmpdir(), "gable-build-"));
  try {
    const found = checkViews({ ...options, project: folder, generated: join(folder, "generated") });
    // The empty project has no compiler: what it says is not about the files.
    for (const { file, line, code, message, fix } of found.filter((each) => each.code.startsWith("E_VIEW_"))) {
      const where = `${project.toShown(resolve(project.folder, file))}:${line}`;
      report({ id: code, message: `${where}: ${message}`, where, ...(fix !== "" && { fix }) });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every file keeps its place below the folder, and imports lead to `.js`. */
async function writeJavaScript(
  { project, print, report }: Context,
  out: string,
): Promise<{ readonly folder: string; readonly files: number }> {
  const folder = resolve(project.folder, out);
  if (!folder.startsWith(project.folder + sep))
    throw new GableError("E_COMMAND_USAGE", `--out is ${out}: it must be a folder below the project.`, { fix: "Use: --out dist" });
  const emit = ["--noEmit", "false", "--noEmitOnError", "--rewriteRelativeImportExtensions", "--sourceMap", "--listEmittedFiles"];
  const result = await runCompiler(project.folder, [...emit, "--rootDir", project.folder, "--outDir", folder]);
  if (result === undefined)
    throw new GableError("E_COMMAND_PROGRAM", "The project has no TypeScript compiler, or no tsconfig.json.", {
      fix: "Run: npm install --save-dev typescript",
    });
  for (const problem of result.problems) report(problem);
  const files = result.written.filter((name) => name.endsWith(".js")).length;
  if (result.problems.length === 0)
    print(`Wrote ${files} files of JavaScript into ${out}. Start them with: npx gable start --app ${out}/app.js`);
  return { folder: out, files };
}
