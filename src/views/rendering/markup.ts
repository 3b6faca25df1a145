/** Makes markup that the walk writes later. */
import { Html } from "../values.ts";
import type { HtmlWriter } from "./output.ts";

/** Makes markup from a function that writes it. */
export function writtenHtml(write: HtmlWriter): Html {
  return new Html(undefined, [], "", write);
}
