/**
 * Power is cut while SQLite writes. The bytes of its files are replayed up to any position, with the rest lost, torn or
 * old, and the file must open whole with the rows of the last commit that was written to its end. With `durability: "full"` a commit is
 * synced before it is acknowledged, so that the place is never before it; with "normal" the last commits may be lost.
 * `GABLE_TEST_CUTS=20000 npm test -- faults` is the long form.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { createDatabase, field as f, Model, transaction } from "../../src/data.ts";
import type { Database } from "../../src/data.ts";

class Entry extends Model("entries", { id: f.id(), word: f.text({ max: 40, index: true }), text: f.text({ null: true }) }) {}

const cuts = Number(process.env["GABLE_TEST_CUTS"] ?? 150);
/** Lengths of the head of the log, and of that of each frame, of https://www.sqlite.org/fileformat2.html#walformat. */
const [headLength, frameHeadLength] = [32, 24];

/** What the two files of a database hold. */
interface Files {
  readonly main: Buffer;
  readonly log: Buffer;
}

/** A commit: the end of the log after it, and the rows of the database at that time. */
interface Commit {
  readonly end: number;
  readonly rows: string;
}

function frameLengthOf({ main }: Files): number {
  return frameHeadLength + main.readUInt16BE(16);
}

/** Where the frames of the current turn of the log end: each carries the salts of its head. */
function endOfLog(files: Files): number {
  const { log } = files;
  const salts = log.subarray(16, 24);
  let end = headLength;
  while (end < log.length && log.subarray(end + 8, end + 16).equals(salts)) end += frameLengthOf(files);
  return end;
}

async function readRows(): Promise<string> {
  return JSON.stringify((await Entry.orderBy("id")).map(({ id, word, text }) => [id, word, text]));
}

/** Numbers that look like chance, and are the same each time. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe("SQLite whose power is cut", () => {
  const folder = mkdtempSync(join(tmpdir(), "gable-power-"));
  const path = join(folder, "app.db");
  const random = makeRandom(7);
  let database: Database;

  const readFiles = (): Files => ({ main: readFileSync(path), log: readFileSync(`${path}-wal`) });

  /** Makes commits of several kinds. Returns each of them, and the files after all of them. */
  async function write(count: number, name: string): Promise<{ commits: Commit[]; files: Files }> {
    const commits: Commit[] = [];
    for (let number = 0; number < count; number++) {
      const word = `${name} ${number}`;
      if (number % 3 === 0) await Entry.create({ word });
      else if (number % 3 === 1)
        await transaction(async () => {
          await Entry.createMany([{ word, text: "long ".repeat(random(4_000)) }, { word }]);
          await Entry.where({ word: `${name} ${number - 1}` }).update({ text: word });
        });
      else await Entry.where({ word: `${name} ${number - 1}`, text: null }).delete();
      commits.push({ end: endOfLog(readFiles()), rows: await readRows() });
    }
    return { commits, files: readFiles() };
  }

  /** Opens files as the next start would, and gives what is in them. */
  async function recover({ main, log }: Files): Promise<string> {
    const other = mkdtempSync(join(folder, "cut-"));
    const place = join(other, "app.db");
    writeFileSync(place, main);
    writeFileSync(`${place}-wal`, log);
    const recovered = await createDatabase({ url: `sqlite:${place}`, models: [Entry], bind: false });
    try {
      const rows = await recovered.run(readRows);
      const raw = new DatabaseSync(place);
      const check = raw.prepare("PRAGMA integrity_check").all();
      raw.close();
      assert.deepEqual(
        check.map((row) => row["integrity_check"]),
        ["ok"],
      );
      return rows;
    } finally {
      await recovered.close();
      rmSync(other, { recursive: true });
    }
  }

  /** The rows of the last commit that ends at a place, or before. */
  const rowsAt = (commits: readonly Commit[], place: number, before: string): string =>
    commits.findLast(({ end }) => end <= place)?.rows ?? before;

  before(async () => {
    const made = await createDatabase({ url: `sqlite:${path}`, models: [Entry] });
    await made.createTables();
    await Entry.create({ word: "first" });
    await made.close();
    database = await createDatabase({ url: `sqlite:${path}`, models: [Entry] });
  });
  after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it(`opens intact at ${cuts} positions of the log, with the rest lost, torn or old`, async () => {
    const first = await readRows();
    const { commits, files } = await write(24, "one");
    const frame = frameLengthOf(files);
    const frames = (endOfLog(files) - headLength) / frame;
    assert.ok(frames > 60 && new Set(commits.map(({ rows }) => rows)).size === commits.length);
    for (let cut = 0; cut < cuts; cut++) {
      // At the borders of frames, next to them, and anywhere.
      const place = cut % 3 === 2 ? random(files.log.length) : headLength + random(frames + 1) * frame + [0, 1, -1][random(3)]!;
      const [lost, torn] = [files.log.subarray(0, place), Buffer.from(files.log)];
      torn.fill(random(256), place, Math.min(place + 1 + random(2 * frame), torn.length));
      const expected = rowsAt(commits, place, first);
      assert.ok((await recover({ main: files.main, log: lost })) === expected, `other rows, lost behind ${place}`);
      // What was filled may have been the same.
      if (!torn.equals(files.log)) {
        const damaged = torn.findIndex((byte, index) => byte !== files.log[index]);
        assert.ok((await recover({ main: files.main, log: torn })) === rowsAt(commits, damaged, first), `other rows, torn at ${damaged}`);
      }
    }
  });

  it("opens whole while the log is copied into the file, whichever pages have been written", async () => {
    const { commits, files } = await write(6, "two");
    const pageSize = frameLengthOf(files) - frameHeadLength;
    const pages = new Map<number, Buffer>();
    for (let at = headLength; at < endOfLog(files); at += frameLengthOf(files))
      pages.set(files.log.readUInt32BE(at), files.log.subarray(at + frameHeadLength, at + frameHeadLength + pageSize));
    const length = Math.max(files.main.length, ...[...pages.keys()].map((page) => page * pageSize));
    for (let cut = 0; cut < cuts / 5; cut++) {
      const main = Buffer.alloc(length);
      files.main.copy(main);
      // The last one of them is cut off.
      for (const [page, content] of pages) if (random(2) === 0) content.copy(main, (page - 1) * pageSize, 0, 1 + random(pageSize));
      assert.ok((await recover({ main, log: files.log })) === commits.at(-1)!.rows, `other rows at turn ${cut}`);
    }
  });

  it("opens whole when the log begins again over what was copied", async () => {
    const old = readFiles();
    const copier = new DatabaseSync(path);
    assert.equal(copier.prepare("PRAGMA wal_checkpoint(RESTART)").get()!["busy"], 0);
    copier.close();
    const before = await readRows();
    const { commits, files } = await write(9, "three");
    assert.ok(endOfLog(files) < old.log.length, "The log has not begun again.");
    for (let cut = 0; cut < cuts / 3; cut++) {
      const place = cut % 2 === 0 ? random(endOfLog(files)) : headLength + random(9) * frameLengthOf(files);
      const log = Buffer.concat([files.log.subarray(0, place), old.log.subarray(place)]);
      // What is old may be the same.
      const damaged = log.findIndex((byte, index) => byte !== files.log[index]);
      const expected = rowsAt(commits, damaged === -1 ? Infinity : damaged, before);
      assert.ok((await recover({ main: files.main, log })) === expected, `other rows at ${damaged}`);
    }
  });
});
