/** Text between tags, and the text of `title` and `textarea`. */

/** Escapes `&`, `<`, `>` and NUL. The result never goes into an attribute: quotes stay as they are. */
export function escapeText(text: string): string {
  return special.test(text) ? escapeAll(text) : text;
}

const special = /[&<>\0]/;

function escapeAll(text: string): string {
  let escaped = "";
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 62 || (code !== 60 && code !== 62 && code !== 38 && code !== 0)) continue;
    escaped += text.slice(from, index) + (code === 38 ? "&amp;" : code === 60 ? "&lt;" : code === 62 ? "&gt;" : "\ufffd");
    from = index + 1;
  }
  return escaped + text.slice(from);
}

/** Makes markup fit for `title` and `textarea`: tags become visible text, character references stay. */
export function escapeTags(markup: string): string {
  return markup.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
