/**
 * Finds the head of a request in the bytes of a connection and parses it line by line.
 *
 * The scan goes on where it stopped, so a head that comes byte by byte costs linear time and gives the same
 * result as one that comes whole (rows L1 to L3, F7 of the acceptance table).
 */
import type { ErrorCode } from "../errors/catalogue.ts";
import { FieldBlock, isLineByte } from "./field-block.ts";
import { readLatin1 } from "./latin1.ts";
import type { ServerLimits } from "./limits.ts";
import type { RequestLine } from "./request-line.ts";
import { findMethodFault, parseRequestLine } from "./request-line.ts";

const CR = 0x0d;
const LF = 0x0a;
const emptyLinesMax = 5;
/** Longest request line without its target: a method of 32 bytes, a space and ` HTTP/1.1`. */
const lineMarginBytes = 32 + 1 + 9;

/** Parser of heads on one connection. */
export class HeadParser {
  /** The parsed request line; null while it is not complete. */
  line: RequestLine | null = null;
  /** The parsed fields; complete when `parse` gave true. */
  block: FieldBlock | null = null;
  /** The rule that was broken. */
  fault: ErrorCode | undefined;
  readonly #limits: Required<ServerLimits>;
  readonly #scheme: "http" | "https";
  #lastBlock: FieldBlock | null = null;
  #headStart = 0;
  #lineStart = 0;
  #scan = 0;
  #emptyLines = 0;

  constructor(limits: Required<ServerLimits>, scheme: "http" | "https") {
    this.#limits = limits;
    this.#scheme = scheme;
  }

  /** Starts a new head at an offset. */
  start(offset: number): void {
    this.line = null;
    this.block = null;
    this.#headStart = offset;
    this.#lineStart = offset;
    this.#scan = offset;
    this.#emptyLines = 0;
  }

  /** Forgets the fields of the last request, so that an idle connection holds no buffer. */
  forget(): void {
    this.line = null;
    this.block = null;
    this.#lastBlock = null;
  }

  /** The same bytes are now in a larger buffer at the same offsets. */
  moveTo(buffer: Buffer): void {
    this.block?.moveTo(buffer);
  }

  /** Offset of the first byte behind what was parsed. */
  get position(): number {
    return this.#lineStart;
  }

  /** Whether the method is HEAD, also of a head that is not complete or broke a rule. */
  isHead(buffer: Buffer | null, end: number): boolean {
    if (this.line !== null) return this.line.method === "HEAD";
    return buffer !== null && end - this.#headStart >= 5 && readLatin1(buffer, this.#headStart, this.#headStart + 5) === "HEAD ";
  }

  /** Parses up to `end`; true when the head is complete. When it is false, `fault` tells whether a rule was broken. */
  parse(buffer: Buffer, end: number): boolean {
    if (this.line === null && !this.#parseLine(buffer, end)) return false;
    const line = this.line!;
    if (this.block === null) {
      const last = this.#lastBlock;
      // Requests of one client mostly repeat their fields: equal bytes have an equal meaning.
      if (
        last !== null &&
        last.minor === line.minor &&
        line.absolute === null &&
        last.isRepeatedAt(buffer, this.#lineStart, end) &&
        this.#lineStart - this.#headStart + last.lengthBytes <= this.#limits.headBytesMax
      ) {
        this.block = last;
        this.#lineStart += last.lengthBytes;
        return true;
      }
      this.block = new FieldBlock(buffer, this.#lineStart, line.minor);
    }
    return this.#parseFields(buffer, end, this.block);
  }

  #parseLine(buffer: Buffer, end: number): boolean {
    const { targetBytesMax } = this.#limits;
    for (;;) {
      const lineEnd = this.#scanLine(buffer, end, targetBytesMax + lineMarginBytes, "E_TARGET_TOO_LONG");
      if (lineEnd === -1) {
        // If the method makes the line too long, the error is not about the target.
        if (this.fault === "E_TARGET_TOO_LONG" || this.fault === "E_HEAD_TOO_LARGE")
          this.fault = findMethodFault(buffer, this.#lineStart, this.#scan) ?? this.fault;
        return false;
      }
      const start = this.#lineStart;
      this.#next(lineEnd);
      if (lineEnd === start) {
        this.#headStart = this.#lineStart;
        if (++this.#emptyLines > emptyLinesMax) return this.#fail("E_HEAD_EMPTY_LINES");
        continue;
      }
      const line = parseRequestLine(buffer, start, lineEnd, targetBytesMax);
      if (typeof line === "string") return this.#fail(line);
      this.line = line;
      return true;
    }
  }

  #parseFields(buffer: Buffer, end: number, block: FieldBlock): boolean {
    const { fieldBytesMax, fieldCountMax } = this.#limits;
    for (;;) {
      const lineEnd = this.#scanLine(buffer, end, fieldBytesMax, "E_HEAD_TOO_LARGE");
      if (lineEnd === -1) return false;
      const start = this.#lineStart;
      this.#next(lineEnd);
      const fault = lineEnd === start ? block.finish(this.#lineStart, this.#scheme) : block.addLine(start, lineEnd, fieldCountMax);
      if (fault !== undefined) return this.#fail(fault);
      if (lineEnd !== start) continue;
      this.#lastBlock = this.line!.absolute === null ? block : null;
      return true;
    }
  }

  #next(lineEnd: number): void {
    this.#lineStart = lineEnd + 2;
    this.#scan = lineEnd + 2;
  }

  #fail(fault: ErrorCode): false {
    this.fault = fault;
    return false;
  }

  /** Finds the CR of the next CR LF; -1 when it is not here, or a byte or a length is against the rules. */
  #scanLine(buffer: Buffer, end: number, lineBytesMax: number, overLine: ErrorCode): number {
    const lineLimit = this.#lineStart + lineBytesMax;
    const headLimit = this.#headStart + this.#limits.headBytesMax - 2;
    const limit = Math.min(lineLimit, headLimit);
    const stop = Math.min(end, limit + 1);
    let index = this.#scan;
    while (index < stop && isLineByte(buffer[index]!)) index++;
    this.#scan = index;
    if (index > limit) return this.#stop(lineLimit <= headLimit ? overLine : "E_HEAD_TOO_LARGE");
    if (index === end) return -1;
    const byte = buffer[index]!;
    if (byte !== CR) return this.#stop(byte === LF ? "E_LINE_END_FORBIDDEN" : "E_HEAD_BYTE_FORBIDDEN");
    if (index + 1 === end) return -1;
    return buffer[index + 1] === LF ? index : this.#stop("E_LINE_END_FORBIDDEN");
  }

  #stop(fault: ErrorCode): -1 {
    this.fault = fault;
    return -1;
  }
}
