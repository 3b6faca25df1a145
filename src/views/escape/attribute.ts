/** Escapes values of attributes. The compiler puts all of them between double quotes. */
import { breakMustache } from "./mustache.ts";

const special = /[&<"\0]/;

/** Escapes `&`, `<`, `"` and NUL; with `isSplit`, also separates the braces of `{{`. */
export function escapeAttribute(text: string, isSplit: boolean): string {
  const escaped = special.test(text) ? escapeCharacters(text) : text;
  return isSplit ? breakMustache(escaped) : escaped;
}

function escapeCharacters(text: string): string {
  let escaped = "";
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 60 || (code !== 60 && code !== 34 && code !== 38 && code !== 0)) continue;
    escaped += text.slice(from, index) + (code === 38 ? "&amp;" : code === 60 ? "&lt;" : code === 34 ? "&quot;" : "\ufffd");
    from = index + 1;
  }
  return escaped + text.slice(from);
}

/** Reduces markup to the text of an attribute: removes tags, keeps character references. Runs in linear time. */
export function stripTags(markup: string, isSplit: boolean): string {
  let text = "";
  let from = 0;
  for (let open = markup.indexOf("<"); open !== -1; open = markup.indexOf("<", from)) {
    text += markup.slice(from, open);
    const close = markup.indexOf(">", open);
    // The rest after an unclosed last tag is not text either.
    from = close === -1 ? markup.length : close + 1;
  }
  const plain = (text + markup.slice(from)).replaceAll('"', "&quot;").replaceAll("\0", "\ufffd");
  return isSplit ? breakMustache(plain) : plain;
}
