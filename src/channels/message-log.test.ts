/** Messages that are kept for replays: limits, times, and what was forgotten. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageLog, isKnown } from "./message-log.ts";

const limits = { seconds: 10, messagesMax: 3 };

describe("MessageLog", () => {
  it("drops messages when their time is over, and then reports a gap", () => {
    let now = 0;
    const log = new MessageLog(() => now);
    const start = log.after("/a", undefined).lastId;
    const first = log.add("/a", "1", limits);
    now = 5_000;
    log.add("/a", "2", limits);
    now = 9_999;
    assert.deepEqual(log.after("/a", start).messages.length, 2);
    now = 10_000;
    assert.deepEqual(log.after("/a", start), {
      messages: [{ id: log.after("/a", undefined).lastId, text: "2" }],
      lastId: log.after("/a", undefined).lastId,
      hasGap: true,
    });
    assert.equal(log.after("/a", first.id).hasGap, false);
  });

  it("keeps the most messages that are asked for, and drops one above", () => {
    const log = new MessageLog(() => 0);
    const start = log.after("/a", undefined).lastId;
    for (const text of ["1", "2", "3"]) log.add("/a", text, limits);
    assert.equal(log.after("/a", start).hasGap, false);
    log.add("/a", "4", limits);
    const { messages, hasGap } = log.after("/a", start);
    assert.deepEqual([messages.map(({ text }) => text), hasGap], [["2", "3", "4"], true]);
  });

  it("forgets topics that nobody uses, and does not mix up their ids", () => {
    let now = 0;
    const log = new MessageLog(() => now);
    const { id } = log.add("/old", "1", limits);
    now = 600_000 + 1;
    for (let index = 0; index < 1_000; index++) log.add("/new", String(index), limits);
    assert.equal(log.size, 1);
    log.add("/old", "2", limits);
    assert.equal(log.after("/old", id).hasGap, true);
  });
});

describe("isKnown()", () => {
  for (const [id, last, expected] of [
    ["a-1", undefined, false],
    ["a-1", "a-1", true],
    ["a-1", "a-2", true],
    ["a-3", "a-2", false],
    ["a-10", "a-9", false],
    ["b-1", "a-2", false],
  ] as const)
    it(`is ${expected} for ${id} after ${last ?? "nothing"}`, () => assert.equal(isKnown(id, last), expected));
});
