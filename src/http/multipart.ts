/**
 * Multipart forms: a pull parser over chunks that holds one chunk and a boundary (RFC 7578, RFC 2046).
 *
 * It ends in exactly one way: all parts were given, or an error says what was wrong. A part that was not read
 * is skipped, within its limit, when the next one is asked for.
 */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { joinChunks } from "./body.ts";
import { ByteWindow } from "./byte-window.ts";
import { findMediaType, isUtf8, isUtf8Name } from "./media-type.ts";
import type { PartHeader } from "./multipart-headers.ts";
import { decodeStrictly, multipartMalformed, parsePartHeader } from "./multipart-headers.ts";

/** Limits of a multipart body. */
export interface MultipartLimits {
  /** Largest number of parts. Default 1,000. */
  partsMax?: number;
  /** Largest number of text fields. Default 1,000. */
  fieldsMax?: number;
  /** Largest number of files. Default 20. */
  filesMax?: number;
  /** Largest sum of all text fields, in bytes. Default 1 MiB. */
  textBytesMax?: number;
  /** Largest single file, in bytes. By default only the limit of the whole body applies. */
  fileBytesMax?: number;
  /** Largest header of a part, in bytes. Default 8 KiB. */
  partHeaderBytesMax?: number;
}

/** One part: a text field or a file. */
export interface MultipartPart extends PartHeader {
  /** The bytes of the part, once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The part as text, strictly UTF-8. */
  text(): Promise<string>;
}

const defaultLimits: Required<MultipartLimits> = {
  partsMax: 1000,
  fieldsMax: 1000,
  filesMax: 20,
  textBytesMax: 1_048_576,
  fileBytesMax: Number.MAX_SAFE_INTEGER,
  partHeaderBytesMax: 8192,
};
const marginBytesMax = 1024;
const boundaryPattern = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
const lineEnd = new Uint8Array([0x0d, 0x0a]);
const headerEnd = new Uint8Array([0x0d, 0x0a, 0x0d, 0x0a]);
const dashes = new Uint8Array([0x2d, 0x2d]);

/**
 * Gives the parts of a multipart body, one at a time.
 *
 * Throws `E_MULTIPART_MALFORMED` off the grammar and when the closing boundary is missing,
 * `E_MULTIPART_TOO_LARGE` over a limit, and what reading the body throws.
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  limits: MultipartLimits = {},
): AsyncGenerator<MultipartPart> {
  const reader = new MultipartReader(body, readBoundary(contentType), { ...defaultLimits, ...limits });
  try {
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) yield part;
  } finally {
    await reader.close();
  }
}

/** Reads the boundary of a `multipart/form-data` type: 1 to 70 characters. A charset may only be UTF-8. */
export function readBoundary(contentType: string): string {
  const mediaType = findMediaType(contentType);
  const boundary = mediaType?.params.get("boundary");
  if (mediaType?.type !== "multipart/form-data" || boundary === undefined || !isUtf8(mediaType) || !boundaryPattern.test(boundary)) {
    throw multipartMalformed(`${describeValue(contentType)} gives no usable boundary`);
  }
  return boundary;
}

/** The field `_charset_` names the charset of the whole form (RFC 7578 section 4.6): only UTF-8 is read as text. */
function decodeField(name: string, bytes: Uint8Array): string {
  const text = decodeStrictly(bytes, "value");
  if (name === "_charset_" && !isUtf8Name(text)) throw multipartMalformed("its field _charset_ names another charset than UTF-8");
  return text;
}

function tooLarge(what: string): GableError {
  return new GableError("E_MULTIPART_TOO_LARGE", `The multipart body has ${what}.`);
}

class MultipartReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limits: Required<MultipartLimits>;
  readonly #delimiter: Uint8Array;
  readonly #window = new ByteWindow();
  #current: AsyncGenerator<Uint8Array> | undefined;
  #isStarted = false;
  #isEnded = false;
  #counts = { parts: 0, fields: 0, files: 0, textBytes: 0 };

  constructor(body: AsyncIterable<Uint8Array>, boundary: string, limits: Required<MultipartLimits>) {
    this.#source = body[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
    // The first boundary may be at the very start. An added line end makes it like the others.
    this.#window.append(lineEnd);
  }

  async next(): Promise<MultipartPart | undefined> {
    if (this.#current !== undefined) for await (const _ of this.#current);
    else if (!this.#isStarted) await this.#skipPreamble();
    this.#isStarted = true;
    if (this.#isEnded || (await this.#isLastBoundary())) return undefined;
    const header = parsePartHeader(await this.#readHeader());
    this.#count(header);
    const content = header.fileName === undefined ? this.#readText() : this.#readFile(this.#limits.fileBytesMax);
    this.#current = content;
    return {
      ...header,
      chunks: () => content,
      text: async () => decodeField(header.name, await joinChunks(content)),
    };
  }

  async close(): Promise<void> {
    if (!this.#isEnded) await this.#source.return?.();
  }

  #count(header: PartHeader): void {
    const { partsMax, fieldsMax, filesMax } = this.#limits;
    if (++this.#counts.parts > partsMax) throw tooLarge(`more than ${partsMax} parts`);
    if (header.fileName === undefined && ++this.#counts.fields > fieldsMax) throw tooLarge(`more than ${fieldsMax} fields`);
    if (header.fileName !== undefined && ++this.#counts.files > filesMax) throw tooLarge(`more than ${filesMax} files`);
  }

  /** Takes the next chunk into the window; false at the end of the body. */
  async #fill(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done === true) {
      this.#isEnded = true;
      return false;
    }
    this.#window.append(value);
    return true;
  }

  async #fillOrFail(): Promise<void> {
    if (!(await this.#fill())) throw multipartMalformed("it ends before its closing boundary");
  }

  /** A boundary inside a line of the preamble is refused: other readers take it for the first one. */
  async #skipPreamble(): Promise<void> {
    const boundary = this.#delimiter.subarray(lineEnd.length);
    let from = 0;
    for (;;) {
      const found = this.#window.indexOf(boundary, from);
      const preambleEnd = found === -1 ? this.#window.length - boundary.length : found - lineEnd.length;
      if (preambleEnd - lineEnd.length > marginBytesMax) throw multipartMalformed("its preamble is over 1 KiB");
      if (found !== -1) {
        this.#window.skip(found - lineEnd.length);
        if (this.#window.startsWith(lineEnd) !== true) throw multipartMalformed("its first boundary does not begin a line");
        return this.#window.skip(this.#delimiter.length);
      }
      from = Math.max(0, this.#window.length - boundary.length + 1);
      await this.#fillOrFail();
    }
  }

  /** Reads what follows a boundary: CR LF before a part, "--" and the epilogue at the end. */
  async #isLastBoundary(): Promise<boolean> {
    while (this.#window.length < 2) await this.#fillOrFail();
    if (this.#window.startsWith(lineEnd) === true) {
      this.#window.skip(2);
      return false;
    }
    if (this.#window.startsWith(dashes) !== true) throw multipartMalformed("a boundary is followed by other text");
    let epilogueBytes = this.#window.length - 2;
    this.#window.skip(this.#window.length);
    while (epilogueBytes <= marginBytesMax && (await this.#fill())) {
      epilogueBytes += this.#window.length;
      this.#window.skip(this.#window.length);
    }
    if (epilogueBytes > marginBytesMax) throw multipartMalformed("its epilogue is over 1 KiB");
    return true;
  }

  async #readHeader(): Promise<Uint8Array> {
    const { partHeaderBytesMax } = this.#limits;
    let from = 0;
    for (;;) {
      const end = this.#window.indexOf(headerEnd, from);
      if ((end === -1 ? this.#window.length - 3 : end) > partHeaderBytesMax)
        throw tooLarge(`a part header over ${partHeaderBytesMax} bytes`);
      if (end !== -1) {
        const header = this.#window.take(end);
        this.#window.skip(4);
        return header;
      }
      from = Math.max(0, this.#window.length - 3);
      await this.#fillOrFail();
    }
  }

  async *#readText(): AsyncGenerator<Uint8Array> {
    const { textBytesMax } = this.#limits;
    for await (const chunk of this.#readContent()) {
      this.#counts.textBytes += chunk.length;
      if (this.#counts.textBytes > textBytesMax) throw tooLarge(`more than ${textBytesMax} bytes of text`);
      yield chunk;
    }
  }

  async *#readFile(bytesMax: number): AsyncGenerator<Uint8Array> {
    let total = 0;
    for await (const chunk of this.#readContent()) {
      total += chunk.length;
      if (total > bytesMax) throw tooLarge(`a file over ${bytesMax} bytes`);
      yield chunk;
    }
  }

  /** Gives the content of the current part, up to the next boundary. */
  async *#readContent(): AsyncGenerator<Uint8Array> {
    const overlap = this.#delimiter.length - 1;
    for (;;) {
      const found = this.#window.indexOf(this.#delimiter);
      if (found !== -1) {
        if (found > 0) yield this.#window.take(found);
        return this.#window.skip(this.#delimiter.length);
      }
      if (this.#window.length > overlap) yield this.#window.take(this.#window.length - overlap);
      await this.#fillOrFail();
    }
  }
}
