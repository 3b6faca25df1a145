/** Where the reader of a template is: a plain record that can be kept, compared, and told in words. */
import { decodeReferences } from "./places.ts";
import type { AttributeDraft, HolePart, Place, TextPart } from "./places.ts";
import { isSameScript, joinScripts } from "./script-state.ts";
import { isSameStyle, joinStyles } from "./style-state.ts";
import type { ScriptState } from "./script-state.ts";
import type { StyleState } from "./style-state.ts";

/** States of the HTML standard, named as there. */
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
  /** Branches that were open where the tag begins: an attribute in more of them may be absent. */
  readonly branchDepth: number;
}

/** Where the reader is. A plain record: a copy of it is a point to come back to. */
export interface ReaderState<Ref> {
  readonly mode: Mode;
  /** What has been read of a name, a declaration, or the end of raw text. */
  readonly word: string;
  readonly tag: TagDraft<Ref> | undefined;
  readonly attribute: AttributeDraft<Ref> | undefined;
  /** Blanks before the next attribute. */
  readonly blanks: TextPart | undefined;
  /** Name of the element whose text is raw; "" in data. */
  readonly rawElement: string;
  /** What a script holds, by its type. */
  readonly scriptContent: "code" | "data" | "other";
  readonly script: ScriptState;
  readonly style: StyleState;
  /** How `<!--` and `<script` inside a script change where it ends. */
  readonly escape: "none" | "escaped" | "double";
  /** Static text of the raw element so far: inside `svg` and `math` a browser reads it as markup. */
  readonly rawContent: string;
  /** Whether that text, read as markup, has left a tag open in some branch. */
  readonly isRawOpen: boolean;
  readonly isInHead: boolean;
  readonly isInNoscript: boolean;
  /** Elements `pre` that are open. */
  readonly preDepth: number;
}

/** Where a state is, in words. */
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

/** What to write instead of a value in a state. */
export function fixOf(mode: Mode): string {
  if (mode === "unquotedValue" || mode === "afterUnquotedHole") return 'Put quotes around the value: name="a${value}".';
  if (mode === "attributeName") return 'Use attributes({ ["data-" + key]: value }).';
  if (mode === "tagOpen" || mode === "tagName") return "Use element(tag, attributes, children).";
  if (mode === "afterValue" || mode === "afterTagHole") return "Put a blank before it.";
  return "Move the value into text, or into an attribute in quotes.";
}

/** Whether two states are one place. */
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

/** Between attributes is one place, with or without a blank that must follow. */
function placeOf(mode: Mode): Mode {
  return mode === "afterTagHole" ? "beforeAttribute" : mode;
}

/** The one of several same places that asks more of what follows. */
export function strictestOf<Ref>(states: ReadonlyArray<ReaderState<Ref>>): ReaderState<Ref> {
  const found = states.find(({ mode }) => mode === "afterTagHole") ?? states[0]!;
  return {
    ...found,
    isRawOpen: states.some(({ isRawOpen }) => isRawOpen),
    style: joinStyles(states.map(({ style }) => style)),
    script: joinScripts(states.map(({ script }) => script)),
  };
}

/** What a tag loads: its static address, or the hole that gives the whole of it. */
export function findAddress<Ref>({ name, attributes, drafts }: TagDraft<Ref>): Pick<Place, "address" | "addressRef"> {
  const attribute = name === "link" ? "href" : "src";
  const address = attributes.get(attribute);
  if (address !== undefined) return { address };
  const [part, ...rest] = drafts.find((draft) => draft.name === attribute)?.parts ?? [];
  if (part?.type === "hole" && rest.length === 0) return { addressRef: part.ref };
  return part?.type === "text" ? { address: decodeReferences(part.text) } : {};
}
