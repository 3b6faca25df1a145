import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import type { FileBody, ReplyBody } from "../http/message.ts";
import { gable, post } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";
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

/** Sends a form, and returns the status and the errors that nobody caught. */
async function sendForm(fields: Readonly<Record<string, string | File>>): Promise<[status: number, uncaught: unknown[]]> {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  const app = gable({
    mode: "test",
    logger: silentLogger,
    routes: [post("/", { form: z.object({ title: z.string().optional() }) }, () => "x")],
  });
  process.on("uncaughtException", note);
  try {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const { status } = await app.request("/", { method: "POST", body });
    await new Promise((resolve) => setTimeout(resolve, 800));
    return [status, uncaught];
  } finally {
    process.off("uncaughtException", note);
    await app.close();
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

describe("a FormData of app.request() that is refused early", () => {
  const file = (bytes: number): File => new File([new Uint8Array(bytes)], "a.bin");
  const rows: ReadonlyArray<[title: string, fields: Readonly<Record<string, string | File>>, status: number]> = [
    ["a file of 1 MB that the form does not declare", { file: file(1_000_000) }, 415],
    ["a file of 10 bytes that the form does not declare", { file: file(10) }, 415],
    ["a file after a field", { title: "a", file: file(1_000_000) }, 415],
    ["two files", { one: file(500_000), two: file(500_000) }, 415],
  ];
  for (const [title, fields, status] of rows)
    it(`gets ${status} and leaves no uncaught error: ${title}`, async () => assert.deepEqual(await sendForm(fields), [status, []]));
});
