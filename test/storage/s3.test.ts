/** A store in S3 against a server of the protocol: the contract, large files, and the addresses that browsers get. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gable, get, html } from "gable";
import type { FileStore } from "gable/storage";
import { s3Storage, storage } from "gable/storage";
import { testStorage } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";
import { readAll } from "./read-all.ts";
import { bucket, credentials, startS3 } from "./s3-server.ts";

testStorage("S3", async () => {
  const { endpoint, close } = await startS3();
  return { store: s3Storage({ bucket, endpoint, credentials }), remove: close };
});

describe("s3Storage()", () => {
  let server: Awaited<ReturnType<typeof startS3>>;
  let store: FileStore;
  before(async () => {
    server = await startS3();
    store = s3Storage({ bucket, endpoint: server.endpoint, credentials });
    await store.start?.();
  });
  after(() => server.close());
  const plain = { type: "text/plain" };
  const addressOf = (key: string, options = {}): string => store.url!(key, options);

  it("stores files of 8 MiB, one byte more, and three parts", async () => {
    const part = 8_388_608;
    for (const bytes of [part, part + 1, 2 * part + 5]) {
      const whole = Buffer.alloc(bytes);
      for (let index = 0; index < bytes; index += 65_537) whole[index] = index % 251;
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let start = 0; start < bytes; start += 100_000) yield whole.subarray(start, start + 100_000);
      }
      await store.put("large", pieces(), { type: "video/mp4" });
      const content = await store.read("large");
      assert.equal((await readAll(content.stream())).equals(whole), true);
      assert.deepEqual([content.bytes, content.type], [bytes, "video/mp4"]);
      const { headers } = await fetch(addressOf("large"), { headers: { range: "bytes=0-1" } });
      assert.equal(headers.get("x-amz-meta-gable-upload") !== null, bytes > part);
    }
  });

  it("stores files under keys with every kind of character", async () => {
    for (const key of ["Bücher/日本 (1)!'+&=#%.txt", "a~b_c-d.e", "a%2Fb", "x".repeat(200)]) {
      await store.put(key, key, plain);
      const content = await store.read(key);
      assert.equal((await readAll(content.stream())).toString(), key);
      assert.equal((await store.find(key))?.bytes, Buffer.byteLength(key));
      await store.delete(key);
      assert.equal(await store.find(key), undefined);
    }
  });

  it("gives addresses that work without credentials, for one key and one method", async () => {
    await store.put("2026/a b.txt", "hello", plain);
    const url = addressOf("2026/a b.txt");
    const reply = await fetch(url);
    assert.deepEqual([reply.status, await reply.text()], [200, "hello"]);
    assert.match(url, /[?&]X-Amz-Expires=3600&/);
    assert.match(addressOf("a", { ttlSeconds: 604_800 }), /[?&]X-Amz-Expires=604800&/);
    await store.put("2026/other.txt", "other", plain);
    for (const [address, method] of [
      [url.replace("a%20b", "other"), "GET"],
      [url.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"), "GET"],
      [url, "DELETE"],
    ] as const) {
      const refused = await fetch(address, { method });
      assert.equal(refused.status, 403, address);
      await refused.arrayBuffer();
    }
  });

  it("gives addresses that name the download", async () => {
    await store.put("2026/a.png", "hello", { type: "image/png" });
    const disposition = async (options: object): Promise<string | null> => {
      const reply = await fetch(addressOf("2026/a.png", options));
      assert.equal(await reply.text(), "hello");
      return reply.headers.get("content-disposition");
    };
    assert.equal(await disposition({}), null);
    assert.equal(await disposition({ download: true }), 'attachment; filename="a.png"');
    assert.equal(await disposition({ download: "My photo.png" }), 'attachment; filename="My photo.png"');
    const query = new URL(addressOf("a", { download: "Fürst.png" })).searchParams;
    assert.equal(query.get("response-content-disposition"), `attachment; filename="F_rst.png"; filename*=UTF-8''F%C3%BCrst.png`);
  });

  it("makes the service send pages and scripts as downloads, and keeps their type", async () => {
    for (const [type, sent] of [
      ["text/html; charset=utf-8", "application/octet-stream"],
      ["image/svg+xml", "application/octet-stream"],
      ["text/javascript", "application/octet-stream"],
      ["application/pdf", "application/pdf"],
    ] as const) {
      await store.put("upload.x", "<script>alert(1)</script>", { type });
      const { headers } = await fetch(addressOf("upload.x"));
      assert.deepEqual([headers.get("content-type"), headers.get("content-disposition")], [sent, 'attachment; filename="upload.x"']);
      assert.equal((await store.find("upload.x"))?.type, type);
    }
  });

  it("says at start that the bucket does not exist, or that the credentials are wrong", async () => {
    const start = async (more: object): Promise<void> => s3Storage({ bucket, endpoint: server.endpoint, credentials, ...more }).start?.();
    await assert.rejects(start({ bucket: "not-there" }), {
      code: "E_STORAGE_UNAVAILABLE",
      message: 'The storage cannot use the bucket "not-there": the service answered 404.',
    });
    await assert.rejects(start({ credentials: { ...credentials, secretAccessKey: "wrong" } }), {
      message: `The storage cannot use the bucket "${bucket}": the service answered 403.`,
    });
  });

  it("makes no address before its start", () => {
    assert.throws(() => s3Storage({ bucket, credentials }).url!("a", {}), {
      code: "E_STORAGE_UNAVAILABLE",
      message: 'The storage cannot make an address for "a": call start() first.',
    });
  });

  it("serves an application: private files by the service, whose origin the policy of pages allows, and public files at /media", async () => {
    const show = get("/", () => html`<p>${storage.url("private/a.png")}</p>`);
    const own = get("/own", { security: { csp: { imgSrc: ["'none'"] } } }, () => html`<p>a</p>`);
    const application = gable({ mode: "test", logger: silentLogger, routes: [show, own], storage: { store, public: ["covers/"] } });
    await application.start();
    try {
      const policy = async (path: string): Promise<string[]> => {
        const { headers } = await application.request(path);
        return headers.get("content-security-policy")!.split("; ");
      };
      const directives = await policy("/");
      for (const directive of [`img-src 'self' data: ${server.endpoint}`, `media-src 'self' ${server.endpoint}`])
        assert.ok(directives.includes(directive), directive);
      const ofRoute = await policy("/own");
      assert.ok(ofRoute.includes("img-src 'none'"));
      assert.ok(ofRoute.includes(`media-src 'self' ${server.endpoint}`));
      assert.match(await (await application.request("/")).text(), new RegExp(`^<p>${server.endpoint}/${bucket}/private/a\\.png\\?`));
      await store.put("covers/a.png", "0123456789", { type: "image/png" });
      const cover = await application.request("/media/covers/a.png", { headers: { range: "bytes=2-4" } });
      assert.deepEqual([cover.status, await cover.text(), cover.headers.get("content-range")], [206, "234", "bytes 2-4/10"]);
    } finally {
      await application.close();
    }
  });

  it("keeps an origin out of the policy that is none", () => {
    for (const origin of ["https://a.test/", "https://a.test; script-src *", "a.test"])
      assert.throws(() => gable({ mode: "test", storage: { store: { ...store, put: store.put, origin } as FileStore } }), {
        code: "E_OPTION_INVALID",
        message: /option "store\.origin"/,
      });
  });
});
