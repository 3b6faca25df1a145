/** Runs generated views while they write: contexts, blocks, macros, includes, and pending values. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { findNearestName } from "../../errors/nearest-name.ts";
import { escapeAttribute } from "../escape/attribute.ts";
import { escapeText } from "../escape/text.ts";
import { toCsvField } from "../escape/csv.ts";
import { toPlainJson } from "../escape/json.ts";
import type { XmlPlace } from "../formats/xml.ts";
import { writeXml } from "../formats/xml.ts";
import type { Each, ItemOf } from "./loop.ts";
import { Loop } from "./loop.ts";
import { Output } from "../rendering/output.ts";
import type { Place } from "../reading/places.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { checked } from "./part-runtime.ts";
import { placeError, placeErrors } from "./view-errors.ts";
import type { AnyProps, Block, BlockWriter, Blocks, Extra, View, Write } from "./view.ts";
import { toIterable, toText, truthy } from "./semantics.ts";
import type { Translate } from "../rendering/translate.ts";
import { translateOf } from "../rendering/translation.ts";
import type { Hole, TrustedUrl } from "../values.ts";
import { asHtml, Html, isHtml, isJson, noteDrawing, PlainText, setHtmlRenderer, Xml } from "../values.ts";
import type { WrittenPlace } from "../rendering/write.ts";
import { walkIn } from "../rendering/walk-context.ts";
import { plainPath, renderToText, writeNonce, writePlace, writeText, writeUrlGroup } from "../rendering/write.ts";
import { writtenHtml } from "../rendering/markup.ts";

// As in html.ts: markup of files can be converted to a string.
setHtmlRenderer(renderToText);

/** Creates a view. */
export function view<Props>(
  { name, mode, type }: Pick<View, "name" | "mode" | "type">,
  write: Write<Props>,
  missing?: (props: Props) => string | undefined,
): View<Props> {
  return { name, mode, type, write, missing };
}

/** A value for all templates that depends on the request. Created by {@link defineGlobal}. */
export class Global<Value> {
  /** Returns the value. */
  readonly read: (context: RenderContext) => Value;

  /** @internal Use {@link defineGlobal}. */
  constructor(read: (context: RenderContext) => Value) {
    this.read = read;
  }
}

/** Creates a value that every template sees, read from the context of each render: an export of views/globals.ts. */
export function defineGlobal<Value>(read: (context: RenderContext) => Value): Global<Value> {
  return new Global(read);
}

/** Returns the value of an export of views/globals.ts. */
export function global<Value>(value: Global<Value> | Value, out: Output): Value {
  return value instanceof Global ? value.read(out.context) : value;
}

/** Renders a view: markup is written later, everything else now. */
export function toRendered<Props>(target: View<Props>, props: Props, context: RenderContext = {}): Html | Xml | PlainText {
  const { write, mode, type } = target;
  checked(target, props);
  if (mode === "html") {
    const html = writtenHtml((out, body) => placeErrors(out, target.name, () => write(out, body, props)));
    if (type === "image/svg+xml") noteDrawing(html);
    return html;
  }
  const out = new Output(context);
  const text = walkIn(context, () => placeErrors(out, target.name, () => write(out, "", props)));
  if (out.segments !== undefined)
    throw new GableError("E_VIEW_CONTEXT", "A view that is not HTML contains a pending promise.", { fix: "Await the value before." });
  return mode === "xml" ? new Xml(text, type) : new PlainText(text, type);
}

/** Writes a value between tags; booleans are words in template files. */
export function text(out: Output, body: string, value: Hole): string {
  if (typeof value === "string") return body + escapeText(value, out.isSplit);
  if (typeof value === "number") return body + value;
  return typeof value === "boolean" ? body + String(value) : writeText(out, body, value);
}

/** Writes a value in a context. */
export function place(out: Output, body: string, at: WrittenPlace, value: Hole): string {
  return writePlace(out, body, at, value);
}

/**
 * Writes a whole attribute between static texts: the one before with and without the name and the quote, the one
 * after with and without the closing quote.
 */
type WholeWriter = (
  out: Output,
  body: string,
  at: WrittenPlace,
  opened: string,
  before: string,
  value: Hole,
  closed: string,
  after: string,
) => string;

/** Writes an attribute that may be omitted. */
export const whole: WholeWriter = (out, body, at, opened, before, value, closed, after) =>
  typeof value === "string"
    ? body + opened + escapeAttribute(value, out.isSplit) + closed
    : writePlace(out, body + before, at, value) + after;

/** Writes an attribute that is a whole address. */
export const address: WholeWriter = (out, body, at, opened, before, value, closed, after) =>
  typeof value === "string" && plainPath.test(value) ? body + opened + value + closed : writePlace(out, body + before, at, value) + after;

/** Writes a part of an attribute. */
export function part(out: Output, body: string, at: WrittenPlace, value: Hole): string {
  if (typeof value === "string") return body + escapeAttribute(value, out.isSplit);
  return typeof value === "number" ? body + value : writePlace(out, body, at, value);
}

/** Completes a context of generated code. */
export function definePlace(facts: Omit<WrittenPlace, "tagAttributes">, tagAttributes?: Place["tagAttributes"]): WrittenPlace {
  return tagAttributes === undefined ? facts : { ...facts, tagAttributes };
}

/** Writes the start of an address that consists of values and text. */
export function urlGroup(out: Output, body: string, at: WrittenPlace, values: readonly Hole[]): string {
  return writeUrlGroup(out, body, at, values);
}

/** Writes a nonce for what a tag loads. */
export function nonce(out: Output, body: string, address: unknown): string {
  return writeNonce(out, body, address);
}

/** Writes a value unchanged, with escaping switched off. */
export function unescaped(out: Output, body: string, value: Hole): string {
  return typeof value === "string" ? body + value : text(out, body, value);
}

/** Writes a value in XML. */
export function xmlValue(_out: Output, body: string, value: unknown, at: XmlPlace): string {
  return body + writeXml(isHtml(value) ? String(value) : value, at);
}

/** Writes a value in JSON. */
export function jsonValue(_out: Output, body: string, value: unknown): string {
  return body + (isJson(value) ? toPlainJson(value.value, value.indent) : toPlainJson(isHtml(value) ? String(value) : value));
}

/** Writes a value as a field of CSV. */
export function csvValue(_out: Output, body: string, value: unknown): string {
  return body + toCsvField(isHtml(value) ? String(value) : value);
}

/** Writes a value in plain text. */
export function textValue(_out: Output, body: string, value: unknown): string {
  return body + toText(value);
}

/** Writes a value in a mail message: in its headers, a line end would start another header. */
export function mailValue(_out: Output, body: string, value: unknown): string {
  const text_ = toText(value);
  if (/[\r\n]/.test(text_) && !/\r?\n\r?\n/.test(body))
    throw new GableError("E_VIEW_HEADER_NEWLINE", `A header of a mail got ${describeValue(text_)}.`);
  return body + text_;
}

/** Returns what a plain loop iterates over. */
export function each<Given extends Each<unknown>>(items: Given): Iterable<ItemOf<Given>>;
export function each(items: Each<unknown>): Iterable<unknown> {
  return toIterable(items);
}

/** Returns a loop that knows its position. */
export function loop<Given extends Each<unknown>>(items: Given): Loop<ItemOf<Given>>;
export function loop(items: Each<unknown>): Loop<unknown> {
  return new Loop(items);
}

/** Returns the items that pass the condition of a loop. */
export function where<Given extends Each<unknown>>(items: Given, test: (item: ItemOf<Given>) => unknown): Array<ItemOf<Given>>;
export function where(items: Each<unknown>, test: (item: any) => unknown): unknown[] {
  return [...toIterable(items)].filter((item) => truthy(test(item)));
}

/** What a recursive loop does with its items. */
interface RecursiveSteps<Given> {
  /** The condition of the loop. */
  readonly test?: (item: ItemOf<Given>) => unknown;
  readonly run: (out: Output, body: string, loop: Loop<ItemOf<Given>>, again: (items: Given) => Html) => string;
}

/** Writes a recursive loop. */
export function recursive<Given extends Each<unknown>>(
  out: Output,
  body: string,
  items: Given,
  steps: RecursiveSteps<Given>,
  depth = 1,
): string {
  const { test, run } = steps;
  const again = (inner: Given): Html =>
    writtenHtml((later, text_) => {
      later.enterCall("A recursive loop");
      const written = recursive(later, text_, inner, steps, depth + 1);
      later.leaveCall();
      return written;
    });
  const kept = test === undefined ? items : where(items, test);
  return run(out, body, new Loop(kept as Each<ItemOf<Given>>, depth), again); // The items are as the type says.
}

/** Continues when a value arrives; the rest of the file is not delayed. */
export function defer<Value>(
  out: Output,
  body: string,
  value: Promise<Value>,
  then: (out: Output, body: string, value: Value) => string,
): string {
  // The value is that of the promise next to it.
  return out.suspend(body, value, (later, text_, settled) => then(later, text_, settled as Value));
}

/** Writes a body immediately and returns its markup. */
export function capture(out: Output, write: (out: Output, body: string) => string): Html {
  const inner = new Output(out.context);
  const written = write(inner, "");
  if (inner.segments === undefined) return asHtml(written);
  // Something in it is pending: it is written in its place instead.
  return writtenHtml(write);
}

/** Markup of a macro: written where it is shown, at most 100 levels deep. */
export function macro(what: string, write: (out: Output, body: string) => string): Html {
  return writtenHtml((out, body) => {
    out.enterCall(`macro "${what}`);
    const written = write(out, body);
    out.leaveCall();
    return written;
  });
}

/** What a call block has passed to a macro. */
export function caller(call: Extra["caller"], ...args: unknown[]): Html {
  if (call !== undefined) return call(...args);
  throw new GableError("E_VIEW_NAME", '"caller()" was used in a macro that no call block calls.', {
    fix: "Call the macro with {% call %}.",
  });
}

/** Returns a block as markup, for super() and self. */
export function superBlock(block: BlockWriter | Block | undefined, parent?: Block): Html {
  if (block === undefined) throw new GableError("E_VIEW_BLOCK", "The parent has no such block.");
  return writtenHtml((out, body) => block(out, body, parent ?? parents.get(block)));
}

/** Parents of the written blocks, for a block that self shows again. */
const parents = new WeakMap<BlockWriter | Block, BlockWriter>();

/** Writes a child's block in place of its parent's; the child of the child takes precedence. */
export function override(outer: Block | undefined, own: Block): Block {
  if (outer === undefined) {
    const block: Block = (out, body, parent, scope) => {
      if (parent !== undefined) parents.set(block, parent);
      return own(out, body, parent, scope);
    };
    return block;
  }
  const block: Block = (out, body, parent, scope) => {
    if (parent !== undefined) parents.set(block, parent);
    const parentBlock: BlockWriter = (later, text_) => own(later, text_, parent, scope);
    parentBlock.super = parent;
    return outer(out, body, parentBlock, scope);
  };
  return block;
}

/** Writes a block that every child must define. */
export function requireBlock(name_: string, where_: string): never {
  throw new GableError("E_VIEW_BLOCK", `${where_}: the block "${name_}" is required, and no child defines it.`, {
    fix: `Add {% block ${name_} %} to the file that extends this one.`,
  });
}

/** Writes another file. */
export function include<Props>(out: Output, body: string, target: View<Props>, props: Props): string {
  out.enterCall(`include "${target.name}"`);
  try {
    return target.write(out, body, props);
  } catch (error) {
    throw placeError(error, target.name);
  } finally {
    out.leaveCall();
  }
}

/** Writes a file whose name is a value, or the first of several that exists. */
export function includeAny(out: Output, body: string, names: unknown, props: AnyProps, ignoresMissing: boolean): string {
  const wanted = Array.isArray(names) ? names.map(String) : [String(names)];
  const find = out.context.views;
  if (find === undefined) throw missing("include");
  for (const wantedName of wanted) {
    const found = find(wantedName);
    // A file with a computed name gets the whole scope; its own checks run in gable check.
    if (found !== undefined) return include(out, body, found as View, checked(found as View, props));
  }
  if (ignoresMissing) return body;
  throw new GableError("E_VIEW_NOT_FOUND", `Unknown view ${wanted.map((each_) => `"${each_}"`).join(" or ")}.`);
}

/** Writes the parent that a value names. */
export function extend(out: Output, body: string, parent: unknown, props: AnyProps, blocks: Blocks): string {
  const find = out.context.views;
  if (find === undefined) throw missing("extends");
  const found = find(String(parent));
  if (found === undefined) throw new GableError("E_VIEW_NOT_FOUND", `Cannot extend ${describeValue(parent)}: unknown view.`);
  return (found as View).write(out, body, checked(found as View, props), blocks); // As in includeAny().
}

/** Returns a name of an untyped file. Throws `E_VIEW_NAME`. */
export function name(props: AnyProps, wanted: string, where_: string): any {
  if (Object.hasOwn(props, wanted)) return props[wanted];
  const nearest = findNearestName(wanted, Object.keys(props));
  throw new GableError("E_VIEW_NAME", `${where_}: "${wanted}" is not declared, and was not passed.`, {
    fix: nearest === undefined ? `Pass it, or declare it: {% props ${wanted}: Type %}.` : `Write "${nearest}", or pass "${wanted}".`,
  });
}

/** Returns a name of an untyped file that may be absent. */
export function lookup(props: AnyProps, wanted: string): any {
  return Object.hasOwn(props, wanted) ? props[wanted] : undefined;
}

/** Returns a name that was passed, or one that every file sees. */
export function own<Value>(props: AnyProps, wanted: string, global: () => Value): Value {
  return Object.hasOwn(props, wanted) ? (props[wanted] as Value) : global(); // A file without types accepts any value.
}

/** Returns parts of the context; an absent one explains itself. */
interface ContextualNames {
  readonly route: (name: string, params?: Readonly<Record<string, unknown>>) => string;
  readonly asset: (name: string) => TrustedUrl;
  readonly csrf: () => Html;
  readonly nonce: string;
  readonly request: any;
  readonly locale: string;
  readonly now: () => Date;
  readonly t: Translate;
  readonly query: NonNullable<RenderContext["query"]>;
  readonly user: any;
  readonly flash: any;
}

/** Names of the request, read on use. */
export function contextual({ context }: Output): ContextualNames {
  return {
    get route() {
      return context.route?.bind(context) ?? fail("route()");
    },
    get asset() {
      return context.asset?.bind(context) ?? fail("asset()");
    },
    get csrf() {
      return context.csrf?.bind(context) ?? fail("csrf()");
    },
    get nonce() {
      return context.nonce ?? fail("nonce");
    },
    get request() {
      return context.request ?? fail("request");
    },
    get locale() {
      return context.locale ?? "en";
    },
    get now() {
      return context.now?.bind(context) ?? ((): Date => new Date());
    },
    get t() {
      return translateOf(context);
    },
    get query() {
      return context.query?.bind(context) ?? fail("query()");
    },
    get user() {
      return context.user;
    },
    get flash() {
      return context.flash;
    },
  };
}

function fail(what: string): never {
  throw missing(what);
}

function missing(what: string): GableError {
  return new GableError("E_VIEW_CONTEXT", `A view uses ${what}, but the context does not have it.`, {
    fix: "Render it in a request, or pass it in the context.",
  });
}
