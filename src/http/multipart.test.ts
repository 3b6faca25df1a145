import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MultipartLimits } from "./multipart.ts";
import { readBoundary, readMultipart } from "./multipart.ts";

const type = "multipart/form-data; boundary=B";
const encoder = new TextEncoder();

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, "latin1");
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

interface Part {
  name: string;
  fileName: string | undefined;
  type: string;
  text: string;
}

async function read(text: string, { size = 1e9, limits = {} as MultipartLimits, skip = false } = {}): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of readMultipart(chunksOf(text, size), type, limits)) {
    const { name, fileName, type: partType } = part;
    parts.push({ name, fileName, type: partType, text: skip ? "" : await part.text() });
  }
  return parts;
}

const field = (name: string, value: string): string => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name: string, fileName: string, content: string): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`;
const end = "--B--\r\n";

const good = `${field("a", "1")}${field("b", "")}${file("f", "x.png", "\r\n--\r\n--C\r")}${field("c", "x\r\n--Bx is text\r\ny".replace("--Bx", "--Ax"))}${end}`;

describe("readMultipart()", () => {
  it("gives fields and files in order, whole and for every size of chunk", async () => {
    const expected = await read(good);
    assert.deepEqual(
      expected.map(({ name, text }) => [name, text]),
      [
        ["a", "1"],
        ["b", ""],
        ["f", "\r\n--\r\n--C\r"],
        ["c", "x\r\n--Ax is text\r\ny"],
      ],
    );
    assert.deepEqual([expected[2]!.fileName, expected[2]!.type, expected[0]!.fileName], ["x.png", "image/png", undefined]);
    for (let size = 1; size < 80; size++) assert.deepEqual(await read(good, { size }), expected, `chunks of ${size}`);
  });

  it("takes a preamble and an epilogue up to 1 KiB", async () => {
    assert.equal((await read(`${"p".repeat(1024)}\r\n${field("a", "1")}${end}${"e".repeat(1020)}`)).length, 1);
    await assert.rejects(read(`${"p".repeat(1025)}\r\n${field("a", "1")}${end}`), { code: "E_MULTIPART_MALFORMED" });
    await assert.rejects(read(`${field("a", "1")}${end}${"e".repeat(1023)}`), { code: "E_MULTIPART_MALFORMED" });
  });

  it("is malformed for every truncation before the closing boundary", async () => {
    const lastEnd = good.lastIndexOf("--B--") + 5;
    for (let length = 0; length < lastEnd; length++) {
      await assert.rejects(read(good.slice(0, length), { size: 7 }), { code: "E_MULTIPART_MALFORMED" }, `cut at ${length}`);
    }
    for (let length = lastEnd; length <= good.length; length++) assert.equal((await read(good.slice(0, length))).length, 4);
  });

  it("skips a part that was not read", async () => {
    assert.deepEqual(
      (await read(good, { skip: true, size: 5 })).map(({ name }) => name),
      ["a", "b", "f", "c"],
    );
  });

  const disposition = 'Content-Disposition: form-data; name="a"';
  const bad: Array<[string, string]> = [
    ["no name", "Content-Disposition: form-data"],
    ["another disposition", 'Content-Disposition: attachment; name="a"'],
    ["no disposition", "X: y"],
    ["a folded line", `${disposition}\r\n x: y`],
    ["a bare line feed", `${disposition}\nX: y`],
    ["a field twice", `${disposition}\r\n${disposition}`],
    ["a control byte", `${disposition}\r\nX: \0`],
    ["a transfer encoding", `${disposition}\r\nContent-Transfer-Encoding: base64`],
    ["a malformed type", `${disposition}\r\nContent-Type: x`],
    ["a name twice", `${disposition}; name="b"`],
    ["bytes that are not UTF-8", 'Content-Disposition: form-data; name="\xff"'],
  ];
  for (const [name, header] of bad) {
    it(`refuses a part header with ${name}`, async () => {
      await assert.rejects(read(`--B\r\n${header}\r\n\r\nx\r\n${end}`), { code: "E_MULTIPART_MALFORMED", status: 400 });
    });
  }

  it("refuses text that is not UTF-8, and other text behind a boundary", async () => {
    await assert.rejects(read(`${field("a", "\xff")}${end}`), { code: "E_MULTIPART_MALFORMED" });
    await assert.rejects(read(`--B \r\n${disposition}\r\n\r\nx\r\n${end}`), { code: "E_MULTIPART_MALFORMED" });
    await assert.rejects(read(`--B\r\n${disposition}\r\n\r\nx\r\n--Bx\r\n`), { code: "E_MULTIPART_MALFORMED" });
  });

  const limited: Array<[string, MultipartLimits, string, string]> = [
    ["parts", { partsMax: 2 }, field("a", "") + field("b", ""), field("c", "")],
    ["fields", { fieldsMax: 1 }, field("a", ""), field("b", "")],
    ["files", { filesMax: 1 }, file("a", "x", ""), file("b", "y", "")],
    ["text", { textBytesMax: 4 }, field("a", "12") + field("b", "34"), field("c", "5")],
    ["a file", { fileBytesMax: 4 }, file("a", "x", "1234"), ""],
  ];
  for (const [name, limits, atLimit, above] of limited) {
    it(`takes ${name} at the limit and refuses one above with 413`, async () => {
      await read(atLimit + end, { limits });
      const over = above === "" ? file("a", "x", "12345") : atLimit + above;
      await assert.rejects(read(over + end, { limits }), { code: "E_MULTIPART_TOO_LARGE", status: 413 });
    });
  }

  const usual: Array<[string, number, string, (count: number) => string]> = [
    ["1,000 fields, and as many parts", 1000, "more than 1000 parts", (count) => field("a", "").repeat(count)],
    ["20 files", 20, "more than 20 files", (count) => file("a", "x", "").repeat(count)],
    ["1 MiB of text", 1_048_576, "more than 1048576 bytes of text", (count) => field("a", "x".repeat(count))],
    [
      "1 MiB of text in two fields",
      1_048_576,
      "more than 1048576 bytes of text",
      (count) => field("a", "x") + field("b", "x".repeat(count - 1)),
    ],
  ];
  for (const [name, limit, message, create] of usual)
    it(`takes ${name} without options, and refuses one more with 413`, async () => {
      await read(create(limit) + end);
      await assert.rejects(read(create(limit + 1) + end), { code: "E_MULTIPART_TOO_LARGE", message: `The multipart body has ${message}.` });
    });

  it("takes an epilogue of exactly 1 KiB, with its line end", async () => {
    await read(`${field("a", "1")}${end}${"e".repeat(1022)}`);
    await assert.rejects(read(`${field("a", "1")}${end}${"e".repeat(1023)}`), { message: /epilogue is over 1 KiB/ });
  });

  it("gives no empty chunk", async () => {
    for await (const part of readMultipart(chunksOf(good, 3), type))
      for await (const chunk of part.chunks()) assert.ok(chunk.length > 0, part.name);
  });

  it("counts fields and files apart", async () => {
    const limits = { fieldsMax: 1, filesMax: 1, partsMax: 2 };
    assert.equal((await read(field("a", "1") + file("b", "x", "") + end, { limits })).length, 2);
    assert.equal((await read(file("b", "x", "") + field("a", "1") + end, { limits })).length, 2);
    assert.equal((await read(field("a", "1234") + file("b", "x", "12345") + end, { limits: { textBytesMax: 4 } })).length, 2);
  });

  it("limits the header of a part to 8 KiB and 16 lines", async () => {
    const headerOf = (bytes: number): string => `${disposition}\r\nX: ${"x".repeat(bytes - disposition.length - 5)}`;
    assert.equal((await read(`--B\r\n${headerOf(8192)}\r\n\r\n1\r\n${end}`)).length, 1);
    await assert.rejects(read(`--B\r\n${headerOf(8193)}\r\n\r\n1\r\n${end}`), { code: "E_MULTIPART_TOO_LARGE" });
    const lines = (count: number): string =>
      [disposition, ...Array.from({ length: count - 1 }, (_, index) => `X-${index}: y`)].join("\r\n");
    assert.equal((await read(`--B\r\n${lines(16)}\r\n\r\n1\r\n${end}`)).length, 1);
    await assert.rejects(read(`--B\r\n${lines(17)}\r\n\r\n1\r\n${end}`), { code: "E_MULTIPART_TOO_LARGE" });
  });

  it("keeps file names as data: no control characters, 255 bytes", async () => {
    const [part] = await read(`${file("a", `..%22/${"é".repeat(200)}`.replaceAll("é", "\xc3\xa9"), "x")}${end}`);
    assert.ok(part!.fileName!.startsWith('.."/é'));
    assert.ok(encoder.encode(part!.fileName).length <= 255);
  });

  it("reads what FormData writes", async () => {
    const form = new FormData();
    form.append('na"me', "välue\r\nline");
    form.append("file", new Blob(["content"], { type: "text/x" }), "ü.txt");
    const response = new Response(form);
    const parts: Part[] = [];
    for await (const part of readMultipart(response.body!, response.headers.get("content-type")!)) {
      const { name, fileName, type: partType } = part;
      parts.push({ name, fileName, type: partType, text: await part.text() });
    }
    assert.deepEqual(parts, [
      { name: 'na"me', fileName: undefined, type: "text/plain", text: "välue\r\nline" },
      { name: "file", fileName: "ü.txt", type: "text/x", text: "content" },
    ]);
  });
});

describe("readBoundary()", () => {
  it("takes 1 to 70 characters of the grammar", () => {
    assert.equal(readBoundary(`multipart/form-data; boundary=${"b".repeat(70)}`).length, 70);
    assert.equal(readBoundary('Multipart/Form-Data; boundary="a b"'), "a b");
    for (const rest of [";", "; ;", "; charset=UTF-8", ";charset=utf-8;", "; charset=us-ascii", "; x=y"])
      assert.equal(readBoundary(`multipart/form-data; boundary=B${rest}`), "B", rest);
    for (const boundary of ["", `=${"b".repeat(71)}`, '="a "', '="é"', "=a; charset=latin1", '="a\\"b"']) {
      assert.throws(() => readBoundary(`multipart/form-data; boundary${boundary}`), { code: "E_MULTIPART_MALFORMED" }, boundary);
    }
  });
});

describe("a part that says something else than a plain field", () => {
  const part = (disposition: string, type = ""): string =>
    `--B\r\nContent-Disposition: form-data; name="a"${disposition}\r\n${type === "" ? "" : `Content-Type: ${type}\r\n`}\r\nvalue\r\n${end}`;
  const accepted: Array<[string, string, string, string | undefined]> = [
    ["empty parameters", ";", "", undefined],
    ["empty parameters before a file name", '; ; filename="x.txt";', "text/plain", "x.txt"],
    ["a field in UTF-8", "", "text/plain; charset=UTF-8", undefined],
    ["a field in US-ASCII", "", "text/plain;charset=us-ascii;", undefined],
    ["a file in any charset", '; filename="x.txt"', "text/plain; charset=iso-2022-jp", "x.txt"],
    ["a file with both names", "; filename=\"x.txt\"; filename*=UTF-8''y.txt", "text/plain", "x.txt"],
  ];
  for (const [name, disposition, partType, fileName] of accepted)
    it(`accepts ${name}`, async () => assert.equal((await read(part(disposition, partType)))[0]!.fileName, fileName));

  const refused: Array<[string, string, string]> = [
    ["filename* without filename", "; filename*=UTF-8''x.txt", ""],
    ["filename* in sections without filename", '; filename*0="x"; filename*1=".txt"', ""],
    ["filename* in encoded sections without filename", "; filename*0*=UTF-8''x; FILENAME*1=.txt", ""],
    ["filename* without filename, with a type", "; filename*=UTF-8''x.txt", "image/png"],
    ["a field in iso-2022-jp", "", "text/plain; charset=iso-2022-jp"],
    ["a field in UTF-16", "", "text/plain; charset=utf-16"],
    ["a field in Latin-1", "", "text/plain; charset=ISO-8859-1"],
  ];
  for (const [name, disposition, partType] of refused)
    it(`refuses ${name}`, () => assert.rejects(read(part(disposition, partType)), { code: "E_MULTIPART_MALFORMED" }));

  it("takes the field _charset_ only for UTF-8", async () => {
    assert.equal((await read(`${field("_charset_", "UTF-8")}${end}`))[0]!.text, "UTF-8");
    await assert.rejects(read(`${field("_charset_", "shift_jis")}${end}`), { code: "E_MULTIPART_MALFORMED" });
  });
});
