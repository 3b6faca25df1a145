/** Escapes text between tags, and the text of `title` and `textarea`. */
import { breakMustache, splitMustache } from "./mustache.ts";

const special = /[&<>\0]/;

/**
 * Escapes `&`, `<`, `>` and NUL; with `isSplit`, also separates the braces of `{{`.
 * Never put the result in an attribute: quotes are not escaped.
 */
export function escapeText(text: string, isSplit: boolean): string {
  const escaped = special.test(text) ? escapeCharacters(text) : text;
  return isSplit ? splitMustache(escaped) : escaped;
}

/** Like {@link escapeText}, for `title` and `textarea`, in which a comment would be text. */
export function escapeRcdata(text: string, isSplit: boolean): string {
  const escaped = escapeCharacters(text);
  return isSplit ? breakMustache(escaped) : escaped;
}

function escapeCharacters(text: string): string {
  let escaped = "";
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 62 || (code !== 60 && code !== 62 && code !== 38 && code !== 0)) continue;
    escaped += text.slice(from, index) + (code === 38 ? "&amp;" : code === 60 ? "&lt;" : code === 62 ? "&gt;" : "\ufffd");
    from = index + 1;
  }
  return from === 0 ? text : escaped + text.slice(from);
}

/** Converts markup for `title` and `textarea`: tags become visible text, character references stay. */
export function escapeTags(markup: string, isSplit: boolean): string {
  const text = isSplit ? breakMustache(markup.replaceAll("<!-- -->", "")) : markup;
  return text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
