/** Inserts the scripts of development into pages. Parts of pages, other replies and files from disk stay as they are. */
import { HeaderTable } from "../../http/header-table.ts";
import type { RawRequest, Reply } from "../../http/message.ts";
import { isBodylessStatus, isFileBody } from "../../http/message.ts";

/** A page begins with one of these, after blanks and comments. */
const pageStart = /^(?:\s|<!--(?:(?!-->)[^])*-->)*<(?:!doctype\s+html|html|head|body)\b/i;
const bodyEnd = /<\/body\s*>(?![^]*<\/body\s*>)/i;
const htmlType = /^text\/html\b/i;
/** Where browsers show what they load. A script that fetches HTML gets it unchanged. */
const shownIn = new Set(["document", "iframe", "frame", "fencedframe"]);

/**
 * Returns the reply with `<script>` elements for the addresses before `</body>`. A page in pieces gets them at its end.
 * Only complete pages get them: text/html that begins with a doctype, `<html>`, `<head>` or `<body>`.
 */
export function insertScripts(reply: Reply, request: RawRequest, addresses: readonly string[]): Reply {
  const { body } = reply;
  if (addresses.length === 0 || body === null || isFileBody(body) || isBodylessStatus(reply.status)) return reply;
  const headers = new HeaderTable(reply.headers);
  if (!htmlType.test(headers.get("content-type") ?? "") || headers.has("content-encoding") || !isShown(request)) return reply;
  const policy = headers.get("content-security-policy");
  // The application sent several policies: the page gets no scripts.
  if (policy?.includes(",") === true) return reply;
  const nonce = nonceOf(policy) ?? createNonce();
  const elements = addresses
    .map((address) => `<script type="module" nonce="${nonce}" src="${address.replaceAll("&", "&amp;")}"></script>`)
    .join("");
  const inserted = insertInto(body, elements);
  if (inserted === undefined) return reply;
  if (policy !== null) headers.set("content-security-policy", allowScripts(policy, nonce));
  // The tag belongs to the page without the scripts, and a kept page would have the nonce of an old reply.
  headers.delete("etag").delete("last-modified").delete("content-length");
  return { ...reply, headers, body: inserted };
}

function isShown({ headers }: RawRequest): boolean {
  const destination = headers.get("sec-fetch-dest");
  return destination === null || shownIn.has(destination);
}

/** Returns the body with the elements; undefined for a part of a page. */
function insertInto(body: NonNullable<Exclude<Reply["body"], { kind: "file" }>>, elements: string): Reply["body"] | undefined {
  if (typeof body === "string") return insertIntoText(body, elements);
  if (!(body instanceof Uint8Array)) return appendToPieces(body, elements);
  const text = decodeUtf8(body);
  return text === undefined ? undefined : insertIntoText(text, elements);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Another charset: its bytes stay as they are.
    return undefined;
  }
}

function insertIntoText(text: string, elements: string): string | undefined {
  if (!pageStart.test(text)) return undefined;
  const end = bodyEnd.exec(text);
  return end === null ? text + elements : text.slice(0, end.index) + elements + text.slice(end.index);
}

/** The elements come last: a parser moves what follows `</html>` into the body. */
async function* appendToPieces(pieces: AsyncIterable<string | Uint8Array>, elements: string): AsyncIterable<string | Uint8Array> {
  let start = "";
  let isPage: boolean | undefined;
  for await (const piece of pieces) {
    if (isPage === undefined) {
      start += typeof piece === "string" ? piece : new TextDecoder().decode(piece);
      if (start.trim() !== "") isPage = pageStart.test(start);
    }
    yield piece;
  }
  if (isPage === true) yield elements;
}

function nonceOf(policy: string | null): string | undefined {
  return policy === null ? undefined : /script-src[^;]*'nonce-([\w+/=-]+)'/.exec(policy)?.[1];
}

function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/** Adds what the scripts need to a policy, and nothing that it has already. */
function allowScripts(policy: string, nonce: string): string {
  const directives = policy.split(";").map((directive) => directive.trim().split(/\s+/));
  const fallback = directives.find(([name]) => name === "default-src")?.slice(1);
  const sourcesOf = (name: string): readonly string[] | undefined => directives.find(([each]) => each === name)?.slice(1) ?? fallback;
  const script = sourcesOf("script-src");
  if (script !== undefined) addSource(directives, "script-src", script, isNonceHarmful(script) ? "'self'" : `'nonce-${nonce}'`);
  const connect = sourcesOf("connect-src");
  if (connect !== undefined && !connect.includes("*")) addSource(directives, "connect-src", connect, "'self'");
  return directives.map((directive) => directive.join(" ")).join("; ");
}

/** A nonce switches off 'unsafe-inline', on which the page may depend. */
function isNonceHarmful(sources: readonly string[]): boolean {
  return sources.includes("'unsafe-inline'") && !sources.some((source) => /^'(?:nonce|sha\d+)-/.test(source));
}

function addSource(directives: string[][], name: string, sources: readonly string[], source: string): void {
  if (sources.includes(source)) return;
  const directive = [name, ...sources.filter((each) => each !== "'none'"), source];
  const at = directives.findIndex(([each]) => each === name);
  if (at === -1) directives.push(directive);
  else directives[at] = directive;
}
