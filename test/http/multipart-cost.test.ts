/**
 * What reading a hostile multipart body costs, counted in bytes that are searched and copied: four times as much for a body four times
 * as long. `GABLE_FAULTS=long` reads bodies of 1 and 4 MiB.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isGableError } from "gable";
import { readMultipart } from "gable/http";

const bytesOfOne = process.env["GABLE_FAULTS"] === "long" ? 1_048_576 : 131_072;
/** 70 characters: the longest. */
const boundary = "B".repeat(70);
const type = `multipart/form-data; boundary=${boundary}`;
const fileHead = `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n`;
const fieldHead = (name: string): string => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;

/** Fills a body of some size with a repeated text. */
const fill = (text: string) => (bytes: number) => fileHead + text.repeat(Math.ceil(bytes / text.length));
const bodies: Readonly<Record<string, (bytes: number) => string>> = {
  "a file without line ends": fill("x"),
  "a file of carriage returns": fill("\r"),
  "a file of line ends": fill("\r\n"),
  "a file of starts of boundaries": fill("\r\n--"),
  "a file of boundaries without their last character": fill(`\r\n--${boundary.slice(1)}`),
  "a file of boundaries with another last character": fill(`\r\n--${boundary.slice(1)}C`),
  "many small parts": (bytes) => `${fieldHead("a")}1\r\n`.repeat(Math.ceil(bytes / fieldHead("a").length)),
  "parts with long headers": (bytes) => {
    const part = `--${boundary}\r\nX: ${"y".repeat(8000)}\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n`;
    return part.repeat(Math.ceil(bytes / part.length));
  },
  "a header without an end": (bytes) => `--${boundary}\r\n${"X\r\n".repeat(bytes / 3)}`,
  "a preamble without an end": (bytes) => "\r\n-".repeat(bytes / 3),
  "an epilogue without an end": (bytes) => `${fieldHead("a")}1\r\n--${boundary}--${"\r\n".repeat(bytes / 2)}`,
};

/** Ways to cut a body: pieces of one length, or one large piece before small ones. */
const cuts: Readonly<Record<string, (body: Buffer) => Generator<Buffer>>> = {
  "pieces of 32 bytes": (body) => pieces(body, 32),
  "pieces of 64 KiB": (body) => pieces(body, 65_536),
  "one piece": (body) => pieces(body, body.length),
  "an eighth of it, then pieces of 32 bytes": function* (body) {
    const first = body.length / 8;
    yield body.subarray(0, first);
    yield* pieces(body.subarray(first), 32);
  },
};

function* pieces(body: Buffer, length: number): Generator<Buffer> {
  for (let start = 0; start < body.length; start += length) yield body.subarray(start, start + length);
}

/** Bytes that were searched or copied. */
let count = 0;
const { indexOf, set, slice } = Uint8Array.prototype;

/** Reads a body as a form does, and gives what it cost. */
async function costOf(create: (bytes: number) => string, cut: (body: Buffer) => Generator<Buffer>, bytes: number): Promise<number> {
  const body = Buffer.from(create(bytes), "latin1");
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* cut(body);
  }
  count = 0;
  try {
    for await (const part of readMultipart(source(), type)) for await (const chunk of part.chunks()) count += chunk.length;
    assert.fail("No body has an end.");
  } catch (error) {
    if (!isGableError(error)) throw error;
    assert.match(error.code, /^E_MULTIPART_(?:MALFORMED|TOO_LARGE)$/);
  }
  return count;
}

describe("hostile multipart bodies", () => {
  before(() => {
    Object.assign(Uint8Array.prototype, {
      indexOf(this: Uint8Array, ...args: Parameters<typeof indexOf>): number {
        const found = indexOf.apply(this, args);
        count += (found === -1 ? this.length : found) - (args[1] ?? 0) + 1;
        return found;
      },
      set(this: Uint8Array, ...args: Parameters<typeof set>): void {
        count += args[0].length;
        set.apply(this, args);
      },
      slice(this: Uint8Array, ...args: Parameters<typeof slice>): Uint8Array {
        const copy = slice.apply(this, args);
        count += copy.length;
        return copy;
      },
    });
  });
  after(() => void Object.assign(Uint8Array.prototype, { indexOf, set, slice }));

  for (const [what, create] of Object.entries(bodies))
    for (const [how, cut] of Object.entries(cuts))
      it(`cost at most 4.5 times as much when they are four times as long, and 16 steps for a byte: ${what}, in ${how}`, async () => {
        const [one, four] = [await costOf(create, cut, bytesOfOne), await costOf(create, cut, 4 * bytesOfOne)];
        assert.ok(one > 0);
        assert.ok(one <= 16 * bytesOfOne, `${one / bytesOfOne} steps for a byte`);
        assert.ok(four <= 4.5 * one, `${one} steps for one length, ${four} for four`);
      });
});
