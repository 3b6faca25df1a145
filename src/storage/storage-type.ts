/** The rules of media types in stores. */
import { findMediaType } from "../http/media-type.ts";

const typeCharactersMax = 127;

/** Whether a store can keep a media type. */
export function isValidMediaType(type: unknown): type is string {
  return typeof type === "string" && type.length <= typeCharactersMax && findMediaType(type) !== undefined;
}
