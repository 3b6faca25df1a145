/** What a test client sends, and how it becomes the body of a request. */
import { randomUUID } from "node:crypto";

/** A file to send. */
export interface TestFile {
  /** Name that the client gives it. */
  readonly name: string;
  /** Media type. By default it follows from usual endings of names, as in a browser. */
  readonly type?: string;
  /** Content. */
  readonly content: string | Uint8Array;
}

/** What to send; at most one of `form`, `json` and `body`. */
export interface TestRequest {
  /** Header fields. None by default. */
  headers?: Readonly<Record<string, string>>;
  /** Fields of a form; with `files` it is sent as multipart. None by default. */
  form?: Readonly<Record<string, string | readonly string[]>>;
  /** Files of a form by field. None by default. */
  files?: Readonly<Record<string, TestFile>>;
  /** A value to send as JSON. None by default. */
  json?: unknown;
  /** A body as it is. None by default. */
  body?: string | Uint8Array;
}

/** A request of a client: what a test says, or the parts of a form on a page. */
export interface SentRequest extends TestRequest {
  /** Parts of a form that is sent as multipart, in order. */
  readonly parts?: ReadonlyArray<readonly [name: string, value: string | TestFile]>;
}

/** Makes the body of a request, and sets the fields that describe it. */
export async function encodeBody(what: SentRequest, headers: Headers): Promise<Uint8Array | undefined> {
  const body = toBody(what, headers);
  if (body === undefined) return undefined;
  // The platform knows how a form is encoded, and which type it has then.
  const encoded = new Response(body);
  const type = encoded.headers.get("content-type");
  if (type !== null && type !== "" && !headers.has("content-type")) headers.set("content-type", type);
  return new Uint8Array(await encoded.arrayBuffer());
}

function toBody(what: SentRequest, headers: Headers): string | URLSearchParams | Blob | undefined {
  if (what.json !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return JSON.stringify(what.json);
  }
  if (what.parts !== undefined) return toMultipart(what.parts);
  const toPairs = ([name, value]: [string, string | readonly string[]]): Array<[string, string]> =>
    (typeof value === "string" ? [value] : value).map((item) => [name, item]);
  const pairs = Object.entries(what.form ?? {}).flatMap(toPairs);
  if (what.files !== undefined) return toMultipart([...pairs, ...Object.entries(what.files)]);
  if (what.form !== undefined) return new URLSearchParams(pairs);
  return what.body instanceof Uint8Array ? new Blob([new Uint8Array(what.body)]) : what.body;
}

/** Encodes parts as browsers do. `FormData` of Node leaves out the file name of a field without a file, which makes it a text field. */
function toMultipart(parts: NonNullable<SentRequest["parts"]>): Blob {
  const boundary = `----gable-${randomUUID()}`;
  const pieces = parts.flatMap(([name, value]) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${toQuoted(name)}"`;
    if (typeof value === "string") return [`${head}\r\n\r\n${value}\r\n`];
    const { content, name: fileName, type = toSentType(fileName) } = value;
    const fields = `; filename="${toQuoted(fileName)}"\r\nContent-Type: ${type}\r\n\r\n`;
    return [head + fields, typeof content === "string" ? content : new Uint8Array(content), "\r\n"];
  });
  return new Blob([...pieces, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

/** Types that browsers send for the usual endings of files. */
const sentTypes: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  webp: "image/webp",
  xml: "text/xml",
  zip: "application/zip",
};

function toSentType(fileName: string): string {
  const ending = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(sentTypes, ending) ? sentTypes[ending]! : "application/octet-stream";
}

/** Names in a part (HTML, section "multipart form data"). */
function toQuoted(text: string): string {
  return text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
