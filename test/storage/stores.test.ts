/** Stores of files: the contract, hostile keys, and a disk that fails. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { FileStore } from "gable/storage";
import { diskStorage, memoryStorage } from "gable/storage";
import { testStorage } from "gable/testing";
import { assertStorageKey, findKeyProblem } from "../../src/storage/storage-key.ts";
import { hostileKeys, refusedKeys } from "./hostile-keys.ts";
import { readAll } from "./read-all.ts";

const plain = { type: "text/plain" };
const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "gable-storage-"));

testStorage("memory", async () => ({ store: memoryStorage() }));
testStorage("disk", async () => {
  const directory = await makeFolder();
  return { store: diskStorage({ directory: join(directory, "media") }), remove: () => rm(directory, { recursive: true }) };
});

async function readText(store: FileStore, key: string): Promise<string> {
  return (await readAll((await store.read(key)).stream())).toString();
}

/** All files below a folder, with their content. */
async function listFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) files.set(join(entry.parentPath, entry.name), await readFile(join(entry.parentPath, entry.name), "utf8"));
  return files;
}

describe("keys", () => {
  it("are refused when they break a rule, with the rule", () => {
    for (const key of refusedKeys) assert.notEqual(findKeyProblem(key), undefined, JSON.stringify(key));
    for (const key of [undefined, null, 7, ["a"], {}]) assert.equal(findKeyProblem(key), "it is not a string");
    assert.throws(() => assertStorageKey("a/../b"), {
      code: "E_STORAGE_KEY",
      message: 'The key "a/../b" cannot be used: its segment ".." starts with a dot.',
    });
  });

  it("are good up to each limit", () => {
    const good = ["a", "2026/11/0f3kz.png", "Bücher/ä.pdf", "a-b_c~d (1).txt", "日本/語", "\u{1f600}.png", "console.log", "x".repeat(255)];
    for (const key of good) assert.equal(findKeyProblem(key), undefined, key);
    assert.equal(findKeyProblem(`${"x".repeat(255)}/${"y".repeat(255)}/`.slice(0, 511)), undefined);
    assert.equal(findKeyProblem(`${"x".repeat(255)}/${"y".repeat(254)}/z`), undefined);
    assert.equal(findKeyProblem(`${"x".repeat(255)}/${"y".repeat(255)}/z`), "it is longer than 512 bytes");
    assert.equal(findKeyProblem("x".repeat(256)), "it has a segment of more than 255 bytes");
    assert.equal(findKeyProblem("é".repeat(127)), undefined);
    assert.equal(findKeyProblem("é".repeat(128)), "it has a segment of more than 255 bytes");
  });
});

describe("diskStorage()", () => {
  let folder = "";
  let store: FileStore;
  before(async () => {
    folder = await makeFolder();
    store = diskStorage({ directory: join(folder, "media") });
    await store.start?.();
    await mkdir(join(folder, "media-evil"));
    for (const name of ["outside.txt", "media-evil/outside.txt"]) await writeFile(join(folder, name), "secret");
  });
  after(() => rm(folder, { recursive: true }));

  it(`reads and writes nothing outside of its folder for ${hostileKeys.length} hostile keys, even without the check of keys`, async () => {
    assert.ok(hostileKeys.length >= 500);
    const outside = await listFiles(folder);
    // Straight to the store: storage.put() and its neighbours refuse most of these keys first.
    for (const key of [...hostileKeys, "../outside.txt", "a/../../outside.txt", "../media-evil/outside.txt"]) {
      assert.equal(await store.find(key).catch(() => undefined), undefined, JSON.stringify(key));
      await store
        .put(key, "written", plain)
        .catch((error: unknown) => assert.match(String((error as { code?: string }).code), /^E_STORAGE_/));
      await store.delete(key).catch((error: unknown) => assert.match(String((error as { code?: string }).code), /^E_STORAGE_/));
    }
    for (const [path, text] of outside) assert.equal(await readFile(path, "utf8"), text, path);
    for (const path of (await listFiles(folder)).keys()) assert.ok(outside.has(path) || path.startsWith(join(folder, "media", "/")), path);
  });

  it("follows no link out of its folder, neither to read nor to write", async () => {
    await symlink(folder, join(folder, "media", "up"));
    await symlink(join(folder, "media-evil"), join(folder, "media", "evil"));
    await symlink(join(folder, "outside.txt"), join(folder, "media", "link.txt"));
    for (const key of ["up/outside.txt", "evil/outside.txt", "link.txt"]) {
      assert.equal(await store.find(key), undefined, key);
      await assert.rejects(store.read(key), { code: "E_STORAGE_MISSING" });
      await store.delete(key);
    }
    for (const key of ["up/new.txt", "evil/outside.txt"]) await assert.rejects(store.put(key, "written", plain), { code: "E_STORAGE_KEY" });
    // A put replaces a link, not what it names.
    await store.put("link.txt", "mine", plain);
    assert.equal(await readText(store, "link.txt"), "mine");
    assert.equal(await readFile(join(folder, "outside.txt"), "utf8"), "secret");
    assert.equal(await readFile(join(folder, "media-evil", "outside.txt"), "utf8"), "secret");
  });

  it("follows no link out of the folder of types", async () => {
    await store.put("typed.bin", "1", { type: "text/x-own" });
    const types = join(folder, "media", ".types");
    await mkdir(types, { recursive: true });
    await symlink(join(folder, "media-evil"), join(types, "led"));
    await mkdir(join(folder, "media", "led"), { recursive: true });
    await writeFile(join(folder, "media", "led", "outside.txt"), "mine");
    assert.equal((await store.find("led/outside.txt"))?.type, "text/plain; charset=utf-8");
    await store.delete("led/outside.txt");
    assert.equal(await readFile(join(folder, "media-evil", "outside.txt"), "utf8"), "secret");
    assert.equal((await store.find("typed.bin"))?.type, "text/x-own");
  });

  it("refuses a key that is the start of another one", async () => {
    await store.put("one", "1", plain);
    await store.put("two/a", "1", plain);
    const message = /: a stored file has a part of this key as its key, or this key is the start of other ones\.$/;
    await assert.rejects(store.put("one/a", "1", plain), { code: "E_STORAGE_KEY", message });
    await assert.rejects(store.put("two", "1", plain), { code: "E_STORAGE_KEY", message });
    assert.equal(await readText(store, "one"), "1");
    assert.deepEqual(await readdir(join(folder, "media", ".partial")), []);
  });

  it("removes at start what died a day ago, and nothing younger", async () => {
    const partials = join(folder, "media", ".partial");
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    for (const [name, hours] of [
      ["old", 24.1],
      ["young", 23.9],
    ] as const) {
      await writeFile(join(partials, name), "half");
      await utimes(join(partials, name), hoursAgo(hours), hoursAgo(hours));
    }
    await store.start?.();
    assert.deepEqual(await readdir(partials), ["young"]);
    await rm(join(partials, "young"));
  });

  it("names a folder that cannot be used", async () => {
    await writeFile(join(folder, "file"), "");
    await assert.rejects(async () => diskStorage({ directory: join(folder, "file") }).start?.(), {
      code: "E_STORAGE_UNAVAILABLE",
      message: /^The storage cannot use the folder ".*file": ENOTDIR|EEXIST/,
    });
    assert.throws(() => diskStorage({ directory: "" }), { code: "E_OPTION_INVALID" });
    assert.throws(() => diskStorage({ directory: "a", mode: 1 } as never), { code: "E_OPTION_UNKNOWN" });
  });

  it("says that it may not read or write, and keeps the old file", async () => {
    const directory = join(folder, "rights");
    const own = diskStorage({ directory });
    await own.put("a/1.txt", "old", { type: "text/plain; charset=utf-8" });
    await mkdir(join(directory, ".notes"), { mode: 0o777 });
    for (const name of [".notes", ".partial"]) await chmod(join(directory, name), 0o777);
    await chmod(folder, 0o755);
    await chmod(join(directory, "a", "1.txt"), 0);
    await chmod(join(directory, "a"), 0o555);
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!(65_534);
    try {
      await assert.rejects(own.read("a/1.txt"), {
        code: "E_STORAGE_UNAVAILABLE",
        status: 503,
        message: /^The storage cannot read "a\/1\.txt": EACCES/,
      });
      await assert.rejects(own.put("a/1.txt", "new", plain), {
        code: "E_STORAGE_UNAVAILABLE",
        message: /^The storage cannot store "a\/1\.txt": EACCES/,
      });
      await assert.rejects(own.delete("a/1.txt"), {
        code: "E_STORAGE_UNAVAILABLE",
        message: /^The storage cannot delete "a\/1\.txt": EACCES/,
      });
    } finally {
      if (isRoot) process.seteuid!(0);
      await chmod(join(directory, "a"), 0o755);
      await chmod(join(directory, "a", "1.txt"), 0o644);
    }
    assert.equal(await readText(own, "a/1.txt"), "old");
    assert.equal((await own.find("a/1.txt"))?.type, "text/plain; charset=utf-8");
    assert.deepEqual(await readdir(join(directory, ".partial")), []);
  });

  it("says that the disk is full, keeps the old file and leaves nothing behind", { skip: process.platform === "win32" }, async () => {
    const directory = join(folder, "full");
    const own = diskStorage({ directory });
    await own.put("a.bin", "old", plain);
    const program = fileURLToPath(new URL("./put-large.ts", import.meta.url));
    // A limit on the size of files fails as a full disk does: a write takes a part, and the next one nothing.
    const script = 'trap "" XFSZ; ulimit -f 512; exec "$@"';
    const child = spawn("sh", ["-c", script, "sh", process.execPath, ...process.execArgv, program, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output = (await readAll(child.stdout)).toString();
    assert.match(output, /^E_STORAGE_UNAVAILABLE The storage cannot store "a\.bin": EFBIG/);
    assert.equal(await readText(own, "a.bin"), "old");
    assert.deepEqual(await readdir(join(directory, ".partial")), []);
  });

  // The extension of the first key tells one of its types. The types of each have the same length, so that sizes tell nothing.
  for (const [key, types] of [
    ["killed.png", ["image/png", "text/html", "audio/aac"]],
    ["killed", ["text/html", "audio/aac", "video/mp4"]],
  ] as const)
    it(`keeps content and type of ${key} together when two processes that store it are killed at any time`, async () => {
      const directory = join(folder, `pairs-${key}`);
      const program = fileURLToPath(new URL("./put-pairs.ts", import.meta.url));
      for (let round = 0; round < 6; round++) {
        const children = [0, 1].map(() =>
          spawn(process.execPath, [...process.execArgv, program, directory, key, ...types], { stdio: ["ignore", "pipe", "inherit"] }),
        );
        await Promise.all(children.map((child) => once(child.stdout, "data")));
        const own = diskStorage({ directory });
        const assertPair = async (): Promise<void> => {
          if ((await own.find(key)) === undefined) return;
          const content = await own.read(key);
          assert.equal((await readAll(content.stream())).toString(), content.type);
        };
        const exits = children.map((child) => once(child, "exit"));
        try {
          const end = performance.now() + 20 + Math.random() * 80;
          while (performance.now() < end) await assertPair();
        } finally {
          for (const child of children) child.kill("SIGKILL");
          await Promise.all(exits);
        }
        assert.notEqual(await own.find(key), undefined);
        await assertPair();
        if (round % 2 === 1) await own.put(key, types[0], { type: types[0] });
        await assertPair();
      }
    });

  it("keeps the types of a folder that was copied, and of a file that an earlier release stored", async () => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    const own = diskStorage({ directory: first });
    for (const [key, type] of [
      ["page", "text/html"],
      ["page.png", "text/html"],
      ["image.png", "image/png"],
    ] as const)
      await own.put(key, key, { type });
    // An earlier release kept one type for each key.
    await mkdir(join(first, ".types", "old"), { recursive: true });
    await mkdir(join(first, "old"));
    await writeFile(join(first, "old", "a"), "1");
    await writeFile(join(first, ".types", "old", "a"), "text/csv");
    for (const preserveTimestamps of [true, false]) {
      await rm(second, { recursive: true, force: true });
      await cp(first, second, { recursive: true, preserveTimestamps });
      const copy = diskStorage({ directory: second });
      const typeOf = async (key: string): Promise<string | undefined> => (await copy.find(key))?.type;
      assert.deepEqual(await Promise.all(["page", "page.png", "image.png", "old/a"].map(typeOf)), [
        "text/html",
        "text/html",
        "image/png",
        "text/csv",
      ]);
      // Each is replaced by a file of the same size, whose type its extension tells.
      await copy.put("page.png", "PAGE.PNG", { type: "image/png" });
      await copy.put("old/a", "2", { type: "application/octet-stream" });
      assert.deepEqual(await Promise.all(["page.png", "old/a"].map(typeOf)), ["image/png", "application/octet-stream"]);
      await assert.rejects(stat(join(second, ".types", "old", "a")), { code: "ENOENT" });
    }
  });

  it("keeps no notes about files that were replaced or deleted", async () => {
    const directory = join(folder, "noted");
    const own = diskStorage({ directory });
    const countNotes = async (): Promise<number> => {
      const entries = await readdir(join(directory, ".notes"), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    };
    await own.put("a.png", "1", { type: "image/png" });
    await assert.rejects(readdir(join(directory, ".notes")), { code: "ENOENT" });
    for (const type of ["text/html", "text/csv", "image/png", "text/html"]) {
      await own.put("a.png", "1", { type });
      assert.equal((await own.find("a.png"))?.type, type);
      assert.equal(await countNotes(), 1);
    }
    await own.delete("a.png");
    assert.deepEqual(await readdir(join(directory, ".notes")), []);
  });

  it("gives files no rights to run", async () => {
    await store.put("run.sh", "#!/bin/sh", plain);
    assert.equal((await stat(join(folder, "media", "run.sh"))).mode & 0o111, 0);
  });
});
