/** Reads `request.formData()` by the rules of declared forms: strict UTF-8, and nothing is guessed. */
import { GableError } from "../errors/gable-error.ts";
import { joinChunks } from "../http/body.ts";
import { findMediaType, isUtf8 } from "../http/media-type.ts";
import { parseFormFields } from "../input/form-input.ts";

/** Most files in a form; its fields have the same limit. */
const filesMax = 1000;

/** Reads the form of a body. Throws `E_FORM_MALFORMED`, `E_MULTIPART_MALFORMED` and what is too large. */
export async function readFormData(contentType: string, chunks: AsyncIterable<Uint8Array>): Promise<FormData> {
  const mediaType = findMediaType(contentType);
  if (mediaType?.type === "multipart/form-data") return readParts(contentType, chunks);
  if (mediaType?.type !== "application/x-www-form-urlencoded" || !isUtf8(mediaType))
    throw new GableError(
      "E_FORM_MALFORMED",
      "The body is not a form: its Content-Type must be application/x-www-form-urlencoded or multipart/form-data, in UTF-8.",
    );
  const form = new FormData();
  for (const [name, value] of parseFormFields(await joinChunks(chunks))) form.append(name, value);
  return form;
}

async function readParts(contentType: string, chunks: AsyncIterable<Uint8Array>): Promise<FormData> {
  const { readMultipart } = await import("../http/multipart.ts");
  const form = new FormData();
  // The limit of the body bounds what is held.
  const limits = { filesMax, textBytesMax: Number.MAX_SAFE_INTEGER };
  for await (const { name, fileName, type, chunks: content, text } of readMultipart(chunks, contentType, limits)) {
    if (fileName === undefined) form.append(name, await text());
    else form.append(name, new File([new Uint8Array(await joinChunks(content()))], fileName, { type }));
  }
  return form;
}
