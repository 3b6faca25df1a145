/** `gable deploy make`: text, JSON and exit codes, and that each file is right: read by parsers, and its commands run. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gable } from "gable";
import { parse, parseAllDocuments } from "yaml";
import { silentLogger } from "../silent-logger.ts";
import { createFullProject } from "./full-project.ts";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function createProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const project = createTestProject({ "package.json": '{ "name": "@acme/My Shop", "type": "module" }', ...files });
  projects.push(project);
  return project;
}

const read = (project: TestProject, file: string): string => readFileSync(join(project.folder, file), "utf8");
const whole = { "views/home.html": "Home", "migrations/0001.ts": "", "package-lock.json": "{}" };

describe("gable deploy make", () => {
  const rows: ReadonlyArray<readonly [target: string, files: readonly string[]]> = [
    ["docker", ["Dockerfile", ".dockerignore"]],
    ["systemd", ["deploy/my-shop.service"]],
    ["compose", ["Dockerfile", ".dockerignore", "compose.yaml"]],
  ];
  for (const [target, files] of rows)
    it(`writes the files of ${target}, and overwrites them only with --force`, async () => {
      const project = createProject();
      const dry = await project.run("deploy", "make", "--target", target, "--dry-run");
      assert.deepEqual([dry.code, dry.error], [0, ""]);
      for (const file of files) assert.ok(dry.out.includes(`Would write ${file}\n\n`), dry.out);
      assert.deepEqual(readdirSync(project.folder), ["package.json"]);
      const { code, out, error } = await project.run("deploy", "make", "--target", target);
      assert.deepEqual([code, error], [0, ""]);
      assert.equal(out, `${files.map((file) => `Wrote ${file}\n`).join("")}Read the first lines of each file: they say how to use it.\n`);
      for (const file of files) assert.match(read(project, file), /^#/);
      project.write({ [files[0]!]: "mine" });
      const again = await project.run("deploy", "make", "--target", target);
      assert.equal(again.code, 2);
      assert.match(again.error, /already\. Nothing was written\.\n {2}fix: .*--force/);
      assert.equal(read(project, files[0]!), "mine");
      const { ok, data } = await project.json("deploy", "make", "--target", target, "--force");
      assert.deepEqual([ok, data], [true, { target, files, isDry: false }]);
      assert.match(read(project, files[0]!), /^#/);
    });

  it("writes the missing files, and keeps those that exist", async () => {
    const project = createProject();
    project.write({ Dockerfile: "mine" });
    const dry = await project.run("deploy", "make", "--target", "compose", "--dry-run");
    assert.doesNotMatch(dry.out, /Would write Dockerfile/);
    const { code, out } = await project.run("deploy", "make", "--target", "compose");
    assert.equal(code, 0);
    assert.match(out, /^Wrote \.dockerignore\nWrote compose\.yaml\nKept Dockerfile, which exists already\n/);
    assert.equal(read(project, "Dockerfile"), "mine");
  });

  it("exits with 2 for no target and for a misspelt one", async () => {
    const project = createProject();
    const none = await project.run("deploy", "make");
    assert.equal(none.code, 2);
    assert.match(none.error, /needs a target\.\n {2}fix: Write: gable deploy make --target docker, systemd or compose/);
    assert.equal((await project.run("deploy", "make", "--target", "dokcer")).code, 2);
    assert.deepEqual(readdirSync(project.folder), ["package.json"]);
  });
});

/** An instruction of a Dockerfile. */
interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** Reads a Dockerfile, one instruction after the other. Fails for a line that is none. */
function readDockerfile(text: string): readonly Instruction[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#") && line.trim() !== "");
  const joined = lines
    .join("\n")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n");
  return joined.map((line) => {
    const [, word, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? assert.fail(`no instruction: ${line}`);
    assert.ok("FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE HEALTHCHECK STOPSIGNAL CMD".split(" ").includes(word!), line);
    return { word: word!, rest: rest! };
  });
}

describe("the Dockerfile", () => {
  const locks: ReadonlyArray<readonly [lock: string | undefined, copy: string, run: string]> = [
    ["package-lock.json", "package.json package-lock.json ./", "npm ci --omit=dev"],
    ["pnpm-lock.yaml", "package.json pnpm-lock.yaml ./", "corepack enable && pnpm install --prod --frozen-lockfile"],
    [undefined, "package.json ./", "npm install --omit=dev"],
  ];
  for (const [lock, copy, run] of locks)
    it(`has two stages and installs by ${lock ?? "package.json"}`, async () => {
      const project = createProject({ "views/home.html": "Home", ...(lock !== undefined && { [lock]: "" }) });
      await project.run("deploy", "make", "--target", "docker");
      const all = readDockerfile(read(project, "Dockerfile"));
      const second = all.findLastIndex(({ word }) => word === "FROM");
      const [build, last] = [all.slice(0, second), all.slice(second)];
      const image = `node:${Math.max(24, Number(process.versions.node.split(".")[0]))}-slim`;
      assert.deepEqual(
        build.map(({ word, rest }) => `${word} ${rest}`),
        [
          `FROM ${image} AS build`,
          "WORKDIR /app",
          `COPY ${copy}`,
          `RUN ${run}`,
          "COPY . .",
          "RUN node node_modules/gable/bin/gable.mjs build --mode test",
        ],
      );
      assert.deepEqual(
        last.map(({ word }) => word),
        ["FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD"],
      );
      const of = (word: string): string => last.find((each) => each.word === word)!.rest;
      assert.equal(of("USER"), "node");
      assert.match(of("ENV"), /\bGABLE_MODE=production\b.*\bHOST=0\.0\.0\.0\b/);
      assert.deepEqual(JSON.parse(of("VOLUME")), ["/app/var"]);
      assert.deepEqual(JSON.parse(of("CMD")), ["node", "node_modules/gable/bin/gable.mjs", "start"]);
    });

  for (const lock of ["yarn.lock", "bun.lock", "bun.lockb"])
    for (const target of ["docker", "compose"])
      it(`is not written for ${target} with ${lock} alone: it would install versions that nobody has tested`, async () => {
        const project = createProject({ [lock]: "" });
        const { code, error } = await project.run("deploy", "make", "--target", target);
        assert.equal(code, 2);
        assert.match(error, new RegExp(`The project has ${lock}, .* Nothing was written\\.`));
        assert.deepEqual(
          [existsSync(join(project.folder, "Dockerfile")), existsSync(join(project.folder, "compose.yaml"))],
          [false, false],
        );
      });

  it("leaves out the stage of views where there are none", async () => {
    const project = createProject();
    await project.run("deploy", "make", "--target", "docker");
    assert.doesNotMatch(read(project, "Dockerfile"), /gable\.mjs build/);
  });

  it("has a health check that passes for a site that answers, and fails for none", async () => {
    const project = createProject();
    await project.run("deploy", "make", "--target", "docker");
    const { rest } = readDockerfile(read(project, "Dockerfile")).find(({ word }) => word === "HEALTHCHECK")!;
    const [, flags, command] = /^((?:--\S+ )+)CMD (.+)$/.exec(rest)!;
    assert.match(flags!, /^--interval=10s --timeout=3s --start-period=30s --retries=3 $/);
    const [, ...words] = JSON.parse(command!) as string[];
    assert.ok(words.some((word) => word.includes("/up'")));
    const check = (port: number): Promise<number | null> =>
      new Promise((resolve) =>
        spawn(
          process.execPath,
          words.map((word) => word.replace(":3000", `:${port}`)),
        ).once("exit", (code) => resolve(code)),
      );
    const app = gable({ mode: "production", hosts: ["shop.example"], routes: [], logger: silentLogger });
    const server = await app.listen({ port: 0, quiet: true });
    assert.equal(await check(server.port!), 0);
    await server.stop({ graceMs: 0 });
    assert.equal(await check(server.port!), 1);
  });

  it("makes an image that starts and writes nothing outside var", { timeout: 300_000 }, async (test) => {
    // It comes with the image of gable deploy make.
    const project = await createFullProject({ accounts: true });
    test.after(() => project.remove());
    // What .dockerignore names is not in the image.
    for (const line of read(project, ".dockerignore").split("\n"))
      if (line !== "" && !/[#*]/.test(line)) rmSync(join(project.folder, line), { recursive: true, force: true });
    assert.equal(existsSync(join(project.folder, "tests")), false);
    symlinkSync(join(root, "node_modules"), join(project.folder, "node_modules"));
    const gableWords = ["--import", join(root, "scripts/source.mjs"), join(root, "bin/gable.mjs")];
    const { NODE_TEST_CONTEXT: _runner, GABLE_MODE: _mode, ...outer } = process.env;
    const run = (environment: NodeJS.ProcessEnv, ...words: string[]): void => {
      const { status, stderr } = spawnSync(process.execPath, [...gableWords, ...words], {
        cwd: project.folder,
        env: environment,
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
    };
    run(outer, "build", "--mode", "test");
    const production = {
      ...outer,
      GABLE_MODE: "production",
      SECRET_KEYS: "u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ",
      HOSTS: "shop.example",
      ORIGIN: "https://shop.example",
      MAIL_URL: "file:var/mail",
    };
    const list = (): string[] =>
      readdirSync(project.folder, { recursive: true, encoding: "utf8" })
        .filter((file) => !/^(?:var|node_modules)\b/.test(file))
        .map((file) => `${file} ${statSync(join(project.folder, file)).mtimeMs}`)
        .sort();
    run(production, "db", "create");
    run(production, "db", "migrate");
    const before = list();
    assert.ok(before.some((line) => line.startsWith(".gable/views.json")));
    const child = spawn(process.execPath, [...gableWords, "start", "--port", "0"], { cwd: project.folder, env: production });
    let out = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (out += String(chunk)));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while (!/Serving http/.test(out) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    const address = /Serving (http:\S+)/.exec(out)?.[1];
    assert.ok(address !== undefined, out);
    assert.equal((await fetch(`${address}/ready`)).status, 200);
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
    assert.deepEqual(list(), before);
  });
});

/** The parts of a service that the tests read. */
interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

describe("compose.yaml", () => {
  async function readCompose(files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, Service>>> {
    const project = createProject(files);
    await project.run("deploy", "make", "--target", "compose");
    const { name, services, volumes } = parse(read(project, "compose.yaml"), { merge: true, strict: true, uniqueKeys: true }) as {
      readonly name: string;
      readonly services: Readonly<Record<string, Service>>;
      readonly volumes: object;
    };
    assert.equal(name, "my-shop");
    for (const service of Object.values(services)) {
      for (const volume of service.volumes ?? []) assert.ok(Object.hasOwn(volumes, volume.split(":")[0]!), volume);
      for (const other of Object.keys(service.depends_on ?? {})) assert.ok(Object.hasOwn(services, other), other);
    }
    return services;
  }

  it("starts PostgreSQL, then migrations, then the site, which may do little", async () => {
    const services = await readCompose(whole);
    assert.deepEqual(Object.keys(services), ["site", "migrate", "database"]);
    const { site, migrate, database } = services;
    for (const { build, read_only, cap_drop, security_opt, tmpfs } of [site!, migrate!])
      assert.deepEqual([build, read_only, cap_drop, security_opt, tmpfs], [".", true, ["ALL"], ["no-new-privileges:true"], ["/tmp"]]);
    assert.deepEqual(site!.depends_on, { migrate: { condition: "service_completed_successfully" } });
    assert.deepEqual(migrate!.depends_on, { database: { condition: "service_healthy" } });
    assert.deepEqual(migrate!.command, ["node", "node_modules/gable/bin/gable.mjs", "db", "migrate"]);
    assert.equal(migrate!.healthcheck?.disable, true);
    assert.deepEqual(site!.ports, ["127.0.0.1:3000:3000"]);
    assert.equal(site!.stop_grace_period, "35s");
    assert.deepEqual(database!.healthcheck?.test?.slice(0, 2), ["CMD", "pg_isready"]);
    assert.equal(database!.ports, undefined);
  });

  it("gives the site the address and the password of its database, and holds no secret", async () => {
    const { site, database } = await readCompose(whole);
    const address = site!.environment!["DATABASE_URL"]!;
    const [, variable] = /\$\{(\w+):\?/.exec(address)!;
    assert.match(database!.environment!["POSTGRES_PASSWORD"]!, new RegExp(`^\\$\\{${variable}:\\?`));
    const url = new URL(address.replace(/\$\{[^}]*\}/, "password"));
    assert.deepEqual(
      [url.hostname, url.username, url.pathname, url.searchParams.get("sslmode")],
      ["database", database!.environment!["POSTGRES_USER"], `/${database!.environment!["POSTGRES_DB"]}`, "disable"],
    );
  });

  it("waits for the database where there are no migrations", async () => {
    const services = await readCompose({});
    assert.deepEqual(Object.keys(services), ["site", "database"]);
    assert.deepEqual(services["site"]!.depends_on, { database: { condition: "service_healthy" } });
  });
});

const analyze = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].find((path) => existsSync(path));

describe("the systemd unit", () => {
  for (const files of [whole, {}])
    it(`is right ${files === whole ? "with" : "without"} migrations`, async (test) => {
      const project = createProject(files);
      await project.run("deploy", "make", "--target", "systemd");
      const text = read(project, "deploy/my-shop.service");
      const sections = new Map<string, string[]>();
      let lines: string[] = [];
      for (const line of text.split("\n")) {
        const section = /^\[(\w+)\]$/.exec(line)?.[1];
        if (section !== undefined) sections.set(section, (lines = []));
        else if (line !== "" && !line.startsWith("#")) lines.push(/^[A-Za-z]+=.*$/.exec(line)?.[0] ?? assert.fail(line));
      }
      assert.deepEqual([...sections.keys()], ["Unit", "Service", "Install"]);
      const service = sections.get("Service")!;
      for (const line of [
        "Type=notify",
        "NotifyAccess=all",
        "User=my-shop",
        "KillMode=mixed",
        "ProtectSystem=strict",
        "NoNewPrivileges=true",
      ])
        assert.ok(service.includes(line), line);
      const program = "/usr/bin/node node_modules/gable/bin/gable.mjs";
      assert.deepEqual(
        service.filter((line) => line.startsWith("Exec")),
        [
          ...(files === whole ? [`ExecStartPre=${program} db migrate`] : []),
          `ExecStart=${program} start --workers auto`,
          "ExecReload=/bin/kill -HUP $MAINPID",
        ],
      );
      if (analyze === undefined) return test.diagnostic("no systemd-analyze here");
      const folder = mkdtempSync(join(tmpdir(), "gable-unit-"));
      test.after(() => rmSync(folder, { recursive: true, force: true }));
      const unit = join(folder, "my-shop.service");
      writeFileSync(unit, text.replaceAll("/usr/bin/node", process.execPath));
      const { status, stderr } = spawnSync(analyze, ["verify", "--man=no", unit], { encoding: "utf8" });
      assert.deepEqual([stderr.split("\n").filter((line) => line.includes("my-shop")), status], [[], 0], stderr);
    });
});

describe("the guide to deployment", () => {
  it("has manifests for Kubernetes that are YAML, with the probes and the port of the image", () => {
    const guide = readFileSync(join(root, "docs/guides/deployment.md"), "utf8");
    const documents = [...parseAllDocuments(guide.split("```yaml\n")[1]!.split("```")[0]!, { strict: true, uniqueKeys: true })];
    assert.deepEqual(
      documents.map((document) => [document.errors, document.get("kind")]),
      [
        [[], "Deployment"],
        [[], "Job"],
      ],
    );
    const container = ["spec", "template", "spec", "containers", 0];
    const [site, job] = documents;
    assert.equal(site!.getIn([...container, "livenessProbe", "httpGet", "path"]), "/up");
    assert.equal(site!.getIn([...container, "readinessProbe", "httpGet", "path"]), "/ready");
    assert.equal(site!.getIn([...container, "ports", 0, "containerPort"]), 3000);
    assert.equal(site!.getIn([...container, "securityContext", "readOnlyRootFilesystem"]), true);
    assert.equal(job!.getIn([...container, "image"]), site!.getIn([...container, "image"]));
  });

  it("has a configuration of Caddy with directives that Caddy knows, and the times of the table", () => {
    const guide = readFileSync(join(root, "docs/guides/deployment.md"), "utf8");
    const site = parseCaddyfile(guide.split("## Caddy\n")[1]!.split("```\n")[1]!.split("```")[0]!);
    assert.deepEqual(site, {
      "shop.example": {
        request_body: { max_size: "50MB" },
        "reverse_proxy 127.0.0.1:3000": {
          health_uri: "/ready",
          flush_interval: "-1",
          "transport http": { keepalive: "60s", response_header_timeout: "75s" },
        },
      },
    });
  });

  const wrong: ReadonlyArray<readonly [text: string, message: RegExp]> = [
    ["a {\n  log {\n}\n", /is not closed/],
    ["a {\n}\n}\n", /closes no block/],
    ["a {\n  health_url /ready\n}\n", /health_url is not a directive/],
  ];
  for (const [text, message] of wrong)
    it(`refuses ${JSON.stringify(text)} as a configuration of Caddy`, () => assert.throws(() => parseCaddyfile(text), message));
});

/** Directives and options of Caddy 2 that the guide may use. */
const caddyWords = new Set(
  "request_body max_size reverse_proxy health_uri flush_interval transport keepalive response_header_timeout encode header log".split(" "),
);

type CaddyBlock = { [words: string]: string | CaddyBlock };

/** Parses a Caddyfile: a line is words, and a brace at its end opens a block. */
function parseCaddyfile(text: string): CaddyBlock {
  const top: CaddyBlock = {};
  const open = [top];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    if (line === "}") {
      assert.ok(open.length > 1, "a brace closes no block");
      open.pop();
      continue;
    }
    const [word = "", ...values] = line.replace(/ ?\{$/, "").split(" ");
    // Outside of blocks, a line names a site.
    assert.ok(open.length === 1 || caddyWords.has(word), `${word} is not a directive of Caddy`);
    if (!line.endsWith("{")) open.at(-1)![word] = values.join(" ");
    else open.push((open.at(-1)![[word, ...values].join(" ")] = {}));
  }
  assert.equal(open.length, 1, "a block is not closed");
  return top;
}
