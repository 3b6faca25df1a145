/**
 * What a client may send on a WebSocket and what the server does, written from RFC 6455 (sections 5 and 7) and the registry of close codes.
 * The route of the cases sends back each message. `expected` are the messages that come back, then the close code.
 */
import { frame } from "./serving.ts";

/** One case. */
export interface FrameCase {
  readonly section: string;
  readonly title: string;
  readonly frames: readonly Buffer[];
  /** What comes back: texts as they are, bytes as hex after "0x", pongs after "pong:". */
  readonly expected: readonly string[];
  /** Close code; undefined when the socket stays open. */
  readonly code?: number;
}

const [continuation, text, binary, close, ping, pong] = [0, 1, 2, 8, 9, 10];
const closing = (code: number, reason: string | Uint8Array = ""): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frame(close, Buffer.concat([head, Buffer.from(reason as string)])); // Both kinds are taken.
};
const part = (opcode: number, payload: string | Uint8Array): Buffer => frame(opcode, payload, { fin: false });

type Row = readonly [section: string, title: string, frames: readonly Buffer[], expected: readonly string[], code?: number];

const rows: readonly Row[] = [
  ["5.2", "a text message message", [frame(text, "hello")], ["hello"]],
  ["5.2", "an empty text", [frame(text)], [""]],
  ["5.2", "bytes", [frame(binary, new Uint8Array([0, 255, 128]))], ["0x00ff80"]],
  ["5.2", "empty bytes", [frame(binary)], ["0x"]],
  ["5.2", "a text message of 125 bytes, the longest with a length of 7 bits", [frame(text, "a".repeat(125))], ["a".repeat(125)]],
  ["5.2", "a text message of 126 bytes, with a length of 16 bits", [frame(text, "a".repeat(126))], ["a".repeat(126)]],
  ["5.2", "a text message of 65,535 bytes", [frame(text, "a".repeat(65_535))], ["a".repeat(65_535)]],
  ["5.2", "a text message of 65,536 bytes, with a length of 64 bits", [frame(text, "a".repeat(65_536))], ["a".repeat(65_536)]],
  ["5.2", "two texts in one write", [frame(text, "one"), frame(text, "two")], ["one", "two"]],
  ["5.2", "reserved bit 1 without an extension", [frame(text, "a", { rsv: 4 })], [], 1002],
  ["5.2", "reserved bit 2", [frame(text, "a", { rsv: 2 })], [], 1002],
  ["5.2", "reserved bit 3", [frame(text, "a", { rsv: 1 })], [], 1002],
  ["5.2", "all reserved bits on a ping", [frame(ping, "", { rsv: 7 })], [], 1002],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): Row => ["5.2", `reserved opcode ${opcode}`, [frame(opcode, "a")], [], 1002]),
  ["5.1", "a frame without a mask", [frame(text, "a", { isMasked: false })], [], 1002],
  ["5.1", "a ping without a mask", [frame(ping, "", { isMasked: false })], [], 1002],
  ["5.4", "a text message in two frames", [part(text, "hel"), frame(continuation, "lo")], ["hello"]],
  ["5.4", "a text message in three frames, one empty", [part(text, ""), part(continuation, "a"), frame(continuation, "b")], ["ab"]],
  ["5.4", "a ping between two frames of a text message", [part(text, "a"), frame(ping, "x"), frame(continuation, "b")], ["pong:x", "ab"]],
  ["5.4", "a continuation of nothing", [frame(continuation, "a")], [], 1002],
  ["5.4", "an unfinished continuation of nothing", [part(continuation, "a")], [], 1002],
  ["5.4", "a text message before the last one has ended", [part(text, "a"), frame(text, "b")], [], 1002],
  ["5.4", "bytes before a text message has ended", [part(text, "a"), frame(binary, "b")], [], 1002],
  ["5.4", "a message, then a continuation of nothing", [frame(text, "a"), frame(continuation, "b")], ["a"], 1002],
  ["5.5", "a ping in two frames", [part(ping, "a")], [], 1002],
  ["5.5", "a pong in two frames", [part(pong, "a")], [], 1002],
  ["5.5", "a close in two frames", [part(close, "")], [], 1002],
  ["5.5", "a ping of 125 bytes", [frame(ping, "p".repeat(125))], [`pong:${"p".repeat(125)}`]],
  ["5.5", "a ping of 126 bytes", [frame(ping, "p".repeat(126))], [], 1002],
  ["5.5", "a close of 126 bytes", [frame(close, "p".repeat(126))], [], 1002],
  ["5.5.2", "an empty ping", [frame(ping)], ["pong:"]],
  ["5.5.2", "a ping with bytes that are not UTF-8", [frame(ping, new Uint8Array([0xff]))], ["pong:\u00ff"]],
  ["5.5.3", "a pong that nobody asked for", [frame(pong, "x"), frame(text, "a")], ["a"]],
  ["5.6", "a text message that is not UTF-8", [frame(text, new Uint8Array([0xff, 0xfe]))], [], 1007],
  ["5.6", "a text message with an overlong form", [frame(text, new Uint8Array([0xc0, 0xaf]))], [], 1007],
  ["5.6", "a text message with a surrogate", [frame(text, new Uint8Array([0xed, 0xa0, 0x80]))], [], 1007],
  ["5.6", "a text message with a code point above 10FFFF", [frame(text, new Uint8Array([0xf4, 0x90, 0x80, 0x80]))], [], 1007],
  ["5.6", "a text message that ends inside a character", [frame(text, new Uint8Array([0xe2, 0x82]))], [], 1007],
  ["5.6", "a character in two frames", [part(text, new Uint8Array([0xe2, 0x82])), frame(continuation, new Uint8Array([0xac]))], ["\u20ac"]],
  ["5.6", "a text message with NUL", [frame(text, "a\0b")], ["a\0b"]],
  ["5.5.1", "a close without a code", [frame(close)], [], 1005],
  ["5.5.1", "a close of one byte", [frame(close, "a")], [], 1002],
  ["5.5.1", "a text message after a close is not read", [closing(1000), frame(text, "late")], [], 1000],
  ["7.4", "a close with a reason", [closing(1000, "bye")], [], 1000],
  ["7.4", "a close with a reason that is not UTF-8", [closing(1000, new Uint8Array([0xff]))], [], 1007],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code): Row => [
    "7.4",
    `a close with ${code}`,
    [closing(code)],
    [],
    code,
  ]),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): Row => [
    "7.4",
    `a close with ${code}, which nobody may send`,
    [closing(code)],
    [],
    1002,
  ]),
  ["10.4", "a text message of 1 MiB, the largest", [frame(text, "a".repeat(1_048_576))], ["a".repeat(1_048_576)]],
  ["10.4", "a text message of 1 MiB and one byte", [frame(text, "", { length: 1_048_577 })], [], 1009],
  ["10.4", "frames of 1 MiB and one byte together", [part(text, "a".repeat(1_048_576)), frame(continuation, "a")], [], 1009],
  [
    "10.4",
    "1,000 fragments, the most",
    [part(text, "a"), ...Array.from({ length: 998 }, () => part(continuation, "")), frame(continuation, "b")],
    ["ab"],
  ],
  [
    "10.4",
    "1,001 fragments",
    [part(text, "a"), ...Array.from({ length: 999 }, () => part(continuation, "")), frame(continuation, "b")],
    [],
    1008,
  ],
];

/** All cases. */
export const frameCases: readonly FrameCase[] = rows.map(([section, title, frames, expected, code]) => ({
  section,
  title,
  frames,
  expected,
  ...(code === undefined ? {} : { code }),
}));
