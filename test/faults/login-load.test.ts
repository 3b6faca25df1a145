/**
 * Many logins at the same time: passwords are hashed two at a time, and other routes answer meanwhile.
 * `GABLE_FAULTS=long npm run faults -- login-load` also prints how long other routes take while 64 users sign in, which should be less than
 * twice as long, and compares how long refused logins take. It needs a machine that does nothing else.
 */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { gable, get, group } from "gable";
import type { ForeignScheme } from "gable/auth";
import { accountFields, createPasswordHasher, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
import type { RateStore } from "gable/security";
import { silentLogger } from "../silent-logger.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
const logins = 64;
/** Counts nothing: the throttle has its own tests. */
const unlimited: RateStore = {
  take: (_key, _rule, nowUs) => ({ isAllowed: true, paidAtUs: nowUs }),
  reset: () => undefined,
  deleteExpired: () => 0,
};

/** Starts a site with 64 accounts whose hash is this. */
async function open(test: TestContext, hash: string, foreignHashes: readonly ForeignScheme[] = []) {
  class User extends Model("users", accountFields()) {}
  const accounts = defineAccounts({ user: User, foreignHashes });
  const app = gable({
    mode: "production",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User],
    secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
    rateLimits: { store: unlimited },
    accounts,
    routes: [group("/account", accounts.routes), get("/other", () => "other")],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  await app.database().run(async () => {
    for (let index = 0; index < logins; index++) await User.create({ email: `user${index}@example.com`, password: hash });
  });
  const running = await app.listen({ port: 0, quiet: true, signals: false });
  test.after(() => running.stop());
  const agent = new Agent({ keepAlive: true });
  test.after(() => agent.destroy());
  /** Sends a request, and returns the status of the reply and how long it took in ms. */
  const send = (path: string, form?: Readonly<Record<string, string>>): Promise<{ status: number; ms: number }> =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const headers = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };
      const sent = request(running.url + path, { agent, headers, method: form === undefined ? "GET" : "POST" }, (reply) => {
        reply.resume().once("end", () => resolve({ status: reply.statusCode!, ms: performance.now() - startedAt }));
      });
      sent.once("error", reject);
      sent.end(form === undefined ? undefined : String(new URLSearchParams(form)));
    });
  const logIn = (email: string): ReturnType<typeof send> => send("/account/login", { email, password: "wrong-wrong-1" });
  return { send, logIn };
}

const sorted = (times: readonly number[]): readonly number[] => times.toSorted((one, other) => one - other);
const quantile = (times: readonly number[], part: number): number => sorted(times)[Math.floor(times.length * part)]!;

describe(`${logins} logins at the same time`, () => {
  it("hash two passwords at a time, let 32 wait, and leave other routes alone", async (test) => {
    const waiting: Array<() => void> = [];
    let [running, most, checked] = [0, 0, 0];
    const verify = async (): Promise<boolean> => {
      most = Math.max(most, ++running);
      checked++;
      await new Promise<void>((resolve) => waiting.push(resolve));
      running--;
      return false;
    };
    const { send, logIn } = await open(test, "held$", [{ prefix: "held$", verify }]);
    const counts = new Map<number, number>();
    const answers = Array.from({ length: logins }, async (_, index) => {
      const { status } = await logIn(`user${index}@example.com`);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    });
    // Those who find no place are answered while no password has been checked.
    while ((counts.get(503) ?? 0) < logins - 34) assert.equal((await send("/other")).status, 200);
    assert.deepEqual([running, checked, counts.get(422)], [2, 2, undefined]);
    let isDone = false;
    const done = Promise.all(answers).then(() => (isDone = true));
    while (!isDone) {
      waiting.shift()?.();
      assert.equal((await send("/other")).status, 200);
    }
    await done;
    assert.deepEqual([...counts].toSorted(), [
      [422, 34],
      [503, 30],
    ]);
    assert.deepEqual([most, checked], [2, 34]);
  });

  const measured = async (test: TestContext): Promise<void> => {
    const { send, logIn } = await open(test, await createPasswordHasher().hash("some-right-password"));
    const measure = async (until: () => boolean): Promise<number[]> => {
      const times: number[] = [];
      while (!until()) {
        const { status, ms } = await send("/other");
        assert.equal(status, 200);
        times.push(ms);
      }
      return times;
    };
    let count = 0;
    await measure(() => ++count > 2_000);
    count = 0;
    const idle = await measure(() => ++count > 5_000);
    const busy: number[] = [];
    for (let round = 0; round < 10; round++) {
      let isDone = false;
      const done = Promise.all(Array.from({ length: logins }, (_, index) => logIn(`user${index}@example.com`))).then(() => (isDone = true));
      busy.push(...(await measure(() => isDone)));
      await done;
    }
    const [idleMs, busyMs] = [quantile(idle, 0.99), quantile(busy, 0.99)];
    test.diagnostic(`p99 of ${idle.length} replies ${idleMs.toFixed(2)} ms, of ${busy.length} during logins ${busyMs.toFixed(2)} ms`);
    test.diagnostic(`medians ${quantile(idle, 0.5).toFixed(2)} and ${quantile(busy, 0.5).toFixed(2)} ms`);
  };
  if (isLong) it("answer other routes about as fast as ever", measured);
});

if (isLong)
  describe("the time of a refused login", () => {
    it("is the same for known and unknown accounts", async (test) => {
      const { logIn } = await open(test, await createPasswordHasher().hash("some-right-password"));
      const [known, unknown]: [number[], number[]] = [[], []];
      for (let round = 0; round < 520; round++)
        // The order changes, so that neither gains from what the other leaves behind.
        for (const isKnown of round % 2 === 0 ? [true, false] : [false, true]) {
          const { status, ms } = await logIn(isKnown ? `user${round % logins}@example.com` : `nobo${round % logins}@example.com`);
          assert.equal(status, 422);
          if (round >= 20) (isKnown ? known : unknown).push(ms);
        }
      const [one, other] = [quantile(known, 0.5), quantile(unknown, 0.5)];
      test.diagnostic(`medians of 500 each: ${one.toFixed(3)} ms for known accounts, ${other.toFixed(3)} ms for unknown ones`);
      assert.ok(Math.abs(one - other) < 0.02 * Math.min(one, other), `${one} ms and ${other} ms`);
    });
  });
