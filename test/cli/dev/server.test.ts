/** `gable dev` as a process: what it prints, who may use it, types, migrations, tasks, and its end. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { DevProject, until, withDevProject } from "./dev-project.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = 'html("<!doctype html><title>Shop</title><h1>Shop</h1>")';
const app = `import { gable, get, html } from "gable";
export default gable({ routes: [get("/", () => ${page})] });
`.replace(page, "html`<!doctype html><title>Shop</title><h1>Shop</h1>`");

/** Processes whose command line names a folder or a process. */
async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === pid).map(([child]) => child!);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function post(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ method: "POST", port, host: "127.0.0.1", path, headers, agent: false }, (reply) => {
      reply.resume().on("end", () => resolve(reply.statusCode!));
    });
    asked.on("error", reject).end();
  });
}

describe("gable dev", () => {
  it("refuses foreign hosts and origins below /_gable/, and inserts its script into pages", async () => {
    await withDevProject({ "app.ts": app }, ["--no-types"], async (project) => {
      const { body } = await project.getUntil("/", ({ status }) => status === 200);
      assert.match(
        body,
        /<script type="module" nonce="[^"]+" src="\/_gable\/client\/page\.js\?generation=[\w-]+&amp;method=GET&amp;status=200&amp;changes=0"><\/script>/,
      );
      for (const path of ["/_gable/events", "/_gable/client/page.js", "/_gable/migrate", "/_gable/", "/_gable/other"]) {
        assert.equal((await project.get(path, { host: "evil.example" })).status, 403, path);
        assert.equal((await project.get(path, { origin: "http://evil.example" })).status, 403, path);
        assert.equal((await project.get(path, { "sec-fetch-site": "cross-site" })).status, 403, path);
        assert.equal(await post(project.port, path, { origin: "http://evil.example" }), 403, path);
        assert.equal(await post(project.port, path, {}), 403, path);
      }
    });
  });

  it("answers the same hosts while the application cannot start", async () => {
    const served = app.replace("gable({", 'gable({ origin: "https://shop.test:8443", hosts: ["other.test"],');
    await withDevProject({ "app.ts": served }, ["--no-types"], async (project) => {
      await project.getUntil("/", ({ status }) => status === 200);
      const refused = { "evil.example": 403, "shop.test": 403 };
      const answered = Object.fromEntries(["shop.test:8443", "other.test", "localhost"].map((host) => [host, 500]));
      project.write("app.ts", `${served}throw new Error("never");\n`);
      await project.getUntil("/", ({ status }) => status === 500);
      for (const [host, status] of Object.entries({ ...refused, ...answered }))
        assert.equal((await project.get("/", { host })).status, status, host);
    });
  });

  it("leaves the toolbar out of pages with --no-toolbar", async () => {
    await withDevProject({ "app.ts": app }, ["--no-types", "--no-toolbar"], async (project) => {
      const { body } = await project.getUntil("/", ({ status }) => status === 200);
      assert.match(body, /page\.js/);
      assert.doesNotMatch(body, /toolbar/);
    });
  });

  it("prints a line for each request, and one JSON object at its end", async () => {
    const project = new DevProject({ "app.ts": app });
    try {
      await project.start("--no-types");
      await project.get("/?a=b");
      const line = await project.event("request");
      assert.deepEqual([line["method"], line["path"], line["status"], line["queries"]], ["GET", "/?a=b", 200, 0]);
      assert.equal(line["bytes"], "<!doctype html><title>Shop</title><h1>Shop</h1>".length);
      const { code, out } = await project.stop();
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(out), { ok: true, command: "dev", data: { url: `http://127.0.0.1:${project.port}` }, problems: [] });
    } finally {
      await project.end();
    }
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`leaves no process after ${signal}`, async () => {
      const project = new DevProject({ "app.ts": app, "tsconfig.json": "{}" });
      try {
        project.write("node_modules/typescript/bin/tsc", "setInterval(() => undefined, 1000);");
        await project.start();
        await project.getUntil("/", ({ status }) => status === 200);
        const children = await until("both children", async () => {
          const found = await childrenOf(project.pid);
          return found.length >= 2 ? found : undefined;
        });
        const open = await project.open();
        await project.stop(signal);
        open.close();
        await until("the end of all processes", () => (children.some(isAlive) ? undefined : true));
      } finally {
        await project.end();
      }
    });

  it("stops in order while the application cannot start", async () => {
    const project = new DevProject({ "app.ts": "throw new Error('never');" });
    try {
      await project.start("--no-types");
      assert.equal((await project.getUntil("/", ({ status }) => status === 500, { accept: "text/html" })).status, 500);
      const open = await project.open();
      assert.equal((await project.stop()).code, 0);
      open.close();
    } finally {
      await project.end();
    }
  });

  it("shows type errors in the terminal and in pages, and blocks nothing", async () => {
    const project = new DevProject({
      "app.ts": app,
      "tsconfig.json":
        '{ "compilerOptions": { "noEmit": true, "strict": true, "types": [], "skipLibCheck": true, "noLib": false }, "files": ["price.ts"] }',
      "price.ts": 'export const price: number = "much";\n',
    });
    try {
      project.write("node_modules/.keep", "");
      symlinkSync(join(root, "node_modules/typescript"), join(project.folder, "node_modules/typescript"));
      await project.start();
      assert.equal((await project.getUntil("/", ({ status }) => status === 200)).status, 200);
      const { notice } = (await project.event("notice")) as unknown as {
        notice: { text: string; items: Array<{ place: string; text: string }> };
      };
      assert.equal(notice.text, "1 type error");
      assert.equal(notice.items[0]!.place, "price.ts:1");
      assert.match(notice.items[0]!.text, /^TS2322: /);
      const open = await project.open();
      assert.match(JSON.stringify(open.events[0]!.data["notices"]), /price\.ts:1/);
      project.write("price.ts", "export const price: number = 1;\n");
      await project.event("fixed", ({ id }) => id === "types");
      const later = await project.open();
      assert.deepEqual(later.events[0]!.data["notices"], []);
      later.close();
      open.close();
    } finally {
      await project.end();
    }
  });

  it("offers the migration that a changed model needs, and runs it on demand", async () => {
    const model = (fields: string): string => `import { Model, field as f } from "gable/data";
export class Book extends Model("books", { id: f.id(), ${fields} }) {}
`;
    const project = new DevProject({
      "models.ts": model("title: f.text({ max: 200 })"),
      "app.ts": `import { gable, get } from "gable";
import * as models from "./models.ts";
export default gable({ models, database: "sqlite:var/shop.db", routes: [get("/", async () => ({ books: await models.Book.all() }))] });
`,
    });
    try {
      const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
      const env = { ...environment, NODE_OPTIONS: `--import ${new URL("../../../scripts/source.mjs", import.meta.url).href}` };
      for (const words of [["make"], ["migrate"]])
        await promisify(execFile)(process.execPath, [join(root, "bin/gable.mjs"), "db", ...words, "--mode", "development"], {
          cwd: project.folder,
          env,
        });
      await project.start("--no-types");
      assert.equal((await project.getUntil("/", ({ status }) => status === 200)).body, '{"books":[]}');
      project.writeByRename("models.ts", model("title: f.text({ max: 200 }), pages: f.int({ null: true })"));
      const { notice } = (await project.event("notice")) as unknown as { notice: { text: string; command: string; action: string } };
      assert.equal(notice.text, "Model and database differ: 1 migration to make");
      assert.match(notice.command, /gable db make/);
      assert.equal(
        await post(project.port, notice.action, { host: `127.0.0.1:${project.port}`, origin: `http://127.0.0.1:${project.port}` }),
        202,
      );
      await project.event("migrated");
      await project.event("fixed", ({ id }) => id === "migrations");
      assert.equal(readdirSync(join(project.folder, "migrations")).filter((name) => name.endsWith(".ts")).length, 2);
      assert.equal((await project.getUntil("/", ({ status }) => status === 200)).body, '{"books":[]}');
      const line = await project.event("request", ({ queries }) => queries === 1);
      assert.equal(line["path"], "/");
    } finally {
      await project.end();
    }
  });

  it("runs tasks, and keeps a key where the project has none", async () => {
    await withDevProject(
      {
        "app.ts": `import { gable, post } from "gable";
import { task, taskModel } from "gable/tasks";
import { writeFileSync } from "node:fs";
const TaskRow = taskModel();
const note = task("note", {}, async () => writeFileSync("var/done", "yes"));
export default gable({ models: [TaskRow], tasks: [note], session: {}, routes: [post("/", async ({ cookies }) => { cookies.setSigned("seen", "yes"); await note.enqueue(); return {}; })] });
`,
      },
      ["--no-types"],
      async (project) => {
        const own = { host: `127.0.0.1:${project.port}`, origin: `http://127.0.0.1:${project.port}` };
        await until(
          "the request",
          async () => ((await post(project.port, "/", own)) === 200 ? true : undefined),
          () => project.text,
        );
        await until(
          "the task",
          () => (existsSync(join(project.folder, "var/done")) ? true : undefined),
          () => project.text,
        );
        assert.match(project.read("var/dev-key"), /^[\w-]{43}\n$/);
      },
    );
  });

  it("refuses another mode, a missing application, and a port in use", async () => {
    await withDevProject({ "app.ts": app }, ["--no-types"], async (project) => {
      const run = async (...words: string[]): Promise<{ code: number; out: string }> => {
        const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
        const env = { ...environment, NODE_OPTIONS: `--import ${new URL("../../../scripts/source.mjs", import.meta.url).href}` };
        return promisify(execFile)(process.execPath, [join(root, "bin/gable.mjs"), "dev", "--json", ...words], {
          cwd: project.folder,
          env,
        }).then(
          ({ stdout }) => ({ code: 0, out: stdout }),
          (error: { code: number; stdout: string }) => ({ code: error.code, out: error.stdout }),
        );
      };
      const rows: ReadonlyArray<readonly [words: string[], code: number, id: string]> = [
        [["--mode", "production"], 2, "E_COMMAND_USAGE"],
        [["--app", "missing.ts"], 3, "E_APP_FILE"],
        [["--port", String(project.port)], 3, "E_LISTEN"],
      ];
      for (const [words, code, id] of rows) {
        const ended = await run(...words);
        assert.equal(ended.code, code, ended.out);
        assert.equal((JSON.parse(ended.out) as { problems: Array<{ id: string }> }).problems[0]!.id, id);
      }
    });
  });
});
