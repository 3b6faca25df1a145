/** Declared input of a route: query, form and JSON body, parsed and checked before the handler runs. */
import { GableError } from "../errors/gable-error.ts";
import { parseJsonBody } from "../http/json-body.ts";
import { findMediaType, isJsonType, isUtf8 } from "../http/media-type.ts";
import { parseQuery } from "../http/urlencoded.ts";
import type { RequestContext } from "./context.ts";
import { readForm } from "./form-input.ts";
import type { RouteOptions } from "./handler.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { validateFields, validateWith } from "./standard-schema.ts";

/** Reads all declared input into the context. Throws with the status that the client gets. */
export async function readInput(context: RequestContext, options: RouteOptions): Promise<void> {
  if (options.query !== undefined) context.query = await readQuery(context, options.query);
  if (options.form === undefined && options.json === undefined) return;
  assertPlainEncoding(context);
  if (options.form !== undefined) context.form = await readForm(context, options.form, options.files ?? {});
  else if (options.json !== undefined) context.json = await readJson(context, options.json);
}

async function readQuery(context: RequestContext, schema: StandardSchema): Promise<unknown> {
  const result = await validateFields(schema, parseQuery(context.raw.queryString).toRecord());
  if (result.isValid) return result.value;
  throw new GableError("E_QUERY_INVALID", "The query cannot be used.", { details: { errors: result.errors } });
}

async function readJson(context: RequestContext, schema: StandardSchema): Promise<unknown> {
  const mediaType = findMediaType(context.headers.get("content-type") ?? "");
  if (mediaType === undefined || !isJsonType(mediaType.type) || !isUtf8(mediaType)) {
    throw new GableError("E_BODY_TYPE", "The route takes application/json.", { headers: [["accept", "application/json"]] });
  }
  const result = await validateWith(schema, parseJsonBody(await context.body.read()));
  if (result.isValid) return result.value;
  throw new GableError("E_INPUT_INVALID", "The body cannot be used.", { details: { errors: result.errors } });
}

/** A coding of the body would hide its size from the limits. */
function assertPlainEncoding(context: RequestContext): void {
  const encoding = context.headers.get("content-encoding");
  if (encoding === null || encoding.toLowerCase() === "identity") return;
  throw new GableError("E_BODY_ENCODING", "The body has a Content-Encoding.", { headers: [["accept-encoding", "identity"]] });
}
