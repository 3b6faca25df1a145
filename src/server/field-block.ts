/**
 * The header fields of a request, parsed in place: names are recognised by their bytes, values stay offsets until
 * they are read (rows F1 to F8, H1, H2, C1 to C3 of the acceptance table).
 *
 * A block is immutable once it is finished, so a connection whose next request has the same bytes uses it again.
 */
import type { ErrorCode } from "../errors/catalogue.ts";
import { parseAuthority, toAuthorityText } from "../http/authority.ts";
import { FIELD_VALUE, TOKEN, byteClasses } from "../http/byte-classes.ts";
import { trimBlanks } from "../http/media-type.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { KnownField } from "../http/known-fields.ts";
import { framingTwins, joinFieldLines, knownFields } from "../http/known-fields.ts";
import { readLatin1 } from "./latin1.ts";

/** Known fields by a hash of length, first and last byte; the bytes decide. */
const buckets: Array<KnownField[] | undefined> = createBuckets();

function createBuckets(): Array<KnownField[] | undefined> {
  const table: Array<KnownField[] | undefined> = Array.from({ length: 256 }, () => undefined);
  for (const field of knownFields) {
    const slot = hashName(field.name.length, field.name.charCodeAt(0), field.name.charCodeAt(field.name.length - 1));
    (table[slot] ??= []).push(field);
  }
  return table;
}

function hashName(length: number, first: number, last: number): number {
  return (length * 31 + (first | 0x20) * 7 + (last | 0x20)) & 255;
}

function findKnownField(buffer: Buffer, start: number, end: number): KnownField | undefined {
  const candidates = buckets[hashName(end - start, buffer[start]!, buffer[end - 1]!)];
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) {
    const { name } = candidate;
    if (name.length !== end - start) continue;
    let index = 0;
    // Setting bit 5 lowers letters; it maps no other token character onto a letter or "-".
    while (index < name.length && (buffer[start + index]! | 0x20) === (name.charCodeAt(index) | 0x20)) index++;
    if (index === name.length) return candidate;
  }
  return undefined;
}

/** One field line: its name, and where its value stands. */
interface FieldLine {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Body framing of a message: nothing, a length, or chunks. */
export type Framing = "none" | "length" | "chunked";

/** The fields of one request. */
export class FieldBlock implements HeaderReader {
  #buffer: Buffer;
  /** First byte of the block in its buffer. */
  readonly start: number;
  /** Minor version of the request that it was parsed for: some rules depend on it. */
  readonly minor: 0 | 1;
  /** Bytes of the block, the empty line at its end included; 0 until it is finished. */
  lengthBytes = 0;
  /** How the body is framed. */
  framing: Framing = "none";
  /** Declared length of the body. */
  contentLength = 0;
  /** Authority of Host; "" when absent in HTTP/1.0. */
  authority = "";
  /** Whether `Connection` has `close`, and whether it has `keep-alive`. */
  isClose = false;
  isKeepAlive = false;
  /** Whether the client waits for `100 Continue`. */
  isExpecting = false;
  readonly #lines: FieldLine[] = [];
  #seen = 0;
  #count = 0;
  #replacedHost: string | null = null;

  constructor(buffer: Buffer, start: number, minor: 0 | 1) {
    this.#buffer = buffer;
    this.start = start;
    this.minor = minor;
  }

  /** Points to a larger buffer with the same bytes at the same offsets. */
  moveTo(buffer: Buffer): void {
    this.#buffer = buffer;
  }

  /** Parses one line, without its CR LF; gives the code of the rule that it breaks. */
  addLine(start: number, end: number, fieldCountMax: number): ErrorCode | undefined {
    const buffer = this.#buffer;
    let index = start;
    while (index < end && (byteClasses[buffer[index]!]! & TOKEN) !== 0) index++;
    if (index === start || buffer[index] !== 0x3a || index === end) {
      const isFolded = index === start && (buffer[start] === 0x20 || buffer[start] === 0x09);
      return isFolded && this.#count > 0 ? "E_FIELD_FOLDED" : "E_FIELD_MALFORMED";
    }
    if (++this.#count > fieldCountMax) return "E_HEAD_TOO_LARGE";
    const known = findKnownField(buffer, start, index);
    const nameEnd = index;
    index++;
    while (index < end && (buffer[index] === 0x20 || buffer[index] === 0x09)) index++;
    let valueEnd = end;
    while (valueEnd > index && (buffer[valueEnd - 1] === 0x20 || buffer[valueEnd - 1] === 0x09)) valueEnd--;
    if (known === undefined) return this.#addUnknown(readLatin1(buffer, start, nameEnd).toLowerCase(), index, valueEnd);
    if (known.bit !== 0) {
      if ((this.#seen & known.bit) !== 0) return "E_FIELD_REPEATED";
      this.#seen |= known.bit;
    }
    this.#lines.push({ name: known.name, start: index, end: valueEnd });
    return undefined;
  }

  #addUnknown(name: string, start: number, end: number): ErrorCode | undefined {
    if (name.includes("_")) return framingTwins.has(name) ? "E_FIELD_UNDERSCORE" : undefined;
    if (name.startsWith("sec-fetch-") && this.#lines.some((line) => line.name === name)) return "E_FIELD_REPEATED";
    this.#lines.push({ name, start, end });
    return undefined;
  }

  /** Decides framing, authority and persistence, once; `end` is the offset after the empty line. */
  finish(end: number, scheme: "http" | "https"): ErrorCode | undefined {
    const { minor } = this;
    let hasLength = false;
    let coding: string | null = null;
    let host: string | null = null;
    for (const line of this.#lines) {
      if (line.name === "host") host = this.#slice(line);
      else if (line.name === "content-length") {
        hasLength = true;
        if (!this.#readContentLength(line)) return "E_CONTENT_LENGTH_MALFORMED";
      } else if (line.name === "transfer-encoding") coding = this.#slice(line);
      else if (line.name === "connection") this.#readConnection(this.#slice(line));
      else if (line.name === "expect") {
        if (this.#slice(line).toLowerCase() !== "100-continue") return "E_EXPECTATION_UNKNOWN";
        this.isExpecting = minor === 1;
      }
    }
    this.lengthBytes = end - this.start;
    return this.#finishFraming(hasLength, coding, minor) ?? this.#finishHost(host, minor, scheme);
  }

  #finishFraming(hasLength: boolean, coding: string | null, minor: 0 | 1): ErrorCode | undefined {
    if (coding !== null) {
      if (hasLength || minor === 0) return "E_FRAMING_CONFLICT";
      if (coding.toLowerCase() !== "chunked") return faultOfCoding(coding);
      this.framing = "chunked";
    } else if (hasLength && this.contentLength > 0) this.framing = "length";
    return undefined;
  }

  #finishHost(host: string | null, minor: 0 | 1, scheme: "http" | "https"): ErrorCode | undefined {
    if (host === null) return minor === 1 ? "E_HOST_MISSING" : undefined;
    if (host === "") return "E_HOST_MISSING";
    const authority = parseAuthority(host);
    if (authority === undefined) return "E_HOST_MALFORMED";
    this.authority = toAuthorityText(authority, scheme);
    return undefined;
  }

  #readContentLength({ start, end }: FieldLine): boolean {
    const length = end - start;
    if (length === 0 || length > 16 || (length > 1 && this.#buffer[start] === 0x30)) return false;
    let value = 0;
    for (let index = start; index < end; index++) {
      const digit = this.#buffer[index]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    this.contentLength = value;
    return value <= Number.MAX_SAFE_INTEGER;
  }

  #readConnection(value: string): void {
    if (value === "keep-alive") this.isKeepAlive = true;
    else {
      for (const item of value.toLowerCase().split(",")) {
        const option = trimBlanks(item);
        if (option === "close") this.isClose = true;
        else if (option === "keep-alive") this.isKeepAlive = true;
      }
    }
  }

  /** Whether the bytes at an offset are those of this block. */
  isRepeatedAt(buffer: Buffer, start: number, bytesEnd: number): boolean {
    const end = start + this.lengthBytes;
    return end <= bytesEnd && this.#buffer.compare(buffer, start, end, this.start, this.start + this.lengthBytes) === 0;
  }

  /** Makes an absolute target's authority the Host that everyone reads (row T6). */
  replaceHost(authority: string): void {
    this.#replacedHost = authority;
    this.authority = authority;
  }

  get(name: string): string | null {
    const lower = name.toLowerCase();
    if (lower === "host" && this.#replacedHost !== null) return this.#replacedHost;
    let first: FieldLine | null = null;
    let hasMore = false;
    for (const line of this.#lines) {
      if (line.name !== lower) continue;
      if (first === null) first = line;
      else hasMore = true;
    }
    if (first === null) return null;
    return hasMore ? joinFieldLines(lower, this.all(lower)) : this.#slice(first);
  }

  has(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#lines.some((line) => line.name === lower);
  }

  all(name: string): string[] {
    const lower = name.toLowerCase();
    if (lower === "host" && this.#replacedHost !== null) return [this.#replacedHost];
    return this.#lines.filter((line) => line.name === lower).map((line) => this.#slice(line));
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (const line of this.#lines) {
      yield [line.name, line.name === "host" && this.#replacedHost !== null ? this.#replacedHost : this.#slice(line)];
    }
  }

  #slice(line: FieldLine): string {
    return readLatin1(this.#buffer, line.start, line.end);
  }
}

/** A list of other codings with one `chunked` at its end is unknown to us; everything else is malformed (row C3). */
function faultOfCoding(value: string): ErrorCode {
  const codings = value.split(",").map((item) => trimBlanks(item).toLowerCase());
  const isWellFormed =
    codings.length > 1 &&
    codings.at(-1) === "chunked" &&
    codings.indexOf("chunked") === codings.length - 1 &&
    codings.every((coding) => coding !== "" && [...coding].every((character) => (byteClasses[character.charCodeAt(0)]! & TOKEN) !== 0));
  return isWellFormed ? "E_TRANSFER_ENCODING_UNKNOWN" : "E_TRANSFER_ENCODING_MALFORMED";
}

/** Whether a byte is allowed in a line of the head. */
export function isLineByte(byte: number): boolean {
  return (byteClasses[byte]! & FIELD_VALUE) !== 0;
}
