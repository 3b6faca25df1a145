/**
 * Writes JavaScript and declarations to dist/: one file per entry, and chunks for what entries share or load
 * on demand. decisions/006 has the reason: a module costs more to find than to run.
 */
import { cp, glob, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { compactCode } from "./compact-code.ts";
import { localProgram, root, runCommand } from "./run-command.ts";

await rm(`${root}dist`, { recursive: true, force: true });
const entries: string[] = [];
for await (const entry of glob("src/*.ts", { cwd: root })) entries.push(entry);
await build({
  absWorkingDir: root,
  // The last four are programs: what the binary loads, and what workers and tests run. Nobody imports them.
  entryPoints: [
    ...entries.sort(),
    "src/views/runtime.ts",
    "src/cli/main.ts",
    "src/server/supervisor/worker-main.ts",
    "src/cli/dev/worker-setup.ts",
    "src/cli/failed-tests.ts",
  ],
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.18",
  packages: "external",
  // Names are kept and nothing is minified: a stack of ours leads to lines that can be read, so that there are no maps.
  logLevel: "warning",
});
// About a tenth of the code is comments and blanks, which only a reader of the sources needs.
for await (const file of glob("dist/**/*.js", { cwd: root })) {
  const path = `${root}${file}`;
  await writeFile(path, compactCode(await readFile(path, "utf8")));
}
// Browsers run these as they are.
await cp(`${root}src/client`, `${root}dist/client`, { recursive: true, filter: (path) => !path.endsWith(".json") });
process.exitCode = await runCommand(localProgram("tsc"), ["-p", "tsconfig.build.json", "--emitDeclarationOnly"]);
