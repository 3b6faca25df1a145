/** Filters attributes that hold several addresses: each is checked separately. */
import { blockedUrl, filterUrl, linkSchemes, mediaSchemes, normalizeUrl } from "./url.ts";

/** How the addresses of a list are separated: `srcset`, by semicolons (`values` of SVG), or by spaces (`ping`). */
export type UrlListKind = "srcset" | "semicolons" | "blanks";

/** Filters each address of a list. An address that is not allowed becomes {@link blockedUrl}. */
export function filterUrlList(text: string, kind: UrlListKind): string {
  if (kind === "srcset") return filterSrcset(text);
  const separator = kind === "semicolons" ? ";" : " ";
  const items = kind === "semicolons" ? text.split(";").map((item) => item.trim()) : text.trim().split(/[\t\n\f\r ]+/);
  return items.map((item) => normalizeUrl(filterUrl(item, linkSchemes))).join(separator);
}

/** Writes a value as a part of one address in a list: it cannot start another one. */
export function toListPart(text: string, kind: UrlListKind): string {
  const separators = { srcset: /[\s,]/g, semicolons: /[\s;]/g, blanks: /\s/g }[kind];
  return text.replace(separators, encodeURIComponent);
}

/** Filters `srcset` and `imagesrcset` by the grammar of the HTML standard: an address may contain commas, but not at its ends. */
function filterSrcset(text: string): string {
  const candidates: string[] = [];
  const reader = /[\t\n\f\r ,]*([^\t\n\f\r ]+)/y;
  for (let match = reader.exec(text); match !== null; match = reader.exec(text)) {
    const url = match[1]!.replace(/,+$/, "");
    // A comma at its end ends the candidate; otherwise descriptors follow up to the next comma outside parentheses.
    const descriptors = url === match[1] ? readDescriptors(text, reader.lastIndex) : "";
    reader.lastIndex += descriptors.length;
    if (url !== "") candidates.push(toCandidate(url, descriptors.replace(/,$/, "").trim()));
  }
  return candidates.join(", ");
}

function readDescriptors(text: string, from: number): string {
  let depth = 0;
  let index = from;
  for (; index < text.length; index++) {
    const character = text[index];
    if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === "," && depth === 0) return text.slice(from, index + 1);
  }
  return text.slice(from, index);
}

/** A candidate with unknown descriptors shows nothing. */
function toCandidate(url: string, descriptors: string): string {
  if (descriptors === "") return normalizeUrl(filterUrl(url, mediaSchemes));
  const isFine = /^(?:\d+w(?:\s+\d+h)?|\d+h(?:\s+\d+w)?|\d*\.?\d+(?:e[+-]?\d+)?x)$/i.test(descriptors);
  return isFine ? `${normalizeUrl(filterUrl(url, mediaSchemes))} ${descriptors}` : blockedUrl;
}
