import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GableError } from "../errors/gable-error.ts";
import { EngineBody } from "./engine-body.ts";
import { resolveLimits } from "./limits.ts";

/** A body whose bytes the test pushes; it counts what it asks of its connection. */
function create(lengthBytes: number | undefined, bytesMax = 1_000_000) {
  const asked = { reads: 0, takes: 0 };
  const connection = { onBodyRead: () => void asked.reads++, onBodyTaken: () => void asked.takes++ };
  return { asked, body: new EngineBody(connection, lengthBytes, bytesMax, resolveLimits({})) };
}

/** Lengths of the pieces that a reader gets. */
async function readPieces(body: EngineBody): Promise<number[]> {
  const lengths: number[] = [];
  for await (const piece of body.chunks()) lengths.push(piece.length);
  return lengths;
}
const bytes = (length: number): Buffer => Buffer.alloc(length, 97);

describe("EngineBody", () => {
  it("ends at its length, and leaves what comes after it", async () => {
    const { body } = create(5);
    assert.deepEqual([body.push(Buffer.from("xxabc"), 2), body.isComplete, body.receivedBytes], [5, false, 3]);
    assert.deepEqual([body.push(Buffer.from("deGET"), 0), body.isComplete, body.receivedBytes, body.unreadBytes], [2, true, 5, 5]);
    assert.deepEqual([body.push(Buffer.from("GET"), 0), body.receivedBytes], [0, 5]);
    assert.equal(Buffer.from(await body.read()).toString(), "abcde");
    assert.equal(body.unreadBytes, 0);
  });

  it("joins slices of at most 4,096 bytes, up to 16,384 together, and keeps larger ones apart", async () => {
    const small = create(40_000).body;
    for (let index = 0; index < 9; index++) small.push(bytes(4096), 0);
    small.push(bytes(40_000 - 9 * 4096), 0);
    assert.deepEqual(await readPieces(small), [16_384, 16_384, 7232]);
    const full = create(16_384 + 2).body;
    for (const length of [4096, 4096, 4096, 4096, 1, 1]) full.push(bytes(length), 0);
    assert.deepEqual(await readPieces(full), [16_384, 2]);
    const mixed = create(4 + 4097 + 4096 + 1).body;
    for (const length of [4, 4097, 4096, 1]) mixed.push(bytes(length), 0);
    assert.deepEqual(await readPieces(mixed), [4, 4097, 4097]);
  });

  it("keeps the bytes in order when joined slices grow", async () => {
    const text = Array.from({ length: 3000 }, (_, index) => String(index)).join(" ");
    const { body } = create(text.length);
    for (let from = 0; from < text.length; from += 701) body.push(Buffer.from(text.slice(from, from + 701)), 0);
    assert.equal(Buffer.from(await body.read()).toString(), text);
  });

  for (const read of ["read", "chunks"] as const) {
    const readAll = async (body: EngineBody, bytesMax?: number): Promise<unknown> => {
      const options = bytesMax === undefined ? undefined : { bytesMax };
      if (read === "read") return body.read(options);
      const pieces: Uint8Array[] = [];
      for await (const piece of body.chunks(options)) pieces.push(piece);
      return pieces;
    };

    it(`takes as many bytes as its limit says, and not one more, by ${read}()`, async () => {
      for (const [lengthBytes, own, called] of [
        [10, 10, undefined],
        [10, 1, 10],
        [11, 10, undefined],
        [11, 100, 10],
      ] as const) {
        const { body } = create(lengthBytes, own);
        body.push(bytes(lengthBytes), 0);
        if (lengthBytes === 10) await assert.doesNotReject(readAll(body, called));
        else await assert.rejects(readAll(body, called), { code: "E_BODY_TOO_LARGE" });
      }
      for (const count of [10, 11]) {
        const { body } = create(undefined, 10);
        body.push(Buffer.from(`${count.toString(16)}\r\n${"a".repeat(count)}\r\n0\r\n\r\n`), 0);
        if (count === 10) await assert.doesNotReject(readAll(body));
        else await assert.rejects(readAll(body), { code: "E_BODY_TOO_LARGE" });
      }
    });

    it(`is used once by ${read}(), and tells its connection what is asked and taken`, async () => {
      const { body, asked } = create(2);
      const waiting = readAll(body);
      assert.deepEqual([body.isUsed, asked.reads], [true, 1]);
      await assert.rejects(readAll(body), { code: "E_BODY_USED" });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(body.isAwaited, true);
      body.push(bytes(1), 0);
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([asked.takes, body.unreadBytes], [1, 0]);
      body.push(bytes(1), 0);
      await waiting;
      assert.deepEqual([asked, body.isAwaited], [{ reads: 1, takes: 1 }, false]);
    });

    it(`gives what came before an error, then the error, by ${read}()`, async () => {
      const { body } = create(10);
      body.push(bytes(3), 0);
      const first = new GableError("E_CLIENT_GONE", "The client closed the connection.");
      body.fail(first);
      body.fail(new GableError("E_BODY_TIMEOUT", "Too late."));
      assert.equal(body.error, first);
      await assert.rejects(readAll(body), { code: "E_CLIENT_GONE" });
    });
  }

  it("cannot fail when it is complete, and fails where its chunks are malformed", async () => {
    const whole = create(1).body;
    whole.push(bytes(1), 0);
    whole.fail(new GableError("E_CLIENT_GONE", "The client closed the connection."));
    assert.equal(whole.error, null);
    const chunked = create(undefined).body;
    chunked.push(Buffer.from("zz\r\n"), 0);
    assert.match(chunked.error?.code ?? "", /^E_CHUNK/);
    await assert.rejects(chunked.read(), { status: 400 });
  });

  it("counts and drops what nobody will read", () => {
    const { body } = create(10_000);
    body.push(bytes(5000), 0);
    body.push(bytes(10), 0);
    body.discard();
    body.push(bytes(4990), 0);
    assert.deepEqual([body.unreadBytes, body.receivedBytes, body.isComplete, body.isDiscarding], [0, 10_000, true, true]);
  });

  it("has no trailers before they come", () => {
    assert.deepEqual([...create(1).body.trailers], []);
    assert.deepEqual([...create(undefined).body.trailers], []);
  });
});
