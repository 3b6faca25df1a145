import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../../errors/gable-error.ts";
import type { PoolOptions } from "./pool.ts";
import { Pool } from "./pool.ts";

interface Thing {
  readonly id: number;
  isAlive: boolean;
}

function createThings(options: Partial<PoolOptions<Thing>> = {}): { pool: Pool<Thing>; closed: number[]; opened: () => number } {
  let last = 0;
  const closed: number[] = [];
  const pool = new Pool<Thing>({
    open: async () => ({ id: ++last, isAlive: true }),
    close: ({ id }) => closed.push(id),
    isAlive: (thing) => thing.isAlive,
    max: 2,
    acquireTimeoutMs: 50,
    idleMs: 10_000,
    ...options,
  });
  return { pool, closed, opened: () => last };
}

describe("Pool", () => {
  it("opens connections on demand, keeps released ones, and reuses the most recent one first", async () => {
    const { pool, opened } = createThings();
    assert.equal(pool.tryAcquire(), undefined);
    const [one, two] = [await pool.acquire(), await pool.acquire()];
    pool.release(one, true);
    pool.release(two, true);
    assert.equal(pool.tryAcquire(), two);
    assert.equal(await pool.acquire(), one);
    assert.equal(opened(), 2);
    pool.release(one, true);
    pool.release(one, true);
    pool.release(two, true);
    assert.equal(pool.size, 2);
    await pool.close();
  });

  it("serves waiting calls in order", async () => {
    const { pool } = createThings({ max: 1 });
    const one = await pool.acquire();
    const order: string[] = [];
    const waiting = ["a", "b"].map((name) => pool.acquire().then((thing) => (order.push(name), thing)));
    pool.release(one, true);
    assert.equal(await waiting[0], one);
    assert.deepEqual(order, ["a"]);
    pool.release(one, true);
    await waiting[1];
    assert.deepEqual(order, ["a", "b"]);
    pool.release(one, true);
    await pool.close();
  });

  it("reports that none is free and how long the longest is held, and continues afterwards", async () => {
    const { pool } = createThings({ max: 2, acquireTimeoutMs: 20 });
    const [one, two] = [await pool.acquire(), await pool.acquire()];
    await assert.rejects(pool.acquire(), {
      code: "E_POOL_TIMEOUT",
      status: 503,
      message: /^All 2 connections were in use for 20 ms; one of them has been held for \d+ ms\.$/,
    });
    pool.release(one, true);
    assert.equal(await pool.acquire(), one);
    pool.release(one, true);
    pool.release(two, true);
    await pool.close();
  });

  it("stops waiting when the signal aborts", async () => {
    const { pool } = createThings({ max: 1 });
    const one = await pool.acquire();
    const controller = new AbortController();
    const waiting = pool.acquire(controller.signal);
    controller.abort(new Error("left"));
    await assert.rejects(waiting, /left/);
    await assert.rejects(pool.acquire(controller.signal), /left/);
    pool.release(one, true);
    assert.equal(await pool.acquire(), one);
    pool.release(one, true);
    await pool.close();
  });

  it("replaces broken connections", async () => {
    const { pool, closed } = createThings({ max: 1 });
    const one = await pool.acquire();
    const waiting = pool.acquire();
    pool.release(one, false);
    const two = await waiting;
    assert.deepEqual([two.id, closed], [2, [1]]);
    pool.release(two, true);
    two.isAlive = false;
    const three = await pool.acquire();
    assert.deepEqual([three.id, closed], [3, [1, 2]]);
    pool.release(three, true);
    await pool.close();
    assert.deepEqual(closed, [1, 2, 3]);
  });

  it("rejects every waiting call if no connection can be opened, and tries again later", async () => {
    let isDown = true;
    let last = 0;
    const { pool } = createThings({
      max: 1,
      open: async () => {
        await wait(1);
        if (isDown) throw new Error("down");
        return { id: ++last, isAlive: true };
      },
    });
    const results = await Promise.allSettled([pool.acquire(), pool.acquire(), pool.acquire()]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected", "rejected"],
    );
    isDown = false;
    const thing = await pool.acquire();
    assert.equal(thing.id, 1);
    pool.release(thing, true);
    await pool.close();
  });

  it("closes connections that were idle for a while", async () => {
    const { pool, closed } = createThings({ idleMs: 10 });
    pool.release(await pool.acquire(), true);
    for (let tries = 0; tries < 100 && closed.length === 0; tries++) await wait(5);
    assert.deepEqual(closed, [1]);
    assert.equal(pool.size, 0);
    await pool.close();
  });

  it("waits for used connections when it closes, but not forever", async () => {
    const { pool, closed } = createThings({ acquireTimeoutMs: 30 });
    const [one, two] = [await pool.acquire(), await pool.acquire()];
    const waiting = pool.acquire().catch((error: unknown) => error);
    const closing = pool.close();
    assert.equal(((await waiting) as GableError).code, "E_DATABASE_CLOSED");
    await assert.rejects(pool.acquire(), { code: "E_DATABASE_CLOSED" });
    pool.release(one, true);
    await closing;
    assert.deepEqual(closed, [one.id, two.id]);
    await pool.close();
  });
});
