/** The contract of stores of files: what each of them does the same way, whoever wrote it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FileStore, StorageContent } from "gable/storage";

/** A store under test. */
export interface StorageUnderTest {
  /** The store, without files. */
  readonly store: FileStore;
  /** Removes what the test made. Nothing by default. */
  readonly remove?: () => Promise<void>;
}

const plain = { type: "text/plain" };

async function readAll(content: StorageContent): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content.stream()) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function readText(store: FileStore, key: string): Promise<string> {
  return readAll(await store.read(key));
}

async function* piecesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Error && "code" in error && error.code === code;

const pairs: ReadonlyArray<readonly [content: string, type: string]> = [
  ["png", "image/png"],
  ["pdf", "application/pdf"],
  ["html", "text/html"],
  ["octets", "application/octet-stream"],
];

/** Stores files with different types while others read, and deletes the last one. */
async function checkPairs(store: FileStore, key: string): Promise<void> {
  const assertPair = async (): Promise<void> => {
    const content = await store.read(key).catch((error: unknown) => {
      if (!hasCode("E_STORAGE_MISSING")(error)) throw error;
    });
    if (content !== undefined) assert.equal(content.type, new Map(pairs).get(await readAll(content)));
    const facts = await store.find(key);
    if (facts !== undefined) assert.ok(pairs.some(([text, type]) => text.length === facts.bytes && type === facts.type));
  };
  let isOver = false;
  const read = async (): Promise<void> => {
    while (!isOver) {
      await assertPair();
      // A store without timers and disks would not let the writers go on.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const write = async (): Promise<void> => {
    await Promise.all(pairs.map(([text, type]) => store.put(key, piecesOf(text), { type }))).finally(() => (isOver = true));
  };
  await Promise.all([read(), write()]);
  await assertPair();
  await store.delete(key);
  assert.equal(await store.find(key), undefined);
}

const contracts: ReadonlyArray<readonly [title: string, check: (store: FileStore) => Promise<void>]> = [
  [
    "stores texts, bytes and streams, and reads them back",
    async (store) => {
      await store.put("a.txt", "text \u{1f600}", plain);
      await store.put("b.bin", new Uint8Array([0, 255, 10]), { type: "application/octet-stream" });
      await store.put("c.txt", piecesOf("one ", "", "two"), plain);
      assert.equal(await readText(store, "a.txt"), "text \u{1f600}");
      assert.deepEqual((await store.find("b.bin"))?.bytes, 3);
      assert.equal(await readText(store, "c.txt"), "one two");
    },
  ],
  [
    "tells key, size, type and time of a file",
    async (store) => {
      const before = Date.now();
      await store.put("2026/11/photo.png", "1234", { type: "image/png" });
      const file = await store.find("2026/11/photo.png");
      assert.deepEqual([file?.key, file?.bytes, file?.type], ["2026/11/photo.png", 4, "image/png"]);
      assert.ok(Math.abs(file!.modified.getTime() - before) < 86_400_000);
      assert.match(file!.etag, /^"[\x21\x23-\x7e]+"$/);
      const content = await store.read("2026/11/photo.png");
      await content.close();
      assert.deepEqual([content.bytes, content.type, content.etag], [4, "image/png", file!.etag]);
    },
  ],
  [
    "keeps a type that the extension of the key does not tell",
    async (store) => {
      await store.put("page.png", "<p>", { type: "text/html; charset=utf-8" });
      await store.put("none", "1", { type: "image/webp" });
      assert.equal((await store.find("page.png"))?.type, "text/html; charset=utf-8");
      assert.equal((await store.find("none"))?.type, "image/webp");
      await store.put("page.png", "1", { type: "image/png" });
      assert.equal((await store.find("page.png"))?.type, "image/png");
    },
  ],
  [
    "stores files without bytes",
    async (store) => {
      await store.put("empty", "", plain);
      assert.equal((await store.find("empty"))?.bytes, 0);
      assert.equal(await readText(store, "empty"), "");
    },
  ],
  [
    "replaces a file, with another entity tag",
    async (store) => {
      await store.put("a", "first", plain);
      const first = await store.find("a");
      await store.put("a", "other", plain);
      const second = await store.find("a");
      assert.equal(await readText(store, "a"), "other");
      assert.notEqual(first?.etag, second?.etag);
    },
  ],
  [
    "reads ranges, whose ends are included",
    async (store) => {
      await store.put("a", "0123456789", plain);
      const read = async (start: number, end: number): Promise<string> => readAll(await store.read("a", { range: { start, end } }));
      assert.equal(await read(0, 0), "0");
      assert.equal(await read(2, 4), "234");
      assert.equal(await read(9, 9), "9");
      assert.equal(await read(8, 100), "89");
      await assert.rejects(read(10, 10), hasCode("E_RANGE_UNSATISFIABLE"));
      assert.equal(
        (await store.read("a", { range: { start: 1, end: 2 } }).then(async (content) => (await content.close(), content))).bytes,
        10,
      );
    },
  ],
  [
    "says when a file does not exist",
    async (store) => {
      assert.equal(await store.find("none"), undefined);
      assert.equal(await store.find("no/ne"), undefined);
      await assert.rejects(store.read("none"), hasCode("E_STORAGE_MISSING"));
      await store.put("a/b", "1", plain);
      assert.equal(await store.find("a"), undefined);
      await assert.rejects(store.read("a"), hasCode("E_STORAGE_MISSING"));
    },
  ],
  [
    "deletes a file, and nothing else",
    async (store) => {
      await store.put("a/1", "1", plain);
      await store.put("a/2", "2", { type: "image/png" });
      await store.delete("a/2");
      await store.delete("a/2");
      await store.delete("none");
      assert.equal(await store.find("a/2"), undefined);
      assert.equal(await readText(store, "a/1"), "1");
      await store.put("a/2", "2", plain);
      assert.equal((await store.find("a/2"))?.type, "text/plain");
    },
  ],
  [
    "keeps the old file when the source of a new one fails",
    async (store) => {
      await store.put("a", "old", plain);
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(100_000);
        throw new RangeError("the source failed");
      }
      await assert.rejects(store.put("a", failing(), plain), RangeError);
      await assert.rejects(store.put("b", failing(), plain), RangeError);
      assert.equal(await readText(store, "a"), "old");
      assert.equal(await store.find("b"), undefined);
    },
  ],
  [
    "shows one of twenty files that are stored under one key at the same time, whole",
    async (store) => {
      const texts = Array.from({ length: 20 }, (_, index) => String(index % 10).repeat(50_000 + index));
      await Promise.all(texts.map((text) => store.put("a", piecesOf(text.slice(0, 20_000), text.slice(20_000)), plain)));
      assert.ok(texts.includes(await readText(store, "a")));
    },
  ],
  [
    "never shows the content of one file with the type of another that is stored under the same key at the same time",
    async (store) => {
      // The extension of the key tells one of the types; equal sizes make files look the same.
      for (const key of ["key.png", "key"]) for (let round = 0; round < 10; round++) await checkPairs(store, key);
    },
  ],
  [
    "reads the old file to its end while it is replaced and deleted",
    async (store) => {
      await store.put("a", "old".repeat(100_000), plain);
      const content = await store.read("a");
      await store.put("a", "new", plain);
      await store.delete("a");
      assert.equal(await readAll(content), "old".repeat(100_000));
    },
  ],
  [
    "keeps what was stored when the caller changes its bytes",
    async (store) => {
      const bytes = new TextEncoder().encode("abc");
      await store.put("a", bytes, plain);
      bytes.fill(0);
      assert.equal(await readText(store, "a"), "abc");
    },
  ],
];

/** Defines the tests of a store in the current file. Each test makes its own with `create`. */
export function testStorage(name: string, create: () => Promise<StorageUnderTest>): void {
  describe(`storage contract: ${name}`, () => {
    for (const [title, check] of contracts)
      it(title, async () => {
        const { store, remove } = await create();
        try {
          await store.start?.();
          await check(store);
        } finally {
          await remove?.();
        }
      });
  });
}
