/** A refused login says nothing about who has an account: the same bytes, and the same work, on each database. */
import assert from "node:assert/strict";
import { after, before, describe, it, mock } from "node:test";
import type { Application } from "gable";
import { gable, group } from "gable";
import type { ForeignScheme } from "gable/auth";
import { accountFields, accountTokenModel, defineAccounts, manageAccounts, rememberTokenModel, twoFactorModels } from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";
import { currentScheme, hashSchemes } from "../../src/auth/passwords/schemes.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { password } from "./site.ts";

const wrong = "wrong-wrong-1";
/** Addresses of the same length: the form shows what was typed. */
const logins: ReadonlyArray<readonly [who: string, email: string, tried: string]> = [
  ["a known account with a wrong password", "ann@example.com", wrong],
  ["an unknown account", "eve@example.com", wrong],
  ["an unknown account with the password of another", "eva@example.com", password],
  ["an inactive account with the right password", "bob@example.com", password],
  ["an unconfirmed account with the right password", "cat@example.com", password],
  ["an account with a second factor and a wrong password", "dan@example.com", wrong],
  ["an account whose password cannot be used", "fay@example.com", wrong],
  ["a hash of another system and a wrong password", "gus@example.com", wrong],
  ["a hash of another system, whose check answers with an object", "guy@example.com", password],
  ["a hash of another system, whose check fails", "hal@example.com", password],
  ["a hash with too little memory for its lanes", "ida@example.com", password],
];

const foreignHashes: readonly ForeignScheme[] = [
  { prefix: "plain$", verify: (tried, hash) => hash === `plain$${tried}` },
  { prefix: "object$", verify: () => ({ isRight: false }) as unknown as boolean }, // As a JavaScript caller may write it.
  { prefix: "broken$", verify: () => Promise.reject(new Error("The other system cannot be reached.")) },
];
/** What accounts have in place of a hash of their password. */
const storedHashes: Readonly<Record<string, string>> = {
  fay: "!",
  gus: `plain$${password}`,
  guy: "object$1",
  hal: "broken$1",
  ida: "$argon2id$v=19$m=8,t=1,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

/** Fields that differ in each reply: the time, and the id of the request. */
const own = new Set(["date", "x-request-id"]);

for (const { name, skip, place } of databaseKinds)
  describe(`a refused login, ${name}`, { skip }, () => {
    const statements: string[] = [];
    const errors: unknown[] = [];
    const scheme = hashSchemes.get(currentScheme.name)!;
    const derive = mock.fn(scheme.derive!);
    let app: Application;
    let remove: () => Promise<void>;
    before(async () => {
      // The hasher of an application takes it at start.
      mock.method(currentScheme as { derive: NonNullable<typeof scheme.derive> }, "derive", derive); // Only the test changes it.
      const placed = await place();
      remove = placed.remove;
      const User = class User extends Model("users", accountFields()) {};
      const { TwoFactor, RecoveryCode } = twoFactorModels();
      const accounts = defineAccounts({
        user: User,
        registration: "open",
        verifyEmail: "before",
        remember: {},
        twoFactor: { issuer: "Shelf" },
        foreignHashes,
      });
      app = gable({
        mode: "test",
        logger: { ...silentLogger, error: (fields) => void errors.push(fields) },
        database: { url: placed.url, onStatement: ({ sql }) => void statements.push(sql) },
        models: [User, TwoFactor, RecoveryCode, accountTokenModel(), rememberTokenModel(), sessionModel(), rateModel()],
        secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
        origin: "https://shelf.example",
        hosts: ["shelf.example"],
        mail: { transport: memoryMail(), from: "shelf@shelf.example" },
        accounts,
        routes: [group("/account", accounts.routes)],
      });
      await app.start();
      await app.database().createTables();
      const manager = manageAccounts(app);
      for (const each of ["ann", "bob", "cat", "dan", ...Object.keys(storedHashes)]) {
        const user = await manager.create({ email: `${each}@example.com`, password, ...(each === "bob" && { active: false }) });
        await app.database().run(async () => {
          if (each === "cat") await User.where({ id: user.id }).update({ emailVerifiedAt: null });
          const hash = storedHashes[each];
          if (hash !== undefined) await User.where({ id: user.id }).update({ password: hash });
          if (each === "dan") await TwoFactor.create({ userId: String(user.id), secret: "x", lastStep: 0, enabledAt: new Date() });
        });
      }
    });
    after(async () => {
      mock.restoreAll();
      await app.close();
      await remove();
    });

    /** Signs in, and returns everything that a client sees, and the work that it caused. */
    async function logIn(email: string, tried: string, accept: string): Promise<object> {
      statements.length = 0;
      derive.mock.resetCalls();
      const response = await app.fetch(
        new Request("https://shelf.example/account/login", {
          method: "POST",
          headers: { accept, origin: "https://shelf.example" },
          body: new URLSearchParams({ email, password: tried }),
        }),
      );
      const bytes = await response.text();
      return {
        status: response.status,
        length: bytes.length,
        text: bytes.replaceAll(email, "ADDRESS"),
        headers: [...response.headers].filter(([field]) => !own.has(field)),
        hashes: derive.mock.calls.map(({ arguments: [, { parameters }, length] }) => ({ parameters, length })),
        statements: [...statements],
      };
    }

    for (const accept of ["text/html", "application/json"])
      it(`has the same bytes, hashes and statements for everybody, as ${accept}`, async () => {
        const [first, ...others] = logins;
        // The first one also opens what is opened once.
        await logIn("zoe@example.com", wrong, accept);
        const expected = (await logIn(first![1], first![2], accept)) as { status: number; hashes: unknown[]; statements: string[] }; // As above.
        assert.deepEqual([expected.status, expected.hashes.length], [422, 1]);
        assert.ok(expected.statements.length >= 3, "the counts and the account are read");
        errors.length = 0;
        for (const [who, email, tried] of others) assert.deepEqual(await logIn(email, tried, accept), expected, who);
        const codes = errors.map((fields) => (fields as { error?: { code?: string } }).error?.code); // What the logger gets.
        assert.deepEqual(codes, ["fay", "hal", "ida"].fill("E_PASSWORD_HASH_UNSUPPORTED"));
      });
  });
