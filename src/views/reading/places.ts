/**
 * Decides the context of each hole as soon as the whole start tag around it is known.
 * An attribute is a list of static parts, holes, and (in template files) branches. Each class of attribute has its own
 * rules; the tables of the reference page "places" list them.
 */
import type { AttributeClass, StaticAttributes } from "./attribute-table.ts";
import { isMediaElement, listKindOf } from "./attribute-table.ts";
import type { UrlListKind } from "../escape/url-list.ts";
import { frameSchemes, linkSchemes, mediaSchemes } from "../escape/url.ts";
import type { StyleState } from "./style-state.ts";
import { isSameStyle, joinStyles, behindStyleHole, findStylePlace, scanStyle, styleAttributeStart } from "./style-state.ts";

/** Kinds of contexts. A plan holds the numbers. */
export const kinds = {
  text: 0,
  rcdata: 1,
  attribute: 2,
  wholeAttribute: 3,
  boolean: 4,
  enumerated: 5,
  wholeUrl: 6,
  url: 7,
  urlPath: 8,
  urlPart: 9,
  trustedUrl: 10,
  urlList: 11,
  css: 12,
  cssUrl: 13,
  cssString: 14,
  script: 15,
  scriptGroup: 16,
  data: 17,
  attributes: 18,
  comment: 19,
  srcdoc: 20,
  refresh: 21,
  nonce: 22,
  ownNonce: 23,
  rawOnly: 24,
  handler: 25,
  grouped: 26,
  styleAttribute: 27,
} as const;

/** One of {@link kinds}. */
export type Kind = (typeof kinds)[keyof typeof kinds];

/** Which schemes an address may have. */
export type UrlKind = "link" | "frame" | "media";

/** The context of a hole. */
export interface Place {
  readonly kind: Kind;
  /** Name of the element, in lower case; "" outside tags. */
  readonly element: string;
  /** Name of the attribute, in lower case; "" outside attributes. */
  readonly attribute: string;
  /** Schemes of an address. */
  readonly urls?: UrlKind;
  /** How the addresses of an attribute with several addresses are separated. */
  readonly list?: UrlListKind;
  /** Static text before, between and after the holes of an address that is composed before it is checked. */
  readonly statics?: readonly string[];
  /** The holes that are composed here, as their front end identifies them. */
  readonly refs?: readonly unknown[];
  /** What a tag with a nonce loads, if its address is static; undefined for inline code. */
  readonly address?: string;
  /** The hole that holds the address of a tag with a nonce, as its front end identifies it. */
  readonly addressRef?: unknown;
  /** Static attributes of the tag, for a hole that adds attributes. */
  readonly tagAttributes?: StaticAttributes;
  /** Whether a style accepts only `css`: a string could choose the properties. */
  readonly takesCssOnly?: boolean;
  /** Whether a true boolean is written as in XML: `name=""`. */
  readonly isSvg?: boolean;
  /** Stricter classes that the application has declared, for such a hole. */
  readonly ownClasses?: Readonly<Record<string, AttributeClass>> | undefined;
  /** Whether an `on*` attribute is written only for applications that allow them. */
  readonly needsInlineHandlers?: boolean;
}

/** Static text of a template, which later steps may still change. */
export interface TextPart {
  readonly type: "text";
  text: string;
}

/** A hole; `ref` identifies it for the front end that reads the template. */
export interface HolePart<Ref> {
  readonly type: "hole";
  readonly ref: Ref;
  place: Place | undefined;
}

/** A control tag with its branches. */
interface BranchPart<Ref> {
  readonly type: "branches";
  /** Whether the branch may be written several times. */
  readonly isLoop: boolean;
  readonly branches: Array<Array<AttributePart<Ref>>>;
}

/** What the value of an attribute consists of. */
export type AttributePart<Ref> = TextPart | HolePart<Ref> | BranchPart<Ref>;

/** An attribute while it is read, and until its tag ends. */
export interface AttributeDraft<Ref> {
  readonly name: string;
  readonly parts: Array<AttributePart<Ref>>;
  /** Name and equals sign, with the whitespace before. */
  readonly head: TextPart;
  open: TextPart;
  close: TextPart;
  quote: '"' | "'" | "";
  /** Holes in it, including branches. */
  holes: number;
}

/** Reports that a hole is not allowed in its position. */
export type PlaceFault<Ref> = (ref: Ref, reason: string, fix?: string) => never;

/** What deciding a context needs to know about the tag. */
export interface TagFacts<Ref> {
  readonly element: string;
  readonly attributes: StaticAttributes;
  readonly fail: PlaceFault<Ref>;
  readonly inlineHandlers: InlineHandlers;
}

/** Whether `on*` attributes accept a whole `raw()` value; "at-render" leaves the decision to the application that renders. */
export type InlineHandlers = boolean | "at-render";

/** Decides the context of each hole of an attribute. */
export function placeAttribute<Ref>(attribute: AttributeDraft<Ref>, attributeClass: AttributeClass, tag: TagFacts<Ref>): void {
  const { name, parts } = attribute;
  const [first] = parts;
  const whole = parts.length === 1 && first?.type === "hole" ? first : undefined;
  const at = { element: tag.element, attribute: name };
  switch (attributeClass) {
    case "handler":
      return placeHandler(attribute, whole, tag);
    case "decider":
      return forEachHole(parts, ({ ref }) =>
        tag.fail(ref, `in "${name}" of <${tag.element}>, which decides what the content is`, "Write it as static text."),
      );
    case "boolean":
      if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.boolean, ...at });
      break;
    case "enumerated":
      if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.enumerated, ...at });
      break;
    case "url":
    case "frame-url":
      return placeUrl(attribute, whole, tag, attributeClass === "frame-url" ? "frame" : isMediaElement(tag.element) ? "media" : "link");
    case "resource-url":
      return placeResource(attribute, tag);
    case "srcset":
    case "url-list":
    case "url-values":
      return placeUrlList(attribute, whole, tag, listKindOf(attributeClass)!);
    case "style":
      if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.styleAttribute, takesCssOnly: true, ...at });
      placeStyle(parts, styleAttributeStart, tag);
      return;
    case "srcdoc":
      return placeWhole(attribute, whole, tag, kinds.srcdoc, "in a part of srcdoc; pass the whole value");
    case "refresh":
      return placeRefresh(attribute, tag);
    case "nonce":
      return placeWhole(attribute, whole, tag, kinds.ownNonce, "a part of a nonce");
    default:
      if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.wholeAttribute, ...at });
  }
  forEachHole(parts, (hole) => void (hole.place = { kind: kinds.attribute, ...at }));
}

function forEachHole<Ref>(parts: ReadonlyArray<AttributePart<Ref>>, visit: (hole: HolePart<Ref>) => void): void {
  for (const part of parts) {
    if (part.type === "hole") visit(part);
    else if (part.type === "branches") for (const branch of part.branches) forEachHole(branch, visit);
  }
}

/** Kinds that write the name of their attribute, and do nothing else with it. */
const keptNames: ReadonlySet<Kind> = new Set([kinds.wholeAttribute, kinds.boolean, kinds.enumerated, kinds.wholeUrl, kinds.urlList]);

/** Removes the name and the quotes from the static text: the hole writes them, or nothing. */
function cutOut<Ref>(attribute: AttributeDraft<Ref>, hole: HolePart<Ref>, place: Place): void {
  // XML is case-sensitive: the name is written as in the template.
  const written = /[^\s=]+/.exec(attribute.head.text)?.[0] ?? place.attribute;
  const keepsCase = keptNames.has(place.kind) && written.toLowerCase() === place.attribute;
  attribute.head.text = "";
  attribute.open.text = "";
  attribute.close.text = "";
  hole.place = keepsCase ? { ...place, attribute: written } : place;
}

function placeWhole<Ref>(
  attribute: AttributeDraft<Ref>,
  whole: HolePart<Ref> | undefined,
  tag: TagFacts<Ref>,
  kind: Kind,
  reason: string,
): void {
  if (whole === undefined) return forEachHole(attribute.parts, ({ ref }) => tag.fail(ref, `in ${reason}`));
  cutOut(attribute, whole, { kind, element: tag.element, attribute: attribute.name });
}

function placeHandler<Ref>(attribute: AttributeDraft<Ref>, whole: HolePart<Ref> | undefined, tag: TagFacts<Ref>): void {
  const { element, inlineHandlers } = tag;
  if (inlineHandlers !== false && whole !== undefined) {
    const needsInlineHandlers = inlineHandlers === "at-render";
    return cutOut(attribute, whole, {
      kind: kinds.handler,
      element,
      attribute: attribute.name,
      ...(needsInlineHandlers && { needsInlineHandlers }),
    });
  }
  const { reason, fix } = describeHandlerFault(attribute.name, element);
  forEachHole(attribute.parts, ({ ref }) => tag.fail(ref, reason, fix));
}

/** Describes why a hole is not allowed in an attribute that holds code. */
export function describeHandlerFault(attribute: string, element: string): { readonly reason: string; readonly fix: string } {
  return {
    reason: `in "${attribute}" of <${element}>, which is code`,
    fix: "Put the value in a data-* attribute, and add a listener in a script.",
  };
}

const schemesOf: Readonly<Record<UrlKind, ReadonlySet<string>>> = { link: linkSchemes, frame: frameSchemes, media: mediaSchemes };

/** How much of an address is read: nothing yet, a value at its start, its path, its query, or it depends on a branch. */
type UrlPosition = "start" | "begun" | "path" | "query" | "uncertain" | "blocked";

function placeUrl<Ref>(attribute: AttributeDraft<Ref>, whole: HolePart<Ref> | undefined, tag: TagFacts<Ref>, urls: UrlKind): void {
  const at = { element: tag.element, attribute: attribute.name, urls };
  if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.wholeUrl, ...at });
  walkUrl(attribute.parts, "start", at, tag);
}

/** Handles the holes of a list of addresses: the whole list is composed, then each address is checked. */
function placeUrlList<Ref>(attribute: AttributeDraft<Ref>, whole: HolePart<Ref> | undefined, tag: TagFacts<Ref>, list: UrlListKind): void {
  const { parts, name } = attribute;
  const at = { element: tag.element, attribute: name, urls: list === "srcset" ? "media" : "link", list } as const;
  if (whole !== undefined) return cutOut(attribute, whole, { kind: kinds.urlList, ...at });
  if (parts.some(({ type }) => type === "branches"))
    forEachHole(parts, ({ ref }) =>
      tag.fail(ref, `in "${name}", where a condition decides which address it is a part of`, "Compute the value before, with set."),
    );
  composeUrl(parts, at);
}

function walkUrl<Ref>(
  parts: ReadonlyArray<AttributePart<Ref>>,
  from: UrlPosition,
  at: Omit<Place, "kind">,
  tag: TagFacts<Ref>,
): UrlPosition {
  let position = from;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    if (part.type === "branches") {
      const ends = part.branches.map((branch) => walkUrl(branch, position, at, tag));
      position = ends.every((end) => end === ends[0]) ? (ends[0] ?? position) : "uncertain";
      // The next iteration of a loop would continue where this one ended.
      if (part.isLoop && position === "uncertain") part.branches.forEach((branch) => walkUrl(branch, "uncertain", at, tag));
    } else if (position === "start") {
      const end = findStartEnd(parts, index);
      position = placeStart(parts.slice(index, end), parts[end], at, tag);
      index = end - 1;
    } else if (part.type === "text") position = moveBehind(position, decodeReferences(part.text), parts.slice(0, index), at, tag);
    else part.place = { kind: placeBehindStart(part.ref, position, at, tag), ...at };
  }
  return position;
}

function placeBehindStart<Ref>(ref: Ref, position: UrlPosition, at: Omit<Place, "kind">, tag: TagFacts<Ref>): Kind {
  if (position === "path") return kinds.urlPath;
  if (position === "query") return kinds.urlPart;
  if (position === "blocked")
    return tag.fail(ref, `in "${at.attribute}" after a scheme that is not allowed there`, "Use an http or https URL, or a path.");
  return tag.fail(
    ref,
    `in "${at.attribute}", where a condition decides which part of the address it is`,
    "Compute the address before, with set.",
  );
}

/** The first group of static texts and holes ends where a static text has one of `/ ? #`, a scheme is complete, or a branch begins. */
function findStartEnd<Ref>(parts: ReadonlyArray<AttributePart<Ref>>, from: number): number {
  let index = from;
  let isHoleSeen = false;
  for (; index < parts.length; index++) {
    const part = parts[index]!;
    if (part.type === "branches") return index;
    if (part.type === "hole") isHoleSeen = true;
    else {
      const text = decodeReferences(part.text);
      if (/[/?#:]/.test(text)) return isHoleSeen ? index : index + 1;
    }
  }
  return index;
}

/** Handles the holes before the scheme is decided: they are composed with the text between them, then checked. */
function placeStart<Ref>(
  group: ReadonlyArray<AttributePart<Ref>>,
  next: AttributePart<Ref> | undefined,
  at: Omit<Place, "kind">,
  tag: TagFacts<Ref>,
): UrlPosition {
  const holes = group.filter((part) => part.type === "hole");
  const [first] = holes;
  if (first === undefined) {
    let text = "";
    eachText(group, (part) => (text += decodeReferences(part.text)));
    return judgeStaticStart(text, at.urls!);
  }
  const following = next?.type === "text" ? decodeReferences(next.text) : "";
  if (/^[^/?#]*:/.test(following)) {
    tag.fail(first.ref, `in "${at.attribute}" before a colon, where the value would choose the scheme`, "Write the scheme as static text.");
  }
  if (next?.type === "branches") {
    tag.fail(first.ref, `in "${at.attribute}" before a condition that continues the address`, "Compute the address before, with set.");
  }
  composeUrl(group, at);
  return "begun";
}

/** Creates one context from several holes and their surrounding texts: the first hole writes all of it. */
function composeUrl<Ref>(group: ReadonlyArray<AttributePart<Ref>>, at: Omit<Place, "kind">): void {
  const holes = group.filter((part) => part.type === "hole");
  const statics: string[] = [""];
  for (const part of group) {
    if (part.type === "text") {
      statics[statics.length - 1] += decodeReferences(part.text);
      part.text = "";
    } else if (part.type === "hole") {
      statics.push("");
      part.place = { kind: kinds.grouped, ...at };
    }
  }
  if (holes[0] !== undefined) holes[0].place = { kind: kinds.url, statics, refs: holes.map(({ ref }) => ref), ...at };
}

function judgeStaticStart(text: string, urls: UrlKind): UrlPosition {
  const match = /^([^/?#:]*):/.exec(text.replace(/^[\0- ]+|[\t\n\r]/g, ""));
  if (match !== null && !schemesOf[urls].has(match[1]!.toLowerCase())) return "blocked";
  if (/[?#]/.test(text)) return "query";
  return /[/:]/.test(text) ? "path" : "uncertain";
}

/** Returns the position in an address after a static text. */
function moveBehind<Ref>(
  position: UrlPosition,
  text: string,
  before: ReadonlyArray<AttributePart<Ref>>,
  at: Omit<Place, "kind">,
  tag: TagFacts<Ref>,
): UrlPosition {
  if ((position === "begun" || position === "uncertain") && /^[^/?#]*:/.test(text)) {
    forEachHole(before, ({ ref }) =>
      tag.fail(ref, `in "${at.attribute}" before a colon, where the value would choose the scheme`, "Write the scheme as static text."),
    );
  }
  if (position === "uncertain" || position === "blocked") return position;
  if (/[?#]/.test(text)) return "query";
  return position === "begun" && text.includes("/") ? "path" : position;
}

/** Handles attributes that load code: a trusted value, or values as parts after a static start. */
function placeResource<Ref>(attribute: AttributeDraft<Ref>, tag: TagFacts<Ref>): void {
  const { parts, name } = attribute;
  const at = { element: tag.element, attribute: name };
  const [first] = parts;
  if (first?.type === "hole" && parts.length === 1) return cutOut(attribute, first, { kind: kinds.trustedUrl, ...at });
  const prefix = first?.type === "text" ? decodeReferences(first.text) : "";
  const isFixed = /^\/(?![/\\])|^https?:\/\/[^/\\?#]+\//i.test(prefix);
  forEachHole(parts, (hole) => {
    if (!isFixed)
      tag.fail(
        hole.ref,
        `in "${name}" of <${tag.element}>, which loads code, without a static start`,
        `Use asset("app.js"), or a static start: ${name}="/static/\${name}".`,
      );
    hole.place = { kind: kinds.urlPart, ...at };
  });
}

function placeRefresh<Ref>(attribute: AttributeDraft<Ref>, tag: TagFacts<Ref>): void {
  const at = { element: tag.element, attribute: attribute.name };
  let isBehindUrl = false;
  for (const part of attribute.parts) {
    if (part.type === "branches")
      forEachHole([part], ({ ref }) => tag.fail(ref, "in a refresh, inside a condition", "Put the condition around the element."));
    else if (part.type === "text") isBehindUrl ||= /url\s*=\s*["']?\s*$/i.test(decodeReferences(part.text));
    else part.place = isBehindUrl ? { kind: kinds.refresh, urls: "link", ...at } : { kind: kinds.refresh, ...at };
  }
}

/** Handles the holes of a style attribute; returns the state after it. */
function placeStyle<Ref>(parts: ReadonlyArray<AttributePart<Ref>>, from: StyleState, tag: TagFacts<Ref>): StyleState {
  let state = from;
  for (const part of parts) {
    if (part.type === "text") state = scanStyle(state, decodeReferences(part.text));
    else if (part.type === "hole") {
      part.place = { kind: styleKind(part.ref, state, tag.fail), element: tag.element, attribute: "style" };
      state = behindStyleHole(state);
    } else {
      const ends = part.branches.map((branch) => placeStyle(branch, state, tag));
      state = ends.every((end) => isSameStyle(end, ends[0]!)) ? joinStyles(ends) : uncertainStyle;
    }
  }
  return state;
}

const uncertainStyle: StyleState = { ...styleAttributeStart, fault: "where a condition decides what it is" };

/** Returns the kind of a hole in CSS. */
export function styleKind<Ref>(ref: Ref, state: StyleState, fail: PlaceFault<Ref>): Kind {
  const place = findStylePlace(state);
  if (typeof place === "object") return fail(ref, place.fault, "You can put a value after a property and its colon, or inside quotes.");
  return place === "value" ? kinds.css : place === "url" ? kinds.cssUrl : kinds.cssString;
}

const references: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  colon: ":",
  sol: "/",
  quest: "?",
  num: "#",
  Tab: "\t",
  NewLine: "\n",
  period: ".",
  equals: "=",
  semi: ";",
  comma: ",",
  lpar: "(",
  rpar: ")",
  bsol: "\\",
};

/** Decodes the character references that matter for checking. An unlisted reference becomes U+FFFD, which no rule accepts as a scheme. */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#[xX]([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z][A-Za-z0-9]*));?/g,
    (match, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(references, name) ? references[name]! : match.endsWith(";") ? "\ufffd" : match;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}

/** Returns the first value in a list of parts. */
export function firstHole<Ref>(parts: ReadonlyArray<AttributePart<Ref>>): HolePart<Ref> | undefined {
  for (const part of parts) {
    if (part.type === "hole") return part;
    if (part.type !== "branches") continue;
    const found = part.branches.map(firstHole).find((hole) => hole !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Visits all static texts. */
export function eachText<Ref>(parts: ReadonlyArray<AttributePart<Ref>>, visit: (part: TextPart) => void): void {
  for (const part of parts) {
    if (part.type === "text") visit(part);
    else if (part.type === "branches") for (const branch of part.branches) eachText(branch, visit);
  }
}
