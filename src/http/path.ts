/**
 * The path of a request target: what is refused (rows T3, D1, D2 of the acceptance table), and the one
 * normalisation that routing uses (RFC 3986 section 6.2.2).
 */
import { GableError } from "../errors/gable-error.ts";
import { PATH, UNRESERVED, byteClasses } from "./byte-classes.ts";

/** Checks an encoded path; gives the code of the first rule that it breaks, or undefined. */
export function findPathFault(path: string): "E_TARGET_PATH_BYTE" | "E_PATH_ENCODING" | "E_PATH_DOT_SEGMENT" | undefined {
  let hasPercent = false;
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code > 255 || (byteClasses[code]! & PATH) === 0) return "E_TARGET_PATH_BYTE";
    if (code === 0x25) hasPercent = true;
  }
  if (hasPercent && !isWellEncoded(path)) return "E_PATH_ENCODING";
  if (path.includes("/.") || path.includes("/%2")) {
    if (path.split("/").some(isDotSegment)) return "E_PATH_DOT_SEGMENT";
  }
  return undefined;
}

/** Whether each `%` has two hex digits, decodes to no control byte, and the bytes are UTF-8: decodeURIComponent() throws for other ones. */
function isWellEncoded(path: string): boolean {
  for (let index = path.indexOf("%"); index !== -1; index = path.indexOf("%", index + 3)) {
    const byte = Number.parseInt(path.slice(index + 1, index + 3), 16);
    if (byte < 0x20 || byte === 0x7f) return false;
  }
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isDotSegment(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

/** Throws the error of the first rule that an encoded path breaks. */
export function assertPath(path: string): void {
  const fault = findPathFault(path);
  if (fault !== undefined) throw new GableError(fault, "The path of the request target is refused.");
}

/** Decodes one segment of a checked path, once. */
export function decodeSegment(segment: string): string {
  return segment.includes("%") ? decodeURIComponent(segment) : segment;
}

/** Encodes a string as one segment of a path; keeps unreserved characters and `!$&'()*+,;=:@`. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(24|26|2B|2C|3A|3B|3D|40)/g, (escape) => decodeURIComponent(escape));
}

/**
 * The canonical form of a checked path: unreserved bytes decoded, hex digits in upper case.
 *
 * Two paths that mean the same resource by RFC 3986 section 6.2.2 have one canonical form.
 */
export function toCanonicalPath(path: string): string {
  if (!path.includes("%")) return path;
  return path.replace(/%[0-9a-fA-F]{2}/g, (escape) => {
    const byte = Number.parseInt(escape.slice(1), 16);
    return (byteClasses[byte]! & UNRESERVED) === 0 ? escape.toUpperCase() : String.fromCharCode(byte);
  });
}
