/** The test of the pages that `make accounts --routes` writes. */
import type { AccountFacts } from "./account-routes.ts";

/** Long enough for any \`passwordMin\`. */
const toPassword = (min: number): string => "three green umbrellas".padEnd(min, " and three more");

/** Returns what the test imports of the pages. */
function toImports({ options, hasMail }: AccountFacts): string {
  const pages: ReadonlyArray<readonly [names: string, path: string]> = [
    ["showPassword", "change"],
    ["showLogin, showLogout", "login"],
    ...(toRegister(options) === undefined ? [] : [["showRegister", "register"] as const]),
    ...(hasMail ? [["showForgot", "reset"] as const] : []),
    ["showSessions", "sessions"],
    ...(options.twoFactor === undefined ? [] : [["showTwoFactor", "two-factor"] as const]),
  ];
  return pages.map(([names, path]) => `import { ${names} } from "../accounts/pages/${path}.ts";`).join("\n");
}

/** How the registration goes on; undefined where the test cannot fill in the form. */
function toRegister({ registration, registrationFields = {}, verifyEmail = "before" }: AccountFacts["options"]): string | undefined {
  return registration === "open" && Object.keys(registrationFields).length === 0 ? verifyEmail : undefined;
}

const registerConfirmed = `
test("registers a user, who confirms the address", async () => {
  const visitor = visit();
  await (await visitor.get(showRegister.url())).form().fill(ada).submit();
  const isConfirmed = async () => (await manageAccounts(app).findByEmail(ada.email))?.emailVerifiedAt instanceof Date;
  assert.equal(await isConfirmed(), false);
  await (await visitor.get(await readLink())).form().submit();
  assert.equal(await isConfirmed(), true);
});
`;

const registerUnconfirmed = `
test("registers a user, who is signed in", async () => {
  const visitor = visit();
  await (await visitor.get(showRegister.url())).form().fill(ada).submit();
  assert.equal((await visitor.get(showPassword.url())).status, 200);
});
`;

const reset = `
test("sets a new password by a link, once, and signs out all devices", async () => {
  const user = await signIn();
  const visitor = visit();
  await (await visitor.get(showForgot.url())).form().fill({ email: ada.email }).submit();
  const link = await readLink();
  const page = await (await visitor.get(link)).follow();
  assert.equal((await page.form().fill({ password: changed }).submit()).headers.get("location"), showLogin.url());
  assert.equal((await (await visitor.get(link)).follow()).status, 410);
  assert.equal((await user.get(showPassword.url())).status, 303);
  assert.equal((await sendLogin(visit(), { password: changed })).status, 303);
});
`;

const remember = `
test("remembers a browser that asked for it", async () => {
  await manageAccounts(app).create(ada);
  const user = visit();
  await sendLogin(user, { remember: "true" });
  const [name, value] = [...user.cookies].find(([each]) => each.endsWith("remember")) ?? ["", ""];
  const later = visit();
  later.setCookie(name, value);
  assert.equal((await later.get(showPassword.url())).status, 200);
});
`;

const twoFactor = `
test("asks for a code after the password, once it is turned on", async () => {
  const page = await (await signIn()).get(showTwoFactor.url());
  const secret = (/(?:[A-Z2-7]{4} ?){8}/.exec(page.text("main"))?.[0] ?? "").replaceAll(" ", "");
  assert.equal((await page.form().fill({ code: toCode(secret, -1) }).submit()).text("h1"), "Your recovery codes");
  const user = visit();
  const question = await (await sendLogin(user)).follow();
  assert.equal((await user.get(showPassword.url())).status, 303);
  assert.equal((await question.form().fill({ code: "000000" }).submit()).status, 422);
  assert.equal((await question.form().fill({ code: toCode(secret, 0) }).submit()).status, 303);
  assert.equal((await user.get(showPassword.url())).status, 200);
});

/** Returns the code of an authenticator app (RFC 6238), so many steps from now. */
function toCode(secret: string, steps: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac.readUInt8(19) & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}
`;

const toReadLink = (hasTasks: boolean): string => `
/** Returns the path of the link in the last mail, which is sent after the reply. */
async function readLink(): Promise<string> {
  for (let tries = 0; outbox().length === 0 && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));${hasTasks ? "\n    await tasks.runAll();" : ""}
  }
  return new URL(/https?:\\/\\/\\S+/.exec(outbox().at(-1)?.text ?? "")?.[0] ?? "").pathname;
}
`;

/** Somebody without an account. */
const stranger = { email: "bob@example.com", username: "bob" } as const;

const toAlways = (login: AccountFacts["login"]): string => `test("signs in and out, and leads to pages of this site only", async () => {
  const client = await signIn();
  assert.equal((await client.get(showPassword.url())).status, 200);
  await (await client.get(showLogout.url())).form().submit();
  assert.equal((await client.get(showPassword.url())).headers.get("location"), showLogin.url({}, { next: showPassword.url() }));
  assert.equal((await sendLogin(visit(), {}, showSessions.url())).headers.get("location"), showSessions.url());
  assert.notEqual((await sendLogin(visit(), {}, "//evil.example/")).headers.get("location"), "//evil.example/");
});

test("says the same of a wrong password and of an unknown ${login === "email" ? "address" : "user name"}, and slows down guessing", async () => {
  await manageAccounts(app).create(ada);
  const [wrong, unknown] = [await sendLogin(visit(), { password: "x" }), await sendLogin(visit(), { ${login}: "${stranger[login]}" })];
  assert.deepEqual([wrong.status, unknown.status], [422, 422]);
  assert.equal(wrong.body.replaceAll(ada.${login}, ""), unknown.body.replaceAll("${stranger[login]}", ""));
  for (let tries = 2; tries <= 5; tries++) assert.equal((await sendLogin(visit(), { password: "x" })).status, 422);
  assert.equal((await sendLogin(visit())).status, 429);
});

test("takes no form of another site", async () => {
  await manageAccounts(app).create(ada);
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  assert.equal((await visit().post(showLogin.url(), { form: ada, headers })).status, 403);
});

test("changes the password, and signs out other devices", async () => {
  const user = await signIn();
  const other = visit();
  await sendLogin(other);
  const page = await user.get(showPassword.url());
  assert.equal((await page.form().fill({ current: "wrong", password: changed }).submit()).status, 422);
  assert.equal((await page.form().fill({ current: ada.password, password: changed }).submit()).status, 303);
  assert.deepEqual([(await user.get(showPassword.url())).status, (await other.get(showPassword.url())).status], [200, 303]);
});

test("lists devices, and signs out others", async () => {
  const user = await signIn();
  const other = visit();
  await sendLogin(other);
  assert.equal((await user.post(showSessions.url(), { form: { end: "others" } })).status, 303);
  assert.deepEqual([(await user.get(showSessions.url())).status, (await other.get(showSessions.url())).status], [200, 303]);
});
`;

/** Writes the test: of each page that there is, what must hold. */
export function toAccountTest(facts: AccountFacts): string {
  const { options, hasMail, hasTasks, login } = facts;
  const password = toPassword(options.passwordMin ?? 8);
  const registers = toRegister(options);
  const mails = hasMail ? [reset, ...(registers === "before" ? [registerConfirmed] : []), toReadLink(hasTasks)] : [];
  return `import assert from "node:assert/strict";
${options.twoFactor === undefined ? "" : 'import { createHmac } from "node:crypto";\n'}import { test } from "node:test";
import { manageAccounts } from "gable/auth";
import type { TestClient, TestReply } from "gable/testing";
import { createTestClient, ${hasMail ? "outbox, " : ""}${hasMail && hasTasks ? "tasks, " : ""}testDatabase } from "gable/testing";
import app from "../app.ts";
${toImports(facts)}

testDatabase(app, { tables: "models" });
const ada = { ${login === "username" ? 'username: "ada", ' : ""}email: "ada@example.com", password: "${password}" };
const changed = "${password.replace("green", "yellow")}";

const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
const sendLogin = (client: TestClient, values: Readonly<Record<string, string>> = {}, next = "/"): Promise<TestReply> =>
  client.post(showLogin.url({}, { next }), { form: { ...ada, ...values } });

/** Makes the account of Ada, and signs in. */
async function signIn(): Promise<TestClient> {
  await manageAccounts(app).create(ada);
  const client = visit();
  assert.equal((await sendLogin(client)).status, 303);
  return client;
}

${toAlways(login)}${[
    ...(registers === "after" || registers === "never" ? [registerUnconfirmed] : []),
    ...mails,
    ...(options.remember === undefined ? [] : [remember]),
    ...(options.twoFactor === undefined ? [] : [twoFactor]),
  ].join("")}`;
}
