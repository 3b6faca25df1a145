/**
 * Declarations of the sources, for tests that compile a project: they are written once for all test files, and the compiler reads them
 * about ten times as fast as the sources. Users compile against the same declarations.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const cache = join(root, "node_modules/.cache/gable-declarations");
/** Whoever has written nothing for so long was stopped. */
const stoppedMs = 180_000;

/** Returns `paths` for the tsconfig.json of a project: what `gable` and `gable/NAME` mean there. */
export function declarationPaths(): Readonly<Record<string, readonly string[]>> {
  const folder = join(cache, keyOfSources());
  if (!existsSync(folder)) writeOnce(folder);
  return { gable: [join(folder, "index.d.ts")], "gable/*": [join(folder, "*.d.ts")] };
}

/** Changes with each change of a source. */
function keyOfSources(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).toSorted()) {
    if (!name.endsWith(".ts") || /\.(?:test|test-d|cases)\.ts$/.test(name)) continue;
    const { mtimeMs, size } = statSync(join(root, "src", name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Test files run at the same time: the one that can make this folder writes, and the others wait. */
function writeOnce(folder: string): void {
  const writing = `${folder}.writing`;
  mkdirSync(cache, { recursive: true });
  try {
    mkdirSync(writing);
  } catch {
    return waitFor(folder);
  }
  try {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", writing],
      { cwd: root, encoding: "utf8" },
    );
    assert.equal(status, 0, stdout);
    for (const name of readdirSync(cache)) if (join(cache, name) !== writing) rmSync(join(cache, name), { recursive: true });
    renameSync(writing, folder);
  } catch (error) {
    rmSync(writing, { recursive: true, force: true });
    throw error;
  }
}

function waitFor(folder: string): void {
  const writing = `${folder}.writing`;
  while (!existsSync(folder)) {
    const state = statSync(writing, { throwIfNoEntry: false });
    if (state === undefined && !existsSync(folder)) return writeOnce(folder);
    if (state !== undefined && Date.now() - state.mtimeMs > stoppedMs) rmSync(writing, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}
