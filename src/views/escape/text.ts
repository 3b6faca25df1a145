/** Text between tags, and the text of `title` and `textarea`. */
import { breakMustache, isMustacheSplit, splitMustache } from "./mustache.ts";

/** Escapes `&`, `<`, `>` and NUL. The result never goes into an attribute: quotes stay as they are. */
export function escapeText(text: string): string {
  const escaped = special.test(text) ? escapeAll(text) : text;
  return isMustacheSplit && escaped.includes("{") ? splitMustache(escaped) : escaped;
}

/** As {@link escapeText}, for `title` and `textarea`, in which a comment would be text. */
export function escapeRcdata(text: string): string {
  const escaped = special.test(text) ? escapeAll(text) : text;
  return isMustacheSplit ? breakMustache(escaped) : escaped;
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
  const text = isMustacheSplit ? breakMustache(markup.replaceAll("<!-- -->", "")) : markup;
  return text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
