/** Responses of the global fetch() that a handler returns: the body is decoded, so the fields of its encoded form must not go on. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { gable, get } from "gable";

const text = "a page of another server, ".repeat(100);
const encoders: Readonly<Record<string, (text: string) => Uint8Array>> = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

describe("a response of fetch() that a handler returns", () => {
  const upstream = createServer((request, response) => {
    const coding = request.url!.slice(1);
    const encode = encoders[coding];
    response.setHeader("etag", '"one"').setHeader("content-type", "text/plain").setHeader("content-digest", "sha-256=:AA==:");
    if (encode !== undefined) response.setHeader("content-encoding", coding);
    response.end(encode?.(text) ?? text);
  });
  let origin = "";
  before(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    // A server that listens on a port has such an address.
    origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  });
  after(() => upstream.close());
  const app = gable({
    mode: "test",
    routes: [
      get("/from/:coding", ({ params }) => fetch(`${origin}/${params.coding}`)),
      get("/own", () => new Response(gzipSync(text), { headers: { "content-encoding": "gzip", etag: '"one"' } })),
    ],
  });

  for (const coding of Object.keys(encoders))
    it(`is sent decoded, without the fields of ${coding}`, async () => {
      const reply = await app.request(`/from/${coding}`);
      assert.equal(await reply.text(), text);
      assert.deepEqual(
        ["content-encoding", "content-digest", "etag"].map((name) => reply.headers.get(name)),
        [null, null, 'W/"one"'],
      );
    });

  it("keeps its fields when nothing was encoded", async () => {
    const reply = await app.request("/from/plain");
    assert.equal(await reply.text(), text);
    assert.deepEqual(
      ["content-digest", "etag"].map((name) => reply.headers.get(name)),
      ["sha-256=:AA==:", '"one"'],
    );
  });

  it("keeps its coding when the program made it", async () => {
    const reply = await app.request("/own");
    assert.deepEqual([reply.headers.get("content-encoding"), reply.headers.get("etag")], ["gzip", '"one"']);
    assert.deepEqual(new Uint8Array(await reply.arrayBuffer()), new Uint8Array(gzipSync(text)));
  });
});
