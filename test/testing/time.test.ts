/** Time travel: what obeys the clock of tests, and what is refused. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createSigner, gable, get, post } from "gable";
import { cache } from "gable/cache";

import { field } from "gable/forms";
import { task } from "gable/tasks";
import { createTestClient, tasks, time } from "gable/testing";

const day = 86_400_000;
const later = task("later", { input: { number: field.int() } }, () => undefined);
let computed = 0;
const app = gable({
  mode: "test",
  session: {},
  cache: true,
  tasks: [later],
  routes: [
    get("/cart", async ({ session }) => ({ cart: (await session.find("cart")) ?? null })),
    get("/limited", { limits: { rate: { requestsMax: 1, windowSeconds: 3_600 } } }, () => "fine"),
    get("/cached", async () => ({ computed: await cache.remember("key", { ttlSeconds: 60 }, () => ++computed) })),
    post("/later", async () => ({ id: (await later.enqueue({ number: 1 }, { delaySeconds: 3_600 })).id })),
  ],
});
const client = createTestClient(app, { errors: "page" });

describe("time.travel()", () => {
  it("moves Date, and moves it back", async () => {
    const before = Date.now();
    const result = await time.travel({ weeks: 1, days: 1, hours: 1, minutes: 1, seconds: 1, ms: 1 }, () => {
      const moved = Date.now() - before;
      assert.ok(moved >= 8 * day + 3_661_001 && moved < 9 * day, String(moved));
      assert.ok(Math.abs(new Date().getTime() - Date.now()) < 1_000);
      assert.equal(new Date(0).toISOString(), "1970-01-01T00:00:00.000Z");
      assert.equal(new Date(2026, 0, 2).getDate(), 2);
      assert.ok(new Date() instanceof Date && new Date().constructor === Date);
      assert.equal(typeof Date(), "string");
      assert.equal(Date.UTC(1970, 0), 0);
      return "done";
    });
    assert.equal(result, "done");
    assert.ok(Date.now() - before < day && new Date().getTime() - before < day);
    assert.equal(new Date().constructor, Date);
  });

  it("goes back, adds up, and ends after an error", async () => {
    const before = Date.now();
    await time.travel({ days: -2 }, () => assert.ok(Date.now() < before - day));
    await time.travel({ days: 1 }, () => time.travel({ days: 1 }, () => assert.ok(Date.now() >= before + 2 * day)));
    await assert.rejects(
      time.travel({ days: 1 }, () => {
        throw new RangeError("in the future");
      }),
      RangeError,
    );
    assert.ok(Date.now() < before + day);
  });

  it("fires the timers that are due, once each and in order, and leaves the others", async () => {
    const fired: string[] = [];
    const slow = setTimeout(() => fired.push("two days"), 2 * day);
    const third = setTimeout(() => fired.push("cleared"), 3_000);
    const timers = [
      setTimeout((text: string) => fired.push(text), 2_000, "second"),
      setTimeout(() => (fired.push("first"), clearTimeout(third)), 1_000),
    ];
    const interval = setInterval(() => fired.push("interval"), 10_000);
    await time.travel({ days: 1 }, () => assert.deepEqual(fired, ["first", "second", "interval"]));
    for (const timer of [slow, ...timers]) clearTimeout(timer);
    clearInterval(interval);
    await time.travel({ days: 3 }, () => assert.equal(fired.length, 3));
    await wait(1);
    assert.equal(fired.length, 3);
  });

  it("ends sessions", async () => {
    await client.session.set("cart", 1);
    await time.travel({ days: 13 }, async () => assert.deepEqual((await client.get("/cart")).json(), { cart: 1 }));
    await time.travel({ days: 15 }, async () => assert.deepEqual((await client.get("/cart")).json(), { cart: null }));
  });

  it("ends signed values", async () => {
    const signer = createSigner<string>("travel", { ttlSeconds: 60, secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"] });
    const token = signer.sign("value");
    await time.travel({ seconds: 50 }, () => assert.equal(signer.verify(token), "value"));
    await time.travel({ seconds: 70 }, () => assert.throws(() => signer.verify(token), { code: "E_SIGNATURE_EXPIRED" }));
  });

  it("gives rate limits their requests back", async () => {
    assert.equal((await client.get("/limited")).status, 200);
    assert.equal((await client.get("/limited")).status, 429);
    await time.travel({ hours: 2 }, async () => assert.equal((await client.get("/limited")).status, 200));
  });

  it("ends cached values", async () => {
    const first = (await client.get("/cached")).json();
    assert.deepEqual((await client.get("/cached")).json(), first);
    await time.travel({ minutes: 2 }, async () => assert.notDeepEqual((await client.get("/cached")).json(), first));
  });

  it("makes tasks due", async () => {
    await client.post("/later");
    assert.equal(await tasks.runAll(), 0);
    await time.travel({ hours: 1 }, async () => assert.equal(await tasks.runAll(), 1));
  });

  const refused: ReadonlyArray<readonly [name: string, by: object, message: RegExp]> = [
    ["no time", {}, /got no time/],
    ["a unit that is misspelt", { day: 1 }, /no unit "day"/],
    ["a value that is not a number", { days: "15" }, /days is 15/],
    ["no number", { days: Number.NaN }, /days is NaN/],
    ["a date that does not exist", { days: 1e9 }, /further than a Date can hold/],
  ];
  for (const [name, by, message] of refused)
    it(`refuses ${name}`, async () => {
      await assert.rejects(
        time.travel(by, () => undefined),
        { code: "E_TEST_TIME", message },
      );
    });

  it("refuses two journeys at the same time", async () => {
    const first = time.travel({ days: 1 }, () => wait(5));
    await assert.rejects(
      time.travel({ days: 1 }, () => undefined),
      { code: "E_TEST_TIME", message: /while another one runs/ },
    );
    await first;
    await client.close();
  });
});
