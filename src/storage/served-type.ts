/** How browsers get stored files: what people upload never runs on the pages of the site. */
import { findMediaType } from "../http/media-type.ts";

/** Types that browsers may show. Everything else is a download. */
const inlineTypes: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "video/mp4",
  "video/webm",
  "audio/webm",
  "audio/mpeg",
  "audio/wav",
  "audio/x-wav",
  "audio/wave",
]);
/** Types that keep their name as downloads. Others might be scripts, styles or pages, which a page of the site could load. */
const passiveTypes: ReadonlySet<string> = new Set([
  "application/pdf",
  "application/zip",
  "application/gzip",
  "application/msword",
  "application/vnd.ms-excel",
  "application/vnd.ms-powerpoint",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "text/plain",
  "text/csv",
]);

/** Returns the type to send for a stored one, and whether browsers may show it. */
export function toServedType(stored: string): { readonly type: string; readonly isInline: boolean } {
  const type = findMediaType(stored)?.type ?? "";
  if (inlineTypes.has(type)) return { type, isInline: true };
  return { type: passiveTypes.has(type) ? stored : "application/octet-stream", isInline: false };
}

/** Returns the last segment of a key: the name of a download without its own. */
export function nameOfKey(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
