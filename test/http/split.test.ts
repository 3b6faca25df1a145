/** Split invariance: the parsers give the same result for every split of their input. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChunkedDecoder } from "../../src/server/chunked-decoder.ts";
import { HeadParser } from "../../src/server/head-parser.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { wireCases } from "./cases/index.ts";

/** Feeds a head in pieces; gives the fault, or what was understood and where it ended. */
function parseHead(pieces: readonly Buffer[]): unknown {
  const parser = new HeadParser(defaultLimits, "http");
  const buffer = Buffer.alloc(pieces.reduce((total, piece) => total + piece.length, 0));
  let end = 0;
  parser.start(0);
  for (const piece of pieces) {
    piece.copy(buffer, end);
    end += piece.length;
    if (parser.parse(buffer, end)) {
      const { line, block } = parser;
      const { framing, contentLength, authority, isClose, isKeepAlive, isExpecting } = block!;
      return { line, fields: [...block!], framing, contentLength, authority, isClose, isKeepAlive, isExpecting, position: parser.position };
    }
    if (parser.fault !== undefined) return parser.fault;
  }
  return "incomplete";
}

function decodeChunks(pieces: readonly Buffer[]): unknown {
  const decoder = new ChunkedDecoder(defaultLimits);
  let data = "";
  let consumed = 0;
  for (const piece of pieces) {
    consumed += decoder.decode(piece, 0, (part) => (data += part.toString("latin1")));
    if (decoder.isDone || decoder.fault !== undefined) break;
  }
  // Where a fault is found, the data before it has been given out, in whatever pieces.
  return {
    data,
    fault: decoder.fault,
    isDone: decoder.isDone,
    trailers: [...decoder.trailers],
    consumed: decoder.isDone ? consumed : undefined,
  };
}

function splits(bytes: Buffer): Buffer[][] {
  const all: Buffer[][] = [[...bytes].map((byte) => Buffer.from([byte]))];
  const step = bytes.length > 2000 ? Math.ceil(bytes.length / 97) : 1;
  for (let at = 1; at < bytes.length; at += step) all.push([bytes.subarray(0, at), bytes.subarray(at)]);
  return all;
}

describe("split invariance", () => {
  it("holds for every head of the cases", () => {
    for (const { id, send } of wireCases) {
      const bytes = Buffer.from(send, "latin1");
      const whole = parseHead([bytes]);
      for (const pieces of splits(bytes)) assert.deepEqual(parseHead(pieces), whole, `${id} split at ${pieces[0]!.length}`);
    }
  });

  it("holds for every chunked body of the cases", () => {
    let count = 0;
    for (const { id, send } of wireCases) {
      if (!/chunked\r\n\r\n/i.test(send)) continue;
      const bytes = Buffer.from(send.slice(send.indexOf("\r\n\r\n") + 4), "latin1");
      if (bytes.length === 0) continue;
      count++;
      const whole = decodeChunks([bytes]);
      for (const pieces of splits(bytes)) assert.deepEqual(decodeChunks(pieces), whole, `${id} split at ${pieces[0]!.length}`);
    }
    assert.ok(count > 40);
  });
});
