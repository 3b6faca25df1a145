export {
  address,
  capture,
  caller,
  contextual,
  csvValue,
  definePlace,
  defer,
  each,
  extend,
  global,
  include,
  includeAny,
  jsonValue,
  lookup,
  loop,
  macro,
  mailValue,
  name,
  nonce,
  override,
  part,
  own,
  place,
  recursive,
  requireBlock,
  superBlock as super,
  text,
  textValue,
  unescaped,
  urlGroup,
  view,
  where,
  whole,
  xmlValue,
} from "./view-runtime.ts";
export { checked, forAsync, joined, whereAsync } from "./part-runtime.ts";
export { writeCached as cache } from "./fragment-cache.ts";
export { trans } from "./translation.ts";
export { attributes } from "./values.ts";
export { and, concat, contains, equal, get, item, key, method, modulo, or, power, slice, truthy } from "./semantics.ts";
export { filters } from "./filters/filters.ts";
export { tests } from "./filters/tests.ts";
export { globals } from "./globals.ts";
export type { AnyProps, Block, Blocks, BlockWriter, Extra, View } from "./view-runtime.ts";
export type { Output } from "./output.ts";
export type { SlotOf } from "./part-runtime.ts";
export type { Hole, Html, HtmlWriter } from "./values.ts";
