/** Writes values for their contexts. Contains the functions that generated views call. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import type { AttributeClass } from "../reading/attribute-table.ts";
import { classifyAttribute, isMediaElement, listKindOf } from "../reading/attribute-table.ts";
import { escapeAttribute, stripTags } from "../escape/attribute.ts";
import { blockedCss, escapeCssString, filterCss } from "../escape/css.ts";
import { toPlainJson, toScriptExpression, toScriptJson } from "../escape/json.ts";
import { filterUrlList, toListPart } from "../escape/url-list.ts";
import { escapeRcdata, escapeTags, escapeText } from "../escape/text.ts";
import { blockedUrl, encodeUrlPart, filterUrl, frameSchemes, linkSchemes, mediaSchemes, normalizeUrl } from "../escape/url.ts";
import { Output } from "./output.ts";
import type { HtmlWriter } from "./output.ts";
import type { Plan, PlanHole } from "../reading/plan.ts";
import { planWith } from "../reading/plan.ts";
import type { Place, UrlKind } from "../reading/places.ts";
import { describeHandlerFault, kinds } from "../reading/places.ts";
import type { RenderContext } from "./render-context.ts";
import { contextOfWalk } from "./walk-context.ts";
import type { Css } from "../values.ts";
import { Html, isAttributes, isCss, isHtml, isJson, isSafeUrl, isTrustedUrl, toHtml } from "../values.ts";

/** A context with the position of its hole in the source, if known. */
export interface WrittenPlace extends Place {
  readonly where?: string;
}

/**
 * Writes markup after `body`; returns the longer string. The usual values (text in the usual contexts) are written
 * here: each costs two additions to the string, since the quotes of attributes are part of the static text.
 */
export function writeHtml(out: Output, body: string, html: Html): string {
  if (html.plan === undefined) return writeOther(out, body, html);
  const { holes, end } = planOf(out, html.plan as Plan); // Only html.ts creates markup with a plan.
  const { values } = html;
  const { isSplit } = out;
  out.enter();
  // Whether the next text begins with the closing quote of an attribute.
  let isOpen = false;
  for (let index = 0; index < holes.length; index++) {
    const hole = holes[index]!;
    const value = values[hole.source];
    const { kind } = hole;
    if (typeof value === "string") {
      if (kind === kinds.text) {
        body = body + (isOpen ? hole.closed : hole.text) + escapeText(value, isSplit);
        isOpen = false;
        continue;
      }
      if (kind === kinds.wholeAttribute || (kind === kinds.wholeUrl && plainPath.test(value))) {
        body = body + (isOpen ? hole.closedOpened : hole.opened) + (kind === kinds.wholeUrl ? value : escapeAttribute(value, isSplit));
        isOpen = true;
        continue;
      }
    }
    body += isOpen ? hole.closed : hole.text;
    isOpen = false;
    if (kind !== kinds.text) body = writeHole(out, body, hole, values);
    else if (typeof value === "number") body += value;
    else body = writeText(out, body, value, hole.place);
  }
  body += isOpen ? end.closed : end.text;
  out.leave();
  return body;
}

/** Markup of template files, markup that is a string already, and markup of a second copy of the package. */
function writeOther(out: Output, body: string, html: Html): string {
  if (!(html instanceof Html)) return body + String(html);
  if (html.writer === undefined) return body + html.text;
  out.enter();
  body = (html.writer as HtmlWriter)(out, body); // Only writtenHtml() creates markup with a writer.
  out.leave();
  return body;
}

/** Returns the plan with the reading options of the application. */
function planOf(out: Output, plan: Plan): Plan {
  return out.planOptions === undefined ? plan : planWith(plan, out.planOptions);
}

/** Writes a value between tags. Booleans show nothing, so that you can write a condition as a value. */
export function writeText(out: Output, body: string, value: unknown, place?: WrittenPlace): string {
  switch (typeof value) {
    case "string":
      return body + escapeText(value, out.isSplit);
    case "number":
    case "bigint":
      return body + String(value);
    case "boolean":
    case "undefined":
      return body;
    case "object":
      return value === null ? body : writeObject(out, body, value, place);
    default:
      throw valueError(value, place);
  }
}

function writeObject(out: Output, body: string, value: object, place: WrittenPlace | undefined): string {
  if (value instanceof Html) return writeHtml(out, body, value);
  if (Array.isArray(value)) return writeItems(out, body, value, place);
  if (isHtml(value)) return body + String(value);
  if (toHtml in value && typeof value[toHtml] === "function") return writeText(out, body, value[toHtml](), place);
  if (isJson(value)) return body + escapeText(toPlainJson(value.value, value.indent), out.isSplit);
  if (isSafeUrl(value) || isTrustedUrl(value)) return body + escapeText(String(value), out.isSplit);
  if (isAttributes(value) || isCss(value)) throw valueError(value, place);
  if (isPromise(value)) return out.suspend(body, value, (later, text, settled) => writeText(later, text, settled, place));
  if (isAsyncIterable(value)) return out.stream(body, value, (later, text, item) => writeText(later, text, item, place));
  if (Symbol.iterator in value) return writeItems(out, body, value as Iterable<unknown>, place); // This line has checked for the iterator.
  throw valueError(value, place);
}

function writeItems(out: Output, body: string, items: Iterable<unknown>, place: WrittenPlace | undefined): string {
  out.enter();
  for (const item of items) {
    // Rows of markup are the usual list.
    if (item instanceof Html) body = writeHtml(out, body, item);
    else body = typeof item === "string" ? body + escapeText(item, out.isSplit) : writeText(out, body, item, place);
  }
  out.leave();
  return body;
}

/** Writes a value in any context except text. */
function writeHole(out: Output, body: string, { place, source }: PlanHole, values: readonly unknown[]): string {
  if (place.kind === kinds.nonce)
    return writeNonce(out, body, place.address ?? (typeof place.addressRef === "number" ? values[place.addressRef] : undefined));
  if (place.kind === kinds.url)
    return writeUrlGroup(
      out,
      body,
      place,
      place.refs!.map((ref) => values[Number(ref)]),
    );
  return writePlace(out, body, place, values[source]);
}

/** A same-origin or relative path in which nothing needs encoding, escaping or checking. */
export const plainPath = /^[A-Za-z0-9\-._~!$*+,;=@/][A-Za-z0-9\-._~!$*+,;=@/?#[\]]*$/;

/** Writes one value for the context of an attribute, a script, a style, or a tag. */
export function writePlace(out: Output, body: string, place: WrittenPlace, value: unknown): string {
  if (isPromise(value)) return out.suspend(body, value, (later, text, settled) => writePlace(later, text, place, settled));
  switch (place.kind) {
    case kinds.text:
      return writeText(out, body, value, place);
    case kinds.rcdata:
      return writeRcdata(out, body, value, place);
    case kinds.attribute:
      return body + (toAttributeText(out, value, place) ?? "");
    case kinds.wholeAttribute:
      return writeWhole(body, place.attribute, value, value === true ? "" : toAttributeText(out, value, place));
    case kinds.boolean:
      return value === null || value === undefined || value === false || value === "" || value === 0
        ? body
        : `${body} ${place.attribute}${typeof value === "string" ? `="${escapeAttribute(value, out.isSplit)}"` : place.isSvg === true ? '=""' : ""}`;
    case kinds.enumerated: {
      const text = toEnumerated(out, value, place);
      return text === undefined ? body : `${body} ${place.attribute}="${text}"`;
    }
    case kinds.styleAttribute:
      return writeWhole(body, "style", value, toStyle(out, value, { ...place, attribute: "style" }));
    default:
      return writeAddress(out, body, place, value);
  }
}

/** Handles addresses, and values that are checked like them. */
function writeAddress(out: Output, body: string, place: WrittenPlace, value: unknown): string {
  switch (place.kind) {
    case kinds.wholeUrl:
      return writeWhole(body, place.attribute, value, toWholeUrl(out, value, place));
    case kinds.urlPath:
      return body + escapeAttribute(isUrl(value) ? String(value) : normalizeUrl(toPlainText(value, place)), out.isSplit);
    case kinds.urlPart:
      return body + escapeAttribute(isSafeUrl(value) ? String(value) : encodeUrlPart(toPlainText(value, place)), out.isSplit);
    case kinds.trustedUrl:
      return writeWhole(body, place.attribute, value, toTrusted(out, value, place));
    case kinds.urlList:
      return writeWhole(body, place.attribute, value, escapeAttribute(toFilteredList(out, toPlainText(value, place), place), out.isSplit));
    case kinds.attributes:
      return writeAttributes(out, body, place, value);
    default:
      return writeCode(out, body, place, value);
  }
}

/** Handles contexts whose content is another language. */
function writeCode(out: Output, body: string, place: WrittenPlace, value: unknown): string {
  switch (place.kind) {
    case kinds.css:
      return (
        body +
        inStyle(
          out,
          place,
          isCss(value) ? noteCss(out, value, place) : noteBlocked(out, filterCss(toPlainText(value, place)), blockedCss, place),
        )
      );
    case kinds.cssString:
      return body + inStyle(out, place, escapeCssString(toPlainText(value, place)));
    case kinds.cssUrl:
      return (
        body +
        inStyle(out, place, escapeCssString(isUrl(value) ? String(value) : toFiltered(out, toPlainText(value, place), "media", place)))
      );
    case kinds.script:
      return body + toScriptExpression(...toJsonValue(value, place));
    case kinds.scriptGroup:
      return `${body}(${toScriptExpression(...toJsonValue(value, place))})`;
    case kinds.data:
      return body + toScriptJson(...toJsonValue(value, place));
    case kinds.srcdoc:
      return writeWhole(
        body,
        "srcdoc",
        value,
        escapeAttribute(isHtml(value) ? renderNow(value) : escapeText(toPlainText(value, place), out.isSplit), out.isSplit),
      );
    case kinds.refresh: {
      const text = toPlainText(value, place);
      return (
        body +
        escapeAttribute(
          place.urls === undefined
            ? normalizeUrl(text).replaceAll(";", "%3B").replaceAll(",", "%2C")
            : toFiltered(out, text, "link", place),
          out.isSplit,
        )
      );
    }
    case kinds.ownNonce: {
      const text = toPlainText(value, place);
      if (text !== "" && !isNonce(text))
        throw new GableError("E_VIEW_VALUE", `${whereOf(place)} got an invalid nonce: only A-Z a-z 0-9 + / = _ - are allowed.`);
      return text === "" ? body : `${body} nonce="${text}"`;
    }
    case kinds.rawOnly:
      if (!isHtml(value)) throw valueError(value, place, "a script of another type accepts only raw()");
      return body + renderNow(value);
    case kinds.handler:
      if (place.needsInlineHandlers === true && !out.inlineHandlers) throw handlerError(place);
      if (!isHtml(value)) throw valueError(value, place, "an event handler accepts only raw()");
      return `${body} ${place.attribute}="${escapeAttribute(renderNow(value), out.isSplit)}"`;
    default:
      throw new TypeError(`No place has the kind ${place.kind}.`);
  }
}

/**
 * Writes ` nonce="..."` if the context has one. Same-origin files need none if the policy allows all of them: a page
 * without nonces is the same each time, so caches and ETags work.
 */
export function writeNonce(out: Output, body: string, address: unknown): string {
  const { context } = out;
  if (context.isOwnOriginAllowed === true && (typeof address === "string" || isTrustedUrl(address)) && /^\/(?![/\\])/.test(String(address)))
    return body;
  const { nonce } = context;
  return nonce === undefined || !isNonce(nonce) ? body : `${body} nonce="${nonce}"`;
}

/** Whether a string is valid in a nonce attribute without changes. */
export function isNonce(text: string): boolean {
  return /^[\w+/=-]+$/.test(text);
}

function writeWhole(body: string, name: string, value: unknown, text: string | undefined): string {
  return value === null || value === undefined || value === false || text === undefined ? body : `${body} ${name}="${text}"`;
}

function writeRcdata(out: Output, body: string, value: unknown, place: WrittenPlace): string {
  if (typeof value === "string") return body + escapeRcdata(value, out.isSplit);
  if (isHtml(value)) return body + escapeTags(renderNow(value), out.isSplit);
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    // This line has checked for the iterator.
    for (const item of value as Iterable<unknown>) body = writeRcdata(out, body, item, place);
    return body;
  }
  return writeText(out, body, value, place);
}

/** Returns the escaped text of an attribute; undefined if the whole attribute is left out. */
function toAttributeText(out: Output, value: unknown, place: WrittenPlace): string | undefined {
  const { isSplit } = out;
  if (typeof value === "string") return escapeAttribute(value, isSplit);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value === null || value === undefined || value === false) return undefined;
  if (value === true) return "";
  if (isHtml(value)) return stripTags(renderNow(value), isSplit);
  if (isRenderable(value)) return stripTags(renderNow(value[toHtml]()), isSplit);
  if (isJson(value)) return escapeAttribute(toPlainJson(value.value, value.indent), isSplit);
  if (Array.isArray(value)) return escapeAttribute(joinList(value, place), isSplit);
  if (isUrl(value) || isCss(value)) return escapeAttribute(String(value), isSplit);
  throw valueError(value, place);
}

/** Flattens lists, drops falsy values, and joins the rest with spaces. */
function joinList(values: readonly unknown[], place: WrittenPlace): string {
  const kept: string[] = [];
  for (const value of values) {
    if (value === 0 || Boolean(value))
      kept.push(Array.isArray(value) ? joinList(value, place) : value === true ? "" : toPlainText(value, place));
  }
  return kept.filter((text) => text !== "").join(" ");
}

function toEnumerated(out: Output, value: unknown, place: WrittenPlace): string | undefined {
  return value === undefined || value === null
    ? undefined
    : typeof value === "boolean"
      ? String(value)
      : toAttributeText(out, value, place);
}

/** Writes a whole style attribute. */
function toStyle(out: Output, value: unknown, place: WrittenPlace): string {
  if (isCss(value)) return inStyle(out, place, noteCss(out, value, place));
  const isAbsent = value === null || value === undefined || value === false;
  if (place.takesCssOnly === true && !isAbsent) throw valueError(value, place, "a whole style accepts only css`...`");
  return inStyle(out, place, filterDeclarations(out, toPlainText(value, place), place));
}

/** Returns the text of css`...`. Its tag does not know the application, so what it has blocked is reported here. */
function noteCss(out: Output, css: Css, place: WrittenPlace): string {
  if (css.hasBlocked === true) noteBlocked(out, blockedCss, blockedCss, place);
  return String(css);
}

/** Returns declarations of a style attribute that was given as a string: each value is checked separately. */
function filterDeclarations(out: Output, text: string, place: WrittenPlace): string {
  return text
    .split(";")
    .filter((declaration) => declaration.trim() !== "")
    .map((declaration) => {
      const [, name = "", value = ""] = /^\s*([A-Za-z-]+)\s*:([^]*)$/.exec(declaration) ?? [];
      return name === "" ? "" : `${name}:${noteBlocked(out, filterCss(value), blockedCss, place)}`;
    })
    .filter((declaration) => declaration !== "")
    .join(";");
}

function isUrl(value: unknown): boolean {
  return isSafeUrl(value) || isTrustedUrl(value);
}

function toPlainText(value: unknown, place: WrittenPlace): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value === null || value === undefined || value === false) return "";
  if (isUrl(value)) return String(value);
  throw valueError(value, place);
}

const schemes: Readonly<Record<UrlKind, ReadonlySet<string>>> = { link: linkSchemes, frame: frameSchemes, media: mediaSchemes };

function toFiltered(out: Output, text: string, kind: UrlKind, place: WrittenPlace): string {
  return normalizeUrl(noteBlocked(out, filterUrl(text, schemes[kind]), blockedUrl, place));
}

/** Checks each address of a list. */
function toFilteredList(out: Output, text: string, place: WrittenPlace): string {
  const filtered = filterUrlList(text, place.list!);
  if (filtered.includes(blockedUrl)) noteBlocked(out, blockedUrl, blockedUrl, place);
  return filtered;
}

/** Reports to the application where something was blocked, but never what. */
function noteBlocked(out: Output, text: string, blocked: string, place: WrittenPlace): string {
  if (text === blocked) out.context.onBlocked?.(whereOf(place));
  return text;
}

function toWholeUrl(out: Output, value: unknown, place: WrittenPlace): string | undefined {
  if (value === null || value === undefined || value === false) return undefined;
  if (isUrl(value)) return escapeAttribute(String(value), out.isSplit);
  return escapeAttribute(toFiltered(out, toPlainText(value, place), place.urls ?? "link", place), out.isSplit);
}

/** Composes the start of an address, then checks the whole. */
export function writeUrlGroup(out: Output, body: string, place: WrittenPlace, values: readonly unknown[]): string {
  if (values.some(isPromise)) {
    // The settled values belong to the same contexts.
    return out.suspend(body, Promise.all(values), (later, text, settled) => writeUrlGroup(later, text, place, settled as unknown[]));
  }
  const statics = place.statics!;
  const { list } = place;
  if (list !== undefined) {
    const parts = values.map((value, index) => toListPart(toPlainText(value, place), list) + statics[index + 1]!);
    return body + escapeAttribute(toFilteredList(out, statics[0]! + parts.join(""), place), out.isSplit);
  }
  const isWhole = values.length === 1 && statics[0] === "" && statics[1] === "";
  if (isWhole && isUrl(values[0])) return body + escapeAttribute(String(values[0]), out.isSplit);
  let text = statics[0]!;
  values.forEach((value, index) => (text += toPlainText(value, place) + statics[index + 1]!));
  return body + escapeAttribute(toFiltered(out, text, place.urls ?? "link", place), out.isSplit);
}

function toTrusted(out: Output, value: unknown, place: WrittenPlace): string | undefined {
  if (value === null || value === undefined || value === false) return undefined;
  if (isTrustedUrl(value)) return escapeAttribute(String(value), out.isSplit);
  throw new GableError(
    "E_VIEW_URL_TRUST",
    `"${place.element} ${place.attribute}"${place.where ? ` at ${place.where}` : ""} got ${describeValue(value)}, which is not trusted to load code.`,
  );
}

function toJsonValue(value: unknown, place: WrittenPlace): [value: unknown, indent: number | undefined] {
  if (isJson(value)) return [value.value, value.indent];
  throw valueError(value, place, "a script accepts only toJson(value)");
}

/** CSS in an attribute goes through the attribute's own escaper, too. */
function inStyle(out: Output, place: WrittenPlace, text: string): string {
  return place.attribute === "style" ? escapeAttribute(text, out.isSplit) : text.replaceAll("<", "\\3c ");
}

/** Writes attributes; each gets the rules of its name. */
function writeAttributes(out: Output, body: string, place: WrittenPlace, value: unknown): string {
  if (value === null || value === undefined || value === false || value === "") return body;
  if (Array.isArray(value)) return value.reduce((text: string, item) => writeAttributes(out, text, place, item), body);
  if (!isAttributes(value)) throw valueError(value, place, "a tag accepts only attributes({ ... })");
  const statics = new Map(place.tagAttributes ?? []);
  for (const [name, item] of Object.entries(value.record)) {
    if (typeof item === "string" && !statics.has(name.toLowerCase())) statics.set(name.toLowerCase(), item);
  }
  for (const [name, item] of Object.entries(value.record)) {
    if (!/^[A-Za-z_:@.][\w:@.-]*$/.test(name))
      throw new GableError("E_VIEW_VALUE", `${whereOf(place)} got an attribute named "${name}".`, {
        fix: "Use a name that matches [A-Za-z_:@.][\\w:@.-]*.",
      });
    body = writePlace(
      out,
      body,
      toAttributePlace({ ...place, ownClasses: place.ownClasses ?? out.planOptions?.attributes }, name.toLowerCase(), statics),
      item,
    );
  }
  return body;
}

function toAttributePlace(tag: WrittenPlace, name: string, statics: ReadonlyMap<string, string | undefined>): WrittenPlace {
  const { element } = tag;
  const attributeClass = classifyAttribute(element, name, statics, tag.ownClasses);
  const kind = kindsOfClasses[attributeClass];
  if (kind === undefined) {
    throw new GableError(
      "E_VIEW_VALUE",
      `${whereOf(tag)} got the attribute "${name}" of <${element}>, which is code or decides what the content is.`,
      {
        fix: "Write it in the template.",
      },
    );
  }
  const urls: UrlKind = attributeClass === "frame-url" ? "frame" : isMediaElement(element) ? "media" : "link";
  const list = listKindOf(attributeClass);
  return {
    kind,
    element,
    attribute: name,
    urls,
    ...(list !== undefined && { list }),
    ...(tag.isSvg === true && { isSvg: true }),
    ...(tag.where !== undefined && { where: tag.where }),
  };
}

const kindsOfClasses: Readonly<Partial<Record<AttributeClass, Place["kind"]>>> = {
  plain: kinds.wholeAttribute,
  class: kinds.wholeAttribute,
  boolean: kinds.boolean,
  enumerated: kinds.enumerated,
  url: kinds.wholeUrl,
  "frame-url": kinds.wholeUrl,
  "resource-url": kinds.trustedUrl,
  srcset: kinds.urlList,
  "url-list": kinds.urlList,
  "url-values": kinds.urlList,
  srcdoc: kinds.srcdoc,
  nonce: kinds.ownNonce,
  style: kinds.styleAttribute,
};

function renderNow(html: Html): string {
  return String(html);
}

function isRenderable(value: unknown): value is { [toHtml]: () => Html } {
  return typeof value === "object" && value !== null && toHtml in value;
}

/** Whether a value is a promise, of any implementation. */
function isPromise(value: unknown): value is Promise<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === "object" && value !== null && "then" in value && typeof value.then === "function" && !isHtml(value))
  );
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

function whereOf({ where, element, attribute }: WrittenPlace): string {
  const what = attribute === "" ? (element === "" ? "a hole in text" : `a hole in <${element}>`) : `"${attribute}" of <${element}>`;
  return where === undefined || where === "" ? what : `${what} at ${where}`;
}

/** Creates the error for an `on*` attribute that the options of the application do not allow. */
function handlerError(place: WrittenPlace): GableError {
  const { reason, fix } = describeHandlerFault(place.attribute, place.element);
  return new GableError("E_VIEW_PLACE", `${place.where || "A template"}: a value is not allowed ${reason}.`, { fix });
}

function valueError(value: unknown, place: WrittenPlace | undefined, rule?: string): GableError {
  const where = place === undefined ? "a hole in text" : whereOf(place);
  const what = isHtml(value)
    ? "Html"
    : isJson(value)
      ? "a value of toJson()"
      : isAttributes(value)
        ? "attributes()"
        : isCss(value)
          ? "css"
          : describeValue(value);
  return new GableError("E_VIEW_VALUE", `${where[0]!.toUpperCase()}${where.slice(1)} got ${what}${rule === undefined ? "" : `; ${rule}`}.`);
}

/** Renders markup without pending values. */
export function renderToText(html: Html, context: RenderContext = contextOfWalk()): string {
  const out = new Output(context);
  const body = writeHtml(out, "", html);
  if (out.segments === undefined) return body;
  throw new GableError("E_VIEW_CONTEXT", "Markup with a pending promise was converted to text.", {
    fix: "Await the value before, or return the markup from the handler.",
  });
}
