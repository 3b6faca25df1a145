import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FileBody, ReplyBody } from "../http/message.ts";
import { toResponse } from "./fetch-request.ts";

/** A file that has some bytes, and promises some; it notes that it was closed. */
function createFile(promised: number, sent: number): FileBody & { closed: number } {
  return {
    kind: "file",
    lengthBytes: promised,
    closed: 0,
    async *chunks() {
      yield new Uint8Array(sent);
    },
    close() {
      this.closed++;
    },
  };
}

async function* pieces(...values: ReadonlyArray<string | Error>): AsyncGenerator<string> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    yield value;
  }
}

/** A response of a body, and how often the reply counted as sent. */
function respond(body: ReplyBody, { status = 200, method = "GET" } = {}): { response: Response; settled: () => number } {
  let settled = 0;
  const response = toResponse({ status, headers: [["x-a", "é"]], body, onSettled: () => void settled++ }, method);
  return { response, settled: () => settled };
}

describe("a response of app.fetch()", () => {
  for (const [name, body, length, bytes] of [
    ["nothing", null, "0", 0],
    ["a text", "aé", "3", 3],
    ["no text", "", "0", 0],
    ["bytes", new Uint8Array(3), "3", 3],
    ["a file", createFile(5, 5), "5", 5],
    ["a stream", pieces("a", "é"), null, 3],
  ] as const)
    for (const method of ["GET", "HEAD"])
      it(`states the length of ${name}, and is sent once (${method})`, async () => {
        const { response, settled } = respond(body, { method });
        assert.deepEqual([response.headers.get("content-length"), response.headers.get("x-a")], [length, "é"]);
        assert.equal((await response.arrayBuffer()).byteLength, method === "HEAD" ? 0 : bytes);
        assert.equal(settled(), 1);
      });

  for (const status of [204, 304])
    it(`has neither a body nor a length with ${status}, and closes its file`, () => {
      const file = createFile(5, 5);
      const { response, settled } = respond(file, { status });
      assert.deepEqual([response.body, response.headers.get("content-length"), file.closed, settled()], [null, null, 1, 1]);
    });

  it("closes the file that HEAD does not read", () => {
    const file = createFile(5, 5);
    assert.deepEqual([respond(file, { method: "HEAD" }).settled(), file.closed], [1, 1]);
  });

  it("fails where a file ends early, or a stream fails", async () => {
    const short = respond(createFile(5, 4));
    await assert.rejects(short.response.text(), { name: "TypeError", message: "The file has changed while it was sent." });
    const broken = respond(pieces("a", new Error("broken")));
    await assert.rejects(broken.response.text(), { message: "broken" });
    assert.deepEqual([short.settled(), broken.settled()], [1, 1]);
  });

  it("closes a file whose response is given up", async () => {
    const file = createFile(5, 5);
    const { response, settled } = respond(file);
    await response.body!.cancel();
    assert.deepEqual([file.closed, settled()], [1, 1]);
  });

  it("says that a socket cannot be opened", async () => {
    let settled = 0;
    const reply = { status: 101, headers: [], body: null, takeOver: () => undefined, onSettled: () => void settled++ };
    const response = toResponse(reply, "GET");
    assert.deepEqual([response.status, settled], [501, 1]);
    assert.match(await response.text(), /E_SOCKET_UNSUPPORTED|WebSocket/);
  });
});
