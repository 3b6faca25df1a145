/** `gable user token`: the token on standard output, once, and nothing else there. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { accountFields, apiTokenModel } from "gable/auth";
import type { Database } from "gable/data";
import { createDatabase, Model } from "gable/data";
import { createTestProject } from "./project.ts";

const toApp = (tokens: string) => `import { gable } from "gable";
import { accountFields, apiTokenModel, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
class User extends Model("users", accountFields()) {}
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
export default gable({
  logger, models: [User, apiTokenModel()], database: "sqlite:var/tokens.db", session: { store: "memory" }, hosts: ["shelf.example"],
  secretKeys: ["${randomBytes(32).toString("base64url")}"],
  accounts: defineAccounts({ user: User${tokens} }),
});
`;
const project = createTestProject({
  "app.ts": toApp(`, tokens: { scopes: ["posts:read", "posts:write"], days: 30 }`),
  "without.ts": toApp(""),
});

class User extends Model("users", accountFields()) {}
const ApiToken = apiTokenModel();
let database: Database;

const readTokens = () => database.run(async () => ApiToken.orderBy("id").all());
const mine = ["user", "token", "--email", "ann@example.com"] as const;

describe("gable user token", () => {
  before(async () => {
    mkdirSync(join(project.folder, "var"), { recursive: true });
    database = await createDatabase({ url: `sqlite:${join(project.folder, "var/tokens.db")}`, models: [User, ApiToken], bind: false });
    await database.createTables();
    await database.run(async () => User.create({ email: "ann@example.com", password: "none" }));
  });
  after(async () => {
    await database.close();
    project.remove();
  });

  for (const [days, words] of [
    [30, []],
    [7, ["--days", "7"]],
  ] as const)
    it(`prints a token of ${days} days with ${JSON.stringify(words)}`, async () => {
      const { code, out, error } = await project.run(
        ...mine,
        "--name",
        "Import",
        "--scope",
        "posts:read",
        "--scope",
        "posts:write",
        ...words,
      );
      assert.deepEqual([code, error], [0, ""]);
      assert.match(out, /^gable_[0-9A-Za-z]{49}\n$/);
      const row = (await readTokens()).at(-1)!;
      assert.equal(row.digest, createHash("sha256").update(out.trim()).digest("hex"));
      assert.deepEqual([row.name, row.scopes, row.userId], ["Import", "posts:read posts:write", "1"]);
      assert.equal(row.expiresAt.getTime() - row.createdAt.getTime(), days * 86_400_000);
    });

  it("answers --json with one object", async () => {
    const { code, out } = await project.run(...mine, "--name", "Export", "--scope", "posts:read", "--json");
    const { ok, data } = JSON.parse(out) as { ok: boolean; data: { token: { token: string; scopes: string[] } } }; // What the command prints.
    assert.deepEqual([code, ok, data.token.scopes], [0, true, ["posts:read"]]);
    assert.match(data.token.token, /^gable_[0-9A-Za-z]{49}$/);
  });

  const named = ["--name", "Import", "--scope", "posts:read"];
  for (const [words, code, message] of [
    [[...mine, "--scope", "posts:read"], 2, /--name is missing/],
    [[...mine, "--name", "Import"], 2, /--scope is missing/],
    [[...mine, "--name", "", "--scope", "posts:read"], 1, /name/],
    [[...mine, "--name", "Import", "--scope", "posts:delete"], 1, /posts:read, posts:write/],
    [[...mine, ...named, "--days", "0"], 1, /1 to 366/],
    [[...mine, ...named, "--days", "367"], 1, /1 to 366/],
    [[...mine, ...named, "--days", "soon"], 2, /days/],
    [["user", "token", ...named, "--no-input"], 2, /--email is missing/],
    [["user", "token", "--email", "eve@example.com", ...named], 1, /E_ACCOUNT_UNKNOWN/],
    [[...mine, ...named, "--app", "without.ts"], 1, /E_ACCOUNTS_SETUP: The accounts of this application have no API tokens/],
  ] as const)
    it(`refuses ${words.join(" ")}`, async () => {
      const count = (await readTokens()).length;
      const { code: found, out, error } = await project.run(...words);
      assert.match(error, message);
      assert.deepEqual([found, out], [code, ""]);
      assert.equal((await readTokens()).length, count);
    });
});
