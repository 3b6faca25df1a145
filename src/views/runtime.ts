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
} from "./runtime/view-runtime.ts";
export { importWith, sharedMacro, shareMacros } from "./runtime/macro-runtime.ts";
export { checked, forAsync, joined, whereAsync } from "./runtime/part-runtime.ts";
export { writeCached as cache } from "./rendering/fragment-cache.ts";
export { trans } from "./rendering/translation.ts";
export { attributes } from "./values.ts";
export { add, divide, floorDivide, modulo, multiply, power, subtract } from "./runtime/arithmetic.ts";
export { and, callable, concat, contains, equal, falsy, get, item, key, method, or, slice, truthy } from "./runtime/semantics.ts";
export { filters } from "./filters/filters.ts";
export { tests } from "./filters/tests.ts";
export { globals } from "./runtime/globals.ts";
export type { AnyProps, Block, Blocks, BlockWriter, Extra, View } from "./runtime/view.ts";
export type { HtmlWriter, Output } from "./rendering/output.ts";
export type { SlotOf } from "./runtime/part-runtime.ts";
export type { Hole, Html } from "./values.ts";
