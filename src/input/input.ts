/** Reads the declared input of a route: query, form and JSON body are parsed and checked before the handler runs. */
import { GableError } from "../errors/gable-error.ts";
import type { RouteOptions } from "../handlers/handler.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateFields, validateWith } from "../handlers/standard-schema.ts";
import { parseJsonBody } from "../http/json-body.ts";
import { findMediaType, isJsonType } from "../http/media-type.ts";
import { prefersJson } from "../http/negotiation.ts";
import { parseQuery } from "../http/urlencoded.ts";
import { assertUtf8 } from "./assert-utf8.ts";
import { parseQueryForm, readSentForm } from "./form-input.ts";
import type { NoteUnknown, ReadForm, SentForm } from "./form-reader.ts";
import { findFormReader } from "./form-reader.ts";
import type { InputSource } from "./input-source.ts";
import { readSchemaForm, schemaFileBytesMax, schemaFormBytesMax } from "./schema-form.ts";

/** Most names of unknown fields in a line of the log, and most characters of each. */
const loggedNamesMax = 20;
const loggedNameMax = 64;

/** The checked input that a route declares. */
export interface DeclaredInput {
  readonly query?: unknown;
  readonly form?: unknown;
  /** The JSON body in an object: its value may be undefined. */
  readonly json?: { readonly value: unknown };
}

/**
 * Reads the input that a route declares. `sent` are form fields that were read before.
 * Throws with the status that the client gets.
 */
export async function readInput(source: InputSource, options: RouteOptions, sent?: SentForm): Promise<DeclaredInput> {
  const { query, form, json } = options;
  const input = query === undefined ? {} : { query: await readQuery(source, query) };
  if (form === undefined && json === undefined) return input;
  assertPlainEncoding(source);
  if (form !== undefined) return { ...input, form: await readForm(source, options, sent) };
  return json === undefined ? input : { ...input, json: { value: await readJson(source, json) } };
}

/** Returns the body limit of several routes by their forms: the largest; undefined if no form accepts files. */
export function findFormBytesMax(routes: readonly RouteOptions[]): number | undefined {
  const limits = routes.flatMap(({ form, files }) => {
    const own = form === undefined ? undefined : findFormReader(form)?.bodyBytesMax;
    return own ?? (files === undefined ? [] : schemaFormBytesMax(files));
  });
  return limits.length === 0 ? undefined : Math.max(...limits);
}

/** Reads the fields and files of a form that one of several routes declares. */
export function readDeclaredForm(source: InputSource, routes: readonly RouteOptions[]): Promise<SentForm> {
  return readSentForm(source, (name) => {
    for (const { form, files = {} } of routes) {
      const found = (form === undefined ? undefined : findFormReader(form)?.fileLimitOf(name)) ?? schemaFileBytesMax(files, name);
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

async function readForm(source: InputSource, options: RouteOptions, sent: SentForm | undefined): Promise<ReadForm> {
  const { files = {} } = options;
  const reader = findFormReader(options.form!);
  const isQuery = reader?.method === "get";
  const found = isQuery ? parseQueryForm(source.ownQueryString()) : (sent ?? (await readDeclaredForm(source, [options])));
  const noteUnknown: NoteUnknown | undefined = isQuery ? undefined : (name, unknown) => logUnknown(source, name, unknown);
  // Records of fields became forms when the route was compiled.
  const schema = options.form as StandardSchema;
  const read = reader === undefined ? await readSchemaForm(found, schema, files) : await reader.read(found, noteUnknown);
  // Programs get the errors as data: they cannot use a page with the form.
  if (!read.valid && read.errors().length > 0 && isProgram(source)) throw read.toError("E_INPUT_INVALID");
  return read;
}

/** Only names are logged, never values: what was typed may be secret. */
function logUnknown({ log }: InputSource, form: string, unknown: readonly string[]): void {
  const names = unknown.slice(0, loggedNamesMax).map((name) => name.slice(0, loggedNameMax));
  log.debug({ form, count: unknown.length, names }, "The form dropped fields that it does not declare.");
}

function isProgram({ headers }: InputSource): boolean {
  const accept = headers.get("accept");
  return accept !== null && /json/i.test(accept) && prefersJson(accept);
}

async function readQuery(source: InputSource, schema: StandardSchema): Promise<unknown> {
  const result = await validateFields(schema, parseQuery(source.ownQueryString()).toRecord());
  if (result.isValid) return result.value;
  throw new GableError("E_QUERY_INVALID", "Invalid query.", { details: { errors: result.errors } });
}

async function readJson(source: InputSource, schema: StandardSchema): Promise<unknown> {
  const mediaType = findMediaType(source.headers.get("content-type") ?? "");
  if (mediaType === undefined || !isJsonType(mediaType.type)) {
    throw new GableError("E_BODY_TYPE", "The route takes application/json.", { headers: [["accept", "application/json"]] });
  }
  assertUtf8(mediaType);
  const result = await validateWith(schema, parseJsonBody(await source.body.read()));
  if (result.isValid) return result.value;
  throw new GableError("E_INPUT_INVALID", "The body cannot be used.", { details: { errors: result.errors } });
}

/** A compressed body would hide its size from the limits. */
function assertPlainEncoding(source: InputSource): void {
  const encoding = source.headers.get("content-encoding");
  if (encoding === null || encoding.toLowerCase() === "identity") return;
  throw new GableError("E_BODY_ENCODING", "The body has a Content-Encoding.", { headers: [["accept-encoding", "identity"]] });
}
