/** The packed package: what it holds, what publint says, and that a consumer can run it on every line of Node. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localProgram, root, runCommand } from "./run-command.ts";

const installedBytesMax = 5_000_000;
const app = `import { gable, html } from "gable";
const app = gable({ views: "views" });
app.get("/page", ({ view }) => view("page.html", { items: [{ name: "a" }] }));
app.get("/", () => html\`<h1>Hello</h1>\`);
app.get("/users/:id(int)", ({ params }) => ({ id: params.id }));
const { port } = await app.listen({ port: 0 });
console.log("PORT " + port);
`;
/** What generated views import of the package: one of each construct. */
const views: Readonly<Record<string, string>> = {
  "box.html": "{% slot children %}{% endslot %}{% slot row(n: number = 1) %}{% endslot %}",
  "base.html":
    "{% props items: ReadonlyArray<{ name: string }> %}<title>{% block title %}T{% endblock %}</title>{% block body scoped %}{% endblock %}",
  "page.html": [
    "{% props items: ReadonlyArray<{ name: string }>, late?: Promise<string>, coming?: AsyncIterable<string> %}",
    '{% extends "base.html" %}',
    "{% macro mark(text: string) %}<b>{{ text }}{{ caller() }}</b>{% endmacro %}",
    "{% block title %}{{ super() }}{% endblock %}",
    "{% block body %}",
    '{% for item in items recursive %}<a href="/{{ item.name }}" title="{{ item.name }}" class="{{ loop.index }} x" hidden="{{ not item }}">{{ item.name|upper }}</a>{% endfor %}',
    "{% for item in items %}{% partialdef row(item: { name: string }) inline %}<i>{{ item.name }}</i>{% endpartialdef %}{% else %}none{% endfor %}",
    '{% component "box.html" %}x{% slot row(n) %}{{ n }}{% endslot %}{% endcomponent %}{% call mark("m") %}c{% endcall %}',
    '{% cache "k", 1 ttlSeconds=5 vary=["user"] %}{{ user }}{% endcache %}{% trans n=items|length %}<b>{{ n }}</b> item{% pluralize %}<b>{{ n }}</b> items{% endtrans %}',
    "{% for async each in coming %}{{ each }}{% endfor %}{{ await late }}{% set x %}y{% endset %}{% if x %}{{ x }}{% endif %}",
    "<script>const items = {{ items|tojson }};</script><style>a { color: {{ 'red' }} }</style>",
    "{% endblock %}",
  ].join("\n"),
};
const tsconfig = {
  compilerOptions: { module: "nodenext", strict: true, noEmit: true, target: "es2024", types: ["node"], exactOptionalPropertyTypes: true },
};

const folder = await mkdtemp(join(tmpdir(), "gable-package-"));
try {
  if ((await runCommand(process.execPath, ["scripts/build.ts"])) !== 0) process.exit(1);
  if ((await runCommand(localProgram("publint"), ["--strict"])) !== 0) process.exit(1);
  await checkConsumer();
} finally {
  await rm(folder, { recursive: true, force: true });
}

function run(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (result.status === 0) return result.stdout;
  console.error(`${program} ${args.join(" ")} failed:\n${result.stdout}${result.stderr}`);
  process.exit(1);
}

async function checkConsumer(): Promise<void> {
  const packed = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root)) as unknown;
  const [facts] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as Array<{
    filename: string;
    files: Array<{ path: string }>;
  }>;
  const strange = facts!.files
    .map((file) => file.path)
    .filter(
      (path) =>
        !/^(?:bin\/gable\.mjs|dist\/.*\.(?:js|d\.ts|js\.map|d\.ts\.map)|docs\/[a-z/-]+\.md|docs\/README\.md|package\.json|[A-Z]+\.md|LICENSE)$/.test(
          path,
        ) || path.includes(".test."),
    );
  if (strange.length > 0) fail(`The package holds files that do not belong: ${strange.join(", ")}.`);
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, facts!.filename)], project);
  const bytes = await sizeOf(join(project, "node_modules"));
  if (bytes > installedBytesMax) fail(`Installed, the package takes ${bytes} bytes; ${installedBytesMax} are allowed.`);
  await writeFile(join(project, "app.ts"), app);
  await mkdir(join(project, "views"));
  for (const [name, text] of Object.entries(views)) await writeFile(join(project, "views", name), text);
  await writeFile(join(project, "tsconfig.json"), JSON.stringify(tsconfig));
  run(localProgram("tsc"), ["-p", project, "--typeRoots", `${root}node_modules/@types`], project);
  for (const node of nodes()) await runApp(node, project);
  const strict = { ...tsconfig.compilerOptions, noUnusedLocals: true, noUnusedParameters: true, allowImportingTsExtensions: true };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: strict, include: ["*.ts", ".gable/**/*.ts"] }));
  run(localProgram("tsc"), ["-p", project, "--typeRoots", `${root}node_modules/@types`], project);
  checkCreateGable(join(folder, facts!.filename));
  console.log(`The packed package holds ${facts!.files.length} files and takes ${Math.round(bytes / 1000)} kB installed.`);
}

/** A project of `npm create gable`, with the packed package in it, passes its own tests and types. */
function checkCreateGable(tarball: string): void {
  const workspace = join(root, "create-gable");
  run(localProgram("tsc"), ["-p", join(workspace, "tsconfig.build.json")], root);
  run(process.execPath, [join(workspace, "bin/create-gable.mjs"), "created", "--no-git", "--no-install"], folder);
  const project = join(folder, "created");
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", tarball], project);
  run(process.execPath, ["--test"], project);
  run(localProgram("tsc"), ["-p", project], project);
}

/** The pinned Node, and the other lines where CI has installed them. */
function nodes(): string[] {
  const others = ["22", "24"].map((line) => `${root}.ci/nodes/${line}/node_modules/node/bin/node`);
  return [process.execPath, ...others.filter(existsSync)];
}

async function runApp(node: string, project: string): Promise<void> {
  const child = spawn(node, ["app.ts"], { cwd: project, env: { ...process.env, GABLE_MODE: "production" } });
  let output = "";
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const port = await new Promise<number>((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      const match = /PORT ([0-9]+)/.exec(output);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once("exit", () => fail(`The five-line app ended on ${node}:\n${output}`));
  });
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  const user = await (await fetch(`http://127.0.0.1:${port}/users/42`)).text();
  const view = await (await fetch(`http://127.0.0.1:${port}/page`)).text();
  if (!view.startsWith("<title>T</title>") || !view.includes("<b>1</b> item")) fail(`The view of the app gave "${view}".`);
  if (page !== "<h1>Hello</h1>" || user !== '{"id":42}') fail(`The five-line app answered "${page}" and "${user}".`);
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  if ((await ended) !== 0) fail(`The five-line app did not stop in order on ${node}.`);
}

async function sizeOf(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
