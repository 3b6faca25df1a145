/** A whole reply as a cache stores it: without what belongs to one visitor, with holes where nonces go. */
import { parseCacheControl, splitList } from "../http/fields.ts";
import type { HeaderTable } from "../http/header-table.ts";
import type { Validators } from "../http/conditions.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import { splitAtNonce } from "../views/rendering/nonce-text.ts";

/** A stored reply. */
export interface StoredPage {
  readonly status: number;
  readonly contentType: string;
  readonly fields: ReadonlyArray<readonly [string, string]>;
  /** Text in pieces, with a nonce between each two of them; bytes; or nothing. */
  readonly body: readonly string[] | Uint8Array | null;
  /** Whether the policy of the reply has a nonce. */
  readonly hasNonce: boolean;
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
}

/** A reply that may be stored, after its view was rendered. */
export interface PageCandidate {
  readonly reply: HandlerReply;
  /** Its status, when `context.reply` was used. */
  readonly status: number;
  /** The nonce that was used while it was made; undefined without one. */
  readonly nonce: string | undefined;
  /** Names of the fields of the request that it may depend on, in lower case. */
  readonly vary: ReadonlySet<string>;
}

const storedStatuses: ReadonlySet<number> = new Set([200, 301, 404, 410]);

/** Returns the stored form of a reply, or the reason why it must not be stored. */
export function toStoredPage(candidate: PageCandidate): StoredPage | string {
  const { reply, status, nonce } = candidate;
  const { contentType, body, validators } = reply;
  const reason = findReason(candidate);
  if (reason !== undefined) return reason;
  if (Object.getPrototypeOf(reply) !== HandlerReply.prototype || !isWhole(body)) return "its body is a file or a stream";
  const pieces = typeof body === "string" ? toPieces(body, nonce) : nonce === undefined ? body : undefined;
  if (pieces === undefined) return "its nonce cannot be replaced in the body";
  const fields = reply.hasHeaders ? [...reply.headers] : [];
  if (nonce !== undefined && fields.some(([, value]) => value.includes(nonce))) return "a header field has its nonce";
  const { etag, lastModified } = validators ?? {};
  return { status, contentType, fields, body: pieces, hasNonce: nonce !== undefined, etag, lastModified };
}

/** Makes a reply of a stored one. `takeNonce` gives the nonce of the reply. */
export function fromStoredPage(page: StoredPage, takeNonce: () => string): HandlerReply {
  const { status, contentType, fields, body, hasNonce, etag, lastModified } = page;
  const nonce = hasNonce ? takeNonce() : "";
  const whole = body === null || body instanceof Uint8Array ? body : body.join(nonce);
  const reply = new HandlerReply(status, contentType, whole, fields.length === 0 ? undefined : fields);
  if (etag !== undefined || lastModified !== undefined) reply.validators = toValidators(etag, lastModified);
  return reply;
}

function toValidators(etag: string | undefined, lastModified: Date | undefined): Validators {
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

function findReason({ reply, status, vary }: PageCandidate): string | undefined {
  if (!storedStatuses.has(status)) return `its status is ${status}`;
  if (!reply.hasHeaders) return undefined;
  return findPrivateField(reply.headers) ?? findUndeclared(reply.headers, vary);
}

/** Returns the reason why fields keep a reply from being stored; undefined without one. */
export function findPrivateField(headers: HeaderTable): string | undefined {
  if (headers.has("set-cookie")) return "it sets a cookie";
  const directives = parseCacheControl(headers.get("cache-control") ?? "");
  const name = ["private", "no-store"].find((each) => directives.has(each));
  return name === undefined ? undefined : `its Cache-Control is ${name}`;
}

/** A reply that varies by another field, or by `*`, is not the same for everybody. */
function findUndeclared(headers: HeaderTable, vary: ReadonlySet<string>): string | undefined {
  const other = splitList(headers.get("vary") ?? "").find((name) => !vary.has(name.toLowerCase()));
  return other === undefined ? undefined : `it has Vary: ${other}`;
}

function isWhole(body: HandlerReply["body"]): body is string | Uint8Array | null {
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** Returns undefined when the nonce is not in the text, or may be in it in another form. */
function toPieces(text: string, nonce: string | undefined): readonly string[] | undefined {
  if (nonce === undefined) return [text];
  const pieces = splitAtNonce(text, nonce);
  return pieces !== undefined && pieces.length > 1 ? pieces : undefined;
}
