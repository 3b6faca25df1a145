import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EventFields } from "./event-parser.ts";
import { EventParser } from "./event-parser.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Parses a stream that arrives in these pieces. */
function parse(...pieces: readonly Uint8Array[]): EventFields[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const cases: ReadonlyArray<readonly [name: string, text: string, events: readonly EventFields[]]> = [
  ["a name, an id and data of several lines", "event: a\nid: 1\ndata: x\ndata:  y\n\n", [{ event: "a", id: "1", data: "x\n y" }]],
  [
    "the id of the event before",
    "id: 1\ndata: a\n\ndata: b\n\n",
    [
      { event: "message", id: "1", data: "a" },
      { event: "message", id: "1", data: "b" },
    ],
  ],
  ["comments, unknown fields, and fields without a colon", ":\n\nretry: 5\nx: y\ndata\n\n", [{ event: "message", id: "", data: "" }]],
  ["no event without data, and only its id", "event: a\nid: 7\n\ndata: é\n\n", [{ event: "message", id: "7", data: "é" }]],
  ["every end of a line", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\r", [{ event: "message", id: "", data: "a\nb\nc" }]],
  ["no event that has not ended", "data: a\n", []],
  ["an id without NUL only", "id: a\0b\ndata: x\n\n", [{ event: "message", id: "", data: "x" }]],
];

describe("EventParser", () => {
  for (const [name, text, events] of cases)
    it(`reads ${name}, wherever the stream is split`, () => {
      const bytes = bytesOf(text);
      assert.deepEqual(parse(bytes), events);
      for (let at = 0; at <= bytes.length; at++)
        assert.deepEqual(parse(bytes.subarray(0, at), bytes.subarray(at)), events, `split at ${at}`);
      assert.deepEqual(parse(...[...bytes].map((byte) => Uint8Array.of(byte))), events);
    });
});
