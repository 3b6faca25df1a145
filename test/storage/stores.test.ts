/** Stores of files: the contract, hostile keys, and a disk that fails. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
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
    await mkdir(join(directory, ".types"), { mode: 0o777 });
    for (const name of [".types", ".partial"]) await chmod(join(directory, name), 0o777);
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

  it("gives files no rights to run", async () => {
    await store.put("run.sh", "#!/bin/sh", plain);
    assert.equal((await stat(join(folder, "media", "run.sh"))).mode & 0o111, 0);
  });
});
