import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as sendRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  gzipSync,
  zstdDecompressSync,
} from "node:zlib";
import type { Application, RunningApp } from "gable";
import { file, gable, stream } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";
import { addRandomName, codings } from "./encoders.ts";

const long = "A line that repeats, with an é.\n".repeat(100);
const decoders: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};
let folder = "";
let app: Application;
let running: RunningApp;

/** An answer as its bytes came. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}
type Ask = (path: string, headers: Record<string, string>, method?: string) => Promise<Answer>;

const inMemory: Ask = async (path, headers, method = "GET") => {
  const response = await app.request(path, { method, headers });
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
};

const overSocket: Ask = (path, headers, method = "GET") =>
  new Promise((resolve, reject) => {
    const sent = sendRequest(running.url + path, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode!, headers: toHeaders(incoming.headers), bytes: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });

function toHeaders(fields: IncomingHttpHeaders): Headers {
  return new Headers(Object.entries(fields).flatMap(([name, value]) => [value ?? []].flat().map((each): [string, string] => [name, each])));
}

function decode({ headers, bytes }: Answer): string {
  const coding = headers.get("content-encoding");
  return Buffer.from(coding === null ? bytes : decoders[coding]!(bytes)).toString();
}

function addRoutes(): void {
  app.get("/text", () => long);
  app.get("/huge", () => "0123456789".repeat(20_000));
  app.get("/of/:size(int)", ({ params }) => "x".repeat(params.size));
  app.get("/wide/:size(int)", ({ params }) => "é".repeat(params.size));
  app.get("/typed", ({ url, reply }) => {
    reply.status = Number(url.searchParams.get("status") ?? 200);
    reply.headers.set("content-type", url.searchParams.get("type") ?? "text/plain");
    const [name, value] = [url.searchParams.get("name"), url.searchParams.get("value")];
    if (name !== null) reply.headers.set(name, value ?? "");
    return long;
  });
  app.get("/tagged", { cache: { etag: true } }, () => long);
  app.get("/fixed", { cache: { transform: false } }, () => long);
  app.get("/stream", () => stream(pieces(), { type: "text/plain" }));
  app.get("/stated/:length(int)", ({ params }) => stream(pieces(), { type: "text/plain", lengthBytes: params.length }));
  app.get("/events", ({ reply }) => reply.events(news()));
  app.get("/file/:name", ({ params }) => file(params.name, { root: folder }));
  app.post("/text", () => long);
}

async function* news(): AsyncGenerator<{ data: string }> {
  yield { data: long };
}

async function* pieces(): AsyncGenerator<string> {
  yield "first\n";
  yield "";
  yield "second é\n";
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gable-compression-"));
  await writeFile(join(folder, "small.txt"), long);
  // Random digits: each slice has more bytes than a stream holds by default.
  await writeFile(join(folder, "large.txt"), randomBytes(150_000).toString("hex"));
  await writeFile(join(folder, "image.png"), Buffer.alloc(5000));
  app = gable({ mode: "test", logger: silentLogger, compression: true });
  addRoutes();
  running = await app.listen({ port: 0, quiet: true });
});
after(async () => {
  await running.stop({ graceMs: 0 });
  await rm(folder, { recursive: true });
});

for (const [where, ask] of [
  ["in memory", inMemory],
  ["over a socket", overSocket],
] as const) {
  describe(`compression ${where}`, () => {
    const accepted: Array<[field: string | undefined, coding: string | null]> = [
      [undefined, null],
      ["", null],
      ["identity", null],
      ["deflate", null],
      ["gzip", "gzip"],
      ["GZIP", "gzip"],
      ["br", "br"],
      ["zstd", "zstd"],
      ["gzip, deflate, br, zstd", "zstd"],
      ["gzip, br", "br"],
      ["gzip;q=1, br;q=0.9", "gzip"],
      ["gzip;q=0.5, br;q=0.6, zstd;q=0.4", "br"],
      ["zstd;q=0, br;q=0, *", "gzip"],
      ["*", "zstd"],
      ["*;q=0", null],
      ["gzip;q=0", null],
      ["gzip;q=0.5, identity", null],
      ["gzip;q=2", null],
      ["gzip, identity;q=0", "gzip"],
    ];
    for (const [field, coding] of accepted) {
      it(`answers Accept-Encoding: ${field ?? "(none)"} with ${coding ?? "no coding"}`, async () => {
        for (const path of ["/text", "/huge", "/stream", "/file/small.txt", "/file/large.txt"]) {
          const plain = await ask(path, {});
          const answer = await ask(path, field === undefined ? {} : { "accept-encoding": field });
          assert.deepEqual([answer.headers.get("vary"), answer.headers.get("content-encoding")], ["Accept-Encoding", coding], path);
          assert.equal(answer.status, plain.status);
          assert.equal(decode(answer), decode(plain), path);
          const length = answer.headers.get("content-length");
          if (length !== null) assert.equal(Number(length), answer.bytes.length, path);
        }
      });
    }

    const types: Array<[type: string, isCompressed: boolean]> = [
      ["text/html; charset=utf-8", true],
      ["text/css", true],
      ["TEXT/CSV", true],
      ["application/json", true],
      ["application/problem+json", true],
      ["application/ld+json; profile=x", true],
      ["application/xml", true],
      ["application/rss+xml", true],
      ["application/javascript", true],
      ["image/svg+xml", true],
      ["application/wasm", true],
      ["text/event-stream", false],
      ["text/event-stream; charset=utf-8", false],
      ["image/png", false],
      ["application/zip", false],
      ["application/octet-stream", false],
      ["application/jsonish", false],
      ["video/mp4", false],
      ["font/woff2", false],
    ];
    for (const [type, isCompressed] of types) {
      it(`${isCompressed ? "compresses" : "does not compress"} ${type}`, async () => {
        for (const coding of codings) {
          for (const method of ["GET", "HEAD"]) {
            const answer = await ask(`/typed?type=${encodeURIComponent(type)}`, { "accept-encoding": coding }, method);
            assert.equal(answer.headers.get("content-encoding"), isCompressed ? coding : null);
            assert.equal(answer.headers.get("vary"), isCompressed ? "Accept-Encoding" : null);
            if (method === "GET") assert.equal(decode(answer), long);
            else assert.equal(answer.bytes.length, 0);
          }
        }
      });
    }

    for (const [status, isCompressed] of [
      [200, true],
      [201, true],
      [404, true],
      [422, true],
      [500, true],
      [206, false],
      [204, false],
      [205, false],
    ] as const) {
      it(`${isCompressed ? "compresses" : "does not compress"} a reply with status ${status}`, async () => {
        for (const coding of codings) {
          const answer = await ask(`/typed?status=${status}`, { "accept-encoding": coding });
          assert.deepEqual([answer.status, answer.headers.get("content-encoding")], [status, isCompressed ? coding : null]);
          if (isCompressed) assert.equal(decode(answer), long);
        }
      });
    }

    it("gives HEAD the fields of GET", async () => {
      for (const path of ["/text", "/huge", "/file/small.txt", "/file/large.txt", "/stream"]) {
        const [get, head] = [await ask(path, { "accept-encoding": "br" }), await ask(path, { "accept-encoding": "br" }, "HEAD")];
        for (const name of ["content-encoding", "content-length", "etag", "vary", "content-type"])
          assert.equal(head.headers.get(name), get.headers.get(name), `${name} of ${path}`);
        assert.equal(head.bytes.length, 0);
      }
      assert.equal(decode(await ask("/text", { "accept-encoding": "br" }, "POST")), long);
    });

    it("compresses from 1,024 bytes on", async () => {
      for (const [path, isCompressed] of [
        ["/of/1023", false],
        ["/of/1024", true],
        ["/wide/511", false],
        ["/wide/512", true],
        ["/of/16384", true],
        ["/of/16385", true],
      ] as const) {
        const answer = await ask(path, { "accept-encoding": "gzip" });
        assert.equal(answer.headers.get("content-encoding"), isCompressed ? "gzip" : null, path);
        assert.equal(answer.headers.get("vary"), isCompressed ? "Accept-Encoding" : null, path);
        assert.equal(decode(answer), decode(await ask(path, {})));
      }
    });

    const kept: Array<[name: string, value: string]> = [
      ["content-encoding", "compress"],
      ["cache-control", "public, no-transform"],
      ["cache-control", "NO-TRANSFORM"],
      ["content-range", "bytes 0-1/2"],
      ["content-digest", "sha-256=:AA==:"],
    ];
    for (const [name, value] of kept) {
      it(`leaves a reply with ${name}: ${value} as it is`, async () => {
        const answer = await ask(`/typed?name=${name}&value=${encodeURIComponent(value)}`, { "accept-encoding": "gzip" });
        assert.equal(answer.headers.get("content-encoding"), name === "content-encoding" ? value : null);
        assert.equal(Buffer.from(answer.bytes).toString(), long);
      });
    }

    it("leaves replies of a route with { cache: { transform: false } }, events and ranges as they are", async () => {
      assert.equal((await ask("/fixed", { "accept-encoding": "gzip" })).headers.get("content-encoding"), null);
      const news = await ask("/events", { "accept-encoding": "gzip" });
      assert.deepEqual(
        [news.status, news.headers.get("content-type"), news.headers.get("content-encoding")],
        [200, "text/event-stream", null],
      );
      for (const name of ["small.txt", "large.txt"]) {
        const part = await ask(`/file/${name}`, { "accept-encoding": "gzip", range: "bytes=2-9" });
        assert.deepEqual([part.status, part.headers.get("content-encoding"), part.bytes.length], [206, null, 8]);
      }
      assert.equal((await ask("/file/image.png", { "accept-encoding": "gzip" })).headers.get("content-encoding"), null);
    });

    it("makes a strong tag weak, and answers a client that knows it with 304", async () => {
      const plain = await ask("/tagged", {});
      const tag = plain.headers.get("etag")!;
      assert.match(tag, /^"/);
      const coded = await ask("/tagged", { "accept-encoding": "gzip" });
      assert.equal(coded.headers.get("etag"), `W/${tag}`);
      for (const known of [tag, `W/${tag}`, `"a", W/${tag}`]) {
        const same = await ask("/tagged", { "accept-encoding": "gzip", "if-none-match": known });
        assert.deepEqual([same.status, same.headers.get("vary")], [304, "Accept-Encoding"]);
        assert.equal(same.headers.get("etag"), known.includes("W/") ? `W/${tag}` : tag);
        assert.equal(same.headers.get("content-encoding"), null);
      }
      const ofFile = (await ask("/file/small.txt", { "accept-encoding": "gzip" })).headers;
      assert.deepEqual([ofFile.get("etag")?.startsWith("W/"), ofFile.get("accept-ranges")], [true, null]);
    });

    const senders: Array<[headers: Record<string, string>, coding: string | null]> = [
      [{}, "zstd"],
      [{ "sec-fetch-site": "cross-site" }, "zstd"],
      ...[{ cookie: "session=x" }, { authorization: "Bearer x" }].flatMap((who): Array<[Record<string, string>, string | null]> => [
        [{ ...who, "sec-fetch-site": "same-origin" }, "zstd"],
        [{ ...who, "sec-fetch-site": "none" }, "zstd"],
        [{ ...who, "sec-fetch-site": "same-site" }, null],
        [{ ...who, "sec-fetch-site": "cross-site" }, null],
        [{ ...who, "sec-fetch-site": "odd" }, null],
        [who as Record<string, string>, "gzip"],
      ]),
    ];
    for (const [headers, coding] of senders) {
      it(`answers ${JSON.stringify(headers)} with ${coding ?? "no coding"}, against BREACH`, async () => {
        for (const path of ["/text", "/huge", "/stream", "/file/large.txt"]) {
          const answer = await ask(path, { ...headers, "accept-encoding": "gzip, br, zstd" });
          assert.equal(answer.headers.get("content-encoding"), coding);
          assert.equal(decode(answer), decode(await ask(path, {})));
          const withoutGzip = await ask(path, { ...headers, "accept-encoding": "br" });
          assert.equal(withoutGzip.headers.get("content-encoding"), coding === "zstd" ? "br" : null);
        }
      });
    }

    it("varies the lengths of equal pages where a request may be led by another site", async () => {
      for (const path of ["/text", "/stream", "/file/large.txt"]) {
        const lengths = new Set<number>();
        for (let count = 0; count < 100; count++) {
          const answer = await ask(path, { cookie: "a=b", "accept-encoding": "gzip" });
          lengths.add(answer.bytes.length);
        }
        assert.ok(lengths.size >= 32, `${path} has ${lengths.size} lengths`);
      }
    });
  });
}

describe("compressed streams", () => {
  it("reach the client value by value, in each coding", async () => {
    const open = { gzip: createGunzip, br: createBrotliDecompress, zstd: createZstdDecompress };
    for (const coding of codings) {
      let goOn = (): void => undefined;
      const live = gable({ mode: "test", logger: silentLogger, compression: true });
      live.get("/", () => stream(slow(), { type: "text/plain" }));
      async function* slow(): AsyncGenerator<string> {
        yield "first";
        await new Promise<void>((resolve) => (goOn = resolve));
        yield "second";
      }
      const server = await live.listen({ port: 0, quiet: true });
      try {
        const text = await new Promise<string>((resolve, reject) => {
          sendRequest(server.url, { headers: { "accept-encoding": coding }, agent: false }, (incoming) => {
            const decoder = incoming.pipe(open[coding]());
            let got = "";
            decoder.on("error", reject);
            decoder.on("data", (chunk: Buffer) => {
              got += chunk.toString();
              // Only the decoded first value lets the second one come.
              if (got === "first") goOn();
            });
            decoder.on("end", () => resolve(got));
          }).end();
        });
        assert.equal(text, "firstsecond");
      } finally {
        await server.stop({ graceMs: 0 });
      }
    }
  });

  it("end their source when the client leaves, also while it waits for a value", async () => {
    let isEnded = false;
    let leave = (): void => undefined;
    const source = {
      [Symbol.asyncIterator]: () => source,
      next: () => new Promise<IteratorResult<string>>((resolve) => (leave = () => resolve({ done: true, value: undefined }))),
      return: async (): Promise<IteratorResult<string>> => {
        isEnded = true;
        leave();
        return { done: true, value: undefined };
      },
    };
    const live = gable({ mode: "test", compression: true, logger: silentLogger });
    live.get("/", () => stream(source, { type: "text/plain" }));
    const response = await live.request("/", { headers: { "accept-encoding": "gzip" } });
    await response.body!.cancel();
    assert.equal(isEnded, true);
  });

  it("must have the length that they promise", async () => {
    const lengthBytes = Buffer.byteLength("first\nsecond é\n");
    const coded = { "accept-encoding": "gzip" };
    assert.equal(decode(await overSocket(`/stated/${lengthBytes}`, coded)), "first\nsecond é\n");
    for (const wrong of [lengthBytes - 1, lengthBytes + 1]) await assert.rejects(overSocket(`/stated/${wrong}`, coded));
    for (const wrong of [lengthBytes - 1, lengthBytes + 1])
      await assert.rejects(inMemory(`/stated/${wrong}`, coded), { code: "E_REPLY_LENGTH_MISMATCH" });
  });

  it("break off when their source fails", async () => {
    const live = gable({ mode: "test", compression: true, logger: silentLogger });
    live.get("/", () => stream(failing(), { type: "text/plain" }));
    async function* failing(): AsyncGenerator<string> {
      yield "first";
      throw new Error("The source failed.");
    }
    const response = await live.request("/", { headers: { "accept-encoding": "br" } });
    await assert.rejects(response.text(), /The source failed/);
  });
});

describe("the option compression", () => {
  it("is off by default", async () => {
    for (const options of [{}, { compression: false }]) {
      const plain = gable({ mode: "test", logger: silentLogger, ...options });
      plain.get("/", () => long);
      const { headers } = await plain.request("/", { headers: { "accept-encoding": "gzip" } });
      assert.deepEqual([headers.get("content-encoding"), headers.get("vary")], [null, null]);
    }
  });

  it("rejects values other than true and false", () => {
    assert.throws(() => gable({ compression: "gzip" as never }), { code: "E_OPTION_INVALID", message: /compression/ });
  });

  it("is decoded by fetch()", async () => {
    assert.equal(await (await fetch(`${running.url}/text`, { headers: { "accept-encoding": "gzip" } })).text(), long);
  });

  it("writes gzip data with a name that the program gzip reads", async () => {
    const { bytes } = await overSocket("/text", { cookie: "a=b", "accept-encoding": "gzip" });
    assert.equal(execFileSync("gzip", ["-dc"], { input: bytes }).toString(), long);
    const gzipped = gzipSync(long);
    const added = Array.from({ length: 2000 }, () => addRandomName(gzipped).length - gzipped.length);
    // The byte that ends the name counts as well.
    assert.deepEqual([Math.min(...added), Math.max(...added)], [1, 101]);
  });
});
