/** Values of attributes. The compiler puts all of them between double quotes. */
import { breakMustache } from "./mustache.ts";

const special = /[&<"\0]/;
let isSplit = false;

/** Sets for the process whether `{{` in attributes is taken apart. */
export function setAttributeSplit(isAttributeSplit: boolean): void {
  isSplit = isAttributeSplit;
}

/** Escapes `&`, `<`, `"` and NUL. */
export function escapeAttribute(text: string): string {
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

/** Makes markup fit for an attribute: tags are taken out, character references stay. Linear. */
export function stripTags(markup: string): string {
  let text = "";
  let from = 0;
  for (let open = markup.indexOf("<"); open !== -1; open = markup.indexOf("<", from)) {
    text += markup.slice(from, open);
    const close = markup.indexOf(">", open);
    // What follows the last tag that does not end is no text either.
    from = close === -1 ? markup.length : close + 1;
  }
  const plain = (text + markup.slice(from)).replaceAll('"', "&quot;").replaceAll("\0", "\ufffd");
  return isSplit ? breakMustache(plain) : plain;
}
