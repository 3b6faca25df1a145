/** What a test client sends, and how it becomes the body of a request. */

/** A file to send. */
export interface TestFile {
  /** Name that the client gives it. */
  readonly name: string;
  /** Media type. Default `application/octet-stream`. */
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

function toBody(what: SentRequest, headers: Headers): string | FormData | URLSearchParams | Blob | undefined {
  if (what.json !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return JSON.stringify(what.json);
  }
  if (what.parts !== undefined) return toFormData(what.parts);
  const toPairs = ([name, value]: [string, string | readonly string[]]): Array<[string, string]> =>
    (typeof value === "string" ? [value] : value).map((item) => [name, item]);
  const pairs = Object.entries(what.form ?? {}).flatMap(toPairs);
  if (what.files !== undefined) return toFormData([...pairs, ...Object.entries(what.files)]);
  if (what.form !== undefined) return new URLSearchParams(pairs);
  return what.body instanceof Uint8Array ? new Blob([new Uint8Array(what.body)]) : what.body;
}

function toFormData(parts: NonNullable<SentRequest["parts"]>): FormData {
  const data = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, toBlob(value), value.name);
  }
  return data;
}

function toBlob({ type = "application/octet-stream", content }: TestFile): Blob {
  return new Blob([typeof content === "string" ? content : new Uint8Array(content)], { type });
}
