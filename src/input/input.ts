/** Declared input of a route: query, form and JSON body, parsed and checked before the handler runs. */
import { GableError } from "../errors/gable-error.ts";
import type { FormInput } from "../handlers/form.ts";
import type { RouteOptions } from "../handlers/handler.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateFields, validateWith } from "../handlers/standard-schema.ts";
import { parseJsonBody } from "../http/json-body.ts";
import { findMediaType, isJsonType, isUtf8 } from "../http/media-type.ts";
import { parseQuery } from "../http/urlencoded.ts";
import type { FormFields } from "./form-input.ts";
import { readFormFields, validateForm } from "./form-input.ts";
import type { InputSource } from "./input-source.ts";

/** The input of a request that its route declares, checked. */
export interface DeclaredInput {
  readonly query?: unknown;
  readonly form?: FormInput<unknown>;
  /** The JSON body, in a record: its value may be undefined. */
  readonly json?: { readonly value: unknown };
}

/**
 * Reads the input that a route declares. `sent` are the fields of a form that were read before.
 * Throws with the status that the client gets.
 */
export async function readInput(source: InputSource, options: RouteOptions, sent?: FormFields): Promise<DeclaredInput> {
  const { query, form, json, files = {} } = options;
  const input = query === undefined ? {} : { query: await readQuery(source, query) };
  if (form === undefined && json === undefined) return input;
  assertPlainEncoding(source);
  if (form !== undefined) return { ...input, form: await validateForm(sent ?? (await readFormFields(source, files)), form, files) };
  return json === undefined ? input : { ...input, json: { value: await readJson(source, json) } };
}

async function readQuery(source: InputSource, schema: StandardSchema): Promise<unknown> {
  const result = await validateFields(schema, parseQuery(source.queryString).toRecord());
  if (result.isValid) return result.value;
  throw new GableError("E_QUERY_INVALID", "The query cannot be used.", { details: { errors: result.errors } });
}

async function readJson(source: InputSource, schema: StandardSchema): Promise<unknown> {
  const mediaType = findMediaType(source.headers.get("content-type") ?? "");
  if (mediaType === undefined || !isJsonType(mediaType.type) || !isUtf8(mediaType)) {
    throw new GableError("E_BODY_TYPE", "The route takes application/json.", { headers: [["accept", "application/json"]] });
  }
  const result = await validateWith(schema, parseJsonBody(await source.body.read()));
  if (result.isValid) return result.value;
  throw new GableError("E_INPUT_INVALID", "The body cannot be used.", { details: { errors: result.errors } });
}

/** A coding of the body would hide its size from the limits. */
function assertPlainEncoding(source: InputSource): void {
  const encoding = source.headers.get("content-encoding");
  if (encoding === null || encoding.toLowerCase() === "identity") return;
  throw new GableError("E_BODY_ENCODING", "The body has a Content-Encoding.", { headers: [["accept-encoding", "identity"]] });
}
