/** Small things that sending a body needs. */
import { GableError } from "../errors/gable-error.ts";
import type { HeaderTable } from "../http/header-table.ts";
import type { Reply, ReplyBody } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";

/** A length that a whole body does not have would make the client read the next reply as this one's rest. */
export function assertStatedLength(headers: HeaderTable, body: ReplyBody): void {
  const lengthBytes =
    typeof body === "string"
      ? Buffer.byteLength(body)
      : body instanceof Uint8Array
        ? body.length
        : isFileBody(body)
          ? body.lengthBytes
          : undefined;
  const stated = headers.all("content-length");
  if (
    stated.length !== 1 ||
    !/^(?:0|[1-9][0-9]{0,15})$/.test(stated[0]!) ||
    (lengthBytes !== undefined && Number(stated[0]) !== lengthBytes)
  ) {
    throw new GableError(
      "E_REPLY_LENGTH_MISMATCH",
      `The reply states a length of "${stated.join(", ")}" and has ${lengthBytes ?? "an unknown number of"} bytes.`,
    );
  }
}

/** Head and bytes in one buffer: copying a few KiB costs less than a second write. */
export function joinBytes(head: string, body: Uint8Array): Buffer {
  const joined = Buffer.allocUnsafe(head.length + body.length);
  joined.write(head, 0, "latin1");
  joined.set(body, head.length);
  return joined;
}

/** The length that a head states; undefined when it states none. */
export function findLength(head: string): number | undefined {
  const match = /\r\ncontent-length: ([0-9]+)\r\n/.exec(head);
  return match === null ? undefined : Number(match[1]);
}

export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Releases what a reply holds that nobody will read. */
export function discardReply(reply: Reply): void {
  if (isFileBody(reply.body)) void reply.body.close();
}

/** Gives up a reply that nobody will get: releases what it holds, and says so. */
export function giveUpReply(reply: Reply): void {
  discardReply(reply);
  reply.onSettled?.();
}
