/** The tables of sessions, rate limits and accounts: each difference would be a migration in every application that has them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountTokenModel, apiTokenModel, identityModel, rememberTokenModel, twoFactorModels } from "gable/auth";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";

/** Type and options of each column. */
const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gable_sessions: {
    key: "text max=64 primary",
    data: "text secret",
    userId: "text max=255 null index",
    createdAt: "datetime",
    seenAt: "datetime",
    expiresAt: "datetime index",
    version: "int default=0",
  },
  gable_rates: {
    key: "text max=64 primary",
    paidAtUs: "bigint index",
    isAllowed: "int",
  },
  gable_account_tokens: {
    digest: "text max=64 primary",
    purpose: "text max=20",
    userId: "text max=255 index",
    email: "text max=254",
    expiresAt: "datetime index",
    usedAt: "datetime null",
  },
  gable_api_tokens: {
    id: "id primary editable=false",
    digest: "text max=64 unique secret",
    hint: "text max=20",
    name: "text max=100",
    scopes: "text max=4000",
    userId: "text max=255 index",
    createdAt: "datetime",
    expiresAt: "datetime index",
    usedAt: "datetime null",
  },
  gable_identities: {
    id: "id primary editable=false",
    digest: "text max=64 unique",
    issuer: "text max=255",
    subject: "text max=255",
    userId: "text max=255 index",
    isOnlyWay: "boolean default=false",
    createdAt: "datetime",
  },
  gable_remember_tokens: {
    id: "id primary editable=false",
    selector: "text max=32 unique secret",
    digest: "text max=64 secret",
    previousDigest: "text max=64 null secret",
    salt: "text max=64 null secret",
    userId: "text max=255 index",
    createdAt: "datetime",
    replacedAt: "datetime null",
    expiresAt: "datetime index",
  },
  gable_two_factors: {
    userId: "text max=255 primary",
    secret: "text max=500 secret",
    lastStep: "int",
    enabledAt: "datetime",
  },
  gable_recovery_codes: {
    id: "id primary editable=false",
    userId: "text max=255 index",
    digest: "text max=64 secret",
    usedAt: "datetime null",
  },
};

const models = [
  sessionModel(),
  rateModel(),
  accountTokenModel(),
  apiTokenModel(),
  identityModel(),
  rememberTokenModel(),
  ...Object.values(twoFactorModels()),
];

interface Column {
  readonly type: string;
  readonly options: object;
}
const show = ({ type, options }: Column): string =>
  [type, ...Object.entries(options).map(([name, value]) => (value === true ? name : `${name}=${value}`))].join(" ");

describe("the tables that Gable brings", () => {
  it("are all here", () =>
    assert.deepEqual(
      models.map(({ $table }) => $table),
      Object.keys(tables),
    ));

  for (const { $table, $fields } of models)
    it(`have the same columns as ever: ${$table}`, () =>
      assert.deepEqual(
        Object.fromEntries(Object.entries($fields).map(([name, column]) => [name, show(column as Column)])),
        tables[$table],
      )); // Fields have both.
});
