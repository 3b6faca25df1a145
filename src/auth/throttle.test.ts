import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { AnyContext } from "../handlers/context.ts";
import { memoryRates } from "../security/rates/memory-rates.ts";
import { Rates } from "../security/rates/rates.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import type { ThrottleCase } from "./throttle.cases.ts";
import { throttleCases } from "./throttle.cases.ts";
import { resetCodes, resetLogin, takeCode, takeLogin, takeMail, takeWrongToken } from "./throttle.ts";

type Work = (context: AnyContext, who: string) => Promise<void>;

const takes: Readonly<Record<ThrottleCase["counted"], Work>> = {
  password: takeLogin,
  code: takeCode,
  mail: takeMail,
  token: takeWrongToken,
};
/** What a right password and a right code forget. */
const resets: Readonly<Record<ThrottleCase["counted"], Work>> = {
  password: resetLogin,
  code: resetCodes,
  mail: async () => undefined,
  token: async () => undefined,
};

/** Who tries: the key that a row counts by stays, and the other one differs each time. */
type Attempt = (by: ThrottleCase["by"], key: number) => { readonly ip: string; readonly who: string };

/** Separate counts, on a clock that the test moves. */
function create(test: TestContext) {
  test.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  const rateLimits = new Rates(memoryRates(), silentLogger, false);
  let number = 0;
  const toAttempt: Attempt = (by, key) =>
    by === "account"
      ? { ip: `2001:db8:1:${(++number).toString(16)}::1`, who: `account-${key}` }
      : { ip: `2001:db8:2:${key}::${(++number).toString(16)}`, who: `account-${++number}-at-${key}` };
  const run = (work: Work, { ip, who }: ReturnType<Attempt>): Promise<void> => work({ rateLimits, ip } as unknown as AnyContext, who); // It asks for nothing else of a context.
  /** Tries until it is refused: how often it was allowed, and the error. */
  const tryAll = async ({ counted, by, spacedSeconds }: ThrottleCase, key = 0) => {
    for (let allowed = 0; allowed < 200; allowed++) {
      if (allowed > 0) test.mock.timers.tick(spacedSeconds * 1_000);
      try {
        await run(takes[counted], toAttempt(by, key));
      } catch (error) {
        const { code, status, details, headers } = error as { code: string; status: number; details: object; headers: unknown }; // All are errors of Gable.
        return { allowed, code, status, details, headers };
      }
    }
    return assert.fail("Nothing refuses.");
  };
  const reset = ({ counted, by }: ThrottleCase): Promise<void> => run(resets[counted], toAttempt(by, 0));
  return { tryAll, reset, toAttempt, run };
}

describe("the throttle of accounts", () => {
  for (const row of throttleCases) {
    const { counted, by, free, windowSeconds, allowed, waitSeconds, code, isForgotten } = row;
    const burst = { ...row, spacedSeconds: 0 };
    describe(`counts ${counted} by ${by}: ${free} in ${windowSeconds} s`, () => {
      it(`refuses after ${allowed}, with the wait of ${waitSeconds} s, and nobody else`, async (test) => {
        const { tryAll } = create(test);
        const headers = [["retry-after", String(waitSeconds)]];
        assert.deepEqual(await tryAll(row), { allowed, code, status: 429, details: {}, headers });
        assert.equal((await tryAll(row, 1)).allowed, allowed);
      });

      it("lets one pass after the wait, to the millisecond", async (test) => {
        const { tryAll } = create(test);
        await tryAll(row);
        test.mock.timers.tick(waitSeconds * 1_000 - 1);
        assert.equal((await tryAll(burst)).allowed, 0);
        test.mock.timers.tick(1);
        assert.equal((await tryAll(burst)).allowed, 1);
        assert.equal((await tryAll(burst)).headers?.toString(), `retry-after,${windowSeconds / free}`);
      });

      it("locks nobody for ever: after the time, as many pass again", async (test) => {
        const { tryAll } = create(test);
        for (let round = 0; round < 20; round++) await tryAll(burst);
        test.mock.timers.tick(86_400_000);
        assert.equal((await tryAll(row)).allowed, allowed);
      });

      it(`${isForgotten ? "is forgotten" : "stays"} after a right one`, async (test) => {
        const { tryAll, reset } = create(test);
        await tryAll(row);
        await reset(row);
        assert.equal((await tryAll(row)).allowed, isForgotten ? allowed : 0);
      });
    });
  }

  it("counts passwords and codes of a client together", async (test) => {
    const { run, toAttempt } = create(test);
    for (let count = 0; count < 50; count++) await run(count % 2 === 0 ? takeLogin : takeCode, toAttempt("client", 0));
    for (const take of [takeLogin, takeCode]) await assert.rejects(run(take, toAttempt("client", 0)), { code: "E_LOGIN_THROTTLED" });
    for (const take of [takeMail, takeWrongToken]) await run(take, toAttempt("client", 0));
  });

  it("lets at most 10 attempts at a password pass in any minute", async (test) => {
    const { run, toAttempt } = create(test);
    const passed: number[] = [];
    for (let second = 0; second < 600; second++) {
      for (let guess = 0; guess < 3; guess++)
        await run(takeLogin, toAttempt("account", 0)).then(
          () => passed.push(second),
          () => undefined,
        );
      test.mock.timers.tick(1_000);
    }
    for (const start of passed) {
      const within = passed.filter((second) => second >= start && second < start + 60).length;
      assert.ok(within <= 10, `${within} from second ${start}`);
    }
    assert.equal(passed.filter((second) => second < 60).length, 9);
  });
});
