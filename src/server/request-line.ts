/** The request line: method, target and version (rows R1 to R8, T1 to T7, D1, D2 of the acceptance table). */
import type { ErrorCode } from "../errors/catalogue.ts";
import { parseAuthority, toAuthorityText } from "../http/authority.ts";
import { PATH, QUERY, TOKEN, byteClasses } from "../http/byte-classes.ts";
import { findPathFault } from "../http/path.ts";
import { readLatin1 } from "./latin1.ts";

/** A parsed request line. */
export interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  /** Minor version: 0, or 1 for everything that is handled as HTTP/1.1. */
  readonly minor: 0 | 1;
  /** Authority of an absolute target, which replaces Host; null for the other forms. */
  readonly absolute: { readonly scheme: "http" | "https"; readonly authority: string } | null;
}

const SPACE = 0x20;
const methodBytesMax = 32;
/** `SP HTTP/1.1` at the end of the line. */
const versionBytes = 9;

/** Parses the line between two offsets, without its CR LF; gives the code of the first broken rule instead. */
export function parseRequestLine(buffer: Buffer, start: number, end: number, targetBytesMax: number): RequestLine | ErrorCode {
  const methodEnd = findTokenEnd(buffer, start, end);
  if (methodEnd === end) return "E_REQUEST_LINE_MALFORMED";
  const methodFault = findMethodFault(buffer, start, end);
  if (methodFault !== undefined) return methodFault;
  const minor = parseVersion(buffer, methodEnd + 1, end);
  if (typeof minor === "string") return minor;
  const targetStart = methodEnd + 1;
  const targetEnd = end - versionBytes;
  if (targetEnd <= targetStart) return "E_REQUEST_LINE_MALFORMED";
  if (targetEnd - targetStart > targetBytesMax) return "E_TARGET_TOO_LONG";
  return parseTarget(buffer, readMethod(buffer, start, methodEnd), targetStart, targetEnd, minor);
}

/** Finds the rule that the method breaks, also in a line whose end is not known. */
export function findMethodFault(buffer: Buffer, start: number, end: number): ErrorCode | undefined {
  const methodEnd = findTokenEnd(buffer, start, end);
  const isEnded = methodEnd < end;
  if (isEnded && (methodEnd === start || buffer[methodEnd] !== SPACE)) {
    return buffer[methodEnd] === SPACE || isOtherBlank(buffer[methodEnd]!) ? "E_REQUEST_LINE_MALFORMED" : "E_METHOD_MALFORMED";
  }
  return methodEnd - start > methodBytesMax ? "E_METHOD_TOO_LONG" : undefined;
}

function findTokenEnd(buffer: Buffer, start: number, end: number): number {
  let index = start;
  while (index < end && (byteClasses[buffer[index]!]! & TOKEN) !== 0) index++;
  return index;
}

function isOtherBlank(byte: number): boolean {
  return byte === 0x09 || byte === 0x0b || byte === 0x0c;
}

/** Common methods without making a string each time. */
function readMethod(buffer: Buffer, start: number, end: number): string {
  if (end - start === 3 && buffer[start] === 0x47 && buffer[start + 1] === 0x45 && buffer[start + 2] === 0x54) return "GET";
  if (end - start === 4 && buffer[start] === 0x50 && buffer[start + 1] === 0x4f && buffer[start + 2] === 0x53 && buffer[start + 3] === 0x54)
    return "POST";
  return readLatin1(buffer, start, end);
}

/** The minor version, from the ` HTTP/1.x` that must end the line. */
function parseVersion(buffer: Buffer, from: number, end: number): 0 | 1 | ErrorCode {
  const start = end - versionBytes;
  const isUsual =
    start >= from &&
    buffer[start] === SPACE &&
    buffer[start + 1] === 0x48 &&
    buffer[start + 2] === 0x54 &&
    buffer[start + 3] === 0x54 &&
    buffer[start + 4] === 0x50 &&
    buffer[start + 5] === 0x2f &&
    buffer[start + 7] === 0x2e;
  if (isUsual) {
    const major = buffer[start + 6]!;
    const minor = buffer[end - 1]!;
    if (isDigit(major) && isDigit(minor)) {
      if (major !== 0x31) return "E_VERSION_UNSUPPORTED";
      return minor === 0x30 ? 0 : 1;
    }
  }
  const line = readLatin1(buffer, from, end);
  const space = line.lastIndexOf(" ");
  if (space === -1) return "E_VERSION_MALFORMED";
  return /^HTTP/i.test(line.slice(space + 1)) || line.indexOf(" ") === space ? "E_VERSION_MALFORMED" : "E_REQUEST_LINE_MALFORMED";
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function parseTarget(buffer: Buffer, method: string, start: number, end: number, minor: 0 | 1): RequestLine | ErrorCode {
  if (method === "CONNECT") return "E_METHOD_CONNECT";
  const first = buffer[start]!;
  if (first === 0x2f) return parseOrigin(buffer, method, start, end, minor, null);
  if (first === 0x2a && end - start === 1) {
    return method === "OPTIONS" ? { method, path: "*", queryString: "", minor, absolute: null } : "E_TARGET_ASTERISK";
  }
  return parseAbsolute(buffer, method, start, end, minor);
}

/** Origin-form: one scan over the bytes decides; only paths with `%` or dots are looked at again. */
function parseOrigin(
  buffer: Buffer,
  method: string,
  start: number,
  end: number,
  minor: 0 | 1,
  absolute: RequestLine["absolute"],
): RequestLine | ErrorCode {
  let isPlain = true;
  let index = start;
  for (; index < end; index++) {
    const byte = buffer[index]!;
    if (byte === 0x3f) break;
    if ((byteClasses[byte]! & PATH) === 0) return faultOfTargetByte(byte, buffer, index, end);
    if (byte === 0x25 || (byte === 0x2e && buffer[index - 1] === 0x2f)) isPlain = false;
  }
  const pathEnd = index;
  for (index++; index < end; index++) {
    if ((byteClasses[buffer[index]!]! & QUERY) === 0) return faultOfTargetByte(buffer[index]!, buffer, index, end);
  }
  const path = readLatin1(buffer, start, pathEnd);
  if (!isPlain) {
    const fault = findPathFault(path);
    if (fault !== undefined) return fault;
  }
  return { method, path, queryString: pathEnd + 1 < end ? readLatin1(buffer, pathEnd + 1, end) : "", minor, absolute };
}

function faultOfTargetByte(byte: number, buffer: Buffer, index: number, end: number): ErrorCode {
  if (byte === SPACE || isOtherBlank(byte)) return "E_REQUEST_LINE_MALFORMED";
  const isPrintable = byte > 0x20 && byte < 0x7f && byte !== 0x23;
  // A forbidden byte later in the target is the graver fault, whatever stands first.
  for (let later = index; isPrintable && later < end; later++) {
    const other = buffer[later]!;
    if (other <= 0x20 || other >= 0x7f || other === 0x23) return other === SPACE ? "E_REQUEST_LINE_MALFORMED" : "E_TARGET_BYTE_FORBIDDEN";
  }
  return isPrintable ? "E_TARGET_PATH_BYTE" : "E_TARGET_BYTE_FORBIDDEN";
}

/** Absolute-form with http or https; every other form is refused. */
function parseAbsolute(buffer: Buffer, method: string, start: number, end: number, minor: 0 | 1): RequestLine | ErrorCode {
  const target = readLatin1(buffer, start, end);
  const match = /^(https?):\/\/([^/?]*)/i.exec(target);
  if (match === null) {
    for (let index = start; index < end; index++) {
      const byte = buffer[index]!;
      if (byte === SPACE) return "E_REQUEST_LINE_MALFORMED";
      if (byte < 0x20 || byte >= 0x7f || byte === 0x23) return "E_TARGET_BYTE_FORBIDDEN";
    }
    return "E_TARGET_FORM";
  }
  // The expression has matched one of the two.
  const scheme = match[1]!.toLowerCase() as "http" | "https";
  const authority = parseAuthority(match[2]!);
  if (authority === undefined) return "E_TARGET_FORM";
  const absolute = { scheme, authority: toAuthorityText(authority, scheme) };
  const rest = start + match[0].length;
  if (rest < end && buffer[rest] === 0x2f) return parseOrigin(buffer, method, rest, end, minor, absolute);
  // An absolute target without a path means "/" (RFC 9110 section 4.2.3).
  const line = parseOrigin(Buffer.from(`/${target.slice(match[0].length)}`, "latin1"), method, 0, end - rest + 1, minor, absolute);
  return line;
}
