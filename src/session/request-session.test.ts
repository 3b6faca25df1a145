/** The session of one request, on a clock and with a carrier that the test plays. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Cookies } from "../handlers/context.ts";
import { RequestSession } from "./request-session.ts";
import type { CarriedChanges, CarriedSession, SessionCarrier } from "./session-carrier.ts";
import type { SessionOutcome, SessionRecord } from "./session-store.ts";

const start = 1_800_000_000_000;
const [minute, day] = [60_000, 86_400_000];
const stored: SessionRecord = { values: { a: "1", b: '"two"' }, userId: "7", createdAt: start, seenAt: start, expiresAt: start + day };

interface Played {
  readonly record?: SessionRecord | undefined;
  readonly key?: string;
  readonly at?: number;
  readonly idleMs?: number;
  readonly hasDirectory?: boolean;
  /** What the carrier answers, the last one again and again. */
  readonly outcomes?: readonly SessionOutcome[];
}

function create({ record = stored, key = "k", at = start, idleMs, hasDirectory = true, outcomes = ["saved"] }: Played = {}) {
  const created: SessionRecord[] = [];
  const changed: CarriedChanges[] = [];
  const events: Array<readonly unknown[]> = [];
  let loads = 0;
  const carrier: SessionCarrier = {
    hasDirectory,
    load: async (): Promise<CarriedSession> => (loads++, { key, record }),
    create: async (_cookies, made) => void created.push(made),
    change: async (_cookies, _session, changes) => outcomes[Math.min(changed.push(changes), outcomes.length) - 1]!,
    remove: async (_cookies, removed) => void events.push(["removed", removed?.key]),
  };
  const session = new RequestSession({
    carrier,
    // A session asks for nothing else of the cookies.
    cookies: { has: () => true } as unknown as Cookies,
    times: { absoluteMs: day, idleMs },
    now: () => at,
    onTouch: (isPersonal) => void events.push(["touched", isPersonal]),
    onEnded: (identity) => void events.push(["ended", identity]),
    onDropped: (reason) => void events.push(["dropped", reason]),
  });
  return { session, created, changed, events, loads: () => loads };
}

describe("a session that is only read", () => {
  for (const [what, played, isNoted] of [
    ["5 minutes after its last use", { at: start + 5 * minute }, true],
    ["a millisecond before that", { at: start + 5 * minute - 1 }, false],
    ["a tenth of a short idle time later", { at: start + minute, idleMs: 10 * minute }, true],
    ["a millisecond before that tenth", { at: start + minute - 1, idleMs: 10 * minute }, false],
    ["5 minutes later with a long idle time", { at: start + 5 * minute, idleMs: day, hasDirectory: false }, true],
    ["of nobody", { at: start + day - 1, record: { ...stored, userId: null } }, false],
    ["of nobody, with an idle time", { at: start + 5 * minute, record: { ...stored, userId: null }, idleMs: day }, true],
    ["whose carrier cannot list it", { at: start + day - 1, hasDirectory: false }, false],
  ] as const)
    it(`is ${isNoted ? "noted" : "not noted"} as used: ${what}`, async () => {
      const { session, changed } = create(played);
      assert.equal(await session.find("a"), 1);
      await session.save(200);
      assert.equal(changed.length, isNoted ? 1 : 0);
      if (isNoted) assert.deepEqual([changed[0]!.seenAt, changed[0]!.isRotated], [played.at, false]);
    });

  it("is not noted when the request never read it, or fails", async () => {
    const unread = create({ at: start + day - 1 });
    await unread.session.save(200);
    assert.deepEqual([unread.loads(), unread.changed.length], [0, 0]);
    for (const [status, count] of [
      [499, 1],
      [500, 0],
    ] as const) {
      const { session, changed } = create({ at: start + day - 1 });
      await session.find("a");
      await session.save(status);
      assert.equal(changed.length, count);
    }
  });
});

describe("a stored session", () => {
  for (const [what, played, isValid] of [
    ["from a clock that is 5 minutes ahead", { at: start - 5 * minute }, true],
    ["from a clock that is further ahead", { at: start - 5 * minute - 1 }, false],
    ["before the end of its absolute time", { at: start + day - 1 }, true],
    ["at that end, though its store has it", { at: start + day, record: { ...stored, expiresAt: start + 9 * day } }, false],
    ["before the end of its idle time", { at: start + 2 * minute - 1, idleMs: 2 * minute }, true],
    ["at the end of its idle time", { at: start + 2 * minute, idleMs: 2 * minute }, false],
  ] as const)
    it(`${isValid ? "counts" : "does not count"}: ${what}`, async () => {
      const { session, loads } = create(played);
      assert.deepEqual([await session.findUserId(), await session.find("b")], isValid ? ["7", "two"] : [null, undefined]);
      assert.equal(loads(), 1);
    });

  it("loses nothing to a clock that was put back, and gets its full time by a sign-in", async () => {
    const back = create({ at: start - minute });
    back.session.set("c", 1);
    await back.session.save(200);
    assert.deepEqual([back.changed[0]!.seenAt, back.changed[0]!.createdAt, back.changed[0]!.expiresAt], [start, start, start + day]);
    const signedIn = create({ at: start + minute, record: { ...stored, userId: null } });
    signedIn.session.rotate({ userId: "8" });
    assert.equal(await signedIn.session.findUserId(), "8");
    await signedIn.session.save(200);
    const [{ userId, createdAt, expiresAt, isRotated } = assert.fail()] = signedIn.changed;
    assert.deepEqual([userId, createdAt, expiresAt, isRotated], ["8", start + minute, start + minute + day, true]);
  });

  for (const [key, userId, expected] of [
    ["k", "7", "k"],
    ["", "7", `cookie:${start}:7`],
    ["", null, `cookie:${start}:`],
  ] as const)
    it(`is named ${expected}`, async () => {
      const { session, events } = create({ key, record: { ...stored, userId } });
      const before = performance.now();
      const { readAt, ...identity } = (await session.identify())!;
      assert.deepEqual(identity, { key: expected, userId });
      assert.ok(readAt >= before && readAt <= performance.now());
      assert.deepEqual(events, []);
      session.end();
      await session.save(500);
      assert.deepEqual(events.slice(1), [
        ["removed", key],
        ["ended", { key: expected, userId }],
      ]);
    });
});

describe("a value that is used up", () => {
  for (const [status, deleted, set] of [
    [200, ["a"], ["c"]],
    [499, ["a"], ["c"]],
    [500, ["a"], []],
  ] as const)
    it(`is removed at the status ${status}`, async () => {
      const { session, changed } = create({ record: { ...stored, userId: null } });
      session.rotate({ userId: "8" });
      session.set("c", 1);
      session.useUp("a");
      await session.save(status);
      const [{ userId, isRotated, ...changes } = assert.fail()] = changed;
      assert.deepEqual([changes.delete, Object.keys(changes.set ?? {})], [deleted, set]);
      assert.deepEqual([userId, isRotated], status < 500 ? ["8", true] : [undefined, false]);
    });

  it("stores nothing without a session", async () => {
    const { session, changed } = create({ at: start + day });
    session.useUp("a");
    await session.save(500);
    assert.equal(changed.length, 0);
  });

  it("is deleted with the session that ends", async () => {
    const { session, changed, events } = create({});
    session.useUp("a");
    session.end();
    await session.save(500);
    assert.deepEqual([changed.length, events.filter(([what]) => what === "removed")], [0, [["removed", "k"]]]);
  });
});

describe("a session of one user that becomes that of another", () => {
  for (const [userId, status, removed, values] of [
    ["8", 200, ["k"], { c: "1" }],
    [null, 200, ["k"], { c: "1" }],
    ["8", 500, [], undefined],
  ] as const)
    it(`${values === undefined ? "stays" : "is removed, and a new one begins"}: ${userId}, ${status}`, async () => {
      const { session, created, changed, events } = create();
      session.rotate({ userId });
      session.set("c", 1);
      assert.equal(await session.find("a"), undefined);
      await session.save(status);
      assert.deepEqual(
        events.filter(([what]) => what === "removed").map(([, key]) => key),
        removed,
      );
      assert.deepEqual(
        [created.map((record) => [record.userId, record.values]), changed],
        [values === undefined ? [] : [[userId, values]], []],
      );
    });
});

describe("a session that other requests change", () => {
  it("is tried 50 times", async () => {
    const { session, changed } = create({ outcomes: [...Array.from({ length: 49 }, () => "changed" as const), "saved"] });
    session.set("c", 1);
    await session.save(200);
    assert.equal(changed.length, 50);
    const never = create({ outcomes: ["changed"] });
    never.session.set("c", 1);
    await assert.rejects(never.session.save(200), { code: "E_SESSION_CONFLICT", message: /changed it 50 times/ });
    assert.equal(never.changed.length, 50);
  });

  it("is read again immediately after the first two tries, and then after a wait of at most one millisecond for each try", async (test) => {
    const waits: unknown[] = [];
    test.mock.method(Math, "random", () => 0.5);
    test.mock.method(globalThis, "setTimeout", (run: () => void, ms: number) => void (waits.push(ms), queueMicrotask(run)));
    const { session } = create({ outcomes: ["changed", "changed", "changed", "changed", "saved"] });
    session.set("c", 1);
    await session.save(200);
    assert.deepEqual(waits, [1.5, 2]);
  });

  it("stays ended, unless somebody signs in", async () => {
    const { session, created, events } = create({ outcomes: ["missing"] });
    session.set("c", 1);
    await session.save(200);
    assert.deepEqual(
      [created, events.at(-1)],
      [[], ["dropped", "The session was ended while this request ran: its changes were dropped."]],
    );
    for (const [userId, count] of [
      ["8", 1],
      [null, 0],
    ] as const) {
      const other = create({ outcomes: ["missing"], record: { ...stored, userId: null } });
      other.session.set("c", 1);
      other.session.rotate({ userId });
      await other.session.save(200);
      assert.equal(other.created.length, count);
    }
  });
});

describe("what the tools of development see of a session", () => {
  it("is nothing before the request uses it, and then its values with the changes", async () => {
    const { session, events, loads } = create();
    assert.equal(await session.peek(), undefined);
    assert.deepEqual([events, loads()], [[], 0]);
    session.set("c", [3]);
    assert.deepEqual(await session.peek(), { userId: null, values: { c: [3] } });
    assert.equal(await session.find("a"), 1);
    session.delete("a");
    session.rotate({ userId: "7" });
    assert.deepEqual(await session.peek(), { userId: "7", values: { b: "two", c: [3] } });
    session.rotate({ userId: "9" });
    assert.deepEqual(await session.peek(), { userId: "9", values: { c: [3] } });
    const rotated = create();
    rotated.session.rotate();
    assert.deepEqual(await rotated.session.peek(), { userId: null, values: {} });
    const read = create();
    await read.session.find("a");
    assert.deepEqual(await read.session.peek(), { userId: "7", values: { a: 1, b: "two" } });
  });
});

describe("a request that touches its session", () => {
  it("says so once when it reads, and once when it changes", async () => {
    const { session, events } = create();
    await session.find("a");
    await session.find("b");
    session.set("c", 1);
    assert.deepEqual(events, [["touched", true]]);
    const changing = create();
    changing.session.set("c", 1);
    changing.session.set("d", 1);
    assert.deepEqual(changing.events, [["touched", true]]);
  });
});
