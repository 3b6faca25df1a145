/** Decides which replies are compressed, and how. */
import { joinChunks } from "../http/body.ts";
import { addVary } from "../http/fields.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { FileBody, RawRequest, Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import { preferredEncoding } from "../http/negotiation.ts";
import { EncodedBody, lengthMismatch } from "./encoded-body.ts";
import type { Coding } from "./encoders.ts";
import { addRandomName, codings, encodeWhole } from "./encoders.ts";

/** Shorter bodies are sent as they are, in bytes: they fit into one packet in any case. */
const bytesMin = 1024;
/** Files up to this size are read before they are encoded, in bytes: their reply states its length. */
const heldFileBytesMax = 65_536;

/** How a reply is encoded. */
interface Choice {
  readonly coding: Coding;
  /** Whether a random name hides the exact length. */
  readonly isPadded: boolean;
}

/** Compresses the replies of an application. */
export class Compression {
  around(request: RawRequest, work: () => Reply | Promise<Reply>): Reply | Promise<Reply> {
    const reply = work();
    return reply instanceof Promise ? reply.then((settled) => compress(request, settled)) : compress(request, reply);
  }
}

function compress(request: RawRequest, reply: Reply): Reply | Promise<Reply> {
  const headers = reply.headers instanceof HeaderTable ? reply.headers : new HeaderTable(reply.headers);
  if (reply.status === 304) return withKnownTag(request, reply, headers);
  if (!isCandidate(reply, headers)) return reply;
  const changed = HeaderTable.on(headers);
  addVary(changed, "Accept-Encoding");
  const choice = choose(request.headers);
  return choice === undefined ? { ...reply, headers: changed } : encode(request, { ...reply, headers: changed }, choice);
}

/** Not an event stream: its events must not wait for an encoder, and there is one for each open page. */
const compressibleType =
  /^(?:text\/(?!event-stream(?:[;\s]|$))[^;\s]+|application\/(?:json|xml|javascript|wasm)|[^;\s]+\/[^;\s]+\+(?:json|xml))(?:[;\s]|$)/i;

function isCandidate({ status, body }: Reply, headers: HeaderTable): boolean {
  if (body === null || status < 200 || status === 204 || status === 206) return false;
  if (lengthOf(body) < bytesMin) return false;
  // The server refuses a reply that states a wrong length: leave that to it.
  if (headers.statesLength && !isStatedLength(headers.get("content-length")!, body)) return false;
  if (!compressibleType.test(headers.get("content-type") ?? "")) return false;
  // A digest of the content covers its encoded bytes (RFC 9530 section 2).
  if (headers.has("content-encoding") || headers.has("content-range") || headers.has("content-digest")) return false;
  return !/(?:^|[\s,])no-transform(?:[\s,]|$)/i.test(headers.get("cache-control") ?? "");
}

/** Length of a body in bytes; Infinity for a stream. */
function lengthOf(body: NonNullable<Reply["body"]>): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  return isFileBody(body) ? body.lengthBytes : Infinity;
}

function isStatedLength(stated: string, body: NonNullable<Reply["body"]>): boolean {
  const lengthBytes = lengthOf(body);
  return lengthBytes === Infinity ? /^[0-9]{1,15}$/.test(stated) : stated === String(lengthBytes);
}

/**
 * Chooses the coding by the fields of a request. When the request shows who sends it, the reply may hold a secret next to what an
 * attacker put into the address: lengths of compressed replies would then tell the secret letter by letter (BREACH).
 */
function choose(headers: HeaderReader): Choice | undefined {
  const accepted = headers.get("accept-encoding");
  if (accepted === null) return undefined;
  if (!headers.has("cookie") && !headers.has("authorization")) return toChoice(accepted, codings, false);
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return toChoice(accepted, codings, false);
  // A browser that does not say where a request comes from may be led by another site.
  return site === null ? toChoice(accepted, ["gzip"], true) : undefined;
}

function toChoice(accepted: string, offered: readonly Coding[], isPadded: boolean): Choice | undefined {
  const coding = preferredEncoding(accepted, [...offered, "identity"]);
  return coding === undefined || coding === "identity" ? undefined : { coding, isPadded };
}

type OpenReply = Reply & { readonly headers: HeaderTable };

function encode({ method }: RawRequest, reply: OpenReply, choice: Choice): Reply | Promise<Reply> {
  const { body, headers } = reply;
  const stated = headers.get("content-length");
  headers.delete("content-length").delete("accept-ranges").set("content-encoding", choice.coding);
  const etag = headers.get("etag");
  // Another coding has other bytes: only the meaning is the same (RFC 9110 section 8.8.1).
  if (etag !== null && !etag.startsWith("W/")) headers.set("etag", `W/${etag}`);
  if (typeof body === "string" || body instanceof Uint8Array) return encodeText(reply, body, choice);
  // compress() has passed on replies without a body.
  const pieces = body!;
  if (isFileBody(pieces)) return encodeFile(method, reply, pieces, choice);
  if (method === "HEAD") return reply;
  const lengthBytes = stated === null ? undefined : Number(stated);
  return { ...reply, body: new EncodedBody(() => pieces, { ...choice, flushes: true, lengthBytes }) };
}

function encodeText(reply: Reply, body: string | Uint8Array, { coding, isPadded }: Choice): Reply | Promise<Reply> {
  const encoded = encodeWhole(coding, body, lengthOf(body));
  const toReply = (bytes: Uint8Array): Reply => ({ ...reply, body: isPadded ? addRandomName(bytes) : bytes });
  return encoded instanceof Promise ? encoded.then(toReply) : toReply(encoded);
}

async function encodeFile(method: string, reply: Reply, file: FileBody, choice: Choice): Promise<Reply> {
  const { lengthBytes } = file;
  if (lengthBytes <= heldFileBytesMax) {
    const bytes = await joinChunks(file.chunks());
    if (bytes.length !== lengthBytes) throw lengthMismatch(lengthBytes, String(bytes.length));
    return encodeText(reply, bytes, choice);
  }
  const body = new EncodedBody(() => file.chunks(), { ...choice, flushes: false, lengthBytes });
  if (method === "HEAD") {
    await file.close();
    return { ...reply, body };
  }
  unreadFiles.register(body, file);
  const onSettled = (): void => {
    void file.close();
    reply.onSettled?.();
  };
  return { ...reply, body, onSettled };
}

/** Closes the files of replies that nobody has read. */
const unreadFiles = new FinalizationRegistry<FileBody>((file) => void file.close());

/** A client that holds the compressed form knows its weak tag. The type is not known here: any content may have been compressed. */
function withKnownTag(request: RawRequest, reply: Reply, headers: HeaderTable): Reply {
  const changed = HeaderTable.on(headers);
  addVary(changed, "Accept-Encoding");
  const etag = headers.get("etag");
  if (etag?.startsWith('"') === true && request.headers.get("if-none-match")?.includes(`W/${etag}`) === true)
    changed.set("etag", `W/${etag}`);
  return { ...reply, headers: changed };
}
