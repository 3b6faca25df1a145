/** The candidates of `srcset` and `imagesrcset`. */
import { blockedUrl, filterUrl, mediaSchemes, normalizeUrl } from "./url.ts";

/** Filters the URL of each candidate; one with a descriptor that is none becomes {@link blockedUrl}. */
export function filterSrcset(text: string): string {
  return text
    .split(",")
    .map(filterCandidate)
    .filter((candidate) => candidate !== "")
    .join(", ");
}

function filterCandidate(text: string): string {
  const [url = "", descriptor, ...rest] = text.trim().split(/\s+/);
  if (url === "") return "";
  const isFine = rest.length === 0 && (descriptor === undefined || /^[0-9.]+[wxh]$/.test(descriptor));
  // A comma inside a data URL has been split: without data URLs no part can be read as another candidate.
  const safe = isFine ? normalizeUrl(filterUrl(url, mediaSchemes)) : blockedUrl;
  return descriptor === undefined || !isFine ? safe : `${safe} ${descriptor}`;
}
