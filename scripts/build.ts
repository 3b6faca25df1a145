/**
 * Writes JavaScript and declarations to dist/: one file per entry, and chunks for what entries share or load
 * on demand. decisions/006 has the reason: a module costs more to find than to run.
 */
import { cp, glob, readFile, rm, writeFile } from "node:fs/promises";
import { rolldown } from "rolldown";
import { createChunkNames, isOwn } from "./chunk-groups.ts";
import { compactCode } from "./compact-code.ts";
import { localProgram, root, runCommand } from "./run-command.ts";

/** Entries that applications load. Testing is last, because it needs most of the others. */
const order = [
  "index",
  "data",
  "views",
  "forms",
  "session",
  "security",
  "auth",
  "mail",
  "cache",
  "storage",
  "live",
  "tasks",
  "migrations",
  "testing",
];

await rm(`${root}dist`, { recursive: true, force: true });
const files: string[] = [];
for await (const file of glob("src/*.ts", { cwd: root })) files.push(file);
// Programs: what the binary loads, and what workers and tests run. Nobody imports them.
files.push(
  "src/views/runtime.ts",
  "src/cli/main.ts",
  "src/server/supervisor/worker-main.ts",
  "src/cli/dev/worker-setup.ts",
  "src/cli/failed-tests.ts",
);
const entries = Object.fromEntries(files.sort().map((file) => [file.slice("src/".length, -".ts".length), `${root}${file}`]));
const bundle = await rolldown({
  input: entries,
  cwd: root,
  platform: "node",
  external: (id) => !isOwn(id),
  transform: { target: "node22.18" },
  preserveEntrySignatures: "allow-extension",
  logLevel: "warn",
});
// Names are kept and nothing is minified: a stack of ours leads to lines that can be read, so that there are no maps.
await bundle.write({
  dir: `${root}dist`,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  minify: false,
  codeSplitting: {
    groups: [{ name: createChunkNames({ entries, order }), debugName: "what entries need" }],
    includeDependenciesRecursively: false,
  },
});
await bundle.close();
// About a tenth of the code is comments and blanks, which only a reader of the sources needs.
for await (const file of glob("dist/**/*.js", { cwd: root })) {
  const path = `${root}${file}`;
  await writeFile(path, compactCode(await readFile(path, "utf8")));
}
// Browsers run these as they are.
await cp(`${root}src/client`, `${root}dist/client`, { recursive: true, filter: (path) => !path.endsWith(".json") });
process.exitCode = await runCommand(localProgram("tsc"), ["-p", "tsconfig.build.json", "--emitDeclarationOnly"]);
