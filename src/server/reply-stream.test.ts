import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { ReplyStream } from "./reply-stream.ts";

/** A socket that takes everything, or nothing more while it is full. */
class PlayedSocket extends EventEmitter {
  readonly writes: Buffer[] = [];
  writableNeedDrain = false;
  isFull = false;
  write(data: string | Uint8Array): boolean {
    this.writes.push(Buffer.from(data as Uint8Array)); // Buffer takes both.
    this.writableNeedDrain = this.isFull;
    return !this.isFull;
  }
  cork(): void {}
  uncork(): void {}
  empty(): void {
    this.isFull = false;
    this.writableNeedDrain = false;
    this.emit("drain");
  }
  get text(): string {
    return Buffer.concat(this.writes).toString("latin1");
  }
}

function create(options: { lengthBytes?: number; isChunked?: boolean } = {}): { socket: PlayedSocket; stream: ReplyStream } {
  const socket = new PlayedSocket();
  const { lengthBytes, isChunked = false } = options;
  const wheel = { after: (durationMs: number): number => durationMs };
  // A stream asks for nothing else of a socket.
  return { socket, stream: new ReplyStream(socket as unknown as Socket, { lengthBytes, isChunked, stallMs: 1000, wheel }) };
}

async function* pieces(...values: ReadonlyArray<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  yield* values;
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("ReplyStream", () => {
  for (const [promised, text, error] of [
    [4, "aéb", undefined],
    [0, "", undefined],
    [undefined, "abc", undefined],
    [5, "aéb", "The reply promised 5 bytes and gave 4."],
    [3, "aéb", "The reply promised 3 bytes and gave at least 4."],
  ] as const)
    it(`${error === undefined ? "sends" : "fails for"} ${JSON.stringify(text)} with a promise of ${promised} bytes`, async () => {
      const { socket, stream } = create(promised === undefined ? {} : { lengthBytes: promised });
      const failure = await stream.send(pieces(text));
      assert.equal((failure?.error as Error | undefined)?.message, error); // What spoils a reply is an error here.
      if (error === undefined) assert.equal(Buffer.concat(socket.writes).toString(), text);
    });

  it("writes at most 65,536 bytes at a time, each as a chunk where it is chunked", async () => {
    const bytes = new Uint8Array(65_537).fill(97);
    const plain = create();
    assert.equal(await plain.stream.send(pieces(bytes, bytes.subarray(0, 65_536))), undefined);
    assert.deepEqual(
      plain.socket.writes.map(({ length }) => length),
      [65_536, 1, 65_536],
    );
    const chunked = create({ isChunked: true });
    assert.equal(await chunked.stream.send(pieces(bytes, "", "é")), undefined);
    assert.equal(chunked.socket.text, `10000\r\n${"a".repeat(65_536)}\r\n1\r\na\r\n2\r\n\u00c3\u00a9\r\n0\r\n\r\n`);
  });

  for (const isChunked of [false, true])
    it(`waits while the client takes nothing, and is stalled after its time (chunked: ${isChunked})`, async () => {
      const { socket, stream } = create({ isChunked });
      socket.isFull = true;
      const sent = stream.send(pieces("a", "b"));
      await turn();
      const before = socket.writes.length;
      assert.deepEqual([stream.isStalled(999), stream.isStalled(1000)], [false, true]);
      await turn();
      assert.equal(socket.writes.length, before);
      socket.empty();
      assert.equal(await sent, undefined);
      assert.ok(socket.writes.length > before);
      assert.equal(stream.isStalled(Number.MAX_SAFE_INTEGER), false);
    });

  it("writes nothing more when the connection has closed, and closes its source", async () => {
    const { socket, stream } = create({ isChunked: true });
    let isClosed = false;
    socket.isFull = true;
    const source = async function* (): AsyncGenerator<string> {
      try {
        for (;;) yield "a";
      } finally {
        isClosed = true;
      }
    };
    const sent = stream.send(source());
    await turn();
    stream.stop();
    assert.equal(await sent, undefined);
    assert.deepEqual([socket.text, isClosed], ["1\r\na\r\n", true]);
  });

  it("does not end the last chunk of a stream that was stopped", async () => {
    const { socket, stream } = create({ isChunked: true });
    socket.isFull = true;
    const sent = stream.send(pieces("a"));
    await turn();
    stream.stop();
    assert.equal(await sent, undefined);
    assert.equal(socket.text, "1\r\na\r\n");
  });

  it("gives the error of its source, also where there is none", async () => {
    const planned = new Error("planned");
    for (const [thrown, message] of [
      [planned, "planned"],
      [undefined, "The stream failed without a reason."],
    ] as const) {
      const { socket, stream } = create({ isChunked: true });
      const source = async function* (): AsyncGenerator<string> {
        yield "a";
        throw thrown;
      };
      assert.equal(((await stream.send(source()))!.error as Error).message, message); // Always an error here.
      assert.equal(socket.text, "1\r\na\r\n");
    }
  });
});
