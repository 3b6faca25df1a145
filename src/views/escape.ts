/** Escapers: pure functions, one per place. */

/** Escapes text between tags: `&`, `<`, `>` and NUL. Its output never goes into an attribute. */
export function escapeText(text: string): string {
  return /[&<>\0]/.test(text) ? text.replace(/[&<>\0]/g, toTextEscape) : text;
}

function toTextEscape(character: string): string {
  return character === "&" ? "&amp;" : character === "<" ? "&lt;" : character === ">" ? "&gt;" : "\ufffd";
}

/** Escapes the value of an attribute in double or single quotes. */
export function escapeAttribute(text: string): string {
  return /[&<"'\0]/.test(text) ? text.replace(/[&<"'\0]/g, toAttributeEscape) : text;
}

function toAttributeEscape(character: string): string {
  if (character === "&") return "&amp;";
  if (character === "<") return "&lt;";
  if (character === '"') return "&quot;";
  return character === "'" ? "&#39;" : "\ufffd";
}

/** What stands in place of a URL whose scheme is not allowed. */
const blockedUrl = "about:invalid#blocked";

const allowedSchemes = new Set(["http", "https", "mailto", "tel"]);

/** Lets relative URLs and those of http, https, mailto and tel through; others become {@link blockedUrl}. */
export function filterUrl(url: string): string {
  // Browsers drop these characters before they read the scheme, so the check must not see them either.
  // eslint-disable-next-line no-control-regex -- control characters are what is dropped
  const seen = url.replace(/^[\u0000-\u0020]+|[\t\n\r]/g, "");
  const end = seen.search(/[:/?#]/);
  if (end === -1 || seen[end] !== ":") return url;
  return allowedSchemes.has(seen.slice(0, end).toLowerCase()) ? url : blockedUrl;
}
