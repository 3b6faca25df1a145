/** Multipart bodies read by Gable and by the `formData()` of the platform: the same fields and files, except where Gable is stricter on purpose. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isGableError } from "gable";
import { readMultipart } from "gable/http";
import { createRandom } from "../random.ts";

/** A field or a file. Names of files are compared without control characters, which Gable removes. */
type Entry = readonly [name: string, value: string] | readonly [name: string, fileName: string, type: string, content: string];

const boundary = "--=_B.1";
const usualType = `multipart/form-data; boundary="${boundary}"`;
const plainType = "multipart/form-data; boundary=B";

async function readOwn(bytes: Uint8Array, type: string, size = bytes.length): Promise<readonly Entry[] | string> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }
  const entries: Entry[] = [];
  try {
    for await (const part of readMultipart(pieces(), type)) {
      if (part.fileName === undefined) entries.push([part.name, await part.text()]);
      else {
        entries.push([part.name, part.fileName, part.type, await joinText(part.chunks())]);
      }
    }
    return entries;
  } catch (error) {
    if (!isGableError(error)) throw error;
    return error.message;
  }
}

async function joinText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += Buffer.from(chunk).toString("latin1");
  return text;
}

async function readPlatform(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<readonly Entry[] | undefined> {
  let data: FormData;
  try {
    data = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    return undefined;
  }
  const entries: Entry[] = [];
  for (const [name, value] of data) {
    if (typeof value === "string") entries.push([name, value]);
    // oxlint-disable-next-line no-control-regex -- control characters are what Gable removes
    else entries.push([name, value.name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ""), value.type, await contentOf(value)]);
  }
  return entries;
}

async function contentOf(file: Blob): Promise<string> {
  return Buffer.from(await file.arrayBuffer()).toString("latin1");
}

const disposition = 'Content-Disposition: form-data; name="a"';
const part = (head: string, content = "v"): string => `--B\r\n${head}\r\n\r\n${content}\r\n`;
const end = "--B--\r\n";

/** Bodies that both read, to the same entries. */
const equal: Readonly<Record<string, string>> = {
  "a field": part(disposition) + end,
  "a field without a line end after the last boundary": `${part(disposition)}--B--`,
  "a preamble": `x\r\n${part(disposition)}${end}`,
  "an epilogue": `${part(disposition)}${end}x`,
  "no parts": end,
  "an empty value": part(disposition, "") + end,
  "a file": part(`${disposition}; filename="x.txt"\r\nContent-Type: image/png`) + end,
  "a file without a type": part(`${disposition}; filename="x.txt"`) + end,
  "a file without a name": part(`${disposition}; filename=""`, "") + end,
  "a name as a token": part("Content-Disposition: form-data; name=a") + end,
  "upper case": part('CONTENT-DISPOSITION: Form-Data; NAME="a"') + end,
  "names with quotes and line ends": part('Content-Disposition: form-data; name="a%22b%0D%0Ac%41%25"') + end,
  "a name of a file with a path": part(`${disposition}; filename="C:\\x\\..\\y.txt"`) + end,
  "a value with a byte order mark": part(disposition, "\xef\xbb\xbfx") + end,
  "a value with line ends and dashes": part(disposition, "\r\n--\r\n--A\r\n\r\n--\r") + end,
  "a field with a type": part(`${disposition}\r\nContent-Type: text/html`) + end,
  "another field of the header": part(`${disposition}\r\nX: y`) + end,
  "no blanks": part('Content-Disposition:form-data;name="a"') + end,
  "an empty name": part('Content-Disposition: form-data; name=""') + end,
  "a name twice": part(disposition) + part(disposition, "w") + end,
};

/** Bodies that Gable reads otherwise: an error, or entries. */
const different: ReadonlyArray<readonly [why: string, body: string, expected: RegExp | readonly Entry[]]> = [
  [
    "filename* is not read (RFC 7578 section 4.2)",
    part(`${disposition}; filename="x"; filename*=UTF-8''y`) + end,
    [["a", "x", "text/plain", "v"]],
  ],
  ["filename* alone would make a field of a file", part(`${disposition}; filename*=UTF-8''y`) + end, /filename\*/],
  ["bytes that are not UTF-8 are refused", part(disposition, "\xff") + end, /a value is not UTF-8/],
  ["a field in another charset is refused", part(`${disposition}\r\nContent-Type: text/plain; charset=latin1`, "\xe9") + end, /charset/],
  ["_charset_ names the charset of all fields", part('Content-Disposition: form-data; name="_charset_"', "latin1") + end, /_charset_/],
  ["a transfer encoding is not undone", part(`${disposition}\r\nContent-Transfer-Encoding: base64`, "dg==") + end, /transfer encoding/],
  ["a parameter twice is ambiguous", part(`${disposition}; name="b"`) + end, /disposition/],
  [
    "a type has no parameters",
    part(`${disposition}; filename="x"\r\nContent-Type: text/plain; a=b`) + end,
    [["a", "x", "text/plain", "v"]],
  ],
  ["a quote after a backslash is a quote (RFC 9110)", part('Content-Disposition: form-data; name="a\\"b"') + end, [['a"b', "v"]]],
  ["a byte order mark of a name stays", part('Content-Disposition: form-data; name="\xef\xbb\xbfa"') + end, [["\ufeffa", "v"]]],
  ["a boundary inside a line is content", part(disposition, "x--B\r\ny") + end, [["a", "x--B\r\ny"]]],
  ["a boundary begins a line (RFC 2046 section 5.1.1)", `x${part(disposition)}${end}`, /does not begin a line/],
  ["a boundary in a line of the preamble is ambiguous", `x--B\r\n${part(disposition)}${end}`, /does not begin a line/],
  [
    "a name of a file is cut to 255 bytes",
    part(`${disposition}; filename="${"x".repeat(256)}"`) + end,
    [["a", "x".repeat(255), "text/plain", "v"]],
  ],
];

const texts = [
  "",
  "a",
  "é",
  "😀",
  '"',
  "\r\n",
  "%22",
  "\\",
  ";",
  "=",
  "--",
  "\r\n--",
  `\r\n--${boundary.slice(0, -1)}`,
  " ",
  "\t",
  "x".repeat(60),
];

/** A form with random names, values and files. Browsers write line ends of values as CR LF. */
function createForm(random: (below: number) => number): FormData {
  const word = (): string => Array.from({ length: random(4) }, () => texts[random(texts.length)]).join("");
  const data = new FormData();
  for (let count = random(6); count > 0; count--) {
    const name = `n${word()}`;
    if (random(2) === 0) data.append(name, word());
    else
      data.append(
        name,
        new File([word(), new Uint8Array(random(200)).map(() => random(256))], `f${word()}`, { type: ["", "image/png"][random(2)]! }),
      );
  }
  return data;
}

/** Older releases refuse a preamble, names without quotes and headers in upper case, which RFC 2046 allows. */
const skip = Number(process.versions.node.split(".")[0]) < 24 && "the reader of this Node refuses what the standard allows";

describe("readMultipart() and Response.formData()", { skip }, () => {
  for (const [what, body] of Object.entries(equal))
    it(`read the same: ${what}`, async () => {
      const bytes = Buffer.from(body, "latin1");
      const expected = await readPlatform(bytes, plainType);
      assert.notEqual(expected, undefined);
      for (const size of [1, 7, bytes.length]) assert.deepEqual(await readOwn(bytes, plainType, size), expected);
    });

  for (const [why, body, expected] of different)
    it(`differ on purpose: ${why}`, async () => {
      const bytes = Buffer.from(body, "latin1");
      const own = await readOwn(bytes, plainType);
      if (expected instanceof RegExp) assert.match(String(own), expected);
      else assert.deepEqual(own, expected);
      assert.notDeepEqual(own, await readPlatform(bytes, plainType));
    });

  it("read the same from what the platform writes, for 300 forms", async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = createRandom(seed);
      const response = new Response(createForm(random));
      const type = response.headers.get("content-type")!;
      const bytes = new Uint8Array(await response.arrayBuffer());
      assert.deepEqual(await readOwn(bytes, type, 1 + random(400)), await readPlatform(bytes, type), `seed ${seed}`);
    }
  });

  it("read the same, or one refuses, after changes of single bytes, in 3,000 bodies", async () => {
    let read = 0;
    for (let seed = 1; seed <= 3_000; seed++) {
      const random = createRandom(seed);
      const bytes = mutate(random);
      const own = await readOwn(bytes, usualType, 1 + random(200));
      const platform = await readPlatform(bytes, usualType);
      if (typeof own === "string") continue;
      const shown = `seed ${seed}: ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`;
      assert.ok(platform !== undefined || isLenient(bytes), `only Gable reads ${shown}`);
      if (platform === undefined) continue;
      assert.deepEqual(own, platform.map(withoutParameters), shown);
      read++;
    }
    assert.ok(read > 300, `${read} bodies were read by both`);
  });
});

/** Types as Gable gives them. */
function withoutParameters([name, value, type, content]: Entry): Entry {
  return type === undefined || content === undefined ? [name, value] : [name, value, type.replace(/;.*/, "").trim(), content];
}

function mutate(random: (below: number) => number): Uint8Array<ArrayBuffer> {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="`;
  const body = `${head}a"\r\n\r\n1\r\n${head}b"; filename="x.txt"\r\nContent-Type: image/png\r\n\r\n\r\n--x\r\n${head}c"\r\n\r\nlast\r\n--${boundary}--\r\n`;
  const bytes = [...Buffer.from(body)];
  const alphabet = [...Buffer.from('\r\n-=";: aB.x\\%2*_\u0000\u007f')];
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const position = random(bytes.length);
    const kind = random(3);
    bytes.splice(position, kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [alphabet[random(alphabet.length)]!]));
  }
  return Uint8Array.from(bytes);
}

/**
 * What the platform refuses and Gable reads: a quote after a backslash, and a boundary inside a line of content, as in the table above;
 * and a preamble of several lines.
 */
function isLenient(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString("latin1");
  const isPreamble = !text.startsWith(`--${boundary}\r\n`);
  return isPreamble || text.includes('\\"') || text.slice(1).replaceAll(`\r\n--${boundary}`, "").includes(boundary);
}
