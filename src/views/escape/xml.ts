/** Escapes text and attributes of XML 1.0. */

// All that XML 1.0 has no character for: control characters, lone surrogates, U+FFFE and U+FFFF.
// eslint-disable-next-line no-control-regex -- control characters are what is dropped
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Drops characters that XML does not allow: a browser shows nothing of a document with one of them. */
export function dropForbidden(text: string): string {
  return text.replace(forbidden, "");
}

/** Escapes text: `& < > " '` and CR; drops characters that XML does not allow. */
export function escapeXml(text: string): string {
  const kept = dropForbidden(text);
  return /[&<>"'\r]/.test(kept) ? kept.replace(/[&<>"'\r]/g, toReference) : kept;
}

/** Like {@link escapeXml}, for attributes: a parser would read tabs and line ends there as spaces (XML 1.0, section 3.3.3). */
export function escapeXmlAttribute(text: string): string {
  const escaped = escapeXml(text);
  return /[\t\n]/.test(escaped) ? escaped.replaceAll("\t", "&#9;").replaceAll("\n", "&#10;") : escaped;
}

function toReference(character: string): string {
  if (character === "&") return "&amp;";
  if (character === "<") return "&lt;";
  if (character === ">") return "&gt;";
  if (character === '"') return "&quot;";
  return character === "'" ? "&apos;" : "&#13;";
}

/** Escapes text for a CDATA section. */
export function escapeCdata(text: string): string {
  return dropForbidden(text).replaceAll("]]>", "]]]]><![CDATA[>");
}
