/** Each check before a deployment: options that fail it, and options that pass. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { GableOptions } from "gable";
import { accountFields, defineAccounts } from "gable/auth";
import { memoryCache, redisCache } from "gable/cache";
import { defineSettings, gable, get, group, middleware, post } from "gable";
import { field as f, Model } from "gable/data";
import { memoryMail, smtpMail } from "gable/mail";
import { memoryRates, rateModel, redisRates } from "gable/security";
import { memorySessions } from "gable/session";
import { diskStorage, memoryStorage } from "gable/storage";
import { task } from "gable/tasks";
import type { AccountFacts } from "../../src/cli/checks/accounts.ts";
import type { CheckSubject } from "../../src/cli/checks/check.ts";
import { runChecks } from "../../src/cli/checks/check.ts";
import type { DatabaseFacts } from "../../src/cli/checks/databases.ts";
import { findNetworkName } from "../../src/cli/checks/databases.ts";
import { deployChecks, startErrorIds } from "../../src/cli/checks/deploy.ts";
import type { QueueFacts } from "../../src/cli/checks/queue.ts";
import { judgeSecretFile } from "../../src/cli/doctor/judge.ts";
import { createTestProject } from "./project.ts";
import type { TestProject } from "./project.ts";
import type { CheckRow } from "./check-rows.ts";
import { testRows } from "./check-rows.ts";

const key = "q3J8v0LwZr1Xc9TfYb2NmKd7HsPgAeUiOt5Wx4Vy6Qa";
const exampleKey = "Zk4Tn9Bw2Lp7Rv1Xc6Md3Hs8Jq5Gf0YaUeWiOoPtQyA";
const routes = (...entries: NonNullable<GableOptions["routes"]>): GableOptions => ({ routes: entries });
const signedIn = (): boolean => true;

const purge = task("purge", {}, () => undefined);
type Seen = Partial<Omit<CheckSubject, "facts" | "folder" | "readFile">>;
const subjects = new WeakMap<GableOptions, Seen>();

/** Options, and what was found on the machine. */
function withSeen(options: GableOptions, seen: Seen): GableOptions {
  subjects.set(options, seen);
  return options;
}

/** Options, and what the queue holds next to them. */
function withQueue(
  options: GableOptions,
  { areTasksOff = false, ...queue }: Partial<QueueFacts> & { areTasksOff?: boolean },
): GableOptions {
  return withSeen(options, { queue: { waiting: 3, oldestMs: 0, isMoving: false, ...queue }, areTasksOff });
}

const books = [Model("books", { id: f.id() })];
const postgres = "postgres://shop:secret@db.example/shop";

/** Options with a database, and what it says. */
function withDatabase(database: NonNullable<GableOptions["database"]>, facts: DatabaseFacts, options: GableOptions = {}): GableOptions {
  return withSeen({ models: books, database, ...options }, { databases: { default: facts } });
}

/** A folder, and a link to it. */
const linked = { real: join(tmpdir(), `gable-checks-${process.pid}`), link: join(tmpdir(), `gable-checks-${process.pid}-link`) };
mkdirSync(linked.real);
symlinkSync(linked.real, linked.link);
after(() => {
  rmSync(linked.link);
  rmSync(linked.real, { recursive: true });
});

class User extends Model("users", accountFields()) {}
const accountsOf = (): GableOptions => ({ session: {}, secretKeys: [key], models: [User], accounts: defineAccounts({ user: User }) });

function withAccounts(facts: Partial<AccountFacts>): GableOptions {
  return withSeen(accountsOf(), { accounts: { looked: 20, unsupported: 0, weak: 0, ...facts } });
}

const rate = { requestsMax: 5, windowSeconds: 60 };
const sessions: GableOptions = { session: {}, secretKeys: [key] };
const unsafeStep = { migration: "20261201_index", operation: "adds an index to books", risk: "locks", recipe: "Create it concurrently." };

const rows: () => readonly CheckRow[] = () => [
  ["mode.production", [{ mode: "development" }, { mode: "test" }], /The mode is (?:development|test)/, [{}]],
  [
    "keys.missing",
    [{ session: {} }, { storage: "var/media" }, { storage: { store: memoryStorage(), public: ["covers/"] } }],
    /need secret keys/,
    [{ session: {}, secretKeys: [key] }, { storage: { store: memoryStorage(), public: true } }, {}],
  ],
  ["keys.example", [{ secretKeys: [exampleKey] }], /\.env\.example/, [{ secretKeys: [key] }]],
  ["hosts.missing", [{ hosts: [] }, { hosts: undefined as never }], /no list of hosts/, [{}]],
  [
    "hosts.any",
    [{ hosts: [".com"] }, { hosts: ["a.example", ".example"] }],
    /every site of a top-level domain/,
    [{ hosts: [".shop.example"] }],
  ],
  ["origin.missing", [{ origin: undefined as never }], /no base/, [{}]],
  [
    "origin.plain-http",
    [{ origin: "http://shop.example" }],
    /has no TLS/,
    [{}, { origin: "http://10.0.0.1" }, { origin: "http://localhost:3000" }, { origin: "http://shop.internal" }],
  ],
  [
    "proxies.any",
    [
      { proxies: { trust: ["0.0.0.0/0"] } },
      { proxies: { trust: ["loopback", "::/0"] } },
      { proxies: { trust: ["0.0.0.0/1", "128.0.0.0/1"] } },
      { proxies: { trust: ["2000::/3"] } },
      { proxies: { trust: ["8.0.0.0/6"] } },
      { proxies: { trust: ["::ffff:0:0/96"] } },
      { proxies: { trust: ["::/80"] } },
      { proxies: { trust: Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`) } },
    ],
    /trust nearly everybody/,
    [
      { proxies: { trust: ["10.0.0.0/8", "loopback"] } },
      { proxies: { trust: ["17.0.0.0/8", "173.245.48.0/20", "::ffff:10.0.0.0/104", "2400:cb00::/32"] } },
      { proxies: { trust: ["fc00::/7", "192.0.2.1", "2001:db8::1"] } },
    ],
  ],
  [
    "security.csp-unsafe",
    [
      { security: { csp: { imgSrc: ["*"] } } },
      ...["data:", "blob:", "BLOB:", "*.com", "https://*", "https://*.com:443", "*:*", "http:"].map((source) => ({
        security: { csp: { scriptSrc: ["'self'", source] } },
      })),
      { security: { csp: { scriptSrc: ["'unsafe-inline'"] }, allowUnsafe: "an old widget" } },
      routes(get("/a", { security: { csp: { styleSrc: ["'unsafe-inline'"] }, allowUnsafe: "a chart" } }, () => "")),
    ],
    /weaker than the default in (?:imgSrc|scriptSrc|styleSrc)\./,
    [
      { security: { csp: { imgSrc: ["'self'", "https://img.example"] } } },
      { security: { csp: { imgSrc: ["'self'", "data:"], scriptSrc: ["'self'", "https://*.cdn.example"] } } },
      routes(get("/a", { security: { csp: { imgSrc: [] } } }, () => "")),
    ],
  ],
  [
    "security.header-off",
    [
      { security: { csp: { frameAncestors: ["https://partner.example"] } } },
      routes(get("/a", { security: { csp: { frameAncestors: ["'self'", "https://partner.example"] } } }, () => "")),
      routes(group("/b", [get("/a", () => "")], { security: { csp: { frameAncestors: ["*"] } } })),
    ],
    /^(?:All pages|GET \/a|GET \/b\/a) may be shown inside pages of (?:https:\/\/partner\.example|\*): the header X-Frame-Options is off\.$/,
    [
      {},
      { security: { csp: { frameAncestors: ["'self'"] } } },
      routes(get("/a", { security: { csp: { frameAncestors: ["'none'"] } } }, () => "")),
    ],
  ],
  [
    "security.hsts-short",
    [{ security: { hsts: false } }, { security: { hsts: { maxAgeSeconds: 31_535_999 } } }],
    /less than a year/,
    [{}, { security: { hsts: { maxAgeSeconds: 31_536_000 } } }],
  ],
  [
    "security.cross-site",
    [
      routes(
        group("/hooks", [post("/bank", { guard: signedIn }, () => "")], { security: { crossSite: { allow: "the bank posts here" } } }),
      ),
    ],
    /POST \/hooks\/bank takes requests from other sites: the bank posts here/,
    [routes(post("/a", { guard: signedIn }, () => ""))],
  ],
  [
    "security.own-headers",
    [
      routes(get("/a", { security: { csp: { imgSrc: ["'self'", "https://img.example"] } } }, () => "")),
      routes(group("/b", [get("/a", () => "")], { security: { csp: { imgSrc: [] } } })),
      routes(get("/a", ({ reply }) => (reply.headers.set("Content-Security-Policy", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("x-content-type-options", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("referrer-policy", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("X-Frame-Options", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("cross-origin-opener-policy", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("cross-origin-resource-policy", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("permissions-policy", "x"), ""))),
      routes(get("/a", ({ reply }) => (reply.headers.set("strict-transport-security", "x"), ""))),
      routes(get("/a", () => new Response("", { headers: { "referrer-policy": "origin" } }))),
      routes(
        get("/a", { use: [middleware(async ({ reply }, next) => (reply.headers.set("referrer-policy", "origin"), next()))] }, () => ""),
      ),
    ],
    /^GET (?:\/b)?\/a has its own security headers: (?:content-security-policy \(imgSrc\)|[a-z-]+)\.$/,
    [
      routes(get("/a", () => "")),
      routes(get("/a", ({ reply }) => (reply.headers.set("cache-control", "no-store"), ""))),
      { security: { csp: { imgSrc: ["'self'"] } } },
    ],
  ],
  [
    "routes.unguarded",
    [routes(post("/a", () => ""))],
    /POST \/a changes something/,
    [
      routes(
        get("/a", () => ""),
        group("/b", [post("/c", () => "")], { guard: signedIn }),
      ),
    ],
  ],
  [
    "session.cookie-flags",
    [
      { ...sessions, mode: "test" },
      { ...sessions, origin: "http://shop.example" },
    ],
    /only on https|do not send them to http:\/\/shop\.example/,
    [sessions, { ...sessions, origin: "http://localhost:3000" }, { mode: "test" }, { origin: "http://shop.example" }],
  ],
  [
    "session.store-memory",
    [
      { session: { store: "memory" }, secretKeys: [key] },
      { session: { store: memorySessions() }, secretKeys: [key] },
    ],
    /in the memory/,
    [{ session: { store: "cookie" }, secretKeys: [key] }],
  ],
  [
    "cache.shared",
    [
      { cache: true, settings: withWorkers(2) },
      { cache: { store: memoryCache() }, settings: withWorkers("auto") },
      { cache: { store: "memory" }, settings: withWorkers(2) },
      { cache: {}, settings: withWorkers(2) },
    ],
    /separate cache in memory/,
    [
      { cache: true },
      { cache: true, settings: withWorkers(1) },
      { settings: withWorkers(2) },
      { cache: { store: redisCache({ url: "redis://127.0.0.1" }) }, settings: withWorkers(2) },
      { cache: { store: "database" }, settings: withWorkers(2) },
    ],
  ],
  [
    "accounts.throttle-off",
    [
      { ...sessions, routes: [post("/login", () => "")] },
      { ...sessions, routes: [group("/my", [post("/Sign-In", () => "")])] },
      { ...sessions, limits: { rate }, routes: [post("/login", { limits: { rate: false } }, () => "")] },
    ],
    /^POST \/(?:login|my\/Sign-In) has no rate limit/,
    [
      routes(post("/login", () => "")),
      { ...sessions, routes: [get("/login", () => ""), post("/logins", () => "")] },
      { ...sessions, routes: [post("/login", { limits: { rate } }, () => "")] },
      { ...sessions, routes: [group("/my", [post("/login", () => "")], { limits: { rate } })] },
      { ...sessions, limits: { rate }, routes: [post("/login", () => "")] },
      accountsOf(),
    ],
  ],
  [
    "accounts.hash-unsupported",
    [withAccounts({ unsupported: 2 }), withAccounts({ looked: 1_000, unsupported: 1 })],
    /^(?:2 of 20|1 of the newest 1,000) accounts have a password hash that this Node cannot check/,
    [withAccounts({ weak: 20 }), accountsOf()],
  ],
  [
    "accounts.hash-weak",
    [withAccounts({ weak: 3 })],
    /^3 of 20 accounts have a weaker password hash/,
    [withAccounts({ unsupported: 3 }), accountsOf()],
  ],
  [
    "rate.shared",
    [
      { limits: { rate }, settings: withWorkers(2) },
      { limits: { rate }, rateLimits: { store: "memory" }, models: [rateModel()], settings: withWorkers("auto") },
      { limits: { rate }, rateLimits: { store: memoryRates() }, settings: withWorkers(2) },
      { routes: [get("/a", { limits: { rate } }, () => "")], settings: withWorkers(2) },
      { ...accountsOf(), settings: withWorkers(2) },
    ],
    /Each process counts rate limits separately/,
    [
      { limits: { rate } },
      { settings: withWorkers(2) },
      { limits: { rate }, models: [rateModel()], settings: withWorkers(2) },
      { limits: { rate }, rateLimits: { store: redisRates({ url: "redis://127.0.0.1" }) }, settings: withWorkers(2) },
      { routes: [get("/a", { limits: { rate: false } }, () => "")], settings: withWorkers(2) },
    ],
  ],
  [
    "limits.off",
    [
      { limits: { bodyBytesMax: 1_073_741_825 } },
      { limits: { connectionsMax: 1_000_001 } },
      routes(post("/a", { limits: { bodyBytesMax: 1_073_741_825 } }, () => "")),
      routes(group("/g", [post("/a", () => "")], { limits: { bodyBytesMax: 1e13 } })),
    ],
    /protect nothing: (?:body|connections)/,
    [
      { limits: { bodyBytesMax: 1_073_741_824, connectionsMax: 1_000_000 } },
      routes(post("/a", { limits: { bodyBytesMax: 1_073_741_824 } }, () => "")),
      routes(group("/g", [post("/a", { limits: { bodyBytesMax: 10 } }, () => "")], { limits: { bodyBytesMax: 1e13 } })),
    ],
  ],
  [
    "timeouts.off",
    [{ limits: { handlerMs: 3_600_001 } }, routes(get("/a", { limits: { handlerMs: 3_600_001 } }, () => ""))],
    /handlerMs is 3600001/,
    [{ limits: { handlerMs: 3_600_000 } }, routes(get("/a", { limits: { handlerMs: 3_600_000 } }, () => ""))],
  ],
  [
    "database.tls",
    [
      withDatabase({ url: postgres, tls: "off" }, {}),
      withDatabase(`${postgres}?sslmode=disable`, {}),
      withDatabase("mariadb://shop:secret@10.0.0.9/shop?ssl=false", {}),
    ],
    /^Queries and the password of the database "default" travel to (?:db\.example|10\.0\.0\.9) without TLS\.$/,
    [
      withDatabase(postgres, {}),
      withDatabase({ url: `${postgres}?sslmode=disable`, tls: "verify" }, {}),
      withDatabase(`${postgres}?sslmode=require`, {}),
      withDatabase({ url: "postgres://shop@127.0.0.1/shop", tls: "off" }, {}),
      withDatabase("postgres:///shop?host=/run/postgresql&sslmode=disable", {}),
      withDatabase("sqlite:var/app.db", {}),
    ],
  ],
  [
    "database.pool",
    [
      withDatabase(postgres, { connectionsMax: 39 }, { settings: withWorkers(4) }),
      withDatabase({ url: postgres, poolMax: 51 }, { connectionsMax: 100 }, { tasks: [purge], settings: withWorkers(1) }),
    ],
    /^(?:4 processes with 10 connections each can open 40|2 processes with 51 connections each can open 102) connections to the database "default"/,
    [
      withDatabase(postgres, { connectionsMax: 40 }, { settings: withWorkers(4) }),
      withDatabase({ url: postgres, poolMax: 50 }, { connectionsMax: 100 }, { tasks: [purge] }),
      withDatabase({ url: postgres, poolMax: 100 }, { connectionsMax: 100 }, { tasks: { tasks: [purge], run: "elsewhere" } }),
      withDatabase(postgres, {}, { settings: withWorkers(1_000) }),
    ],
  ],
  [
    "database.superuser",
    [withDatabase(postgres, { role: "superuser" }), withDatabase(postgres, { role: "owner" })],
    /as an administrator of its server|may change and delete the tables/,
    [withDatabase(postgres, { role: "limited" }), withDatabase(postgres, {})],
  ],
  [
    "database.sqlite-network",
    [withDatabase("sqlite:var/app.db", { network: findNetworkName(0x6969) })],
    /is on a network disk \(NFS\)/,
    [withDatabase("sqlite:var/app.db", { network: findNetworkName(0xef53) })],
  ],
  [
    "database.sqlite-backup",
    [withDatabase("sqlite:var/app.db", {}), withDatabase("sqlite:var/app.db", { backupAgeMs: 8 * 86_400_000 })],
    /has no copy in var\/backups|is 8 days old/,
    [
      withDatabase("sqlite:var/app.db", { backupAgeMs: 7 * 86_400_000 }),
      withDatabase("sqlite::memory:", {}),
      withDatabase(postgres, { backupAgeMs: null }),
    ],
  ],
  [
    "migrations.unsafe",
    [withDatabase(postgres, { unsafe: [unsafeStep] })],
    /^20261201_index: adds an index to books \(locks\), on a table with many rows\.$/,
    [withDatabase(postgres, { unsafe: [] }), withDatabase(postgres, {})],
  ],
  [
    "mail.development",
    [{ mail: "outbox:" }, { mail: { transport: "console:" } }, { mail: { transport: memoryMail() } }],
    /kept instead of sent/,
    [{ mail: "smtps://mail.example" }, { mail: { transport: smtpMail("smtps://mail.example") } }],
  ],
  [
    "mail.plain",
    [
      { mail: "smtp://mail.example?insecure=because" },
      { mail: { transport: smtpMail({ host: "mail.example", insecure: "because" }), from: "a@b.example" } },
    ],
    /without TLS/,
    [{ mail: "smtp://mail.example" }, { mail: { transport: smtpMail({ host: "mail.example" }), from: "a@b.example" } }],
  ],
  [
    "storage.local-many",
    [{ storage: "var/media" }, { storage: { store: "var/media" } }, { storage: { store: diskStorage({ directory: "var/media" }) } }],
    /in the folder ".*var\/media" of one machine/,
    [{ storage: { store: memoryStorage() } }, {}],
  ],
  [
    "storage.in-static",
    [
      { static: "static", storage: "static" },
      { static: { directory: "./static" }, storage: "static/media" },
      { static: "var/static", storage: { store: diskStorage({ directory: "/var" }) } },
      { static: linked.real, storage: `${linked.link}/media` },
      { static: `${linked.link}/static`, storage: linked.real },
    ],
    /overlap/,
    [{ static: "static", storage: "static-uploads" }, { static: "static", storage: { store: memoryStorage() } }, { storage: "static" }],
  ],
  [
    "tasks.no-worker",
    [
      { tasks: { tasks: [purge], run: "record" } },
      withQueue({ tasks: { tasks: [purge], run: "elsewhere" } }, { oldestMs: 600_001 }),
      withQueue({ tasks: [purge] }, { oldestMs: 600_001, areTasksOff: true }),
    ],
    /nothing runs them|3 tasks wait, the oldest for 10 minutes, and no worker runs any/,
    [
      {},
      { tasks: [purge] },
      { tasks: { tasks: [purge], run: "elsewhere" } },
      withQueue({ tasks: { tasks: [purge], run: "elsewhere" } }, { oldestMs: 600_000 }),
      withQueue({ tasks: { tasks: [purge], run: "elsewhere" } }, { oldestMs: 600_001, isMoving: true }),
      // `gable start` will run them.
      withQueue({ tasks: [purge] }, { oldestMs: 600_001 }),
    ],
  ],
  [
    "tasks.backlog",
    [withQueue({ tasks: [purge] }, { oldestMs: 600_001, isMoving: true })],
    /The oldest of 3 waiting tasks has waited for 10 minutes\./,
    [withQueue({ tasks: [purge] }, { oldestMs: 600_000 }), { tasks: [purge] }],
  ],
  [
    "files.writable",
    [withSeen({}, { files: { writable: [".", "src"], secrets: [] } })],
    /folder with code \((?:\.|src)\)/,
    [withSeen({}, { files: { writable: [], secrets: [] } }), {}],
  ],
  [
    "files.secrets-readable",
    [
      withSeen({}, { files: { writable: [], secrets: [judgeSecretFile(".env", 0o604), judgeSecretFile(".env.local", 0o640)] } }),
      withSeen({}, { files: { writable: [], secrets: [judgeSecretFile(".env", 0o620)] } }),
    ],
    /^\.env: every user can read it\.$|^\.env\.local: its group can read it\.$|^\.env: its group can change it\.$/,
    [withSeen({}, { files: { writable: [], secrets: [judgeSecretFile(".env", 0o600)] } })],
  ],
];

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function withWorkers(workers: number | "auto"): NonNullable<GableOptions["settings"]> {
  return defineSettings({ workers }, { mode: "production", variables: {} });
}

function findingsOf(options: GableOptions): ReturnType<typeof runChecks> {
  const good: GableOptions = { mode: "production", hosts: ["shop.example"], origin: "https://shop.example", health: false };
  const app = gable({ ...good, ...options });
  const files: Readonly<Record<string, string>> = { ".env.example": `SECRET_KEYS=${exampleKey}\n` };
  return runChecks(deployChecks, { facts: app.describe(), folder: "/", readFile: (name) => files[name], ...subjects.get(options) });
}

describe("deploy checks", () => {
  testRows(rows, findingsOf);

  it("have a row in this table each", () => {
    assert.deepEqual(
      deployChecks.map(({ id }) => id),
      rows().map(([id]) => id),
    );
  });

  it("have a row in the guide each, with their level", () => {
    const guide = readFileSync(new URL("../../docs/guides/deploy-checks.md", import.meta.url), "utf8");
    const listed = [...guide.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \| (error|warning|info) \|/gm)].map(([, id, level]) => `${id} ${level}`);
    const known = [...deployChecks.map(({ id, level }) => `${id} ${level}`), ...Object.values(startErrorIds).map((id) => `${id} error`)];
    assert.deepEqual(listed.sort(), known.sort());
  });
});

describe("gable check --deploy", () => {
  it("runs in production, and fails with the ids of the problems", async () => {
    const project = createTestProject({
      ".env": "GABLE_MODE=development\n",
      "app.ts": 'import { gable } from "gable";\nexport default gable({ hosts: ["shop.example"] });',
    });
    projects.push(project);
    const { code, problems } = await project.json("check", "--deploy", "--no-types");
    const found = problems.map(({ id, level }) => [id, level]).filter(([id]) => !id!.startsWith("files."));
    assert.deepEqual([code, found], [1, [["origin.missing", "error"]]]);
  });

  it("reports who can read and write the files of the project", { skip: process.platform === "win32" && "no modes here" }, async () => {
    const project = createTestProject({
      ".env": "A=1\n",
      "app.ts": 'import { gable } from "gable";\nexport default gable({ hosts: ["shop.example"], origin: "https://shop.example" });',
    });
    projects.push(project);
    chmodSync(join(project.folder, ".env"), 0o644);
    const found = async (): Promise<string[]> => (await project.json("check", "--deploy", "--no-types")).problems.map(({ id }) => id);
    assert.deepEqual(await found(), ["files.writable", "files.secrets-readable"]);
    chmodSync(join(project.folder, ".env"), 0o600);
    assert.deepEqual(await found(), ["files.writable"]);
  });

  it("reports a weak key that the application refuses", async () => {
    const project = createTestProject({
      "app.ts": `import { gable } from "gable";\nexport default gable({ secretKeys: ["${"abcx".repeat(11)}"] });`,
    });
    projects.push(project);
    const { code, problems } = await project.json("check", "--deploy", "--no-types");
    assert.deepEqual([code, problems.map(({ id }) => id)], [1, ["keys.weak"]]);
  });
});
