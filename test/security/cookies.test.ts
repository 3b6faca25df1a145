/** Signed and encrypted cookies, and where their keys come from. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Application, GableOptions, Logger } from "gable";
import { gable, get } from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

const createKey = (): string => randomBytes(32).toString("base64url");
const createRoutes = () => [
  get("/set", ({ cookies }) => {
    cookies.setSigned("signed", "a b;\u0085ü");
    cookies.setEncrypted("encrypted", "a b;\u0085ü", { maxAgeSeconds: 60 });
    return null;
  }),
  get("/get", ({ cookies }) => ({ signed: cookies.getSigned("signed"), encrypted: cookies.getEncrypted("encrypted") })),
  get("/host", ({ cookies }) => {
    cookies.set("theme", "dark", { host: true });
    return { theme: cookies.get("theme", { host: true }), has: cookies.has("theme", { host: true }) };
  }),
  get("/delete", ({ cookies }) => {
    cookies.delete("theme", { host: true });
    return null;
  }),
  get("/twice", ({ cookies }) => {
    cookies.set("a", "1");
    cookies.set("a", "2", { path: "/p" });
    cookies.set("a", "3");
    return null;
  }),
  get("/wrong", ({ cookies }) => {
    cookies.set("a", "1", { host: true, domain: "a.test" });
    return null;
  }),
];
const make = (options: GableOptions = {}): Application => gable({ mode: "test", logger: silentLogger, routes: createRoutes(), ...options });
const read = async (app: Application, cookie: string): Promise<unknown> =>
  (await createTestClient(app, { headers: { cookie } }).get("/get")).json();

/** The cookies that an application sets, as a field Cookie. */
async function issue(app: Application): Promise<string> {
  return (await createTestClient(app).get("/set")).headers
    .getSetCookie()
    .map((line) => line.split(";")[0]!)
    .join("; ");
}

describe("signed and encrypted cookies", () => {
  const both = { signed: "a b;\u0085ü", encrypted: "a b;\u0085ü" };
  const neither = { signed: null, encrypted: null };

  it("come back as they were, whatever characters they have", async () => {
    const app = make();
    assert.deepEqual(await read(app, await issue(app)), both);
  });

  it("are worth nothing under another name", async () => {
    const app = make();
    const swapped = (await issue(app)).replace("signed=", "x=").replace("encrypted=", "signed=").replace("x=", "encrypted=");
    assert.deepEqual(await read(app, swapped), neither);
  });

  it("read as absent when they were changed, and are counted", async () => {
    const { secretsPart } = await import("../../src/security/secrets-part.ts");
    const app = make();
    const cookie = await issue(app);
    assert.deepEqual(await read(app, cookie.replace(/.(?=; |$)/g, "_")), neither);
    assert.deepEqual(await read(app, "signed=x; encrypted=y"), neither);
    const counts = app.part(secretsPart).refusedCookies;
    assert.equal(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      4,
    );
    assert.equal(counts["E_SIGNATURE_FORM"]! >= 2, true);
  });

  it("expire with their age, whatever the browser does", async (test) => {
    test.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
    const app = make();
    const cookie = await issue(app);
    test.mock.timers.setTime(1_800_000_059_999);
    assert.deepEqual(await read(app, cookie), both);
    test.mock.timers.setTime(1_800_000_060_000);
    assert.deepEqual(await read(app, cookie), { ...both, encrypted: null });
  });

  it("verify with the oldest key, and are signed with the newest when they are set again", async () => {
    const [oldest, older, current] = [createKey(), createKey(), createKey()];
    const old = make({ secretKeys: [oldest] });
    const rotated = make({ secretKeys: [current, older, oldest] });
    const latest = make({ secretKeys: [current] });
    assert.deepEqual(await read(rotated, await issue(old)), both);
    assert.deepEqual(await read(latest, await issue(old)), neither);
    assert.deepEqual(await read(latest, await issue(rotated)), both);
  });
});

describe("cookies of the context", () => {
  it("have the prefix __Host- over https and in production, and no prefix elsewhere", async () => {
    const plain = createTestClient(make());
    assert.equal((await plain.get("/host")).headers.get("set-cookie"), "theme=dark; Path=/; HttpOnly; SameSite=Lax");
    assert.deepEqual((await plain.get("/host")).json(), { theme: "dark", has: true });
    for (const options of [
      { origin: "https://shop.test", hosts: ["shop.test"] },
      { mode: "production", secretKeys: [createKey()] },
    ] as const) {
      const client = createTestClient(make(options));
      assert.equal((await client.get("/host")).headers.get("set-cookie"), "__Host-theme=dark; Path=/; Secure; HttpOnly; SameSite=Lax");
      assert.deepEqual((await client.get("/host")).json(), { theme: "dark", has: true });
      assert.match((await client.get("/delete")).headers.get("set-cookie")!, /^__Host-theme=; Path=\/; Max-Age=0; Secure/);
    }
  });

  it("are not read without their prefix where they need it", async () => {
    const app = make({ origin: "https://shop.test", hosts: ["shop.test"] });
    const planted = createTestClient(app, { headers: { cookie: "theme=planted" } });
    assert.deepEqual((await planted.get("/host")).json(), { theme: null, has: false });
  });

  it("send one line for each name, path and domain", async () => {
    assert.deepEqual((await createTestClient(make()).get("/twice")).headers.getSetCookie(), [
      "a=2; Path=/p; HttpOnly; SameSite=Lax",
      "a=3; Path=/; HttpOnly; SameSite=Lax",
    ]);
  });

  it("refuse a domain with the option host, over plain http as well", async () => {
    await assert.rejects(createTestClient(make()).get("/wrong"), { code: "E_COOKIE_INVALID" });
  });
});

describe("values and options of cookies that are not of their kind", () => {
  for (const method of ["set", "setSigned", "setEncrypted"] as const)
    for (const value of [undefined, null, 5, { a: 1 }])
      it(`are refused by cookies.${method}(): ${JSON.stringify(value)}`, async () => {
        // JavaScript callers can pass any value.
        const route = get("/", ({ cookies }) => (cookies[method]("a", value as never), "x"));
        await assert.rejects(createTestClient(gable({ mode: "test", logger: silentLogger, routes: [route] })).get("/"), {
          code: "E_COOKIE_VALUE",
          message: `The value of the cookie "a" is ${typeof value === "object" && value !== null ? "an object (Object)" : String(value)}; it must be a string.`,
        });
      });

  it("are refused with the option that is null", async () => {
    const route = get("/", ({ cookies }) => (cookies.set("a", "x", null as never), "x"));
    await assert.rejects(createTestClient(gable({ mode: "test", logger: silentLogger, routes: [route] })).get("/"), {
      code: "E_OPTION_INVALID",
    });
  });
});

describe("gable({ secretKeys })", () => {
  it("refuses keys that are too short", () =>
    assert.throws(() => gable({ secretKeys: ["short"] }), {
      code: "E_SECRET_KEY_INVALID",
      message: "gable() secretKeys[0] has 3 bytes; a key has at least 32.",
    }));

  it("signs cookies in production", async () => {
    assert.equal((await make({ mode: "production", secretKeys: [createKey()] }).request("/set")).status, 204);
  });
});

/** Runs a program in a separate folder and process, with freshly loaded modules. */
function run(source: string, folder: string, mode: string): { status: number | null; output: string } {
  const file = join(folder, "app.ts");
  writeFileSync(file, source);
  const register = new URL("../../scripts/source.mjs", import.meta.url).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", register, file], {
    cwd: folder,
    env: { ...process.env, GABLE_MODE: mode },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

describe("an application on its own", () => {
  const withFolder = (work: (folder: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), "gable-keys-"));
    try {
      work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const page = `import { gable } from "gable";\nconst app = gable();\napp.get("/", () => "hello");\nconsole.log((await app.request("/")).status);\n`;
  const cookie = page.replace('() => "hello"', '({ cookies }) => (cookies.setSigned("a", "1"), "hello")');
  const signer = `import { createSigner } from "gable";\nconst invite = createSigner("team-invite");\n${page}console.log(invite.verify(invite.sign(7)));\n`;

  it("starts in production without keys when nothing needs them, and makes no file", () =>
    withFolder((folder) => {
      for (const mode of ["production", "development"]) assert.deepEqual(run(page, folder, mode), { status: 0, output: "200\n" });
      assert.throws(() => statSync(join(folder, "var")), { code: "ENOENT" });
    }));

  it("does not start in production when a signer has no keys", () =>
    withFolder((folder) => {
      const { status, output } = run(signer, folder, "production");
      assert.notEqual(status, 0);
      assert.match(output, /createSigner\(\) was called for "team-invite", and gable\(\) got no secretKeys, which production needs\./);
    }));

  it("answers 500 in production when a cookie is to be signed without keys", () =>
    withFolder((folder) => assert.match(run(cookie, folder, "production").output, /^500\n[\s\S]*E_SECRET_KEYS_MISSING/)));

  it("gives a signer that is created during a request the keys of its application", () =>
    withFolder((folder) => {
      const source = `import { createSigner, gable } from "gable";
const apps = ["${createKey()}", "${createKey()}"].map((key) => gable({ mode: "production", secretKeys: [key], log: { level: "error" } }));
for (const app of apps) app.get("/", () => createSigner("late").sign(1));
for (const app of apps) await app.start();
for (const app of apps) console.log((await app.request("/")).status);
`;
      assert.deepEqual(run(source, folder, "production"), { status: 0, output: "200\n200\n" });
    }));

  it("makes a key in development, keeps it, and lets nobody else read it", () =>
    withFolder((folder) => {
      assert.equal(run(signer, folder, "development").output, "200\n7\n");
      const path = join(folder, "var/dev-key");
      const key = readFileSync(path, "utf8");
      assert.match(key, /^[\w-]{43}\n$/);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(run(cookie, folder, "development").output, "200\n");
      assert.equal(readFileSync(path, "utf8"), key);
      writeFileSync(path, "broken\n");
      assert.match(run(signer, folder, "development").output, /E_SECRET_KEY_INVALID|The file var\/dev-key holds no key/);
    }));

  it("works in development without a file where it cannot make one, and says why", () =>
    withFolder((folder) => {
      symlinkSync("missing", join(folder, "var"));
      const { status, output } = run(signer, folder, "development");
      assert.deepEqual([status, /^200$/m.test(output), /^7$/m.test(output)], [0, true, true], output);
      assert.match(output, /The key of development is not kept: .*mkdir/);
    }));
});

describe("a logger", () => {
  it("hears of cookies with bad signatures, without their values", async () => {
    const lines: unknown[] = [];
    const logger: Logger = { ...silentLogger, debug: (...args: unknown[]) => void lines.push(args), child: () => logger };
    await read(make({ logger }), "signed=secret-value");
    assert.deepEqual(lines, [[{ cookie: "signed", code: "E_SIGNATURE_FORM" }, "A cookie with a bad signature was read as absent."]]);
  });
});
