/** Reads just enough JavaScript and JSON to know whether a whole value is allowed at a position. Never guesses. */

type Mode = "code" | "single" | "double" | "line" | "block";

/** What is known at a position of a script. */
export interface ScriptState {
  readonly mode: Mode;
  /** The token before: "" at the start, one character, a word, or "value" after a hole. */
  readonly last: string;
  /** What makes every later position uncertain. */
  readonly fault: string | undefined;
  /** Whether a hole has just ended, with only whitespace since. */
  readonly isBehindHole: boolean;
}

/** The start of a script. */
export const scriptStart: ScriptState = { mode: "code", last: "", fault: undefined, isBehindHole: false };

/** Tokens after which an expression begins. */
const opening = new Set(["", "=", "(", "[", ",", ":", "?", "{", ";", "return"]);

/** Reads static text. `fault` of the result names the invalid character after a hole. */
export function scanScript(state: ScriptState, text: string): ScriptState & { readonly follower?: string } {
  let { mode, last, fault, isBehindHole } = state;
  if (fault === undefined && (text.includes("<!--") || text.includes("-->"))) fault = 'a comment of the form "<!--" or "-->"';
  let index = 0;
  while (index < text.length) {
    const character = text[index]!;
    const next = text[index + 1];
    index++;
    if (mode === "line") {
      if (/[\n\r\u2028\u2029]/.test(character)) mode = "code";
    } else if (mode === "block") {
      if (character === "*" && next === "/") {
        mode = "code";
        index++;
      }
    } else if (mode !== "code") {
      if (character === "\\") index++;
      else if (character === (mode === "single" ? "'" : '"')) {
        mode = "code";
        last = "value";
      } else if (/[\n\r]/.test(character)) {
        fault ??= "a string that does not end on its line";
        mode = "code";
      }
    } else if (/\s/.test(character)) {
      if (/[\n\r\u2028\u2029]/.test(character)) isBehindHole = false;
    } else {
      if (isBehindHole && !/[,;)\]}:]/.test(character)) return { mode, last, fault, isBehindHole, follower: character };
      isBehindHole = false;
      if (character === "/" && (next === "/" || next === "*")) {
        mode = next === "/" ? "line" : "block";
        index++;
      } else if (character === "/") fault ??= 'a "/" outside strings and comments';
      else if (character === "`") fault ??= "a template literal";
      else if (character === "'") mode = "single";
      else if (character === '"') mode = "double";
      else if (/[\w$]/.test(character)) {
        const word = /^[\w$]+/.exec(text.slice(index - 1))![0];
        last = word;
        index += word.length - 1;
      } else last = character;
    }
  }
  return { mode, last, fault, isBehindHole };
}

/** Whether two states allow the same continuations. */
export function isSameScript(one: ScriptState, other: ScriptState): boolean {
  return one.mode === other.mode && one.fault === other.fault && classOf(one) === classOf(other);
}

/** Returns what matters about the token before: whether a value may begin, and whether it needs parentheses. */
function classOf(state: ScriptState): string {
  if (!opening.has(state.last)) return "no value";
  return needsParentheses(state) ? "statement" : "value may begin";
}

/** Returns the state after branches that end the same way: after a value in any of them, only what may follow a value is allowed. */
export function joinScripts(states: readonly ScriptState[]): ScriptState {
  return states.find(({ isBehindHole }) => isBehindHole) ?? states[0]!;
}

/** Returns undefined if a value is allowed here, otherwise the reason why not. */
export function findScriptFault({ mode, last, fault, isBehindHole }: ScriptState): string | undefined {
  if (fault !== undefined) return `behind ${fault}`;
  if (mode === "line" || mode === "block") return "inside a JavaScript comment";
  if (mode !== "code") return "inside a JavaScript string";
  if (isBehindHole) return "directly after another value";
  return opening.has(last) ? undefined : `after "${last}" in JavaScript, where a value cannot begin`;
}

/** Whether a value needs parentheses so that `{` does not start a block. */
export function needsParentheses({ last }: ScriptState): boolean {
  return last === "" || last === "{" || last === ";";
}

/** Returns the state after a hole. */
export function behindScriptHole(state: ScriptState): ScriptState {
  return { ...state, last: "value", isBehindHole: true };
}
