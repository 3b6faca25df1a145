/** Reads just enough CSS to know whether a value is allowed at a position (CSS Syntax Module Level 3). */

type Mode = "plain" | "single" | "double" | "comment";

/** What is known at a position of a style. */
export interface StyleState {
  readonly mode: Mode;
  /** Whether a colon came since the last `{`, `}` or `;`. */
  readonly isValue: boolean;
  /** Number of open blocks. A style attribute starts in one. */
  readonly depth: number;
  /** Whether the position is inside `url(`, and whether after its quote. */
  readonly url: "" | "open" | "quoted";
  /** The word that is being read: the name of a function if a parenthesis follows. */
  readonly word: string;
  /** The address inside `url("...")` so far; a value in it is NUL. */
  readonly address: string;
  /** The first error in the static text, if any. */
  readonly fault: string | undefined;
}

/** The start of a style attribute. */
export const styleAttributeStart: StyleState = {
  mode: "plain",
  isValue: false,
  depth: 1,
  url: "",
  word: "",
  address: "",
  fault: undefined,
};
/** The start of a style element. */
export const styleElementStart: StyleState = { ...styleAttributeStart, depth: 0 };

/** Reads static text. */
export function scanStyle(state: StyleState, text: string): StyleState {
  let { mode, isValue, depth, url, word, address, fault } = state;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (mode === "comment") {
      if (character === "*" && text[index + 1] === "/") {
        mode = "plain";
        index++;
      }
    } else if (character === "\\") index++;
    else if (mode !== "plain") {
      if (character === (mode === "single" ? "'" : '"')) mode = "plain";
      // In CSS, a string that is not closed on its line ends there.
      else if (/[\n\r\f]/.test(character)) mode = "plain";
      if (url === "quoted") {
        if (character === ":" && /^\0[^/?#]*$/.test(address))
          fault ??= "after an address that starts with a value: it would choose the scheme";
        address += character;
        if (mode === "plain") url = "open";
      }
    } else if (url === "open") {
      if (character === ")") url = "";
      else if (character === '"' || character === "'") {
        mode = character === '"' ? "double" : "single";
        url = "quoted";
        address = "";
      }
    } else if (character === "/" && text[index + 1] === "*") {
      mode = "comment";
      index++;
    } else if (character === '"' || character === "'") mode = character === '"' ? "double" : "single";
    else if (character === "(" && /^(?:url|src|image|image-set)$/i.test(word)) url = "open";
    else if (character === "{" || character === "}" || character === ";") {
      isValue = false;
      if (character === "{") depth++;
      else if (character === "}") depth = Math.max(depth - 1, 0);
    } else if (character === ":" && depth > 0) isValue = true;
    word = /[\w-]/.test(character) ? word + character : "";
  }
  return { mode, isValue, depth, url, word, address, fault };
}

/** Returns what a value at a position is: a value, text in a string, an address in `url("...")`, or an error. */
export function findStylePlace(state: StyleState): "value" | "string" | "url" | { readonly fault: string } {
  const { mode, isValue, depth, url, address, fault } = state;
  if (fault !== undefined) return { fault };
  if (mode === "comment") return { fault: "inside a CSS comment" };
  if (url === "quoted") {
    if (address === "") return "url";
    return /[/?#]/.test(address) ? "string" : { fault: "where a value could complete the scheme of an address" };
  }
  if (url === "open") return { fault: 'inside url() without quotes; write url("...")' };
  if (depth === 0 || !isValue) return { fault: "where CSS has a selector or the name of a property" };
  return mode === "plain" ? "value" : "string";
}

/** Returns the state after a hole. */
export function behindStyleHole(state: StyleState): StyleState {
  return state.url === "quoted" ? { ...state, address: `${state.address}\0`, word: "" } : { ...state, word: "" };
}

/** Whether two states allow the same continuations. */
export function isSameStyle(one: StyleState, other: StyleState): boolean {
  return JSON.stringify({ ...one, word: "" }) === JSON.stringify({ ...other, word: "" });
}

/** Returns the stricter of several equivalent states. */
export function joinStyles(states: readonly StyleState[]): StyleState {
  return states.find(({ word }) => /^(?:url|src|image|image-set)$/i.test(word)) ?? states[0]!;
}
