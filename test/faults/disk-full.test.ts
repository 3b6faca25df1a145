/**
 * A disk that is full, or broken: one operation of an upload fails, the first, the second and so on, until there is none left to fail.
 * The reply is an error, no file and no descriptor stays, what was saved before stays whole, and the next upload passes.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import fileSystem from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gable, post } from "gable";
import { field as f, form } from "gable/forms";
import type { SentFormOf, UploadedFile } from "gable/forms";
import type { RunningServer } from "gable/server";
import { diskStorage, storage } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";

const root = mkdtempSync(join(tmpdir(), "gable-disk-full-"));
const folders = { spool: join(root, "spool"), saved: join(root, "saved"), storage: join(root, "storage") };
for (const folder of Object.values(folders)) mkdirSync(folder);
const savedPath = join(folders.saved, "cover.bin");
const usualTemporary = process.env["TMPDIR"];

// --- the fault --------------------------------------------------------------------------------------------------

/** How many operations from now the one that fails is; 0 while none fails. */
let failsIn = 0;
let code = "ENOSPC";
const failed: string[] = [];
const done: string[] = [];
const restorers: Array<() => void> = [];

/** Makes operations of an object fail when it is their turn. */
function replace(target: object, names: readonly string[]): void {
  for (const name of names) {
    const original = Reflect.get(target, name) as (...args: unknown[]) => unknown; // All of them are methods.
    Reflect.set(target, name, async function replaced(this: unknown, ...args: unknown[]) {
      if (failsIn > 0 && --failsIn === 0) {
        failed.push(name);
        throw Object.assign(new Error(`${code}: ${name} failed on purpose`), { code, syscall: name });
      }
      const result = await original.apply(this, args);
      done.push(name);
      return result;
    });
    restorers.push(() => Reflect.set(target, name, original));
  }
}

// --- the application --------------------------------------------------------------------------------------------

const upload = form({ one: f.file({ bytesMax: 1_000_000 }), two: f.file({ bytesMax: 1_000_000 }) }, { name: "upload" });
interface Files {
  one: UploadedFile;
  two: UploadedFile;
}

/** Whether both files were received. */
let isSpooled = false;

function readFiles(sent: SentFormOf<Files>): Files {
  isSpooled = true;
  if (sent.valid) return sent.data;
  return assert.fail(JSON.stringify(sent.errors()));
}

const app = gable({
  mode: "test",
  logger: silentLogger,
  storage: { store: diskStorage({ directory: folders.storage }) },
  routes: [
    post("/spool", { form: upload }, async ({ form: sent }) => {
      const { one, two } = readFiles(sent);
      return `${(await one.bytes()).length} and ${(await two.bytes()).length}`;
    }),
    post("/path", { form: upload }, async ({ form: sent }) => {
      await readFiles(sent).two.saveTo(savedPath);
      return "saved";
    }),
    post("/storage", { form: upload }, async ({ form: sent }) => {
      const { key } = await readFiles(sent).two.saveTo(storage, { prefix: "covers" });
      return key;
    }),
  ],
});
let server: RunningServer;

before(async () => {
  server = await app.listen({ port: 0 });
  const handle = await fileSystem.open("/dev/null");
  const prototype = Object.getPrototypeOf(handle) as object; // The class of open files is not exported.
  await handle.close();
  replace(prototype, ["write", "writev", "writeFile", "sync", "datasync", "read", "stat"]);
  replace(fileSystem, ["open", "mkdir", "rename", "link"]);
  syncBuiltinESMExports();
  process.env["TMPDIR"] = folders.spool;
});

after(async () => {
  if (usualTemporary === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = usualTemporary;
  for (const each of restorers) each();
  syncBuiltinESMExports();
  await server.stop({ graceMs: 0 });
  rmSync(root, { recursive: true });
});

/** Both files are above what stays in memory. */
const sizes = { one: 150_000, two: 200_000 };

async function send(path: string, letter: string): Promise<{ status: number; text: string }> {
  const body = new FormData();
  for (const [name, size] of Object.entries(sizes)) body.set(name, new Blob([letter.repeat(size)]), `${name}.bin`);
  const response = await fetch(new URL(path, server.url), { method: "POST", body, headers: { "sec-fetch-site": "same-origin" } });
  return { status: response.status, text: await response.text() };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files of this test that the process has open, deleted ones too. */
function countOpenFiles(): number {
  const links = readdirSync("/proc/self/fd").map((name) => readLink(`/proc/self/fd/${name}`));
  return links.filter((target) => target.startsWith(root)).length;
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // The descriptor of the list itself is closed by now.
  }
}

/** Waits until closing files are closed. */
async function untilClosed(): Promise<void> {
  for (let round = 0; countOpenFiles() > 0 && round < 500; round++) await wait(10);
  assert.equal(countOpenFiles(), 0, "open files");
}

// --- the tests --------------------------------------------------------------------------------------------------

/** A storage that fails is E_STORAGE_UNAVAILABLE, and reading needs no space. */
function expectedStatus(path: string, fault: string): number {
  if (isSpooled && path !== "/path" && failed.includes("read")) return 500;
  if (isSpooled && path === "/storage") return 503;
  return fault === "EIO" ? 500 : 507;
}

/** The check of what is stored, by path: the content of before, or the whole new one. */
const checks: Readonly<Record<string, (status: number) => void>> = {
  "/spool": () => assert.deepEqual(listFiles(root), []),
  "/path": (status) => {
    assert.deepEqual(listFiles(root), [savedPath]);
    assert.equal(readFileSync(savedPath, "latin1"), status === 200 ? "n".repeat(sizes.two) : "before");
  },
  "/storage": (status) => {
    const files = listFiles(root);
    // Once the file has its key, only the step that makes it last can fail: the whole file may stay.
    assert.equal(files.length, status === 200 || done.includes("rename") ? 1 : 0, files.join(", "));
    assert.ok(!files.some((file) => file.includes(".partial")), files.join(", "));
    for (const file of files) assert.equal(readFileSync(file, "latin1"), "n".repeat(sizes.two));
  },
};

for (const [name, text] of [
  ["ENOSPC", "a full disk"],
  ["EDQUOT", "a disk whose quota is used up"],
  ["EIO", "a broken disk"],
] as const)
  describe(`an upload on ${text}`, { skip: process.platform === "linux" ? false : "no /proc here" }, () => {
    for (const [path, check] of Object.entries(checks))
      it(`to ${path} fails as a whole, at whatever operation`, async (test) => {
        code = name;
        for (let turn = 1; ; turn++) {
          for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
          for (const folder of Object.values(folders)) mkdirSync(folder);
          if (path === "/path") writeFileSync(savedPath, "before");
          failed.length = 0;
          done.length = 0;
          isSpooled = false;
          failsIn = turn;
          const { status, text: reply } = await send(path, "n");
          failsIn = 0;
          await untilClosed();
          if (failed.length === 0) {
            assert.equal(status, 200, reply);
            assert.ok(turn > 4, `only ${turn - 1} operations could fail`);
            test.diagnostic(`${turn - 1} operations failed, one after the other`);
            check(200);
            return;
          }
          const where = `operation ${turn}, ${failed.join()}: ${reply}`;
          assert.equal(status, expectedStatus(path, name), where);
          assert.equal(reply.includes("E_UPLOAD_DISK_FULL"), status === 507, where);
          assert.ok(!reply.includes(root), where);
          check(status);
          const next = await send("/spool", "m");
          assert.deepEqual(next, { status: 200, text: `${sizes.one} and ${sizes.two}` }, where);
        }
      });
  });
