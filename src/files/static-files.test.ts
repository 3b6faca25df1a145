import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Application, GableOptions } from "gable";
import { download, file, gable } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";

const css = "body { color: red }\n".repeat(100);
let folder = "";
let files = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gable-static-"));
  files = join(folder, "root");
  await mkdir(join(files, "sub"), { recursive: true });
  await mkdir(join(files, ".well-known"));
  await mkdir(join(folder, "root-evil"));
  await writeFile(join(folder, "root-evil", "secret.txt"), "SECRET");
  await writeFile(join(folder, "secret.txt"), "SECRET");
  await writeFile(join(files, "app.css"), css);
  await writeFile(join(files, "app.css.br"), brotliCompressSync(css));
  await writeFile(join(files, "app.css.gz"), gzipSync(css));
  const later = new Date(Date.now() + 5000);
  for (const name of ["app.css.br", "app.css.gz"]) await utimes(join(files, name), later, later);
  await writeFile(join(files, "sub", "page.html"), "<p>page</p>");
  await writeFile(join(files, "sub", "index.html"), "<p>index</p>");
  await writeFile(join(files, ".env"), "SECRET");
  await writeFile(join(files, "notes.txt~"), "SECRET");
  await writeFile(join(files, ".well-known", "security.txt"), "contact");
  await writeFile(join(files, "favicon.ico"), "icon");
  await writeFile(join(files, "large.bin"), Buffer.alloc(200_000, 7));
  await writeFile(join(files, "a b.txt"), "blank");
  await symlink(join(folder, "secret.txt"), join(files, "out.txt"));
  await symlink(join(folder, "root-evil"), join(files, "sibling"));
  await symlink(join(files, "app.css"), join(files, "in.css"));
  execFileSync("mkfifo", [join(files, "pipe.txt")]);
});
after(() => rm(folder, { recursive: true, force: true }));

const make = (mode: GableOptions["mode"], options: Partial<GableOptions["static"] & object> = {}) =>
  gable({ mode: mode!, logger: silentLogger, static: { directory: files, root: ["favicon.ico"], ...(options as object) } });

for (const mode of ["production", "development"] as const) {
  describe(`static files in ${mode}`, () => {
    const found: Array<[string, string, string]> = [
      ["/static/sub/page.html", "text/html; charset=utf-8", "<p>page</p>"],
      ["/static/.well-known/security.txt", "text/plain; charset=utf-8", "contact"],
      ["/static/a%20b.txt", "text/plain; charset=utf-8", "blank"],
      ["/static/in.css", "text/css; charset=utf-8", css],
      ["/favicon.ico", "image/x-icon", "icon"],
    ];
    for (const [path, type, body] of found) {
      it(`serves ${path}`, async () => {
        const response = await make(mode).request(path);
        assert.deepEqual([response.status, response.headers.get("content-type"), await response.text()], [200, type, body]);
        assert.equal(response.headers.get("x-content-type-options"), "nosniff");
        assert.equal(response.headers.get("cache-control"), "public, no-cache");
      });
    }

    const hidden = [
      "/static/nope.css",
      "/static/.env",
      "/static/notes.txt~",
      "/static/out.txt",
      "/static/sibling/secret.txt",
      "/static/pipe.txt",
      "/static/sub",
      "/static/sub/",
      "/static/",
      "/static",
      "/static/..%2fsecret.txt",
      "/static/%2e%2e%2fsecret.txt",
      "/static/..%5csecret.txt",
      "/static/sub%2Fpage.html",
      "/static//app.css",
      "/static/APP.css",
      "/static/app.css/",
      "/static/app.css/x",
      "/static/app.css%20",
      "/static/....//secret.txt",
      "/static/.%252e/secret.txt",
      "/static/sub/../../secret.txt",
      "/static/%00",
      "/static/app.css%00.png",
      "/static/C:/windows",
      "/static/~root",
    ];
    it("never gives a byte from outside, nor waits on a pipe", async () => {
      const app = make(mode);
      for (const path of hidden) {
        const response = await app.request(path);
        assert.ok(response.status >= 400 || response.status === 308, `${path}: ${response.status}`);
        assert.doesNotMatch(await response.text(), /SECRET/);
      }
      for (let depth = 1; depth < 60; depth++) {
        for (const up of ["../", "..%2f", "%2e%2e/", "..\\", "..%5c", "%2e%2e%2f", "..;/", ".../"]) {
          const response = await app.request(`/static/${up.repeat(depth)}secret.txt`);
          assert.doesNotMatch(await response.text(), /SECRET/);
        }
      }
    });

    it("answers conditions, ranges and HEAD", async () => {
      const app = make(mode);
      const full = await app.request("/static/large.bin");
      assert.equal((await full.arrayBuffer()).byteLength, 200_000);
      const etag = full.headers.get("etag")!;
      assert.equal((await app.request("/static/large.bin", { headers: { "if-none-match": etag } })).status, 304);
      assert.equal(
        (await app.request("/static/large.bin", { headers: { "if-modified-since": full.headers.get("last-modified")! } })).status,
        304,
      );
      const part = await app.request("/static/large.bin", { headers: { range: "bytes=10-19" } });
      assert.deepEqual(
        [part.status, part.headers.get("content-range"), (await part.arrayBuffer()).byteLength],
        [206, "bytes 10-19/200000", 10],
      );
      const tag = part.headers.get("etag")!;
      for (const ifRange of [{}, { "if-range": tag }, { "if-range": '"other"' }])
        for (const range of ["bytes=10-19", "bytes=200000-"]) {
          const head = await app.request("/static/large.bin", { method: "HEAD", headers: { range, ...ifRange } });
          assert.deepEqual(
            [head.status, head.headers.get("content-length")],
            [200, "200000"],
            "ranges are for GET (RFC 9110 section 14.2)",
          );
        }
      const changed = await app.request("/static/large.bin", { headers: { range: "bytes=10-19", "if-range": '"other"' } });
      assert.equal(changed.status, 200);
      const same = await app.request("/static/large.bin", { headers: { range: "bytes=10-19", "if-range": tag } });
      assert.equal(same.status, tag.startsWith("W/") ? 200 : 206);
      const beyond = await app.request("/static/large.bin", { headers: { range: "bytes=200000-" } });
      assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, "bytes */200000"]);
      const head = await app.request("/static/large.bin", { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "200000", ""]);
      assert.equal((await app.request("/static/app.css", { method: "DELETE" })).status, 405);
    });
  });
}

describe("the closed list of production", () => {
  it("gives names that change with the content, kept for ever", async () => {
    const app = make("production");
    await app.start();
    const url = app.assetUrl("app.css");
    assert.match(url, /^\/static\/app\.[0-9a-f]{12}\.css$/);
    const response = await app.request(url);
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "public, max-age=31536000, immutable"]);
    assert.throws(() => app.assetUrl("ap.css"), { code: "E_ASSET_UNKNOWN", fix: 'Write "app.css" instead of "ap.css".' });
    assert.throws(() => gable({ mode: "test" }).assetUrl("a"), { code: "E_ASSET_UNKNOWN" });
    const live = make("development");
    await live.start();
    assert.equal(live.assetUrl("app.css"), "/static/app.css");
    assert.throws(() => make("production").assetUrl("app.css"), { code: "E_ASSET_UNKNOWN", message: /has not started/ });
  });

  it("serves precompressed forms by Accept-Encoding, never by their own name", async () => {
    const app = make("production");
    const coded = async (accept: string): Promise<[string | null, string | null, string | null]> => {
      const { headers } = await app.request("/static/app.css", { headers: { "accept-encoding": accept } });
      return [headers.get("content-encoding"), headers.get("vary"), headers.get("etag")];
    };
    const [brotli, vary, brotliTag] = await coded("gzip, br");
    assert.deepEqual([brotli, vary], ["br", "Accept-Encoding"]);
    const [gzip, , gzipTag] = await coded("gzip");
    assert.equal(gzip, "gzip");
    const [plain, , plainTag] = await coded("identity");
    assert.equal(plain, null);
    assert.equal(new Set([brotliTag, gzipTag, plainTag]).size, 3);
    assert.equal((await app.request("/static/app.css.br")).status, 404);
  });

  it("does not see files that come later", async () => {
    const app = make("production");
    await app.start();
    await writeFile(join(files, "later.txt"), "later");
    assert.equal((await app.request("/static/later.txt")).status, 404);
    assert.equal((await make("development").request("/static/later.txt")).status, 200);
    await rm(join(files, "later.txt"));
  });

  it("holds a small file for a response, so that nothing stays open, and streams one byte more", async () => {
    const app = make("development");
    for (const [size, isHeld] of [
      [65_536, true],
      [65_537, false],
    ] as const) {
      const path = join(files, "held.bin");
      await writeFile(path, new Uint8Array(size));
      const response = await app.request("/static/held.bin");
      await writeFile(path, "");
      const read = await response.arrayBuffer().catch(() => undefined);
      assert.equal(read?.byteLength === size, isHeld, String(size));
      await rm(path);
    }
  });

  it("never sends a file that was replaced under the name, tag or cache time of the old one", async () => {
    const path = join(files, "large.js");
    const old = Buffer.alloc(100_000, "a");
    const changes: Array<[how: string, text: Buffer, change: (text: Buffer) => Promise<void>]> = [
      ["a longer file takes its place", Buffer.alloc(100_001, "b"), replace],
      ["a file of the same size takes its place", Buffer.alloc(100_000, "b"), replace],
      ["a file of the same size and time takes its place", Buffer.alloc(100_000, "b"), replaceWithTime],
      ["it is written over", Buffer.alloc(100_000, "b"), (text) => writeFile(path, text)],
      ["it gets shorter", Buffer.alloc(70_000, "b"), (text) => writeFile(path, text)],
    ];
    async function replace(text: Buffer): Promise<void> {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    }
    async function replaceWithTime(text: Buffer): Promise<void> {
      const { atime, mtime } = await stat(path);
      await writeFile(`${path}.new`, text);
      await utimes(`${path}.new`, atime, mtime);
      await rename(`${path}.new`, path);
    }
    for (const [how, text, change] of changes) {
      await writeFile(path, old);
      await utimes(path, 1_000, 1_000);
      const app = make("production");
      app.get("/address", ({ asset }) => ({ address: asset("large.js") }));
      const { address } = (await (await app.request("/address")).json()) as { address: string };
      const before = await app.request(address);
      assert.match(before.headers.get("cache-control")!, /immutable/);
      assert.deepEqual(Buffer.from(await before.arrayBuffer()), old);
      await change(text);
      const after = await app.request(address, { headers: { "if-none-match": before.headers.get("etag")! } });
      assert.deepEqual([after.status, after.headers.get("cache-control")], [200, "public, no-cache"], how);
      assert.notEqual(after.headers.get("etag"), before.headers.get("etag"), how);
      assert.equal(after.headers.get("content-length"), String(text.length), how);
      assert.deepEqual(Buffer.from(await after.arrayBuffer()), text, how);
    }
    await rm(path);
  });

  it("sends no coding for an Accept-Encoding that is empty, malformed or excludes them", async () => {
    const app = make("production");
    for (const accept of ["", " ", ",", "br;q=2", "br;q", "gzip;q=0, br;q=0", "identity", "b r", "br;q=0.0000", "*;q=0, identity"]) {
      const response = await app.request("/static/app.css", { headers: { "accept-encoding": accept } });
      assert.deepEqual([response.status, response.headers.get("content-encoding")], [200, null], accept);
      assert.equal(await response.text(), css, accept);
    }
  });

  it("fails the start for a folder that is none", async () => {
    await assert.rejects(gable({ mode: "production", static: join(folder, "nope") }).start(), { code: "E_STATIC_DIRECTORY" });
    await assert.rejects(gable({ mode: "production", static: join(folder, "secret.txt") }).start(), { code: "E_STATIC_DIRECTORY" });
  });

  it("refuses links, and nothing else, if the options say so", async () => {
    for (const mode of ["production", "development"] as const)
      for (const [path, status] of [
        ["/static/in.css", 404],
        ["/static/app.css", 200],
      ] as const)
        assert.equal((await make(mode, { symlinks: "none" }).request(path)).status, status, `${path} in ${mode}`);
  });

  it("refuses an option that it does not know", () =>
    assert.throws(() => make("production", { indexes: true } as never), { code: "E_OPTION_UNKNOWN", message: /indexes/ }));

  describe("of a folder that is made for a test", () => {
    let own = "";
    before(async () => void (own = await mkdtemp(join(tmpdir(), "gable-listed-"))));
    after(() => rm(own, { recursive: true, force: true }));
    const serve = async (texts: Readonly<Record<string, string | number>>): Promise<Application> => {
      await rm(own, { recursive: true });
      for (const [name, text] of Object.entries(texts)) {
        await mkdir(dirname(join(own, name)), { recursive: true });
        await writeFile(join(own, name), typeof text === "string" ? text : "");
        if (typeof text === "number") await truncate(join(own, name), text);
      }
      const app = gable({ mode: "production", logger: silentLogger, static: own });
      await app.start();
      return app;
    };

    it("puts the hash before the ending of the last part of a name", async () => {
      const names = ["a.js", "sub/b.js", "a.b.js", "LICENSE", "v1.2/LICENSE", "v1.2/b.css"];
      const app = await serve(Object.fromEntries(names.map((name) => [name, "x"])));
      assert.deepEqual(
        names.map((name) => app.assetUrl(name).replace(/[0-9a-f]{12}/, "HASH")),
        ["a.HASH.js", "sub/b.HASH.js", "a.b.HASH.js", "LICENSE.HASH", "v1.2/LICENSE.HASH", "v1.2/b.HASH.css"].map(
          (name) => `/static/${name}`,
        ),
      );
      for (const name of names) assert.equal((await app.request(app.assetUrl(name))).status, 200, name);
    });

    it("says that a reply varies where a file has another form, and only there", async () => {
      const app = await serve({ "one.js": "x".repeat(100), "one.js.gz": "y", "none.js": "x" });
      assert.equal((await app.request("/static/one.js")).headers.get("vary"), "Accept-Encoding");
      assert.equal((await app.request("/static/none.js")).headers.get("vary"), null);
    });

    it("sends the smallest form, and none that is as large as the file", async () => {
      const forms = ["br", "zst", "gz"] as const;
      const orders = forms.flatMap((first) => forms.filter((form) => form !== first).map((second) => [first, second]));
      const texts: Record<string, string> = { "same.js": "x", "same.js.gz": "y" };
      for (const [index, order] of orders.entries()) {
        texts[`${index}.js`] = "x".repeat(100);
        for (const form of forms) texts[`${index}.js.${form}`] = "y".repeat(order.includes(form) ? 50 + order.indexOf(form) : 90);
      }
      const app = await serve(texts);
      const codingOf = async (name: string): Promise<string | null> =>
        (await app.request(`/static/${name}`, { headers: { "accept-encoding": "br, zstd, gzip" } })).headers.get("content-encoding");
      const codings = { br: "br", zst: "zstd", gz: "gzip" };
      for (const [index, [first]] of orders.entries()) assert.equal(await codingOf(`${index}.js`), codings[first!], orders[index]!.join());
      assert.equal(await codingOf("same.js"), null);
    });

    for (const [seconds, coding] of [
      [-1, null],
      [0, "gzip"],
      [1, "gzip"],
    ] as const)
      it(`sends ${coding ?? "no coding"} for a form whose time is ${seconds} s from that of the file`, async () => {
        await serve({ "a.js": "xx", "a.js.gz": "y" });
        await utimes(join(own, "a.js"), 1_000, 1_000);
        await utimes(join(own, "a.js.gz"), 1_000 + seconds, 1_000 + seconds);
        const app = gable({ mode: "production", logger: silentLogger, static: own });
        const { headers } = await app.request("/static/a.js", { headers: { "accept-encoding": "gzip" } });
        assert.equal(headers.get("content-encoding"), coding);
        assert.equal((await app.request("/static/a.js.gz")).status, 404);
      });

    for (const [count, sizeBytes, held] of [
      [1, 65_536, 1],
      [1, 65_537, 0],
      [1_025, 65_536, 1_024],
    ] as const)
      it(`keeps ${held} of ${count} files of ${sizeBytes} bytes in memory`, async () => {
        const names = Array.from({ length: count }, (_, index) => `${index}.bin`);
        const app = await serve(Object.fromEntries(names.map((name) => [name, sizeBytes])));
        await rm(own, { recursive: true });
        let kept = 0;
        for (const name of names) kept += Number((await app.request(`/static/${name}`, { method: "HEAD" })).status === 200);
        assert.equal(kept, held);
        await mkdir(own);
      });
  });
});

describe("index files", () => {
  const rows: Array<[at: string, path: string, status: number, answer: string]> = [
    ["/", "/", 200, "<p>root</p>"],
    ["/", "/sub/", 200, "<p>index</p>"],
    ["/", "/sub", 308, "/sub/"],
    ["/", "/sub?a=%20b", 308, "/sub/?a=%20b"],
    ["/", "/sub/page.html", 200, "<p>page</p>"],
    ["/", "/sub/page.html/", 404, ""],
    ["/", "/sub/index.html", 200, "<p>index</p>"],
    ["/", "/empty", 404, ""],
    ["/", "/empty/", 404, ""],
    ["/", "/nope/", 404, ""],
    ["/", "/.hidden/", 404, ""],
    ["/", "//sub/", 404, ""],
    ["/", "/own/", 308, "/own"],
    ["/", "/own", 200, "own"],
    ["/docs", "/docs/", 200, "<p>root</p>"],
    ["/docs/", "/docs/", 200, "<p>root</p>"],
    ["/docs", "/docs", 308, "/docs/"],
    ["/docs", "/docs/sub", 308, "/docs/sub/"],
    ["/docs", "/docs/a%20b/", 200, "<p>blank</p>"],
    ["/docs", "/docs/a%20b", 308, "/docs/a%20b/"],
    ["/docs", "/sub/", 404, ""],
  ];
  let site = "";
  before(async () => {
    site = await mkdtemp(join(tmpdir(), "gable-index-"));
    for (const [name, text] of [
      ["", "root"],
      ["sub", "index"],
      ["a b", "blank"],
      [".hidden", "SECRET"],
    ] as const) {
      await mkdir(join(site, name), { recursive: true });
      await writeFile(join(site, name, "index.html"), `<p>${text}</p>`);
    }
    await mkdir(join(site, "empty"));
    await writeFile(join(site, "sub", "page.html"), "<p>page</p>");
  });
  after(() => rm(site, { recursive: true, force: true }));

  for (const mode of ["production", "development"] as const) {
    for (const [at, path, status, answer] of rows) {
      it(`answers ${path} of a site at ${at} with ${status} in ${mode}`, async () => {
        const app = gable({ mode, logger: silentLogger, static: { directory: site, at, index: true } });
        app.get("/own", () => "own");
        const response = await app.request(path, { redirect: "manual" });
        assert.equal(response.status, status);
        if (status === 308) assert.equal(response.headers.get("location"), answer);
        if (status === 200) assert.equal(await response.text(), answer);
        const head = await app.request(path, { method: "HEAD", redirect: "manual" });
        assert.deepEqual([head.status, await head.text()], [status, ""]);
      });
    }
  }

  it("leave the root to a route of the application", async () => {
    const app = gable({ mode: "production", logger: silentLogger, static: { directory: site, at: "/", index: true } });
    app.get("/", () => "home");
    assert.equal(await (await app.request("/")).text(), "home");
  });

  for (const mode of ["production", "development"] as const)
    it(`are not used without the option in ${mode}`, async () => {
      const app = gable({ mode, logger: silentLogger, static: { directory: site, at: "/" } });
      for (const path of ["/", "/sub"]) assert.equal((await app.request(path, { redirect: "manual" })).status, 404, path);
      assert.equal((await app.request("/sub/", { redirect: "manual" })).headers.get("location"), "/sub");
    });

  it("are found under the base path of the application", async () => {
    const app = gable({ mode: "production", logger: silentLogger, basePath: "/shop", static: { directory: site, index: true } });
    app.get("/", ({ asset }) => ({ address: asset("sub/page.html") }));
    assert.equal((await app.request("/shop/static/sub", { redirect: "manual" })).headers.get("location"), "/shop/static/sub/");
    assert.equal(await (await app.request("/shop/static/sub/")).text(), "<p>index</p>");
    const { address } = (await (await app.request("/shop")).json()) as { address: string };
    assert.equal((await app.request(address)).status, 200, address);
  });
});

describe("file() and download()", () => {
  const app = gable({ mode: "test", logger: silentLogger });
  app.get("/files/*name", ({ params }) => file(params.name, { root: files }));
  app.get("/save/*name", ({ params }) => download(params.name, { root: files, name: "Bücher.css" }));
  app.get("/rootless", () => file("/etc/passwd", {} as never));

  it("send a file below its root, and nothing else", async () => {
    assert.equal(await (await app.request("/files/app.css")).text(), css);
    for (const name of ["nope", "out.txt", "sibling/secret.txt", "sub", "pipe.txt", "..%2fsecret.txt"]) {
      const response = await app.request(`/files/${name}`, { headers: { accept: "application/json" } });
      assert.equal(response.status, 404, name);
    }
    assert.match(await (await app.request("/files/nope")).text(), /E_FILE_NOT_FOUND/);
    const part = await app.request("/files/large.bin", { headers: { range: "bytes=-5" } });
    assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 5]);
    const response = await app.request("/save/app.css");
    assert.equal(response.headers.get("content-disposition"), "attachment; filename=\"B_cher.css\"; filename*=UTF-8''B%C3%BCcher.css");
    assert.match(await (await app.request("/rootless")).text(), /E_FILE_ROOT_MISSING/);
  });

  it("cut the connection when the file was written over while it was sent", async () => {
    const path = join(files, "rewritten.bin");
    await writeFile(path, Buffer.alloc(5_000_000, 1));
    await utimes(path, 1_000, 1_000);
    const server = gable({ mode: "test", logger: silentLogger });
    server.get("/", async () => {
      const reply = await file("rewritten.bin", { root: files });
      await writeFile(path, Buffer.alloc(5_000_000, 2));
      return reply;
    });
    const running = await server.listen({ port: 0 });
    try {
      await assert.rejects((async () => (await fetch(running.url)).arrayBuffer())());
    } finally {
      await running.stop({ graceMs: 0 });
      await rm(path);
    }
  });

  it("fail the body of a response by app.fetch when the file was written over", async () => {
    const path = join(files, "rewritten.bin");
    await writeFile(path, Buffer.alloc(1_000_000, 1));
    await utimes(path, 1_000, 1_000);
    const response = await app.request("/files/rewritten.bin");
    await writeFile(path, Buffer.alloc(500_000, 2));
    await assert.rejects(response.arrayBuffer(), /changed while it was sent/);
    await rm(path);
  });

  it("cut the connection when the file got shorter while it was sent", async () => {
    const path = join(files, "shrinking.bin");
    await writeFile(path, Buffer.alloc(5_000_000, 1));
    const server = gable({ mode: "test", logger: silentLogger });
    server.get("/", async () => {
      const reply = await file("shrinking.bin", { root: files });
      await truncate(path, 100_000);
      return reply;
    });
    const running = await server.listen({ port: 0 });
    try {
      await assert.rejects((async () => (await fetch(running.url)).arrayBuffer())());
    } finally {
      await running.stop({ graceMs: 0 });
      await rm(path);
    }
  });
});
