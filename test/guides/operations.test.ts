/** The guide about backups, releases and keys: its way back is played, its commands exist, and its keys change as it says. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { createSigner } from "gable";
import type { TestProject } from "../cli/project.ts";
import { createTestProject } from "../cli/project.ts";

const guide = readFileSync(new URL("../../docs/guides/operations.md", import.meta.url), "utf8");

const project: TestProject = createTestProject({
  "app.ts": `import { gable } from "gable";
import { field as f, Model } from "gable/data";
class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}
export default gable({ models: { Book }, database: "sqlite:var/shop.db", mode: "development" });
`,
});
after(() => project.remove());

async function run(words: string): Promise<string> {
  const { code, out, error } = await project.run(...words.split(" "));
  assert.equal(code, 0, `${words}: ${out}${error}`);
  return out;
}

const file = join(project.folder, "var/shop.db");

/** Runs SQL on the database, as a program next to the site. */
function ask(sql: string): unknown[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe("the guide about backups, releases and keys", () => {
  it("has a way back that works", async () => {
    await run("db make books");
    await run("db migrate");
    ask("INSERT INTO books (title) VALUES ('before the backup')");
    await run("db backup");
    ask("INSERT INTO books (title) VALUES ('after the backup')");
    const [copy = ""] = readdirSync(join(project.folder, "var/backups"));
    for (const ending of ["", "-wal", "-shm"]) rmSync(file + ending, { force: true });
    copyFileSync(join(project.folder, "var/backups", copy), file);
    assert.match(await run("db status"), /books +applied/);
    await run("db migrate");
    await run("db check --live");
    assert.deepEqual(
      ask("SELECT title FROM books").map((row) => ({ ...(row as object) })),
      [{ title: "before the backup" }],
    );
  });

  it("names commands and flags that exist", async () => {
    const commands = new Set([...guide.matchAll(/`npx gable ([^`]+)`/g)].map(([, words]) => words!));
    assert.ok(commands.size >= 8, [...commands].join(", "));
    for (const words of commands) {
      const [flags, names] = [words.match(/--[a-z-]+/g) ?? [], words.replaceAll(/ --\S+(?: [a-z]+)?$/g, "")];
      const { code, out } = await project.run(...names.split(" "), "--help");
      assert.equal(code, 0, words);
      assert.ok(out.startsWith(`Usage: gable ${names} `), `${words}: ${out.split("\n")[0]}`);
      for (const flag of flags) assert.ok(out.includes(`${flag} `), `${words}: ${flag}`);
    }
  });

  it("changes keys so that each process reads what the others sign", async () => {
    const [old, next] = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")];
    // The lists of the guide, in order: each is live next to the one before it while processes restart.
    const lists = [[old], [old, next], [next, old], [next]];
    assert.match(guide, /`SECRET_KEYS=old,new`[^]*`SECRET_KEYS=new,old`[^]*`SECRET_KEYS=new`/);
    for (const encrypted of [false, true]) {
      const signers = lists.map((secretKeys) => createSigner<string>("drill", { secretKeys, encrypted }));
      for (const [index, signer] of signers.slice(1).entries()) {
        const before = signers[index]!;
        if (index < 2) assert.equal(await signer.verify(await before.sign("a")), "a", `list ${index + 2} reads list ${index + 1}`);
        assert.equal(await before.verify(await signer.sign("b")), "b", `list ${index + 1} reads list ${index + 2}`);
      }
      assert.equal(await signers[3]!.find(await signers[0]!.sign("a")), undefined, "the old key was removed");
    }
  });
});
