/**
 * Processes that write to one SQLite file are killed at any time. What they reported as stored is stored, and the file
 * stays whole. `GABLE_TEST_KILLS=1000 npm test -- faults` is the long form.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createDatabase, field as f, Model } from "../../src/data.ts";
import type { DatabasePlace } from "../data/databases.ts";
import { placeSqlite } from "../data/databases.ts";

class Entry extends Model("entries", { id: f.id(), writer: f.text({ max: 40 }), number: f.int() }) {}

const program = fileURLToPath(new URL("./writer.ts", import.meta.url));
const kills = Number(process.env["GABLE_TEST_KILLS"] ?? 12);
const writersAtOnce = 4;

/** Lets a process write for a while, kills it, and gives the last number that it said was stored. */
async function writeUntilKilled(url: string, writer: string): Promise<{ acknowledged: number; errors: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...process.execArgv, program, url, writer], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  const begun = new Promise<void>((resolve) => child.stdout.on("data", (chunk: Buffer) => ((output += String(chunk)), resolve())));
  child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([begun, ended]);
  await wait(Math.random() * 60);
  child.kill("SIGKILL");
  await ended;
  // The last line may be cut off: what was not said whole was not said.
  const lines = output
    .slice(0, output.lastIndexOf("\n") + 1)
    .trim()
    .split("\n");
  return { acknowledged: Number(lines.at(-1)), errors };
}

describe("writers of SQLite that are killed", () => {
  let place: DatabasePlace;
  before(async () => {
    place = await placeSqlite();
    const database = await createDatabase({ url: place.url, models: [Entry] });
    await database.createTables();
    await database.close();
  });
  after(() => place.remove());

  it(`lose nothing that was said to be stored, ${kills} times`, async () => {
    const told = new Map<string, number>();
    const work = async (slot: number): Promise<void> => {
      for (let turn = 0; turn < kills / writersAtOnce; turn++) {
        const writer = `${slot}-${turn}`;
        const { acknowledged, errors } = await writeUntilKilled(place.url, writer);
        assert.equal(errors, "", writer);
        assert.ok(acknowledged > 0, `${writer} has stored nothing`);
        told.set(writer, acknowledged);
      }
    };
    await Promise.all(Array.from({ length: writersAtOnce }, (_, slot) => work(slot)));
    const raw = new DatabaseSync(place.url.slice("sqlite:".length));
    assert.deepEqual(
      raw
        .prepare("PRAGMA integrity_check")
        .all()
        .map((row) => row["integrity_check"]),
      ["ok"],
    );
    raw.close();
    const database = await createDatabase({ url: place.url, models: [Entry] });
    for (const [writer, acknowledged] of told) {
      const numbers = await Entry.where({ writer }).orderBy("number").pluck("number");
      // All that were told, and those that were stored before their number had left the process, without a gap.
      assert.ok(numbers.length >= acknowledged, `${writer}: ${numbers.length} rows, ${acknowledged} told`);
      assert.deepEqual(
        numbers,
        numbers.map((_number, index) => index + 1),
        writer,
      );
    }
    await database.close();
  });
});
