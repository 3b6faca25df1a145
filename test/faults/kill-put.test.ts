/**
 * Processes that store files are killed at any time. Each key has a whole file, and what they said was stored is stored.
 * `GABLE_TEST_KILLS=1000 npm test -- faults` is the long form.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { diskStorage } from "../../src/storage.ts";

const program = fileURLToPath(new URL("./put-writer.ts", import.meta.url));
const kills = Number(process.env["GABLE_TEST_KILLS"] ?? 12);
const writersAtOnce = 4;
const directory = await mkdtemp(join(tmpdir(), "gable-kill-put-"));

/** Lets a process store for a while, kills it, and gives the keys that it said were stored. */
async function storeUntilKilled(writer: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [...process.execArgv, program, directory, writer], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  const begun = new Promise<void>((resolve) => child.stdout.on("data", (chunk: Buffer) => ((output += String(chunk)), resolve())));
  child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([begun, ended]);
  await wait(Math.random() * 60);
  child.kill("SIGKILL");
  await ended;
  assert.equal(errors, "", writer);
  // The last line may be cut off: what was not said whole was not said.
  return output
    .slice(0, output.lastIndexOf("\n") + 1)
    .trim()
    .split("\n");
}

function isWhole(content: string): boolean {
  const pieces = Number(content.slice(0, content.indexOf("\n")));
  return pieces > 0 && content.length === `${pieces}\n`.length + pieces * 10_000 + 3 && content.endsWith("end");
}

describe("processes that store files and are killed", () => {
  after(() => rm(directory, { recursive: true }));

  it(`leave a whole file under each key, ${kills} times`, async () => {
    const told: string[] = [];
    await Promise.all(
      Array.from({ length: writersAtOnce }, async (_, slot) => {
        for (let turn = 0; turn < kills / writersAtOnce; turn++) told.push(...(await storeUntilKilled(`${slot}-${turn}`)));
      }),
    );
    const store = diskStorage({ directory });
    for (const key of told) assert.notEqual(await store.find(key), undefined, key);
    let count = 0;
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const key = relative(directory, join(entry.parentPath, entry.name));
      if (!entry.isFile() || key.startsWith(".")) continue;
      assert.ok(isWhole(await readFile(join(directory, key), "utf8")), `${key} is cut`);
      count++;
    }
    assert.ok(count > 0 && told.length >= kills);
  });
});
