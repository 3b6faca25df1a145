/** Two-factor sign-in: codes by RFC 6238, the pages, the guard, and what an attacker may try. Time travels; nothing waits. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { gable, get, group, post, redirect } from "gable";
import {
  accountFields,
  accountTokenModel,
  apiTokenModel,
  defineAccounts,
  manageAccounts,
  rememberTokenModel,
  twoFactorModels,
} from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import type { RateStore } from "gable/security";
import { memoryRates } from "gable/security";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient, TestReply } from "gable/testing";
import { createTestClient } from "gable/testing";
import { completeSignIn } from "../../src/auth/complete-sign-in.ts";
import { createRecoveryCodes, toRecoveryDigest } from "../../src/auth/two-factor/recovery-codes.ts";
import { createSecret, findStep, toCode, toOtpauth } from "../../src/auth/two-factor/totp.ts";
import { TwoFactors } from "../../src/auth/two-factor/two-factor.ts";
import { createKeyring } from "../../src/security/keyring.ts";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

const password = "correct-horse-41";
const email = "ann@example.com";
/** The begin of a step of 30 seconds. */
const start = Date.UTC(2026, 4, 1, 12);
const stepOf = (ms: number): number => Math.floor(ms / 30_000);
const keyA = randomBytes(32);
const keyB = randomBytes(32);

describe("the codes of RFC 6238, appendix B, SHA-1", () => {
  // "12345678901234567890" in base32. The six digits are the last ones of the eight in the RFC.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, code] of [
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ] as const) {
    it(`is ${code} at ${seconds} s`, () => {
      assert.equal(toCode(secret, stepOf(seconds * 1000)), code.slice(2));
    });
  }

  it("are those of RFC 4226, appendix D, for the counters 0 to 9", () => {
    const expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    assert.deepEqual(
      expected.map((_code, counter) => toCode(secret, counter)),
      expected,
    );
  });
});

describe("a secret", () => {
  it("has 160 random bits in base32, and never repeats", () => {
    const secrets = Array.from({ length: 200 }, createSecret);
    assert.equal(new Set(secrets).size, 200);
    for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/);
  });

  it("goes to an app with the issuer and the address", () => {
    const uri = toOtpauth("ABCD", { issuer: "Ann & Co", login: "a+b@example.com" });
    assert.equal(
      uri,
      "otpauth://totp/Ann%20%26%20Co:a%2Bb%40example.com?secret=ABCD&issuer=Ann%20%26%20Co&algorithm=SHA1&digits=6&period=30",
    );
  });
});

describe("the time of a code", () => {
  const secret = createSecret();
  const step = stepOf(start);
  const code = toCode(secret, step);
  for (const [what, now, lastStep, expected] of [
    ["one step before its own, at the first ms", start - 30_000, 0, step],
    ["one ms earlier", start - 30_001, 0, undefined],
    ["its own step", start, 0, step],
    ["one step after its own, at the last ms", start + 59_999, 0, step],
    ["one ms later", start + 60_000, 0, undefined],
    ["after the step before it was used", start, step - 1, step],
    ["after it was used", start, step, undefined],
    ["after the next step was used", start, step + 1, undefined],
    ["after a step was used that only a wrong clock reaches", start, step + 2, step],
  ] as const) {
    it(`counts ${expected === undefined ? "not" : "in"}: ${what}`, () => {
      assert.equal(findStep(secret, code, { now, lastStep }), expected);
    });
  }

  it("takes only six digits", () => {
    for (const wrong of ["", code.slice(1), `${code}0`, ` ${code}`, "１２３４５６", toCode(createSecret(), step)])
      assert.equal(findStep(secret, wrong, { now: start, lastStep: 0 }), undefined, wrong);
  });
});

describe("recovery codes", () => {
  it("are ten of 80 bits, without letters that look like others", () => {
    const codes = createRecoveryCodes();
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
  });

  it("are read however they are spelled", () => {
    const digest = toRecoveryDigest("0123-4567-89ab-cdef");
    for (const same of ["0123456789ABCDEF", " o123 4567 89ab cdef ", "O123-4567-89ab-cdef", "0l23-4567-89ab-cdef"])
      assert.equal(toRecoveryDigest(same), digest, same);
    for (const wrong of ["", "0123-4567-89ab-cde", "0123-4567-89ab-cdef0", "0123-4567-89ab-cdeu", "123456", "0123-4567-89ab-cdéf"])
      assert.equal(toRecoveryDigest(wrong), undefined, wrong);
  });
});

type Store = "memory" | "database" | "cookie";

async function open(test: TestContext, { store = "memory", rates = memoryRates() }: { store?: Store; rates?: RateStore } = {}) {
  test.mock.timers.enable({ apis: ["Date"], now: start });
  const User = class User extends Model("users", { ...accountFields() }) {};
  const { TwoFactor, RecoveryCode } = twoFactorModels();
  const accounts = defineAccounts({
    user: User,
    verifyEmail: "never",
    remember: {},
    twoFactor: { issuer: "Shelf" },
    tokens: { scopes: ["read"] },
  });
  const { maybeSignedIn, signedIn, sudo, secondFactor, token } = accounts.guards;
  const { actions } = accounts;
  const logged: string[] = [];
  const note = (...parts: unknown[]): void =>
    void logged.push(
      parts
        .map((part) => JSON.stringify(part, (_key, value: unknown) => (value instanceof Error ? `${value.message} ${value.stack}` : value)))
        .join(" "),
    );
  const mails = memoryMail();
  const app = gable({
    mode: "test",
    logger: { ...silentLogger, warn: note as never, error: note as never, info: note as never, debug: note as never },
    database: "sqlite::memory:",
    models: [User, sessionModel(), accountTokenModel(), rememberTokenModel(), apiTokenModel(), TwoFactor, RecoveryCode],
    session: { store: store === "memory" ? memorySessions() : store },
    secretKeys: [keyA],
    rateLimits: { store: rates },
    accounts,
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    mail: { transport: mails, from: "shelf@shelf.example" },
    routes: [
      group("/account", accounts.routes),
      get("/me", { guard: maybeSignedIn }, ({ user }) => ({ email: user?.email ?? null })),
      get("/secret", { guard: sudo() }, () => ({ isOpen: true })),
      get("/strong", { guard: secondFactor }, ({ user }) => ({ email: user.email })),
      post("/strong", { guard: secondFactor }, ({ user }) => ({ email: user.email })),
      get("/token-strong", { guard: [token("read"), secondFactor] }, () => ({ isOpen: true })),
      post("/older/account/two-factor/codes", { guard: sudo() }, async (context) => ({
        codes: await actions.twoFactor.replaceCodes(context),
      })),
      post("/older/account/two-factor/off", { guard: sudo() }, async (context) => ({ wasOn: await actions.twoFactor.turnOff(context) })),
      post("/older/account/password", { guard: signedIn }, async (context) => ({
        done: await actions.changePassword(context, { current: password, password: "another-horse-42" }),
      })),
      post("/older/account/email", { guard: signedIn }, async (context) => ({
        done: await actions.changeEmail(context, { current: password, email: "new@example.com" }),
      })),
      post("/by-service", async (context) =>
        redirect(await completeSignIn(context, (await User.where({ email }).first())! as never, { next: "/me", remember: true })),
      ),
    ],
  });
  await app.start();
  test.after(async () => {
    test.mock.timers.reset();
    await app.close();
  });
  await app.database().createTables();
  const manager = manageAccounts(app);
  const ann = await manager.create({ email, password });
  const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  const logIn = async (client = visit(), more: Readonly<Record<string, string>> = {}, path = "/account/login?next=/me") => {
    const reply = await client.post(path, { form: { email, password, ...more } });
    assert.equal(reply.status, 303, reply.body);
    return { client, reply };
  };
  return {
    app,
    manager,
    User,
    TwoFactor,
    RecoveryCode,
    ann,
    logged,
    mails,
    visit,
    logIn,
    run: <Result>(work: () => Promise<Result>) => app.database().run(work),
    at: (seconds: number) => test.mock.timers.setTime(start + seconds * 1000),
    /** Turns it on by the pages, with the code of the last step: that of the time stays unused. */
    enrol: async () => {
      const { client } = await logIn();
      const secret = readSecret(await client.get("/account/two-factor"));
      const reply = await client.post("/account/two-factor", { form: { code: toCode(secret, stepOf(Date.now()) - 1) } });
      assert.equal(reply.status, 200, reply.body);
      return { client, secret, codes: readCodes(reply) };
    },
  };
}

const readSecret = ({ body }: TestReply): string => /shows: ((?:[A-Z2-7]{4} ?){8})/.exec(body)![1]!.replaceAll(" ", "");
const readCodes = ({ body }: TestReply): string[] => body.match(/\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b/g) ?? [];
const me = async (client: TestClient): Promise<string | null> => (await client.get("/me")).json<{ email: string | null }>().email;
const codeNow = (secret: string, offset = 0): string => toCode(secret, stepOf(Date.now()) + offset);
const sendCode = (client: TestClient, code: string, path = "/account/login/code?next=/me") => client.post(path, { form: { code } });
const cookieEnd = (client: TestClient, end: string) => [...client.cookies].find(([name]) => name.endsWith(end));

describe("turning it on", () => {
  it("shows a key and an address for the app, the same again, and nothing is on before the first code", async (test) => {
    const site = await open(test);
    const { client } = await site.logIn();
    const page = await client.get("/account/two-factor");
    const secret = readSecret(page);
    assert.equal(secret.length, 32);
    assert.ok(page.body.includes(`href="otpauth://totp/Shelf:ann%40example.com?secret=${secret}&amp;issuer=Shelf&amp;`), page.body);
    assert.equal(readSecret(await client.get("/account/two-factor")), secret);
    const wrong = await client.post("/account/two-factor", { form: { code: "000000" === codeNow(secret) ? "000001" : "000000" } });
    assert.equal(wrong.status, 422);
    assert.equal(readSecret(wrong), secret);
    assert.equal(await site.run(() => site.TwoFactor.where({}).count()), 0);
    assert.equal((await (await site.logIn()).client.get("/me")).json<{ email: string }>().email, email);
  });

  it("forgets a key that nobody has confirmed for an hour", async (test) => {
    const site = await open(test);
    const { client } = await site.logIn();
    const secret = readSecret(await client.get("/account/two-factor"));
    site.at(3_599);
    await client.post("/account/confirm", { form: { current: password } });
    assert.equal(readSecret(await client.get("/account/two-factor")), secret);
    site.at(3_601);
    const late = await client.post("/account/two-factor", { form: { code: codeNow(secret) } });
    assert.equal(late.status, 422);
    assert.notEqual(readSecret(late), secret);
  });

  it("shows ten recovery codes once, signs out other devices, and tells the owner by mail", async (test) => {
    const site = await open(test, { store: "database" });
    const other = (await site.logIn(site.visit(), { remember: "true" })).client;
    const { client, codes } = await site.enrol();
    assert.equal(codes.length, 10);
    assert.deepEqual(readCodes(await client.get("/account/two-factor")), []);
    assert.match((await client.get("/account/two-factor")).body, /It has been on since 2026-05-01\. 10 of 10 recovery codes are left\./);
    assert.equal(await me(client), email);
    assert.equal(await me(other), null);
    const again = site.visit();
    again.setCookie(...(cookieEnd(other, "remember") ?? ["__Host-remember", "gone"]));
    assert.equal(await me(again), null);
    for (let tries = 0; site.mails.messages.length < 1 && tries < 500; tries++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(site.mails.messages[0]?.subject, "Two-factor sign-in was turned on");
  });

  it("happens once when several requests do it together, and none fails", async (test) => {
    const rates = memoryRates();
    const reached = Promise.withResolvers<void>();
    let waiting = 0;
    // All have seen by then that it is off.
    const take: RateStore["take"] = async (key, rule, nowUs) => {
      if (key.startsWith("accounts:code:0") && ++waiting === 3) reached.resolve();
      if (key.startsWith("accounts:code:0")) await reached.promise;
      return rates.take(key, rule, nowUs);
    };
    const store: RateStore = { take, reset: (key) => rates.reset(key), deleteExpired: () => 0 };
    const site = await open(test, { store: "database", rates: store });
    const { client } = await site.logIn();
    const secret = readSecret(await client.get("/account/two-factor"));
    const send = () => client.post("/account/two-factor", { form: { code: codeNow(secret) } });
    const statuses = (await Promise.all([send(), send(), send()])).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [200, 303, 303]);
    assert.equal(await site.run(() => site.RecoveryCode.where({}).count()), 10);
  });

  it("needs the password again when the sign-in was long ago", async (test) => {
    const site = await open(test);
    const { client } = await site.logIn();
    site.at(901);
    for (const path of ["", "/codes", "/off"]) {
      assert.match((await client.get(`/account/two-factor${path}`)).headers.get("location") ?? "", /^\/account\/confirm\?next=/, path);
      assert.equal((await client.post(`/account/two-factor${path}`, { form: { code: "123456" } })).status, 403, path);
    }
  });

  it("stores no secret and no recovery code that can be read, and logs none", async (test) => {
    const site = await open(test, { store: "database" });
    const { client, secret, codes } = await site.enrol();
    const { client: next } = await site.logIn();
    const code = codeNow(secret);
    await sendCode(next, "999999");
    await sendCode(next, code);
    await client.post("/account/two-factor/codes");
    const rows = await site.run(async () =>
      [await site.TwoFactor.all(), await site.RecoveryCode.all()].flat().map((row) => JSON.stringify(Object.entries(row))),
    );
    const texts = [...rows, ...site.logged];
    for (const text of texts)
      for (const hidden of [secret, code, ...codes, ...codes.map((each) => each.replaceAll("-", ""))])
        assert.equal(text.includes(hidden), false);
    assert.equal(rows.length, 11);
  });
});

for (const store of ["memory", "database", "cookie"] as const) {
  describe(`the login with two steps, store "${store}"`, () => {
    it("signs nobody in before the code, and keeps the way back", async (test) => {
      const site = await open(test, { store });
      const { secret } = await site.enrol();
      const { client, reply } = await site.logIn(site.visit(), { remember: "true" });
      assert.equal(reply.headers.get("location"), "/account/login/code?next=%2Fme");
      assert.equal(cookieEnd(client, "remember"), undefined);
      assert.equal(await me(client), null);
      for (const path of ["/secret", "/strong", "/account/password", "/account/two-factor"])
        assert.match((await client.get(path)).headers.get("location") ?? "", /^\/account\/login\?/, path);
      assert.equal((await client.post("/account/confirm", { form: { current: password } })).status, 401);
      const half = cookieEnd(client, "session")!;
      const done = await sendCode(client, codeNow(secret));
      assert.deepEqual([done.status, done.headers.get("location")], [303, "/me"]);
      assert.equal(await me(client), email);
      assert.ok(cookieEnd(client, "remember") !== undefined);
      assert.notEqual(cookieEnd(client, "session")![1], half[1]);
      const thief = site.visit();
      thief.setCookie(...half);
      assert.equal(await me(thief), null);
    });

    it("counts the password for 10 minutes", async (test) => {
      const site = await open(test, { store });
      const { secret } = await site.enrol();
      for (const [begin, seconds, location] of [
        [1_000, 600, "/me"],
        [5_000, 601, "/account/login?next=%2Fme"],
      ] as const) {
        site.at(begin);
        const { client } = await site.logIn();
        site.at(begin + seconds);
        assert.equal((await sendCode(client, codeNow(secret))).headers.get("location"), location, `${seconds} s`);
      }
    });
  });
}

describe("the second step", () => {
  for (const [what, act] of [
    ["a new password", ({ manager, ann }) => manager.setPassword(ann, "another-horse-42")],
    ["an inactive account", ({ manager, ann }) => manager.grant(ann, { active: false })],
    ["the end of the second factor", ({ manager, ann }) => manager.turnOffTwoFactor(ann)],
  ] as ReadonlyArray<readonly [string, (site: Awaited<ReturnType<typeof open>>) => Promise<unknown>]>) {
    it(`ends with ${what}`, async (test) => {
      const site = await open(test);
      const { secret } = await site.enrol();
      const { client } = await site.logIn();
      site.at(1);
      await act(site);
      const reply = await sendCode(client, codeNow(secret));
      assert.equal(reply.headers.get("location"), "/account/login?next=%2Fme");
      assert.equal(await me(client), null);
    });
  }

  it("answers programs without the first one with 401", async (test) => {
    const reply = await (
      await open(test)
    )
      .visit()
      .post("/account/login/code", { form: { code: "1" }, headers: { accept: "application/json" } });
    assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [401, "E_LOGIN_REQUIRED"]);
  });

  for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example"])
    it(`leads to a path of the site with next=${next}`, async (test) => {
      const site = await open(test);
      const { secret } = await site.enrol();
      const { client, reply } = await site.logIn(site.visit(), {}, `/account/login?next=${encodeURIComponent(next)}`);
      assert.equal(reply.headers.get("location"), "/account/login/code?next=%2F");
      const done = await sendCode(client, codeNow(secret), `/account/login/code?next=${encodeURIComponent(next)}`);
      assert.equal(done.headers.get("location"), "/");
    });

  it("is asked for after another service as well", async (test) => {
    const site = await open(test);
    const { secret } = await site.enrol();
    const client = site.visit();
    assert.equal((await client.post("/by-service")).headers.get("location"), "/account/login/code?next=%2Fme");
    assert.equal(await me(client), null);
    await sendCode(client, codeNow(secret));
    assert.equal(await me(client), email);
    assert.ok(cookieEnd(client, "remember") !== undefined);
  });

  it("takes a code once, also from two browsers at the same time", async (test) => {
    const site = await open(test, { store: "database" });
    const { secret } = await site.enrol();
    const clients = await Promise.all([1, 2, 3].map(async () => (await site.logIn()).client));
    const code = codeNow(secret);
    const statuses = await Promise.all(clients.map(async (client) => (await sendCode(client, code)).status));
    assert.deepEqual(statuses.toSorted(), [303, 422, 422]);
    const { client } = await site.logIn();
    assert.equal((await sendCode(client, code)).status, 422);
    assert.equal((await sendCode(client, codeNow(secret, 1))).status, 303);
    const { client: older } = await site.logIn();
    assert.equal((await sendCode(older, code)).status, 422);
  });

  it("takes a recovery code once, also from two browsers at the same time", async (test) => {
    const site = await open(test, { store: "database" });
    const { codes, client: owner } = await site.enrol();
    const clients = await Promise.all([1, 2, 3].map(async () => (await site.logIn()).client));
    const statuses = await Promise.all(clients.map(async (client) => (await sendCode(client, codes[0]!.toUpperCase())).status));
    assert.deepEqual(statuses.toSorted(), [303, 422, 422]);
    assert.match((await owner.get("/account/two-factor")).body, /9 of 10 recovery codes/);
  });

  it("refuses the sixth attempt in a row, in each browser, and whatever the code", async (test) => {
    const site = await open(test);
    const { secret, codes } = await site.enrol();
    for (let attempt = 1; attempt <= 5; attempt++) {
      const reply = await sendCode((await site.logIn()).client, "0");
      assert.deepEqual([reply.status, attempt], [422, attempt]);
    }
    for (const code of [codeNow(secret), codes[0]!]) {
      const refused = await sendCode((await site.logIn()).client, code);
      assert.deepEqual([refused.status, Number(refused.headers.get("retry-after")) > 60], [429, true]);
    }
    site.at(600);
    assert.equal((await sendCode((await site.logIn()).client, codeNow(secret))).status, 303);
  });

  it("forgets wrong codes after a right one", async (test) => {
    const site = await open(test);
    const { codes } = await site.enrol();
    for (const right of codes.slice(0, 3)) {
      const { client } = await site.logIn();
      for (let attempt = 0; attempt < 4; attempt++) assert.equal((await sendCode(client, "0")).status, 422);
      assert.equal((await sendCode(client, right)).status, 303);
    }
  });
});

describe("new recovery codes, and turning it off", () => {
  it("replaces the codes", async (test) => {
    const site = await open(test);
    const { client, codes } = await site.enrol();
    assert.match((await client.get("/account/two-factor/codes")).body, /<button type="submit">Make new codes/);
    const fresh = readCodes(await client.post("/account/two-factor/codes"));
    assert.equal(new Set([...codes, ...fresh]).size, 20);
    const { client: next } = await site.logIn();
    assert.equal((await sendCode(next, codes[0]!)).status, 422);
    assert.equal((await sendCode(next, fresh[0]!)).status, 303);
  });

  it("turns it off: the password is enough again, and old codes are worth nothing later", async (test) => {
    const site = await open(test);
    const { client, codes } = await site.enrol();
    assert.match((await client.get("/account/two-factor/off")).body, /<button type="submit">Turn it off/);
    assert.equal((await client.post("/account/two-factor/off")).headers.get("location"), "/account/two-factor");
    assert.match((await client.get("/strong")).headers.get("location") ?? "", /^\/account\/two-factor$/);
    assert.equal(await me((await site.logIn()).client), email);
    site.at(60);
    await site.enrol();
    assert.equal((await sendCode((await site.logIn()).client, codes[0]!)).status, 422);
  });

  it("can be turned off without a request", async (test) => {
    const site = await open(test);
    await site.enrol();
    assert.equal(await site.manager.turnOffTwoFactor(site.ann), true);
    assert.equal(await site.manager.turnOffTwoFactor(site.ann), false);
    assert.equal(await site.run(() => site.RecoveryCode.where({}).count()), 0);
  });
});

describe("a session without a code", () => {
  type Opened = Awaited<ReturnType<typeof open>>;

  /** A thief who has a remembered browser and the password of a user with a second factor. */
  async function openThief(test: TestContext, { hasFactor = true } = {}) {
    const site = await open(test, { store: "database" });
    const secret = hasFactor ? (await site.enrol()).secret : "";
    const { client } = await site.logIn(site.visit(), { remember: "true" });
    if (hasFactor) await sendCode(client, codeNow(secret));
    const thief = site.visit();
    thief.setCookie(...cookieEnd(client, "remember")!);
    assert.equal(await me(thief), email);
    assert.equal((await thief.post("/account/confirm", { form: { current: password } })).status, 303);
    return { ...site, thief, secret };
  }

  const changes: ReadonlyArray<readonly [path: string, form: Readonly<Record<string, string>>, count: (site: Opened) => Promise<number>]> =
    [
      ["/account/two-factor/codes", {}, ({ RecoveryCode }) => RecoveryCode.where({ usedAt: null }).count()],
      ["/account/two-factor/off", {}, ({ TwoFactor }) => TwoFactor.where({}).count()],
      ["/account/tokens", { name: "a", scopes: "read" }, async ({ manager, ann }) => (await manager.listTokens(ann)).length],
      [
        "/account/password",
        { current: password, password: "another-horse-42" },
        ({ User }) => User.where({ passwordChangedAt: null }).count(),
      ],
      ["/account/email", { current: password, email: "new@example.com" }, async ({ mails }) => mails.messages.length],
    ];
  for (const [path, form, count] of changes)
    it(`changes nothing on ${path}, and leads to the question and back`, async (test) => {
      const site = await openThief(test);
      const { thief, secret, run } = site;
      const before = await run(() => count(site));
      const question = `/account/confirm/code?next=${encodeURIComponent(path)}`;
      assert.equal((await thief.get(path)).headers.get("location"), question);
      const page = await thief.post(path, { form });
      assert.equal(page.status, 403);
      assert.match(page.body, /<h1>Type a code first<[^]*Nothing was changed\.[^]*href="\/account\/confirm\/code">Type a code</);
      const program = await thief.post(path, { form, headers: { accept: "application/json" } });
      const { code, confirmAt } = program.json<{ code: string; confirmAt: string }>();
      assert.deepEqual([program.status, code, confirmAt], [403, "E_SECOND_FACTOR_REQUIRED", "/account/confirm/code"]);
      assert.equal(await run(() => count(site)), before);
      assert.equal((await thief.get(question)).status, 200);
      site.at(60);
      assert.equal((await sendCode(thief, codeNow(secret), question)).headers.get("location"), path);
      assert.equal((await thief.get(path)).status, 200);
      assert.ok([200, 303].includes((await thief.post(path, { form })).status));
    });

  it("is asked for a code by sudo(), after the password", async (test) => {
    const { thief } = await openThief(test);
    assert.equal((await thief.get("/secret")).headers.get("location"), "/account/confirm/code?next=%2Fsecret");
  });

  it("needs no code for a user without a second factor", async (test) => {
    const { thief } = await openThief(test, { hasFactor: false });
    for (const path of ["/secret", "/account/two-factor", "/account/tokens", "/account/email"])
      assert.equal((await thief.get(path)).status, 200, path);
    const form = { current: password, password: "another-horse-42" };
    assert.equal((await thief.post("/account/password", { form })).status, 303);
  });

  it("may still sign out devices and revoke tokens", async (test) => {
    const { thief, manager, ann } = await openThief(test);
    const { id } = await manager.createToken(ann, { name: "Program", scopes: ["read"] });
    assert.equal((await thief.post(`/account/tokens/${id}`)).status, 303);
    assert.equal((await thief.post("/account/sessions", { form: { end: "others" } })).status, 303);
  });

  for (const [seconds, isRecent] of [
    [900, true],
    [901, false],
    // A session from further ahead counts for nothing.
    [-300, true],
  ] as const)
    it(`${isRecent ? "is not" : "is"} one that gave a code ${seconds} seconds ago, to get rid of the second factor`, async (test) => {
      const site = await open(test);
      const { client, secret } = await site.enrol();
      site.at(seconds);
      await client.post("/account/confirm", { form: { current: password } });
      for (const path of ["/secret", "/account/two-factor", "/account/tokens", "/account/password"])
        assert.equal((await client.get(path)).status, 200, path);
      assert.equal((await client.get("/account/two-factor/codes")).status, isRecent ? 200 : 303);
      assert.equal((await client.post("/account/two-factor/codes")).status, isRecent ? 200 : 403);
      assert.equal((await client.post("/account/two-factor/off")).status, isRecent ? 303 : 403);
      if (isRecent) return;
      await sendCode(client, codeNow(secret, 1), "/account/confirm/code?next=/account/two-factor/off");
      assert.equal((await client.post("/account/two-factor/off")).status, 303);
    });

  it("is not one that has changed its password", async (test) => {
    const site = await open(test);
    const { client } = await site.enrol();
    const form = { current: password, password: "another-horse-42" };
    assert.equal((await client.post("/account/password", { form })).status, 303);
    for (const path of ["/secret", "/strong", "/account/two-factor/off"]) assert.equal((await client.get(path)).status, 200, path);
  });

  for (const [path, form] of changes.filter(([path]) => path !== "/account/tokens"))
    it(`changes nothing through the action of ${path}, whatever the guard`, async (test) => {
      const { thief, secret, at } = await openThief(test);
      const headers = { accept: "application/json" };
      // Routes that were copied before have other guards.
      const reply = await thief.post(`/older${path}`, { form, headers });
      const isSudo = path.includes("two-factor");
      assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [403, "E_SECOND_FACTOR_REQUIRED"]);
      if (!isSudo) return;
      at(60);
      await sendCode(thief, codeNow(secret), "/account/confirm/code");
      at(961);
      await thief.post("/account/confirm", { form: { current: password } });
      assert.equal((await thief.get("/secret")).status, 200);
      assert.equal((await thief.post(`/older${path}`, { headers })).json<{ code: string }>().code, "E_SECOND_FACTOR_REQUIRED");
    });
});

describe("the guard secondFactor", () => {
  it("lets pass who gave a code, and leads others to the question and back", async (test) => {
    const site = await open(test);
    assert.match((await site.visit().get("/strong")).headers.get("location") ?? "", /^\/account\/login\?next=%2Fstrong/);
    const { client: plain } = await site.logIn();
    assert.equal((await plain.get("/strong")).headers.get("location"), "/account/two-factor");
    const { client: enrolled, secret } = await site.enrol();
    assert.equal((await enrolled.get("/strong")).status, 200);
    const bySupport = site.visit();
    await bySupport.signIn(site.ann);
    assert.equal((await bySupport.get("/strong?a=1")).headers.get("location"), "/account/confirm/code?next=%2Fstrong%3Fa%3D1");
    const refused = await bySupport.post("/strong", { headers: { accept: "application/json" } });
    const { code, confirmAt } = refused.json<{ code: string; confirmAt: string }>();
    assert.deepEqual([refused.status, code, confirmAt], [403, "E_SECOND_FACTOR_REQUIRED", "/account/confirm/code"]);
    assert.equal((await sendCode(bySupport, "000", "/account/confirm/code?next=/strong")).status, 422);
    const done = await sendCode(bySupport, codeNow(secret), "/account/confirm/code?next=/strong");
    assert.equal(done.headers.get("location"), "/strong");
    assert.equal((await bySupport.post("/strong")).status, 200);
  });

  it("asks a remembered browser again", async (test) => {
    const site = await open(test);
    const { secret } = await site.enrol();
    const { client } = await site.logIn(site.visit(), { remember: "true" });
    await sendCode(client, codeNow(secret));
    const again = site.visit();
    again.setCookie(...cookieEnd(client, "remember")!);
    assert.equal(await me(again), email);
    assert.match((await again.get("/strong")).headers.get("location") ?? "", /^\/account\/confirm\/code/);
    assert.match((await again.get("/secret")).headers.get("location") ?? "", /^\/account\/confirm\?/);
  });

  it("never takes the session of a user for an API token", async (test) => {
    const site = await open(test);
    const { client } = await site.enrol();
    const { token } = await site.manager.createToken(site.ann, { name: "Program", scopes: ["read"] });
    assert.equal((await client.withToken(token).get("/token-strong", { headers: { accept: "application/json" } })).status, 403);
  });

  it("needs the option", async (test) => {
    const User = class User extends Model("users", { ...accountFields() }) {};
    const accounts = defineAccounts({ user: User, verifyEmail: "never", registration: "open" });
    const app = gable({
      mode: "test",
      logger: silentLogger,
      database: "sqlite::memory:",
      models: [User],
      session: {},
      accounts,
      routes: [group("/account", accounts.routes), get("/strong", { guard: accounts.guards.secondFactor }, () => "open")],
    });
    await app.start();
    test.after(() => app.close());
    await app.database().createTables();
    const client = createTestClient(app, { errors: "throw" });
    await client.post("/account/register", { form: { email, password } });
    await assert.rejects(client.get("/strong"), { code: "E_ACCOUNTS_SETUP", message: /two-factor/ });
    assert.throws(() => manageAccounts(app).turnOffTwoFactor({ id: 1 } as never), { code: "E_ACCOUNTS_SETUP" });
    assert.equal((await client.get("/account/two-factor")).status, 404);
  });
});

describe("defineAccounts({ twoFactor })", () => {
  class User extends Model("users", accountFields()) {}
  for (const [twoFactor, code] of [
    [null, "E_OPTION_INVALID"],
    [true, "E_OPTION_INVALID"],
    [{}, "E_OPTION_INVALID"],
    [{ issuer: "" }, "E_OPTION_INVALID"],
    [{ issuer: "  " }, "E_OPTION_INVALID"],
    [{ issuer: "a:b" }, "E_OPTION_INVALID"],
    [{ issuer: "a\nb" }, "E_OPTION_INVALID"],
    [{ issuer: "a".repeat(65) }, "E_OPTION_INVALID"],
    [{ issuer: "Shelf", digits: 8 }, "E_OPTION_UNKNOWN"],
  ] as const) {
    it(`refuses ${JSON.stringify(twoFactor)?.slice(0, 60)}`, () => {
      // The option is wrong on purpose.
      assert.throws(() => defineAccounts({ user: User, twoFactor: twoFactor as never }), { code, message: /twoFactor/ });
    });
  }

  it("takes names at their limits", () => {
    for (const issuer of ["a", "ä".repeat(64)]) assert.ok(defineAccounts({ user: User, twoFactor: { issuer } }));
  });

  for (const models of [[], [twoFactorModels().TwoFactor]])
    it(`does not start with ${models.length} of its tables`, async () => {
      const accounts = defineAccounts({ user: User, verifyEmail: "never", twoFactor: { issuer: "Shelf" } });
      const app = gable({
        mode: "test",
        logger: silentLogger,
        database: "sqlite::memory:",
        models: [User, ...models],
        accounts,
        session: {},
      });
      await assert.rejects(app.start(), { code: "E_ACCOUNTS_SETUP", message: /gable_two_factors|gable_recovery_codes/ });
      await app.close();
    });
});

const models = twoFactorModels();

describeOnDatabases("second factors", [models.TwoFactor, models.RecoveryCode], (openDatabase) => {
  function openFactors(keys: readonly Uint8Array[] = [keyA]) {
    let now = start;
    const { database } = openDatabase();
    const keyring = createKeyring(keys);
    const factors = new TwoFactors({ database, models, keyring: () => keyring, issuer: "Shelf", now: () => now });
    const run = <Result>(work: () => Promise<Result>): Promise<Result> => database.run(work);
    return {
      factors,
      run,
      travel: (ms: number) => void (now = start + ms),
      turnOn: async (userId: string) => {
        const { secret } = factors.createSecret(userId);
        const codes = await run(() => factors.turnOn(userId, secret, toCode(secret, stepOf(now) - 1)));
        assert.equal(codes?.length, 10);
        return { secret, codes };
      },
      check: (userId: string, code: string) => run(() => factors.check(userId, code)),
    };
  }

  it("take each code and each recovery code once, however many requests send it", async () => {
    const { turnOn, check } = openFactors();
    const { secret, codes } = await turnOn("7");
    for (const code of [toCode(secret, stepOf(start)), codes[3]!]) {
      const results = await Promise.all(Array.from({ length: 6 }, () => check("7", code)));
      assert.deepEqual(results.filter(Boolean), [true]);
      assert.equal(await check("7", code), false);
    }
    assert.equal(await check("7", toCode(secret, stepOf(start) - 1)), false, "the code that turned it on");
  });

  it("take no code of another user", async () => {
    const { turnOn, check, run, factors } = openFactors();
    const [ann, bob] = [await turnOn("7"), await turnOn("8")];
    assert.equal(await check("8", ann.codes[0]!), false);
    assert.equal(await check("9", ann.codes[0]!), false);
    assert.equal(await check("9", "123456"), false);
    await run(() => factors.turnOff("8"));
    assert.deepEqual([await check("8", bob.codes[0]!), await check("7", ann.codes[0]!)], [false, true]);
  });

  it("are turned on once when two requests do it together", async () => {
    const { factors, run } = openFactors();
    const { secret } = factors.createSecret("7");
    const code = toCode(secret, stepOf(start));
    const results = await Promise.allSettled([1, 2, 3].map(() => run(() => factors.turnOn("7", secret, code))));
    const codes = results.flatMap((result) => (result.status === "fulfilled" && result.value !== undefined ? [result.value] : []));
    assert.equal(codes.length, 1);
    assert.equal(await run(() => models.RecoveryCode.where({}).count()), 10);
    assert.equal(await run(() => factors.check("7", codes[0]![0]!)), true);
  });

  it("have one set of recovery codes when two requests replace it together", async () => {
    const { factors, run, turnOn } = openFactors();
    await turnOn("7");
    await Promise.all([1, 2, 3].map(() => run(() => factors.replaceCodes("7"))));
    assert.deepEqual((await run(() => factors.describe("7")))?.codesLeft, 10);
    assert.equal(await run(() => factors.replaceCodes("8")), undefined);
  });

  it("survive a new secret key, and are encrypted with it at the next use", async () => {
    const first = openFactors([keyA]);
    const { secret } = await first.turnOn("7");
    const stored = async (): Promise<string> => (await first.run(() => models.TwoFactor.where({ userId: "7" }).first()))!.secret;
    const before = await stored();
    const both = openFactors([keyB, keyA]);
    assert.equal(await both.check("7", toCode(secret, stepOf(start))), true);
    assert.notEqual(await stored(), before);
    const second = openFactors([keyB]);
    assert.equal(await second.check("7", toCode(secret, stepOf(start) + 1)), true);
  });

  it("say which key is missing, and take recovery codes meanwhile", async () => {
    const { turnOn } = openFactors([keyA]);
    const { secret, codes } = await turnOn("7");
    const other = openFactors([keyB]);
    await assert.rejects(other.check("7", toCode(secret, stepOf(start))), (error: Error & { code?: string }) => {
      assert.equal(error.code, "E_TWO_FACTOR_SECRET");
      assert.equal(error.message, "The second factor of the user 7 cannot be decrypted with the keys of the application.");
      assert.equal(String(error.stack).includes(secret), false);
      return true;
    });
    assert.equal(await other.check("7", codes[0]!), true);
  });

  it("refuse the secret of another row", async () => {
    const { turnOn, run, check } = openFactors();
    const ann = await turnOn("7");
    await turnOn("8");
    const row = await run(() => models.TwoFactor.where({ userId: "7" }).first());
    await run(() => models.TwoFactor.where({ userId: "8" }).update({ secret: row!.secret }));
    await assert.rejects(check("8", toCode(ann.secret, stepOf(start))), { code: "E_TWO_FACTOR_SECRET" });
  });
});
