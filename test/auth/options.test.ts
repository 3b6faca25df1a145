/** Wrong options of accounts are refused when they are defined, or when the application starts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, group } from "gable";
import type { AccountsOptions } from "gable/auth";
import { accountFields, accountTokenModel, defineAccounts } from "gable/auth";
import { field as f, Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { silentLogger } from "../silent-logger.ts";

const createUser = () => class User extends Model("users", { ...accountFields(), name: f.text({ null: true }) }) {};
class Bare extends Model("bare", { id: f.id(), email: f.email() }) {}

describe("defineAccounts()", () => {
  for (const [wrong, code, message] of [
    [{ user: undefined }, "E_OPTION_INVALID", /user/],
    [{ user: {} }, "E_OPTION_INVALID", /a model/],
    [{ user: Bare }, "E_OPTION_INVALID", /lacks password, emailVerifiedAt/],
    [{ registration: "closd" }, "E_OPTION_INVALID", /registration/],
    [{ verifyEmail: true }, "E_OPTION_INVALID", /"before" or "after" or "never"/],
    [{ registrationFields: { isStaff: f.boolean() } }, "E_OPTION_INVALID", /isStaff/],
    [{ registrationFields: { other: f.text() } }, "E_OPTION_INVALID", /other/],
    [{ afterLogin: "https://example.com/" }, "E_OPTION_INVALID", /afterLogin/],
    [{ passwordMin: 7 }, "E_OPTION_INVALID", /passwordMin/],
    [{ passwordMin: 129 }, "E_OPTION_INVALID", /passwordMin/],
    [{ hashCost: 0 }, "E_OPTION_INVALID", /hashCost.*from 1 to 5/],
    [{ hashCost: 6 }, "E_OPTION_INVALID", /hashCost/],
    [{ hashCost: 1.5 }, "E_OPTION_INVALID", /hashCost/],
    [{ checkPassword: "pwned" }, "E_OPTION_INVALID", /checkPassword.*function/],
    [{ foreignHashes: [{ prefix: "", verify: () => true }] }, "E_OPTION_INVALID", /foreignHashes/],
    [{ verifyMail: "after" }, "E_OPTION_UNKNOWN", /verifyMail/],
    [{ passwordMin: 8.5 }, "E_OPTION_INVALID", /passwordMin/],
    [{ registrationFields: { next: f.text() } }, "E_OPTION_INVALID", /next/],
    [{ foreignHashes: [null] }, "E_OPTION_INVALID", /foreignHashes/],
    [{ foreignHashes: [{ prefix: "plain$" }] }, "E_OPTION_INVALID", /foreignHashes/],
    [{ permissions: "loans.lend" }, "E_OPTION_INVALID", /permissions/],
    [{ permissions: [5] }, "E_OPTION_INVALID", /permissions/],
    [{ permissions: ["Loans"] }, "E_OPTION_INVALID", /permissions/],
    [{ permissions: ["loans."] }, "E_OPTION_INVALID", /permissions/],
    [{ permissions: ["a".repeat(101)] }, "E_OPTION_INVALID", /at most 100 characters/],
    [{ permissions: ["loans.lend", "loans.read", "loans.lend"] }, "E_OPTION_INVALID", /each name once/],
    [{ policies: {} }, "E_OPTION_INVALID", /policies/],
    [{ policies: [null] }, "E_OPTION_INVALID", /what policy\(\) returns/],
    [{ policies: [{ model: Bare }] }, "E_OPTION_INVALID", /what policy\(\) returns/],
    [{ policies: [{ rules: {} }] }, "E_OPTION_INVALID", /what policy\(\) returns/],
    [
      {
        policies: [
          { model: Bare, rules: {} },
          { model: Bare, rules: {} },
        ],
      },
      "E_OPTION_INVALID",
      /each model once/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong).slice(0, 80)}: ${message.source}`, () => {
      // The options are wrong on purpose.
      const options = { user: createUser(), ...wrong } as unknown as AccountsOptions;
      assert.throws(() => defineAccounts(options), { code, message });
    });
  }

  it("takes names of permissions of 100 characters, one for each", () => {
    for (const permissions of [[], ["a".repeat(100), "loans.lend_all-now", "x"]])
      assert.ok(defineAccounts({ user: createUser(), permissions }));
  });

  it("takes passwordMin at its limits", () => {
    for (const passwordMin of [8, 128]) assert.ok(defineAccounts({ user: createUser(), passwordMin }));
  });

  it("takes hashCost at its limits", () => {
    for (const hashCost of [1, 5]) assert.ok(defineAccounts({ user: createUser(), hashCost }));
  });
});

describe("gable({ accounts })", () => {
  it("refuses what defineAccounts() has not made", () => {
    // The option is wrong on purpose.
    assert.throws(() => gable({ mode: "test", accounts: {} as never }), { code: "E_OPTION_INVALID", message: /accounts/ });
  });

  for (const [what, options, message] of [
    ["without the model", { models: [], verifyEmail: "never" }, /has the table users/],
    ["without mail, where addresses are verified", { verifyEmail: "after" }, /sends no mail/],
    ["without an origin, where there is mail", { verifyEmail: "after", mail: true }, /has no origin/],
    [
      "without the table of tokens, where there is mail",
      { verifyEmail: "after", mail: true, origin: "https://shelf.example" },
      /gable_account_tokens/,
    ],
  ] as const) {
    it(`does not start ${what}`, async () => {
      const User = createUser();
      const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: options.verifyEmail });
      const app = gable({
        mode: "test",
        logger: silentLogger,
        database: "sqlite::memory:",
        models: "models" in options ? [accountTokenModel()] : [User],
        accounts,
        ...("mail" in options && { mail: { transport: memoryMail() } }),
        ...("origin" in options && { origin: options.origin }),
        routes: [group("/account", accounts.routes)],
      });
      await assert.rejects(app.start(), { code: "E_ACCOUNTS_SETUP", message });
      await app.close();
    });
  }
});
