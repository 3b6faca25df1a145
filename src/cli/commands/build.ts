/** `gable build`: compiles the template files and compresses static files, so that a server does not have to. */
import { relative, resolve, sep } from "node:path";
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { runCompiler } from "../project-compiler.ts";
import type { VariantCounts } from "../static-variants.ts";
import { findOutdated, listCompressible, writeStaticVariants } from "../static-variants.ts";

const flags = {
  out: { type: "string", help: "Folder for the application as JavaScript, such as dist; without it none is written" },
  check: { type: "boolean", help: "Writes no compressed files; exits with 1 when one is missing or outdated" },
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
    await app.start();
    await app.close();
    const { static: files } = options;
    const directory = typeof files === "object" ? files.directory : files;
    const variants = directory === undefined ? undefined : await compress(context, directory);
    const out = given.out === undefined ? undefined : await writeJavaScript(context, given.out);
    if (views !== undefined) print("Compiled the template files into .gable.");
    if (views === undefined && variants === undefined && out === undefined)
      print("The application has no template files and no static files. There is nothing to build.");
    return { views: views !== undefined, variants, ...(out !== undefined && { out }) };
  },
});

async function compress(
  { flags, print, progress, report }: Context,
  directory: string,
): Promise<VariantCounts | { readonly outdated: readonly string[] }> {
  const folder = resolve(directory);
  const files = await listCompressible(folder);
  if (flags.check) {
    const outdated = (await findOutdated(files)).map((path) => relative(folder, path));
    if (outdated.length > 0)
      report({
        id: "build.outdated",
        message: `These files in ${directory} have no compressed copy, or an older one: ${outdated.join(", ")}.`,
        fix: "Run: npx gable build",
      });
    return { outdated };
  }
  const counts = await progress("Static files", { total: files.length }, (bar) =>
    writeStaticVariants(files, (path) => bar.step(relative(folder, path))),
  );
  print(`Wrote ${counts.written} compressed files into ${directory}; ${counts.kept} others are up to date.`);
  return counts;
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
