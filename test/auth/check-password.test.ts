/** `checkPassword`: what the application says of a new password, in every way to set one, and what becomes of a check that fails. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AccountsOptions } from "gable/auth";
import { askCheck } from "../../src/auth/passwords/ask-check.ts";
import { codeWays, openPasswords, pageWays } from "./password-ways.ts";
import { password } from "./site.ts";

type Check = NonNullable<AccountsOptions["checkPassword"]>;

const chosen = "quiet-lantern-88";
const sentence = "Use another password: <3,000> leaks have this one.";
const away = new Error("The service is away.");

/** What a check answers for the chosen password, the status of pages, the error of code, and the failures in the log. */
const rows: ReadonlyArray<readonly [name: string, answer: Check, status: number, code: string | undefined, failures: readonly unknown[]]> =
  [
    ["nothing", () => undefined, 303, undefined, []],
    ["nothing later", async () => undefined, 303, undefined, []],
    ["a sentence", () => sentence, 422, "E_PASSWORD_WEAK", []],
    ["a sentence later", async () => sentence, 422, "E_PASSWORD_WEAK", []],
    [
      "an error",
      () => {
        throw away;
      },
      303,
      undefined,
      [away],
    ],
    ["an error later", () => Promise.reject(away), 303, undefined, [away]],
    // Wrong on purpose.
    ["true", (() => true) as unknown as Check, 500, "E_OPTION_INVALID", []],
    ["an empty sentence", () => "", 500, "E_OPTION_INVALID", []],
  ];

describe("checkPassword", () => {
  for (const [name, answer, status, code, failures] of rows) {
    const options = { checkPassword: ((given, request) => (given === chosen ? answer(given, request) : undefined)) satisfies Check };
    for (const [way, send] of Object.entries(pageWays))
      it(`answers ${name} at ${way}: ${status}`, async (test) => {
        const site = await openPasswords(test, options);
        const reply = await send(site, chosen);
        assert.deepEqual([reply.status, reply.body.includes("&lt;3,000&gt; leaks")], [status, status === 422]);
        assert.deepEqual(
          site.warnings.map((facts) => (facts as { error?: unknown }).error),
          failures,
        ); // Facts are an object.
      });
    for (const [way, set] of Object.entries(codeWays))
      it(`answers ${name} to ${way}`, async (test) => {
        const site = await openPasswords(test, options);
        if (code === undefined) await set(site, chosen);
        else
          await assert.rejects(
            set(site, chosen),
            code === "E_PASSWORD_WEAK" ? { code, fix: sentence, details: { rule: "refused" } } : { code },
          );
        assert.deepEqual(
          site.warnings.map((facts) => (facts as { error?: unknown }).error),
          failures,
        ); // As above.
      });
  }

  it("is asked after the rules of Gable, and only for a password that keeps them", async (test) => {
    const asked: string[] = [];
    const site = await openPasswords(test, { checkPassword: (given) => void asked.push(given) });
    for (const bad of ["short", "password1", "annabell-7"]) assert.equal((await site.register(bad)).status, 422);
    assert.deepEqual(asked, []);
    assert.equal((await site.register(chosen)).status, 303);
    assert.deepEqual(asked, [chosen]);
  });

  it("logs no failure where there is none", async () => {
    const failures: unknown[] = [];
    assert.equal(await askCheck(undefined, chosen, (error) => failures.push(error)), undefined);
    assert.deepEqual(failures, []);
  });

  it("leaves a link for a new password usable after a refusal", async (test) => {
    const site = await openPasswords(test, { checkPassword: (given) => (given === chosen ? sentence : undefined) });
    assert.equal((await pageWays["a reset"]!(site, chosen)).status, 422);
    assert.equal((await site.client.post("/account/password/reset", { form: { password } })).status, 303);
  });

  it("has 5 s: then its signal ends, and the password counts as unchecked", async (test) => {
    test.mock.timers.enable({ apis: ["setTimeout"] });
    const failures: unknown[] = [];
    let signal: AbortSignal | undefined;
    const never: Check = (_given, request) => ((signal = request.signal), new Promise<undefined>(() => undefined));
    let isDone = false;
    const asking = askCheck(never, chosen, (error) => failures.push(error)).finally(() => (isDone = true));
    test.mock.timers.tick(4_999);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    assert.deepEqual([isDone, signal?.aborted], [false, false]);
    test.mock.timers.tick(1);
    assert.equal(await asking, undefined);
    assert.deepEqual([signal?.aborted, failures], [true, [signal?.reason]]);
    assert.match(String(failures[0]), /checkPassword has not answered within 5 s/);
  });
});
