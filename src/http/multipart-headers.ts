/** The header of one part of a multipart form (RFC 7578 section 4). */
import { GableError } from "../errors/gable-error.ts";
import { FIELD_VALUE, byteClasses, isToken } from "./byte-classes.ts";
import { findMediaType, isUtf8, parseParameters, trimBlanks } from "./media-type.ts";

/** What the header of a part says. */
export interface PartHeader {
  /** Name of the form field. */
  readonly name: string;
  /** The client's name of the file, cleaned; undefined for a text field. Never use it as a path. */
  readonly fileName: string | undefined;
  /** Media type that the client claims; `text/plain` by default. */
  readonly type: string;
}

const linesMax = 16;
/** A byte order mark stays: it is a character of the value, as in urlencoded forms and in the Fetch standard. */
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The error of a multipart body off the grammar. */
export function multipartMalformed(what: string): GableError {
  return new GableError("E_MULTIPART_MALFORMED", `The multipart body cannot be read: ${what}.`);
}

/** Parses the lines of a part header, without the empty line at the end. */
export function parsePartHeader(bytes: Uint8Array): PartHeader {
  const fields = readFields(bytes);
  const disposition = fields.get("content-disposition");
  if (disposition === undefined) throw multipartMalformed("a part has no Content-Disposition");
  const semicolon = disposition.indexOf(";");
  const params = semicolon === -1 ? undefined : parseParameters(disposition, semicolon, "quotes");
  const name = params?.get("name");
  if (trimBlanks(disposition.slice(0, semicolon)).toLowerCase() !== "form-data" || name === undefined) {
    throw multipartMalformed("a part has no form-data disposition with a name");
  }
  const encoding = fields.get("content-transfer-encoding")?.toLowerCase();
  if (encoding !== undefined && encoding !== "7bit" && encoding !== "8bit" && encoding !== "binary") {
    throw multipartMalformed("a part has a transfer encoding");
  }
  const fileName = params?.get("filename");
  // A file must not become a text field by mistake (RFC 7578 section 4.2 forbids `filename*`).
  const isStarred = fileName === undefined && [...(params?.keys() ?? [])].some((each) => each.startsWith("filename*"));
  if (isStarred) throw multipartMalformed("a part has filename* without filename");
  return {
    name: unescapeName(name),
    fileName: fileName === undefined ? undefined : cleanFileName(unescapeName(fileName)),
    type: readType(fields, fileName === undefined),
  };
}

/** Reads the media type of a part. The bytes of a file are data; those of a text field are read as UTF-8. */
function readType(fields: ReadonlyMap<string, string>, isText: boolean): string {
  const field = fields.get("content-type");
  if (field === undefined) return "text/plain";
  const mediaType = findMediaType(field);
  if (mediaType === undefined) throw multipartMalformed("a part has a malformed Content-Type");
  if (isText && !isUtf8(mediaType)) throw multipartMalformed("a text field has another charset than UTF-8");
  return mediaType.type;
}

function readFields(bytes: Uint8Array): ReadonlyMap<string, string> {
  for (const byte of bytes) {
    if (byte !== 0x0d && byte !== 0x0a && (byteClasses[byte]! & FIELD_VALUE) === 0)
      throw multipartMalformed("a part header has a control byte");
  }
  const fields = new Map<string, string>();
  const lines = decodeStrictly(bytes, "header").split("\r\n");
  if (lines.length > linesMax) throw new GableError("E_MULTIPART_TOO_LARGE", `A part header has more than ${linesMax} lines.`);
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon === -1 || !isToken(name) || line.includes("\r") || line.includes("\n"))
      throw multipartMalformed("a part header has a malformed line");
    if (fields.has(name)) throw multipartMalformed("a part header has a field twice");
    fields.set(name, trimBlanks(line.slice(colon + 1)));
  }
  return fields;
}

/** Decodes a header or a value as UTF-8, or throws the error of a malformed body. */
export function decodeStrictly(bytes: Uint8Array, what: "header" | "value"): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw multipartMalformed(`a ${what} is not UTF-8`);
  }
}

/** Browsers write a quote and line ends in names as %22, %0D and %0A, and nothing else. */
function unescapeName(name: string): string {
  return name.replace(/%22|%0d|%0a/gi, (escape) => decodeURIComponent(escape));
}

const fileNameBytesMax = 255;
/** Control characters, separators of lines, and marks that change the direction of text: `a\u202Egnp.exe` would show as `aexe.png`. */
// eslint-disable-next-line no-control-regex -- control characters are what is removed
const uncleanCharacters = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Removes what must not be shown, and cuts to 255 bytes between characters: the name is data, never a path. */
function cleanFileName(name: string): string {
  // A unit of UTF-16 has at least one byte.
  let clean = name
    .replace(uncleanCharacters, "")
    .slice(0, fileNameBytesMax)
    .replace(/[\ud800-\udbff]$/, "");
  while (new TextEncoder().encode(clean).length > fileNameBytesMax) clean = clean.slice(0, -1).replace(/[\ud800-\udbff]$/, "");
  return clean;
}
