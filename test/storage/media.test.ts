/** Stored files at /media: signed addresses, headers, ranges, uploads. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import { gable, post } from "gable";
import type { Application, GableOptions, SavedUpload } from "gable";
import { field as f, form } from "gable/forms";
import { memoryStorage, storage, storagePart } from "gable/storage";
import type { FileStore } from "gable/storage";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";
import { hostileKeys } from "./hostile-keys.ts";
import { readAll } from "./read-all.ts";

const key = "q3J8v0LwZr1Xc9TfYb2NmKd7HsPgAeUiOt5Wx4Vy6Qa";
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const folder = await mkdtemp(join(tmpdir(), "gable-media-"));
const apps: Application[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
after(() => rm(folder, { recursive: true }));

async function start(options: GableOptions = {}): Promise<Application> {
  const app = gable({ mode: "production", secretKeys: [key], logger: silentLogger, storage: { store: memoryStorage() }, ...options });
  apps.push(app);
  await app.start();
  return app;
}

const head = (response: Response, ...names: string[]): Array<string | null> => names.map((name) => response.headers.get(name));

describe("GET /media", () => {
  it("shows a private file at its signed address, and at no other one", async () => {
    const app = await start();
    await storage.put("a/photo 1.png", png, { type: "image/png" });
    await storage.put("a/other.png", png, { type: "image/png" });
    const url = storage.url("a/photo 1.png");
    assert.match(url, /^\/media\/a\/photo%201\.png\?token=v1\.[\w.-]+$/);
    const shown = await app.request(url);
    assert.equal(shown.status, 200);
    assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), png);
    const token = url.slice(url.indexOf("?"));
    const refused = [
      "/media/a/photo%201.png",
      "/media/a/photo%201.png?token=",
      `/media/a/photo%201.png${token}x`,
      `/media/a/other.png${token}`,
      `/media/none${token}`,
    ];
    for (const address of refused) {
      const reply = await app.request(address);
      assert.equal(reply.status, 403, address);
      assert.match(await reply.text(), /E_STORAGE_LINK/);
    }
    assert.equal((await app.request(storage.url("none.png"))).status, 404);
  });

  it("does not show a file after the time of its address", async (test) => {
    const app = await start();
    await storage.put("a.png", png, { type: "image/png" });
    const url = storage.url("a.png", { ttlSeconds: 60 });
    test.mock.timers.enable({ apis: ["Date"], now: Date.now() + 59_000 });
    assert.equal((await app.request(url)).status, 200);
    test.mock.timers.setTime(Date.now() + 2_000);
    assert.equal((await app.request(url)).status, 403);
  });

  it("shows public files to everybody, by the start of their keys", async () => {
    const app = await start({ storage: { store: memoryStorage(), public: ["covers/"], at: "/files" } });
    await storage.put("covers/a.png", png, { type: "image/png" });
    await storage.put("covers-private/a.png", png, { type: "image/png" });
    assert.equal(storage.url("covers/a.png"), "/files/covers/a.png");
    const shown = await app.request("/files/covers/a.png");
    assert.deepEqual(head(shown, "content-type", "cache-control"), ["image/png", "public, no-cache"]);
    assert.equal((await app.request("/files/covers-private/a.png")).status, 403);
  });

  it("lets a public file be saved under a signed name", async () => {
    const app = await start({ storage: { store: memoryStorage(), public: true } });
    await storage.put("a.png", png, { type: "image/png" });
    const named = await app.request(storage.url("a.png", { download: "Grüße.png" }));
    assert.deepEqual(head(named, "content-disposition"), [`attachment; filename="Gr__e.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png`]);
    const own = await app.request(storage.url("a.png", { download: true }));
    assert.deepEqual(head(own, "content-disposition"), ['attachment; filename="a.png"']);
    assert.equal((await app.request("/media/a.png?token=v1.forged")).status, 403);
  });

  const types: ReadonlyArray<readonly [stored: string, served: string, isInline: boolean]> = [
    ...["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "video/mp4", "video/webm", "audio/mpeg", "audio/wav"].map(
      (type) => [type, type, true] as const,
    ),
    ["IMAGE/PNG; a=b", "image/png", true],
    ["application/pdf", "application/pdf", false],
    ["text/plain; charset=utf-8", "text/plain; charset=utf-8", false],
    ...[
      "text/html",
      "TEXT/HTML",
      "text/html; charset=utf-16",
      "application/xhtml+xml",
      "image/svg+xml",
      "image/svg+xml; charset=utf-8",
      "text/xml",
      "application/xml",
      "application/rss+xml",
      "text/xsl",
      "text/javascript",
      "application/javascript",
      "application/ecmascript",
      "text/css",
      "application/json",
      "application/wasm",
      "application/octet-stream",
      "multipart/x-mixed-replace",
      "message/rfc822",
      "x-unknown/unknown",
      "image/png+xml",
      "image/bmp",
    ].map((type) => [type, "application/octet-stream", false] as const),
  ];
  for (const [stored, served, isInline] of types)
    it(`serves ${stored} as ${served}, ${isInline ? "shown" : "as a download"}`, async () => {
      const app = await start({ storage: { store: memoryStorage(), public: true } });
      await storage.put("f", "<script>alert(1)</script>", { type: stored });
      const reply = await app.request("/media/f");
      assert.deepEqual(head(reply, "content-type", "x-content-type-options", "content-security-policy", "content-disposition"), [
        served,
        "nosniff",
        "sandbox; default-src 'none'",
        isInline ? "inline" : 'attachment; filename="f"',
      ]);
    });

  it("answers ranges, conditions and HEAD", async () => {
    const app = await start({ storage: { store: memoryStorage(), public: true } });
    await storage.put("a.mp4", "0123456789", { type: "video/mp4" });
    const { headers } = await app.request("/media/a.mp4");
    const etag = headers.get("etag")!;
    const ask = async (given: Record<string, string>, method = "GET"): Promise<readonly unknown[]> => {
      const reply = await app.request("/media/a.mp4", { method, headers: given });
      return [reply.status, await reply.text(), reply.headers.get("content-range")];
    };
    assert.deepEqual(await ask({ range: "bytes=2-4" }), [206, "234", "bytes 2-4/10"]);
    assert.deepEqual(await ask({ range: "bytes=-3" }), [206, "789", "bytes 7-9/10"]);
    assert.deepEqual(await ask({ range: "bytes=10-" }), [416, "", "bytes */10"]);
    assert.deepEqual(await ask({ range: "bytes=2-4", "if-range": etag }), [206, "234", "bytes 2-4/10"]);
    assert.deepEqual(await ask({ range: "bytes=2-4", "if-range": '"other"' }), [200, "0123456789", null]);
    assert.deepEqual(await ask({ "if-none-match": etag }), [304, "", null]);
    assert.deepEqual(await ask({ "if-match": '"other"' }), [412, "", null]);
    const head = await app.request("/media/a.mp4", { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal((await app.request("/media/a.mp4", { method: "POST", headers: { "sec-fetch-site": "same-origin" } })).status, 405);
    await storage.put("empty.mp4", "", { type: "video/mp4" });
    assert.equal(await (await app.request("/media/empty.mp4")).text(), "");
  });

  it("sends ranges of files on disk over a socket, and the length for HEAD", async () => {
    const app = await start({ storage: { store: join(folder, "socket"), public: true } });
    await storage.put("a.webm", "x".repeat(200_000), { type: "video/webm" });
    const server = await app.listen({ port: 0, host: "127.0.0.1", quiet: true });
    const { url } = server;
    const whole = await fetch(new URL("/media/a.webm", url));
    assert.equal((await whole.text()).length, 200_000);
    const part = await fetch(new URL("/media/a.webm", url), { headers: { range: "bytes=100000-" } });
    assert.deepEqual([part.status, (await part.text()).length], [206, 100_000]);
    const none = await fetch(new URL("/media/a.webm", url), { method: "HEAD" });
    assert.deepEqual(head(none, "content-length", "content-type"), ["200000", "video/webm"]);
    await server.stop();
  });

  it("never mixes two contents of a key that is replaced between look and read", async () => {
    const inner = memoryStorage();
    let replacements = 2;
    const store: FileStore = {
      put: (...given) => inner.put(...given),
      find: (given) => inner.find(given),
      delete: (given) => inner.delete(given),
      read: async (...given) => {
        if (replacements-- > 0) await inner.put("a.png", "longer than before", { type: "image/png" });
        return inner.read(...given);
      },
    };
    const app = await start({ storage: { store, public: true } });
    await storage.put("a.png", "short", { type: "image/png" });
    assert.equal(await (await app.request("/media/a.png")).text(), "longer than before");
    replacements = Infinity;
    assert.equal((await app.request("/media/a.png")).status, 503);
  });

  it("answers 404 or 400 for hostile keys, and gives no byte from outside", async () => {
    const app = await start({ storage: { store: join(folder, "hostile"), public: true } });
    await writeFile(join(folder, "outside.txt"), "secret");
    for (const hostile of hostileKeys) {
      if (!hostile.isWellFormed()) continue;
      for (const address of [`/media/${hostile.split("/").map(encodeURIComponent).join("/")}`, `/media/${encodeURIComponent(hostile)}`]) {
        const reply = await app.request(address);
        assert.ok([400, 404, 308, 301].includes(reply.status), `${reply.status} ${address}`);
      }
      await assert.rejects(
        async () => storage.read(hostile),
        (error: { code?: string }) => ["E_STORAGE_KEY", "E_STORAGE_MISSING"].includes(error.code!),
      );
    }
  });
});

describe("gable({ storage })", () => {
  const wrong: ReadonlyArray<readonly [unknown, string]> = [
    [7, "E_OPTION_INVALID"],
    ["", "E_OPTION_INVALID"],
    [{}, "E_OPTION_INVALID"],
    [{ store: {} }, "E_OPTION_INVALID"],
    [{ store: "a", at: "media" }, "E_OPTION_INVALID"],
    [{ store: "a", at: "/media/" }, "E_OPTION_INVALID"],
    [{ store: "a", public: "covers" }, "E_OPTION_INVALID"],
    [{ store: "a", public: [""] }, "E_OPTION_INVALID"],
    [{ store: "a", folder: "b" }, "E_OPTION_UNKNOWN"],
  ];
  for (const [option, code] of wrong)
    it(`refuses ${JSON.stringify(option)}`, () => {
      assert.throws(() => gable({ storage: option as never }), { code });
    });

  it("refuses a folder in that of static files, and one around it", async () => {
    const { mkdir } = await import("node:fs/promises");
    await mkdir(join(folder, "site", "static"), { recursive: true });
    for (const name of ["site/static", "site/static/media", "site"])
      await assert.rejects(start({ static: join(folder, "site", "static"), storage: join(folder, name) }), {
        code: "E_STORAGE_DIRECTORY",
        message: /^The storage folder ".*" and the static folder ".*" overlap\.$/,
      });
    await start({ static: join(folder, "site", "static"), storage: join(folder, "site", "static-uploads") });
  });

  it("needs secret keys in production for private files", async () => {
    const app = gable({ mode: "production", logger: silentLogger, storage: { store: memoryStorage() } });
    await assert.rejects(app.start(), { code: "E_SECRET_KEYS_MISSING" });
    const open = gable({ mode: "production", logger: silentLogger, storage: { store: memoryStorage(), public: true } });
    await open.start();
    await open.close();
  });

  it("puts the base path before addresses", async () => {
    const app = await start({ basePath: "/shop", storage: { store: memoryStorage(), public: true } });
    await storage.put("a.png", png, { type: "image/png" });
    assert.equal(storage.url("a.png"), "/shop/media/a.png");
    assert.equal((await app.request("/shop/media/a.png")).status, 200);
  });

  it("keeps the files and keys of two applications apart", async () => {
    const one = await start();
    const two = await start({ secretKeys: [key.split("").toReversed().join("")] });
    await one.part(storagePart).put("a.png", png, { type: "image/png" });
    assert.equal(await two.part(storagePart).find("a.png"), undefined);
    await two.part(storagePart).put("a.png", png, { type: "image/png" });
    assert.equal((await two.request(one.part(storagePart).url("a.png"))).status, 403);
    assert.throws(() => storage.url("a.png"), { code: "E_STORAGE_DISABLED" });
  });

  it("explains what a call got wrong", async () => {
    await start();
    await assert.rejects(storage.put("a", "1", { type: "png" }), {
      code: "E_OPTION_INVALID",
      message: /type of storage\.put\(\)|storage\.put\(\).*type/,
    });
    await assert.rejects(storage.put("a", 7 as never, { type: "image/png" }), { code: "E_OPTION_INVALID" });
    await assert.rejects(storage.put("../a", "1", { type: "image/png" }), { code: "E_STORAGE_KEY" });
    await storage.put("a", "1", { type: "image/png" });
    await assert.rejects(storage.read("a", { range: { start: 2, end: 1 } }), { code: "E_OPTION_INVALID" });
    for (const ttlSeconds of [0, -1, 1.5, 604_801]) assert.throws(() => storage.url("a", { ttlSeconds }), { code: "E_OPTION_INVALID" });
    storage.url("a", { ttlSeconds: 604_800, download: "n".repeat(255) });
    for (const download of ["", "n".repeat(256), 7 as never])
      assert.throws(() => storage.url("a", { download }), { code: "E_OPTION_INVALID" });
  });

  it("says that no application has a storage", async () => {
    await assert.rejects(storage.find("a"), { code: "E_STORAGE_DISABLED", message: "No application with a storage is running." });
  });
});

describe("UploadedFile.saveTo(storage)", () => {
  const photoForm = form({ photo: f.file({ bytesMax: 200_000 }) });
  const savePhoto = () =>
    post("/photos", { form: photoForm }, async ({ form: sent }) => {
      if (!sent.valid) return "invalid";
      return sent.data.photo.saveTo(storage, { prefix: "photos" });
    });

  async function send(content: Uint8Array | string, type: string, name = "../../evil.html"): Promise<SavedUpload> {
    const tests = createTestClient(apps[0]!);
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const reply = await tests.post("/photos", { files: { photo: { name, content: body, type } } });
    return reply.json() as SavedUpload;
  }

  it("stores under a random key with the extension of the type, and tells size and hash", async () => {
    await start({ routes: [savePhoto()] });
    const saved = await send(png, "image/png");
    assert.match(saved.key, /^photos\/20\d\d\/(?:0[1-9]|1[0-2])\/[0-9a-hjkmnp-tv-z]{26}\.png$/);
    assert.deepEqual(
      { ...saved, key: "" },
      { key: "", bytes: png.length, type: "image/png", sha256: createHash("sha256").update(png).digest("hex") },
    );
    assert.equal((await storage.find(saved.key))?.type, "image/png");
    assert.notEqual((await send(png, "image/png")).key, saved.key);
  });

  it("stores a large upload, which comes from a file", async () => {
    await start({ routes: [savePhoto()] });
    const large = new Uint8Array(200_000).fill(7);
    const saved = await send(large, "video/mp4");
    assert.deepEqual([saved.bytes, saved.type, saved.key.slice(-4)], [200_000, "video/mp4", ".mp4"]);
    assert.deepEqual(await readAll((await storage.read(saved.key)).stream()), Buffer.from(large));
  });

  const claims: ReadonlyArray<readonly [claimed: string, content: string, type: string, extension: string]> = [
    ["image/png", "<script>", "application/octet-stream", ""],
    ["text/html", "<script>", "text/html", ".html"],
    ["text/plain; charset=utf-16", "text", "text/plain", ".txt"],
    ["image/svg+xml", "<svg>", "image/svg+xml", ".svg"],
    ["application/octet-stream", "text", "application/octet-stream", ""],
    ["application/x-nothing-known", "text", "application/x-nothing-known", ""],
  ];
  for (const [claimed, content, type, extension] of claims)
    it(`stores a file that claims to be ${claimed} as ${type}`, async () => {
      await start({ routes: [savePhoto()] });
      const saved = await send(content, claimed);
      assert.equal(saved.type, type);
      assert.match(saved.key, new RegExp(`/[0-9a-z]{26}${extension.replace(".", "\\.")}$`));
    });

  it("fails with the error of the storage", async () => {
    const failing: FileStore = { ...memoryStorage(), put: async () => assert.fail("the disk failed") };
    await start({ routes: [savePhoto()], storage: { store: failing } });
    await assert.rejects(send(png, "image/png"));
  });
});
