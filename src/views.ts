export { html, raw, Html } from "./views/html.ts";
export type { Hole, HoleArray } from "./views/html.ts";
