import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderTable } from "../http/header-table.ts";
import type { FileBody, ReplyBody } from "../http/message.ts";
import { assertStatedLength, discardReply, findLength, giveUpReply, joinBytes } from "./reply-body.ts";

function createFile(lengthBytes: number): FileBody {
  return { kind: "file", lengthBytes, async *chunks() {}, close: () => undefined };
}
async function* noPieces(): AsyncGenerator<string> {}

describe("the length that a reply states", () => {
  for (const [stated, body, has] of [
    [["3"], "aé", undefined],
    [["3"], new Uint8Array(3), undefined],
    [["3"], createFile(3), undefined],
    [["0"], "", undefined],
    [["7"], noPieces(), undefined],
    [["9007199254740992"], noPieces(), undefined],
    [["2"], "aé", "3"],
    [["4"], new Uint8Array(3), "3"],
    [["2"], createFile(3), "3"],
    [[], "abc", "3"],
    [["3", "3"], "abc", "3"],
    [["03"], "abc", "3"],
    [["+3"], "abc", "3"],
    [["3 "], "abc", "3"],
    [["-1"], noPieces(), "an unknown number of"],
    [["12345678901234567"], noPieces(), "an unknown number of"],
  ] as ReadonlyArray<readonly [readonly string[], ReplyBody, string | undefined]>)
    it(`${has === undefined ? "may be" : "is not"} ${JSON.stringify(stated)} for ${typeof body === "string" ? JSON.stringify(body) : "other bodies"}`, () => {
      const headers = new HeaderTable(stated.map((value) => ["content-length", value] as const));
      const check = (): void => assertStatedLength(headers, body);
      if (has === undefined) assert.doesNotThrow(check);
      else
        assert.throws(check, {
          code: "E_REPLY_LENGTH_MISMATCH",
          message: `The reply states a length of "${headers.all("content-length").join(", ")}" and has ${has} bytes.`,
        });
    });

  it("is read from a head", () => {
    assert.deepEqual(["HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx: 1\r\n", "HTTP/1.1 200 OK\r\nx-content-length: 12\r\n"].map(findLength), [
      12,
      undefined,
    ]);
  });
});

describe("a reply that nobody gets", () => {
  it("closes its file, and counts as settled when it is given up", () => {
    let [closed, settled] = [0, 0];
    const body: FileBody = { ...createFile(3), close: () => void closed++ };
    const reply = { status: 200, headers: [], body, onSettled: () => void settled++ };
    discardReply(reply);
    assert.deepEqual([closed, settled], [1, 0]);
    giveUpReply(reply);
    assert.deepEqual([closed, settled], [2, 1]);
    giveUpReply({ status: 200, headers: [], body: "text" });
  });

  it("has its head before its bytes otherwise", () => {
    assert.equal(joinBytes("é: ", new Uint8Array([65, 66])).toString("latin1"), "é: AB");
  });
});
