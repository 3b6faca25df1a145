/** Classifies attributes by their element: data with one row per class. Reviewed each year against the HTML standard. */

import type { UrlListKind } from "../escape/url-list.ts";

/** Classes of attributes: each has its own rules for values. */
export type AttributeClass =
  | "plain"
  | "boolean"
  | "enumerated"
  | "class"
  | "url"
  | "frame-url"
  | "resource-url"
  | "srcset"
  | "url-list"
  | "url-values"
  | "style"
  | "srcdoc"
  | "refresh"
  | "nonce"
  | "handler"
  | "decider";

const booleans = new Set(
  (
    "allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate hidden inert ismap itemscope loop " +
    "multiple muted nomodule novalidate open playsinline readonly required reversed selected shadowrootclonable " +
    "shadowrootdelegatesfocus shadowrootserializable"
  ).split(" "),
);

const urls = new Set(
  (
    "href src action formaction cite poster background data manifest longdesc usemap xlink:href icon profile codebase classid " +
    "hx-get hx-post hx-put hx-patch hx-delete"
  ).split(" "),
);

/** Attributes that hold several addresses, separated by spaces. */
const urlLists = new Set(["ping", "attributionsrc", "archive"]);

/** How the addresses of a class are separated; undefined for a class with one address. */
export function listKindOf(attributeClass: AttributeClass): UrlListKind | undefined {
  if (attributeClass === "srcset") return "srcset";
  return attributeClass === "url-values" ? "semicolons" : attributeClass === "url-list" ? "blanks" : undefined;
}

/** Values of `rel` whose address is shown or followed, but never run. */
const harmlessRels = new Set(
  "alternate author bookmark canonical cite dns-prefetch help icon apple-touch-icon license next preconnect prefetch prev search".split(
    " ",
  ),
);

/** Addresses that decide which code or document is loaded. */
const resources: Readonly<Record<string, ReadonlySet<string>>> = {
  script: new Set(["src", "href", "xlink:href"]),
  base: new Set(["href"]),
  object: new Set(["data", "codebase", "classid"]),
  embed: new Set(["src"]),
  html: new Set(["manifest"]),
};

const animations = new Set(["animate", "set", "animatetransform", "animatemotion"]);
const mediaElements = new Set(["img", "source", "video", "audio"]);

/** Static attributes of a tag by name; undefined if a value or a condition decides. */
export type StaticAttributes = ReadonlyMap<string, string | undefined>;

/** Returns the class of an attribute. `own` holds classes that the application has made stricter. */
export function classifyAttribute(
  element: string,
  given: string,
  attributes: StaticAttributes,
  own: Readonly<Record<string, AttributeClass>> = {},
): AttributeClass {
  if (given === "xmlns" || given.startsWith("xmlns:")) return "decider";
  // In XML, any prefix may refer to the namespace of links.
  const name = /^[\w.-]+:href$/.test(given) ? "xlink:href" : given;
  if (/^(?:on|hx-on|x-|@|:|v-|ng-)/.test(name)) return "handler";
  if (Object.hasOwn(own, name)) return own[name]!;
  const special = classifySpecial(element, name, attributes);
  if (special !== undefined) return special;
  if (urlLists.has(name)) return "url-list";
  if (urls.has(name) || /^data-.*(?:url|src|uri)/.test(name)) return "url";
  if (booleans.has(name)) return "boolean";
  if (name === "class") return "class";
  if (/^(?:aria-|data-)|^(?:contenteditable|draggable|spellcheck)$/.test(name)) return "enumerated";
  return "plain";
}

function classifySpecial(element: string, name: string, attributes: StaticAttributes): AttributeClass | undefined {
  if (name === "style" || name === "srcdoc" || name === "nonce") return name;
  if (name === "srcset" || name === "imagesrcset" || /^data-.*srcset$/.test(name)) return "srcset";
  if (element === "script" && (name === "type" || name === "language")) return "decider";
  if (element === "meta" && name === "http-equiv") return "decider";
  if (element === "meta" && name === "content") return isRefresh(attributes) ? "refresh" : undefined;
  if (animations.has(element)) return classifyAnimation(name, attributes);
  return classifyLoaded(element, name, attributes);
}

/** Returns the class of an address that loads a document or code. */
function classifyLoaded(element: string, name: string, attributes: StaticAttributes): AttributeClass | undefined {
  if (element === "link" && name === "href") return isHarmlessLink(attributes.get("rel")) ? "url" : "resource-url";
  if (Object.hasOwn(resources, element) && resources[element]!.has(name)) return "resource-url";
  return (element === "iframe" || element === "frame") && name === "src" ? "frame-url" : undefined;
}

function isRefresh(attributes: StaticAttributes): boolean {
  // If the attribute exists but its value is not known, the strictest class applies.
  return attributes.has("http-equiv") && (attributes.get("http-equiv") ?? "refresh").trim().toLowerCase() === "refresh";
}

function isHarmlessLink(rel: string | undefined): boolean {
  const tokens = (rel ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return tokens.length > 0 && tokens.every((token) => harmlessRels.has(token));
}

function classifyAnimation(name: string, attributes: StaticAttributes): AttributeClass | undefined {
  if (name === "attributename") return "decider";
  if (!["to", "from", "by", "values"].includes(name)) return undefined;
  const target = attributes.get("attributename")?.trim().toLowerCase();
  const isHarmless = target !== undefined && !urls.has(target) && !/^on|:/.test(target);
  if (isHarmless) return "plain";
  return name === "values" ? "url-values" : "url";
}

/** Whether an element has a prefix, and would be code, style or an animation in XML if the prefix refers to SVG. */
export function isPrefixedCode(element: string): boolean {
  return /^[^:]+:(?:script|style|handler|set|animate|animatetransform|animatemotion|iframe|object|embed)$/.test(element);
}

/** Whether an element shows media: its addresses may be data URLs of images. */
export function isMediaElement(element: string): boolean {
  return mediaElements.has(element);
}

/** Returns what a script element contains. */
export function classifyScript(attributes: StaticAttributes): "code" | "data" | "other" {
  if (!attributes.has("type")) return "code";
  const type = attributes.get("type");
  if (type === undefined) return "other";
  const essence = type.trim().toLowerCase();
  if (essence === "" || essence === "module") return "code";
  if (/^(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script(?:1\.[0-5])?$/.test(essence)) return "code";
  if (/^application\/(?:[\w.-]+\+)?json$|^(?:importmap|speculationrules)$/.test(essence)) return "data";
  return "other";
}

/** Whether the compiler adds a nonce to a tag. */
export function takesNonce(element: string, attributes: StaticAttributes): boolean {
  if (attributes.has("nonce")) return false;
  if (element === "script" || element === "style") return true;
  if (element !== "link") return false;
  const rels = (attributes.get("rel") ?? "").toLowerCase().split(/\s+/);
  if (rels.includes("stylesheet") || rels.includes("modulepreload")) return true;
  return rels.includes("preload") && /^(?:script|style)$/i.test(attributes.get("as") ?? "");
}
