import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { resolveLimits } from "./limits.ts";
import { LingeringClose } from "./lingering-close.ts";

/** A close of a socket that the test plays, on a clock that the test moves. */
function create({ totalMs = 10_000, isPeerDone = false, unsentBytes = 500 } = {}) {
  const socket = { writableLength: unsentBytes, onSent: (): void => undefined, destroyed: 0, resumed: 0 };
  const clock = { now: 0, after: (durationMs: number): number => clock.now + durationMs };
  // The close asks for nothing else of a socket.
  const played = {
    get writableLength() {
      return socket.writableLength;
    },
    end: (onSent: () => void) => (socket.onSent = onSent),
    resume: () => socket.resumed++,
    destroy: () => socket.destroyed++,
  } as unknown as Socket;
  const limits = resolveLimits({ drainIdleMs: 50, replyStallMs: 1000, lingerBytesMax: 100 });
  return { socket, clock, close: new LingeringClose(played, { limits, clock, totalMs, isPeerDone }) };
}

describe("LingeringClose", () => {
  it("gives the client time for the reply, then for its own end", () => {
    const { socket, clock, close } = create({ totalMs: 400 });
    assert.deepEqual([close.deadline, socket.resumed], [1000, 1]);
    clock.now = 600;
    socket.onSent();
    assert.equal(close.deadline, 650);
    clock.now = 640;
    close.discard(1);
    assert.equal(close.deadline, 690);
    clock.now = 980;
    close.discard(1);
    assert.equal(close.deadline, 1000, "all of it ends 400 ms after the reply");
    assert.equal(socket.destroyed, 0);
    close.check();
    assert.equal(socket.destroyed, 1);
  });

  it("waits no longer for silence than in all", () => {
    const { socket, close } = create({ totalMs: 30 });
    socket.onSent();
    assert.equal(close.deadline, 30);
  });

  it("goes on while the client takes the reply, and ends when it takes nothing", () => {
    const { socket, clock, close } = create({ unsentBytes: 500 });
    clock.now = 1000;
    socket.writableLength = 499;
    close.check();
    assert.deepEqual([socket.destroyed, close.deadline], [0, 2000]);
    clock.now = 2000;
    close.check();
    assert.equal(socket.destroyed, 1);
  });

  it("reads as many bytes as the limit says, and not one more", () => {
    const { socket, clock, close } = create();
    clock.now = 10;
    close.discard(60);
    assert.equal(close.deadline, 1000, "the reply is not sent yet");
    close.discard(40);
    assert.equal(socket.destroyed, 0);
    close.discard(1);
    assert.equal(socket.destroyed, 1);
  });

  it("closes when both sides have ended, in either order", () => {
    const first = create();
    first.close.onPeerEnd();
    assert.equal(first.socket.destroyed, 0);
    first.socket.onSent();
    assert.equal(first.socket.destroyed, 1);
    const second = create();
    second.socket.onSent();
    assert.equal(second.socket.destroyed, 0);
    second.close.onPeerEnd();
    assert.equal(second.socket.destroyed, 1);
  });

  it("reads nothing more of a client that has ended its side before", () => {
    const { socket } = create({ isPeerDone: true });
    assert.equal(socket.resumed, 0);
    socket.onSent();
    assert.equal(socket.destroyed, 1);
  });
});
