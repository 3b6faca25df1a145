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
import { tryLock } from "./lock.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const cache = join(root, "node_modules/.cache/gable-declarations");

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

/** Test files run at the same time: one of them writes, and the others wait. */
function writeOnce(folder: string): void {
  mkdirSync(cache, { recursive: true });
  const lock = `${folder}.lock`;
  while (!tryLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  try {
    if (!existsSync(folder)) write(folder);
  } finally {
    rmSync(lock, { force: true });
  }
}

function write(folder: string): void {
  for (const name of readdirSync(cache)) if (!name.endsWith(".lock")) rmSync(join(cache, name), { recursive: true });
  const unfinished = `${folder}.unfinished`;
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", unfinished],
    { cwd: root, encoding: "utf8" },
  );
  assert.equal(status, 0, stdout);
  renameSync(unfinished, folder);
}
