/** Steps: programs that use the installed package, as users write them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { readDocsBlocks } from "../../scripts/docs-blocks.ts";
import { catalogue } from "../../src/errors/catalogue.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { listAnchors } from "../../scripts/links.ts";
import { readDesignerViews } from "../guides/designer-views.ts";
import { linkPackages, type PackedPackage, root, run, runOrThrow, writeFiles } from "./packed-package.ts";
import { app, views } from "./sample-project.ts";

const tsc = join(root, "node_modules/typescript/bin/tsc");
const compilerOptions = { module: "nodenext", target: "es2024", types: ["node"], strict: true, noEmit: true, skipLibCheck: true };
const docsOptions = {
  ...compilerOptions,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
};
/** The Node of this run, and the other versions that CI installs. */
const nodes = [process.execPath, ...["22", "24"].map((line) => join(root, `.ci/nodes/${line}/node_modules/node/bin/node`))].filter(
  existsSync,
);

/** Packages that the docs install. */
const packagesOfDocs =
  "@types/node @types/pg @types/nodemailer @opentelemetry/api kysely zod valibot arktype pg mysql2 redis playwright-core axe-core".split(
    " ",
  );

/** Registers the tests. `open` gives the package once it is packed. */
export function describeProjects(open: () => PackedPackage): void {
  describe("a small application with the packed package", () => {
    let project = "";
    before(async () => {
      const files = Object.fromEntries(Object.entries(views).map(([name, text]) => [`views/${name}`, text]));
      project = await open().install("sample", { ...files, "app.ts": app, "tsconfig.json": toConfig(compilerOptions, ["app.ts"]) });
      await linkPackages(project, ["@types/node"]);
    });

    it("passes the type check", async () => void (await runOrThrow(process.execPath, [tsc], project)));

    for (const node of nodes) it(`serves pages on ${node.replace(root, "")}`, () => serve(node, project));

    it("has compiled views that pass a strict type check", async () => {
      const strict = { ...docsOptions, noUnusedLocals: true, noUnusedParameters: true };
      const folder = await open().install("compiled-views", { "tsconfig.json": toConfig(strict, ["*.ts", ".gable/**/*.ts"]) });
      await linkPackages(folder, ["@types/node"]);
      for (const name of ["views", ".gable", "app.ts"]) await cp(join(project, name), join(folder, name), { recursive: true });
      await runOrThrow(process.execPath, [tsc], folder);
    });
  });

  describe("the docs with the packed package", () => {
    it("have code that passes the type check", async () => {
      const blocks = await readDocsBlocks();
      assert.ok(Object.keys(blocks).length > 30, `${Object.keys(blocks).length} blocks`);
      const files = Object.fromEntries(Object.entries(blocks).map(([name, text]) => [`blocks/${name}`, text]));
      const folder = await open().install("docs", { ...files, "tsconfig.json": toConfig(docsOptions, ["blocks/**/*.ts"]) });
      await linkPackages(folder, packagesOfDocs);
      await runOrThrow(process.execPath, [tsc, "--pretty", "false"], folder);
    });

    it("have template files that pass gable check", async () => {
      const app = 'import { gable } from "gable";\nexport default gable({ views: "views" });\n';
      const config = toConfig(docsOptions, ["*.ts", ".gable/**/*.ts"]);
      const folder = await open().install("designers", { ...readDesignerViews(), "app.ts": app, "tsconfig.json": config });
      await linkPackages(folder, ["@types/node", "typescript"]);
      await runOrThrow(process.execPath, ["node_modules/gable/bin/gable.mjs", "check"], folder);
    });

    it("are in the package, with the page that each error links to", async () => {
      const folder = await open().install("pages");
      const pages = new Map<string, Set<string>>();
      for (const code of Object.keys(catalogue)) {
        const [page = "", anchor = ""] = new GableError(code, "x").docsUrl.split("#");
        const text = await readFile(join(folder, "node_modules/gable/docs", page), "utf8");
        if (!pages.has(page)) pages.set(page, listAnchors(text));
        assert.ok(pages.get(page)!.has(anchor), `${page} has no heading for ${code}`);
      }
    });
  });

  describe("the examples with the packed package", () => {
    for (const name of globSync("examples/*/", { cwd: root }).map((path) => path.split("/")[1]!))
      it(`pass their type check and their tests: ${name}`, async () => {
        const folder = await open().install(name);
        const isSource = (path: string): boolean => !/\/(?:node_modules|\.gable|var)(?:\/|$)/.test(path.slice(root.length - 1));
        await cp(join(root, "examples", name), folder, { recursive: true, filter: isSource });
        await linkPackages(folder, ["@types/node", "zod", "playwright-core", "axe-core"]);
        const tests = await run(process.execPath, ["--test", "--test-reporter=dot"], folder, { GABLE_MODE: "test" });
        assert.equal(tests.status, 0, tests.output);
        const config = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8")) as { compilerOptions: Record<string, unknown> };
        const { paths: _, ...options } = config.compilerOptions;
        await writeFiles(folder, { "tsconfig.json": toConfig(options, ["**/*.ts", ".gable/**/*.ts"]) });
        await runOrThrow(process.execPath, [tsc, "--pretty", "false"], folder);
      });
  });
}

function toConfig(options: object, include: readonly string[]): string {
  return JSON.stringify({ compilerOptions: options, include });
}

/** Starts the application, asks for its pages, and stops it. */
async function serve(node: string, project: string): Promise<void> {
  const child = spawn(node, ["app.ts"], { cwd: project, env: { ...process.env, GABLE_MODE: "production" } });
  let output = "";
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      const match = /PORT ([0-9]+)/.exec(output);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once("exit", () => reject(new Error(`The application ended before it listened:\n${output}`)));
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    assert.equal(await get("/"), "<h1>Hello</h1>");
    assert.equal(await get("/users/42"), '{"id":42}');
    assert.match(await get("/page"), /^<title>T<\/title>[^]*<b>1<\/b> item/);
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal(await ended, 0);
}
