/** Each check before a deployment: options that fail it, and options that pass. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { GableOptions } from "gable";
import { memoryCache, redisCache } from "gable/cache";
import { defineSettings, gable, get, group, post } from "gable";
import { memoryMail, smtpMail } from "gable/mail";
import { diskStorage, memoryStorage } from "gable/storage";
import { task } from "gable/tasks";
import type { CheckSubject } from "../../src/cli/checks/check.ts";
import { runChecks } from "../../src/cli/checks/check.ts";
import { deployChecks } from "../../src/cli/checks/deploy.ts";
import type { QueueFacts } from "../../src/cli/checks/queue.ts";
import { createTestProject } from "./project.ts";
import type { TestProject } from "./project.ts";

const key = "q3J8v0LwZr1Xc9TfYb2NmKd7HsPgAeUiOt5Wx4Vy6Qa";
const exampleKey = "Zk4Tn9Bw2Lp7Rv1Xc6Md3Hs8Jq5Gf0YaUeWiOoPtQyA";
const routes = (...entries: NonNullable<GableOptions["routes"]>): GableOptions => ({ routes: entries });
const signedIn = (): boolean => true;

const purge = task("purge", {}, () => undefined);
const subjects = new WeakMap<GableOptions, Pick<CheckSubject, "queue" | "areTasksOff">>();

/** Options, and what the queue holds next to them. */
function withQueue(
  options: GableOptions,
  { areTasksOff = false, ...queue }: Partial<QueueFacts> & { areTasksOff?: boolean },
): GableOptions {
  subjects.set(options, { queue: { waiting: 3, oldestMs: 0, isMoving: false, ...queue }, areTasksOff });
  return options;
}

/** Id, what fails, a part of the message, and what passes. */
type Row = readonly [id: string, failing: readonly GableOptions[], message: RegExp, passing: readonly GableOptions[]];

const rows: () => readonly Row[] = () => [
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
    [{ proxies: { trust: ["0.0.0.0/0"] } }, { proxies: { trust: ["loopback", "::/0"] } }],
    /are everybody/,
    [{ proxies: { trust: ["10.0.0.0/8", "loopback"] } }],
  ],
  [
    "security.csp-unsafe",
    [
      { security: { csp: { imgSrc: ["*"] } } },
      { security: { csp: { scriptSrc: ["'unsafe-inline'"] }, allowUnsafe: "an old widget" } },
      routes(get("/a", { security: { csp: { styleSrc: ["'unsafe-inline'"] }, allowUnsafe: "a chart" } }, () => "")),
    ],
    /weaker than the default|allows unsafe sources/,
    [{ security: { csp: { imgSrc: ["'self'", "https://img.example"] } } }],
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
    "session.store-memory",
    [{ session: { store: "memory" }, secretKeys: [key] }],
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
    "limits.off",
    [{ limits: { bodyBytesMax: 1_073_741_825 } }, { limits: { connectionsMax: 1_000_001 } }],
    /protect nothing: (?:body|connections)/,
    [{ limits: { bodyBytesMax: 1_073_741_824, connectionsMax: 1_000_000 } }],
  ],
  ["timeouts.off", [{ limits: { handlerMs: 3_600_001 } }], /handlerMs is 3600001/, [{ limits: { handlerMs: 3_600_000 } }]],
  [
    "mail.development",
    [{ mail: "outbox:" }, { mail: { transport: "console:" } }, { mail: { transport: memoryMail() } }],
    /kept instead of sent/,
    [{ mail: "smtps://mail.example" }, { mail: { transport: smtpMail("smtps://mail.example") } }],
  ],
  ["mail.plain", [{ mail: "smtp://mail.example?insecure=because" }], /without TLS/, [{ mail: "smtp://mail.example" }]],
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
    ],
    /lie in each other/,
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
  for (const [index, [id, failing, message, passing]] of rows().entries()) {
    for (const [number] of failing.entries())
      it(`${id} fails for case ${number + 1}, with a way out`, () => {
        // Routes belong to one application: each test makes its own.
        const found = findingsOf(rows()[index]![1][number]!).filter((problem) => problem.id === id);
        assert.ok(found.length > 0, id);
        for (const problem of found) assert.match(problem.message, message);
        assert.ok(found.every(({ fix }) => fix !== undefined && fix !== ""));
      });
    for (const [number] of passing.entries())
      it(`${id} passes for case ${number + 1}`, () => {
        assert.deepEqual(
          findingsOf(rows()[index]![3][number]!).filter((problem) => problem.id === id),
          [],
        );
      });
  }

  it("have a row in this table each", () => {
    assert.deepEqual(
      deployChecks.map(({ id }) => id),
      rows().map(([id]) => id),
    );
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
    assert.deepEqual([code, problems.map(({ id }) => id)], [1, ["origin.missing"]]);
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
