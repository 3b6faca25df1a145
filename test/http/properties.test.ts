/** Properties of parsers and writers: what is written is read again, and hostile input never costs more than linear time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCookies, parseQuery, readMultipart, serializeCookie, serializeQuery, toContentDisposition } from "gable/http";
import { parseParameters } from "../../src/http/media-type.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });
/** serializeCookie() refuses the characters that are left out here. */
const cookieText = anyText.map((text) => text.toWellFormed().replace(/[\p{Cc};\p{Zl}\p{Zp}\uFEFF]|(?! )\p{Zs}/gu, ""));
const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
const runs = { numRuns: 1000 };

describe("round trips", () => {
  it("of cookies", () => {
    fc.assert(
      fc.property(fc.dictionary(token, cookieText, { maxKeys: 8, noNullPrototype: true }), (cookies) => {
        const names = Object.keys(cookies).filter((name) => !/^__(?:host|secure)-/i.test(name));
        const field = names.map((name) => serializeCookie(name, cookies[name]!).split("; ")[0]).join("; ");
        assert.deepEqual(
          [...parseCookies(field)],
          names.map((name) => [name, cookies[name]!.toWellFormed()]),
        );
      }),
      runs,
    );
  });

  it("of queries, which URLSearchParams reads in the same way", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { maxLength: 8 }), (pairs) => {
        const text = pairs.map(([name, value]) => serializeQuery({ [name]: value }).slice(1)).join("&");
        assert.deepEqual(
          [...parseQuery(text)],
          pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
        );
      }),
      runs,
    );
    // ASCII, as on the wire: Node's own parser misreads raw text next to broken escapes.
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a&=+%4C3;?".split("")), maxLength: 40 }), (text) =>
        assert.deepEqual([...parseQuery(text)], [...new URLSearchParams(`&${text}`)]),
      ),
      runs,
    );
  });

  it("of dispositions, whose name is never a path", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const field = toContentDisposition("attachment", name);
        assert.match(field, /^[\x20-\x7e]*$/);
        const params = parseParameters(field, "attachment".length)!;
        const extended = params.get("filename*");
        const read = extended === undefined ? params.get("filename")! : decodeURIComponent(extended.slice(7));
        assert.doesNotMatch(read, /[/\\\0\r\n]/);
        if (!/[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]/.test(name) && name.isWellFormed() && name.length <= 255)
          assert.equal(read, name);
      }),
      runs,
    );
  });

  it("of multipart bodies as FormData writes them, for any size of chunk", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.stringMatching(/^[ -~é\r\n]{1,20}$/), anyText), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        async (fields, size) => {
          const form = new FormData();
          for (const [name, value] of fields) form.append(name, value);
          const response = new Response(form);
          const type = response.headers.get("content-type")!;
          const bytes = new Uint8Array(await response.arrayBuffer());
          async function* chunks(): AsyncGenerator<Uint8Array> {
            for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
          }
          const read: Array<[string, string]> = [];
          for await (const part of readMultipart(chunks(), type)) read.push([part.name, await part.text()]);
          const lines = (text: string): string => text.toWellFormed().replace(/\r\n|\r|\n/g, "\r\n");
          assert.deepEqual(
            read,
            [...form].map(([name, value]) => [
              lines(name).replace(/%(?:22|0d|0a)/gi, (escape) => decodeURIComponent(escape)),
              lines(value as string),
            ]),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("linear time", () => {
  // A quadratic reader needs many minutes for these and meets the time limit of the runner.
  const half = 524_288;

  it("of cookies", () => assert.deepEqual([...parseCookies(`a=${" ".repeat(half)}${"%".repeat(half)}`)], [["a", "%".repeat(half)]]));

  it("of queries", () => assert.equal(parseQuery(`a=${"%".repeat(2 * half)}`).get("a"), "%".repeat(2 * half)));

  it("of parameters", () => {
    assert.equal(parseParameters(`;a="${"\\a".repeat(half)}`, 0), undefined);
    assert.equal(parseParameters(`;a="${"\\a".repeat(half)}"`, 0)?.get("a"), "a".repeat(half));
  });

  it("of multipart bodies full of line ends", async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n');
      for (let count = 0; count < 16; count++) yield Buffer.from("\r\n-".repeat(20_000));
      yield Buffer.from("\r\n--B--");
    }
    for await (const part of readMultipart(chunks(), "multipart/form-data; boundary=B")) assert.equal((await part.text()).length, 960_000);
  });
});
