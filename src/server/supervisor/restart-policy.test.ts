import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RestartPolicy } from "./restart-policy.ts";

const booting = (at: number): { wasReady: boolean; livedMs: number; at: number } => ({ wasReady: false, livedMs: 0, at });
const lived = (livedMs: number, at = 0): { wasReady: boolean; livedMs: number; at: number } => ({ wasReady: true, livedMs, at });

describe("RestartPolicy", () => {
  it("restarts a worker that lived for a second immediately", () => {
    const policy = new RestartPolicy();
    assert.deepEqual([policy.delayAfter(lived(1000)), policy.delayAfter(lived(5_000_000))], [0, 0]);
  });

  it("doubles the delay of workers that live for less, up to 5 s, and starts again after a long life", () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 8 }, () => policy.delayAfter(lived(999)));
    assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    assert.equal(policy.delayAfter(lived(1000)), 0);
    assert.equal(policy.delayAfter(lived(999)), 100);
  });

  it("gives up at the fifth death before ready within 60 s", () => {
    const policy = new RestartPolicy();
    assert.deepEqual(
      [0, 1, 2, 3, 59_999].map((at) => policy.delayAfter(booting(at))),
      [100, 200, 400, 800, undefined],
    );
  });

  it("does not give up when five such deaths take 60 s or longer", () => {
    const policy = new RestartPolicy();
    for (const at of [0, 1, 2, 3, 60_000]) assert.notEqual(policy.delayAfter(booting(at)), undefined);
    assert.notEqual(policy.delayAfter(lived(0, 60_000)), undefined, "a worker that was ready does not count");
  });
});
