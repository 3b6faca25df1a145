/** `gable build`: the compressed files that it writes, and what production serves of them. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { gable } from "gable";
import { silentLogger } from "../silent-logger.ts";
import { createTestProject } from "./project.ts";

const css = "body { color: red }\n".repeat(200);
const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync };
const endings = { br: ".br", zstd: ".zst", gzip: ".gz" };

describe("gable build", () => {
  const project = createTestProject({
    "app.ts": 'import { gable } from "gable";\nexport default gable({ static: "static" });\n',
    "static/app.css": css,
    "static/sub/page.html": css,
    "static/.well-known/long.txt": css,
    "static/.hidden.css": css,
    "static/draft.css~": css,
    "static/photo.png": css,
    "static/1023.txt": "x".repeat(1023),
    "static/1024.txt": "x".repeat(1024),
  });
  after(() => project.remove());
  const path = (name: string): string => join(project.folder, "static", name);

  it("writes compressed files next to compressible ones, which production serves", async () => {
    symlinkSync(path("app.css"), path("link.css"));
    const { code, out, error } = await project.run("build", "--json");
    assert.deepEqual([code, JSON.parse(out).data], [0, { views: false, variants: { written: 12, kept: 0, removed: 0 } }]);
    assert.match(error, /^\{"event":"progress","label":"Static files","done":5,"total":5,.*\}$/m);
    for (const name of ["app.css", "sub/page.html", ".well-known/long.txt", "1024.txt"])
      for (const [coding, ending] of Object.entries(endings))
        assert.equal(
          decoders[coding as keyof typeof decoders](readFileSync(path(name + ending))).toString(),
          readFileSync(path(name), "utf8"),
        );
    for (const name of [".hidden.css", "draft.css~", "photo.png", "1023.txt", "link.css"])
      for (const ending of Object.values(endings)) assert.equal(existsSync(path(name + ending)), false, name + ending);
    assert.deepEqual(
      readdirSync(path("")).filter((name) => name.endsWith("~")),
      ["draft.css~"],
    );

    const app = gable({ mode: "production", logger: silentLogger, static: path(""), compression: true });
    const tags = new Set<string | null>();
    for (const coding of ["br", "zstd", "gzip"] as const) {
      const headers = { "accept-encoding": coding };
      const answer = await app.request("/static/app.css", { headers });
      assert.deepEqual([answer.headers.get("content-encoding"), answer.headers.get("vary")], [coding, "Accept-Encoding"]);
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.deepEqual(bytes, readFileSync(path(`app.css${endings[coding]}`)));
      const tag = answer.headers.get("etag")!;
      tags.add(tag);
      assert.match(tag, /^"/, "the bytes never change, so the tag is strong");
      assert.equal((await app.request("/static/app.css", { headers: { ...headers, "if-none-match": tag } })).status, 304);
      const part = await app.request("/static/app.css", { headers: { ...headers, range: "bytes=2-5", "if-range": tag } });
      assert.deepEqual([part.status, part.headers.get("content-encoding")], [206, coding]);
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(2, 6));
      assert.equal((await app.request(`/static/app.css${endings[coding]}`)).status, 404);
    }
    assert.equal(tags.size, 3);
    await app.close();
  });

  it("keeps what is up to date, replaces what is outdated, and removes what no longer helps", async () => {
    assert.deepEqual((await project.json("build")).data, { views: false, variants: { written: 0, kept: 12, removed: 0 } });
    const changed = css.replaceAll("red", "blue");
    project.write({ "static/app.css": changed, "static/1024.txt": "short" });
    const later = new Date(Date.now() + 5000);
    for (const name of ["app.css", "1024.txt"]) utimesSync(path(name), later, later);
    // Files of another tool count as they are.
    project.write({ "static/app.css.gz": "-" });
    utimesSync(path("app.css.gz"), later, later);
    assert.deepEqual((await project.json("build")).data, { views: false, variants: { written: 2, kept: 7, removed: 0 } });
    assert.equal(brotliDecompressSync(readFileSync(path("app.css.br"))).toString(), changed);
    assert.equal(existsSync(path("1024.txt.br")), false);
    assert.equal(readFileSync(path("app.css.gz")).length, 1);
    // The original comes from the future, and so do its variants.
    const app = gable({ mode: "production", logger: silentLogger, static: path("") });
    const answer = await app.request("/static/app.css", { headers: { "accept-encoding": "br" } });
    assert.equal(answer.headers.get("content-encoding"), "br");
    await app.close();
  });

  it("lists missing and outdated files with --check, writes nothing, and exits with 1", async () => {
    assert.deepEqual((await project.json("build", "--check")).data, { views: false, variants: { outdated: [], leftover: [] } });
    project.write({ "static/new.css": css, "static/sub/page.html": css.replaceAll("red", "green"), "static/small.css": "a{}" });
    utimesSync(path("sub/page.html"), new Date(Date.now() + 9000), new Date(Date.now() + 9000));
    const before = readdirSync(path(""));
    const { code, data, problems } = await project.json("build", "--check");
    assert.deepEqual([code, problems[0]!.id], [1, "build.outdated"]);
    assert.deepEqual((data as { variants: { outdated: string[] } }).variants.outdated.sort(), ["new.css", "sub/page.html"]);
    assert.deepEqual(readdirSync(path("")), before);
    await project.run("build");
    assert.equal((await project.run("build", "--check")).code, 0);
  });

  it("removes its copies of deleted files, and no file of somebody else", async (test) => {
    const other = createTestProject({
      "app.ts": 'import { gable } from "gable";\nexport default gable({ static: "static" });\n',
      "static/gone.css": css,
      "static/sub/gone.js": css,
      "static/replaced.css": css,
      "static/kept.css": css,
      "static/game.wasm.br": "a download without an original",
      "static/table.csv.gz": "another one",
    });
    test.after(() => other.remove());
    const at = (name: string): string => join(other.folder, "static", name);
    assert.equal((await other.run("build")).code, 0);
    for (const name of ["gone.css", "sub/gone.js", "replaced.css"]) rmSync(at(name));
    other.write({ "static/replaced.css.gz": "by hand" });
    utimesSync(at("replaced.css.gz"), new Date(0), new Date(0));
    const leftover = ["gone.css", "sub/gone.js", "replaced.css"].flatMap((name) => Object.values(endings).map((ending) => name + ending));
    const removed = leftover.filter((name) => name !== "replaced.css.gz");
    const checked = await other.json("build", "--check");
    assert.deepEqual([checked.code, checked.problems.map(({ id }) => id)], [1, ["build.leftover"]]);
    assert.deepEqual((checked.data as { variants: { leftover: string[] } }).variants.leftover.toSorted(), removed.toSorted());
    assert.match((await other.run("build")).out, /; 3 others are up to date\. Removed 8 of files that no longer exist\./);
    assert.deepEqual(
      leftover.filter((name) => existsSync(at(name))),
      ["replaced.css.gz"],
    );
    for (const name of ["game.wasm.br", "table.csv.gz", "kept.css.br"]) assert.ok(existsSync(at(name)), name);
    assert.equal((await other.run("build", "--check")).code, 0);
    // A record that nobody can read removes nothing.
    other.write({ ".gable/compressed.json": "{" });
    rmSync(at("kept.css"));
    assert.equal((await other.run("build")).code, 0);
    assert.ok(existsSync(at("kept.css.br")));
  });

  for (const mode of ["production", "development"])
    it(`writes nothing with --check in ${mode}, and finds mistakes in template files`, async () => {
      const other = createTestProject({
        "app.ts": `import { gable } from "gable";
import { Book } from "./models.ts";
export default gable({ models: { Book }, database: "sqlite:app.db", session: {}, static: "static", views: "views", secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"], hosts: ["localhost"] });
`,
        "models.ts": 'import { Model, field as f } from "gable/data";\nexport class Book extends Model("books", { id: f.id() }) {}\n',
        "static/app.css": css,
        "views/home.html": "{% props name: string %}<h1>{{ name }}</h1>",
      });
      after(() => other.remove());
      const listAll = (): string[] => readdirSync(other.folder, { recursive: true }).map(String).toSorted();
      const before = listAll();
      const first = await other.json("build", "--check", "--mode", mode);
      assert.deepEqual(
        first.problems.map(({ id }) => id),
        ["build.outdated"],
      );
      other.write({ "views/home.html": "{% props name: string %}<h1>{% if %}</h1>" });
      const second = await other.json("build", "--check", "--mode", mode);
      assert.match(second.problems[0]!.id, /^E_VIEW_/);
      assert.match(second.problems[0]!.message, /^views\/home\.html:1: /);
      assert.deepEqual([second.code, listAll()], [1, before]);
    });

  it("writes the application as JavaScript with --out, and nothing when types are wrong", async (test) => {
    const other = createTestProject({
      "app.ts":
        'import { gable, get } from "gable";\nimport { word } from "./pages/word.ts";\nexport default gable({ routes: [get("/", (): string => word)] });\n',
      "pages/word.ts": 'export const word: string = "from JavaScript";\n',
      "gable.d.ts":
        'declare module "gable" { export const gable: (options: object) => object; export const get: (path: string, run: () => string) => object; }\n',
      "tsconfig.json":
        '{ "compilerOptions": { "module": "nodenext", "target": "es2024", "types": [], "allowImportingTsExtensions": true, "noEmit": true }, "include": ["**/*.ts"] }',
    });
    test.after(() => other.remove());
    const none = await other.run("build", "--out", "dist");
    assert.deepEqual([none.code, /npm install --save-dev typescript/.test(none.error)], [1, true]);
    mkdirSync(join(other.folder, "node_modules"));
    symlinkSync(new URL("../../node_modules/typescript", import.meta.url).pathname, join(other.folder, "node_modules/typescript"));
    const { code, data, problems } = await other.json("build", "--out", "dist");
    assert.deepEqual([code, problems, data], [0, [], { views: false, out: { folder: "dist", files: 2 } }]);
    assert.match(readFileSync(join(other.folder, "dist/app.js"), "utf8"), /from "\.\/pages\/word\.js"/);
    const { out } = await other.run("routes", "--app", "dist/app.js", "--path", "/");
    assert.match(out, /GET +\/ /);
    other.write({ "pages/word.ts": "export const word: string = 1;\n" });
    const wrong = await other.json("build", "--out", "dist2");
    assert.deepEqual([wrong.code, wrong.problems[0]!.id, existsSync(join(other.folder, "dist2"))], [1, "TS2322", false]);
  });

  const refused: ReadonlyArray<readonly [words: readonly string[], message: RegExp]> = [
    [["--out", "."], /must be a folder below the project/],
    [["--out", "../dist"], /must be a folder below the project/],
    [["--out", "dist", "--check"], /--check writes nothing/],
  ];
  for (const [words, message] of refused)
    it(`refuses ${words.join(" ")}`, async () => {
      const { code, error } = await project.run("build", ...words);
      assert.equal(code, 2);
      assert.match(error, message);
    });

  it("says when there is nothing to build", async () => {
    const empty = createTestProject({ "app.ts": 'import { gable } from "gable";\nexport default gable();\n' });
    const { code, out } = await empty.run("build");
    empty.remove();
    assert.equal(code, 0);
    assert.match(out, /no template files and no static files/);
  });
});
