/** Holds the state of the template reader: a plain record that can be kept, compared and described. */
import { decodeReferences } from "./places.ts";
import type { AttributeDraft, HolePart, Place, TextPart } from "./places.ts";
import { isSameScript, joinScripts } from "./script-state.ts";
import { isSameStyle, joinStyles } from "./style-state.ts";
import type { ScriptState } from "./script-state.ts";
import type { StyleState } from "./style-state.ts";

/** States with the names of the HTML standard. */
export type Mode =
  | "data"
  | "tagOpen"
  | "endTagOpen"
  | "tagName"
  | "beforeAttribute"
  | "attributeName"
  | "afterAttributeName"
  | "beforeValue"
  | "value"
  | "unquotedValue"
  | "afterValue"
  | "afterUnquotedHole"
  | "afterTagHole"
  | "selfClosing"
  | "declaration"
  | "comment"
  | "bogusComment"
  | "doctype"
  | "rawText";

/** A start or end tag while it is read. */
export interface TagDraft<Ref> {
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: Map<string, string | undefined>;
  readonly drafts: Array<AttributeDraft<Ref>>;
  readonly tagHoles: Array<HolePart<Ref>>;
  /** Number of open branches where the tag begins: an attribute in more of them may be absent. */
  readonly branchDepth: number;
}

/** The state of the reader: a plain record, so a copy of it is a point to return to. */
export interface ReaderState<Ref> {
  readonly mode: Mode;
  /** The part of a name, a declaration, or the end of raw text that has been read. */
  readonly word: string;
  readonly tag: TagDraft<Ref> | undefined;
  readonly attribute: AttributeDraft<Ref> | undefined;
  /** Whitespace before the next attribute. */
  readonly blanks: TextPart | undefined;
  /** Whether whitespace inside a tag is before the control tag that has ended. */
  readonly isSpaced: boolean;
  /** Name of the raw text element; "" in data. */
  readonly rawElement: string;
  /** What a script holds, by its type. */
  readonly scriptContent: "code" | "data" | "other";
  readonly script: ScriptState;
  readonly style: StyleState;
  /** How `<!--` and `<script` inside a script change where it ends. */
  readonly escape: "none" | "escaped" | "double";
  /** Static text of the raw element so far: inside `svg` and `math`, a browser reads it as markup. */
  readonly rawContent: string;
  /** Whether that text, read as markup, has left a tag open in some branch. */
  readonly isRawOpen: boolean;
  readonly isInHead: boolean;
  readonly isInNoscript: boolean;
  /** Number of open `pre` elements. */
  readonly preDepth: number;
}

/** Describes the position of a state in words. */
export function describeState<Ref>({ mode, tag, attribute, rawElement, word }: ReaderState<Ref>): string {
  const element = tag === undefined ? "a tag" : tag.isEnd ? `the end tag </${tag.name}>` : `<${tag.name}>`;
  switch (mode) {
    case "data":
      return "in text";
    case "rawText":
      return `inside <${rawElement}>`;
    case "comment":
    case "bogusComment":
      return "inside a comment";
    case "doctype":
    case "declaration":
      return "inside a declaration";
    case "tagOpen":
    case "endTagOpen":
    case "tagName":
      return "inside the name of a tag";
    case "attributeName":
      return `inside the name of the attribute "${word}" of ${element}`;
    case "unquotedValue":
    case "afterUnquotedHole":
      return `inside the unquoted attribute ${attribute === undefined ? "" : `"${attribute.name}" `}of ${element}`;
    case "value":
      return `inside the attribute "${attribute!.name}" of ${element}`;
    default:
      return `inside ${element}`;
  }
}

/** Suggests what to write instead of a value in a state. */
export function fixOf(mode: Mode): string {
  if (mode === "unquotedValue" || mode === "afterUnquotedHole") return 'Put quotes around the value: name="a${value}".';
  if (mode === "attributeName") return 'Use attributes({ ["data-" + key]: value }).';
  if (mode === "tagOpen" || mode === "tagName") return "Use element(tag, attributes, children).";
  if (mode === "afterValue" || mode === "afterTagHole") return "Put a space before it.";
  return "Move the value to text, or to a quoted attribute.";
}

/** Whether two states have the same context. */
export function isSamePlace<Ref>(one: ReaderState<Ref>, other: ReaderState<Ref>): boolean {
  return (
    placeOf(one.mode) === placeOf(other.mode) &&
    one.word === other.word &&
    one.tag === other.tag &&
    one.attribute === other.attribute &&
    one.rawElement === other.rawElement &&
    one.escape === other.escape &&
    one.isInHead === other.isInHead &&
    one.isInNoscript === other.isInNoscript &&
    isSameScript(one.script, other.script) &&
    isSameStyle(one.style, other.style)
  );
}

/** Between attributes is one context, with or without a required space. */
function placeOf(mode: Mode): Mode {
  return mode === "afterTagHole" ? "beforeAttribute" : mode;
}

/** Returns the stricter of several equivalent states. */
export function strictestOf<Ref>(states: ReadonlyArray<ReaderState<Ref>>): ReaderState<Ref> {
  const found = states.find(({ mode }) => mode === "afterTagHole") ?? states[0]!;
  return {
    ...found,
    isRawOpen: states.some(({ isRawOpen }) => isRawOpen),
    style: joinStyles(states.map(({ style }) => style)),
    script: joinScripts(states.map(({ script }) => script)),
  };
}

/** Returns what a tag loads: its static address, or the hole that holds the whole address. */
export function findAddress<Ref>({ name, attributes, drafts }: TagDraft<Ref>): Pick<Place, "address" | "addressRef"> {
  const attribute = name === "link" ? "href" : "src";
  const address = attributes.get(attribute);
  if (address !== undefined) return { address };
  const [part, ...rest] = drafts.find((draft) => draft.name === attribute)?.parts ?? [];
  if (part?.type === "hole" && rest.length === 0) return { addressRef: part.ref };
  return part?.type === "text" ? { address: decodeReferences(part.text) } : {};
}
