import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BodySource } from "./body.ts";
import { ChunkedBody, emptyBody, joinChunks } from "./body.ts";
import { HeaderTable } from "./header-table.ts";

async function* give(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1);
}

async function* toAsync(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe("ChunkedBody", () => {
  it("joins its chunks in order", async () => {
    assert.deepEqual([...(await new ChunkedBody(give(1, 0, 2), undefined, 3).read())], [1, 3, 3]);
    assert.deepEqual([...(await new ChunkedBody(give(), 0, 0).read())], []);
    const only = new Uint8Array(2);
    assert.equal(await joinChunks(toAsync([only])), only);
  });

  const rows: ReadonlyArray<readonly [what: string, sizes: readonly number[], lengthBytes: number | undefined, code: string | undefined]> =
    [
      ["as many bytes as it states", [2, 3], 5, undefined],
      ["no stated length", [2, 3], undefined, undefined],
      ["fewer bytes than it states", [2, 2], 5, "E_BODY_INCOMPLETE"],
      ["no bytes where it states some", [], 1, "E_BODY_INCOMPLETE"],
      ["more bytes than the limit", [3, 3], undefined, "E_BODY_TOO_LARGE"],
      ["a stated length over the limit", [], 6, "E_BODY_TOO_LARGE"],
    ];
  for (const [what, sizes, lengthBytes, code] of rows)
    it(`with ${what} ${code === undefined ? "is read" : `throws ${code}`}`, async () => {
      const read = async (): Promise<Uint8Array> => new ChunkedBody(give(...sizes), lengthBytes, 5).read();
      if (code === undefined) assert.equal((await read()).length, 5);
      else await assert.rejects(read(), { code });
    });

  it("takes the limit of a call, of limit(), and of its creation, in this order", async () => {
    await assert.rejects(new ChunkedBody(give(5), undefined, 5).read({ bytesMax: 4 }), {
      code: "E_BODY_TOO_LARGE",
      details: { bytesMax: 4 },
    });
    assert.equal((await new ChunkedBody(give(5), 5, 4).read({ bytesMax: 5 })).length, 5);
    const body = new ChunkedBody(give(5), 5, 5);
    body.limit(4);
    await assert.rejects(body.read(), { code: "E_BODY_TOO_LARGE" });
  });

  it("is read once, and has the trailers that it was given", async () => {
    const trailers = new HeaderTable([["x-a", "1"]]);
    const body = new ChunkedBody(give(1), undefined, 5, () => trailers);
    assert.equal(body.isUsed, false);
    await body.read();
    assert.equal(body.isUsed, true);
    await assert.rejects(body.read(), { code: "E_BODY_USED" });
    assert.equal(body.trailers, trailers);
    assert.deepEqual([...new ChunkedBody(give(), 0, 5).trailers], []);
  });
});

describe("emptyBody", () => {
  it("is read any number of times, and has no chunks", async () => {
    for (let time = 0; time < 2; time++) {
      assert.equal((await emptyBody.read()).length, 0);
      assert.equal((await joinChunks(emptyBody.chunks())).length, 0);
    }
    assert.deepEqual([emptyBody.isUsed, emptyBody.lengthBytes], [false, 0]);
  });
});

describe("the option bytesMax of a body", () => {
  const bodies: ReadonlyArray<readonly [name: string, create: () => BodySource]> = [
    ["an empty body", () => emptyBody],
    ["a body with chunks", () => new ChunkedBody(give(), 0, 5)],
  ];
  for (const [name, create] of bodies)
    it(`is a whole number in ${name}`, async () => {
      for (const bytesMax of [0, Number.MAX_SAFE_INTEGER, undefined]) {
        const options = bytesMax === undefined ? undefined : { bytesMax };
        assert.equal((await create().read(options)).length, 0);
        assert.equal((await joinChunks(create().chunks(options))).length, 0);
      }
      for (const bytesMax of [-1, 0.5, Number.NaN, Infinity, "1"])
        for (const read of [
          (body: BodySource) => body.read({ bytesMax } as never),
          async (body: BodySource) => body.chunks({ bytesMax } as never),
        ])
          await assert.rejects(read(create()), { code: "E_OPTION_INVALID" }, String(bytesMax));
      await assert.rejects(create().read({ max: 1 } as never), { code: "E_OPTION_UNKNOWN" });
    });
});
