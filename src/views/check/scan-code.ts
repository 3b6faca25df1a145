/**
 * Finds tagged templates and calls in TypeScript sources. It is not a full parser: it only tells comments, strings,
 * regular expressions and templates from other code.
 */

/** A template literal after a tag. */
export interface ScannedTemplate {
  /** Name of the tag as written: `html`. */
  readonly tag: string;
  /** Offset of the tag. */
  readonly at: number;
  /** Strings between the values, as the tag gets them, with the offset where each begins. */
  readonly chunks: ReadonlyArray<{ readonly text: string; readonly at: number }>;
  /** Offsets of the values. */
  readonly holes: readonly number[];
}

/** A call of a function by name. */
interface ScannedCall {
  /** Name of the function; for `a.b()` it is `b`. */
  readonly name: string;
  /** Offset of the name. */
  readonly at: number;
  /** Offset after the opening parenthesis. */
  readonly argumentsAt: number;
  /** The first argument if it is a string literal. */
  readonly text: string | undefined;
}

/** What a scan finds in a source. */
export interface ScannedCode {
  readonly templates: readonly ScannedTemplate[];
  readonly calls: readonly ScannedCall[];
  /** Comments as written, with their offsets. */
  readonly comments: ReadonlyArray<{ readonly text: string; readonly at: number }>;
}

/** Scans a source. Stops at code that it cannot read; the TypeScript compiler reports that. */
export function scanCode(text: string): ScannedCode {
  const scanner = new CodeScanner(text);
  scanner.scan(0, false);
  return { templates: scanner.templates, calls: scanner.calls, comments: scanner.comments };
}

/** A slash after one of these words begins a regular expression, not a division. */
const operatorWords = new Set("return typeof case in of new delete void throw do else await yield instanceof".split(" "));

interface Last {
  /** The last token that is not a comment: a name, a value or a sign. */
  readonly kind: "name" | "value" | "sign";
  readonly text: string;
  readonly at: number;
}

class CodeScanner {
  readonly templates: ScannedTemplate[] = [];
  readonly calls: ScannedCall[] = [];
  readonly comments: Array<{ text: string; at: number }> = [];
  readonly #text: string;
  #last: Last = { kind: "sign", text: "", at: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  /** Scans from an offset inside a template value up to its closing brace. Returns the offset to continue at. */
  scan(from: number, isInTemplate: boolean): number {
    let index = from;
    let depth = 0;
    while (index < this.#text.length) {
      const character = this.#text[index]!;
      if (isInTemplate && character === "}" && depth === 0) return index;
      if (character === "{") depth++;
      else if (character === "}") depth--;
      index = this.#token(index, character);
    }
    return index;
  }

  #token(index: number, character: string): number {
    if (/\s/.test(character)) return index + 1;
    if (character === "/") return this.#slash(index);
    if (character === '"' || character === "'") return this.#note("value", index, behindString(this.#text, index));
    if (character === "`") return this.#template(index);
    const name = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
    name.lastIndex = index;
    if (name.test(this.#text)) return this.#note("name", index, name.lastIndex);
    const number = /[0-9](?:[\w.]|[eE][-+])*/y;
    number.lastIndex = index;
    if (number.test(this.#text)) return this.#note("value", index, number.lastIndex);
    if (character === "(" && this.#last.kind === "name") this.#call(index);
    return this.#note("sign", index, index + 1);
  }

  #note(kind: Last["kind"], at: number, end: number): number {
    this.#last = { kind, text: this.#text.slice(at, end), at };
    return end;
  }

  #call(open: number): void {
    const { text: name, at } = this.#last;
    const start = open + 1 + /^\s*/.exec(this.#text.slice(open + 1))![0].length;
    this.calls.push({ name, at, argumentsAt: start, text: readLiteral(this.#text, start) });
  }

  /** Reads a comment, a regular expression or a division. */
  #slash(index: number): number {
    const next = this.#text[index + 1];
    if (next === "/" || next === "*") {
      const found = next === "/" ? this.#text.indexOf("\n", index) : this.#text.indexOf("*/", index + 2);
      const end = found === -1 ? this.#text.length : next === "/" ? found : found + 2;
      this.comments.push({ text: this.#text.slice(index, end), at: index });
      return end;
    }
    const { kind, text } = this.#last;
    const isDivision = kind === "value" || (kind === "name" && !operatorWords.has(text)) || text === ")" || text === "]" || text === "}";
    return isDivision ? this.#note("sign", index, index + 1) : this.#note("value", index, behindPattern(this.#text, index));
  }

  #template(index: number): number {
    const isTagged = this.#last.kind === "name" && !operatorWords.has(this.#last.text);
    const { text: tag, at } = this.#last;
    const chunks: Array<{ text: string; at: number }> = [];
    const holes: number[] = [];
    let from = index + 1;
    for (let end = this.#chunkEnd(from); end < this.#text.length; end = this.#chunkEnd(from)) {
      chunks.push({ text: toCooked(this.#text.slice(from, end)), at: from });
      if (this.#text[end] === "`") {
        if (isTagged) this.templates.push({ tag, at, chunks, holes });
        return this.#note("value", index, end + 1);
      }
      this.#last = { kind: "sign", text: "{", at: end };
      holes.push(end + 2 + /^\s*/.exec(this.#text.slice(end + 2))![0].length);
      from = this.scan(end + 2, true) + 1;
    }
    return this.#text.length;
  }

  /** Returns where a string of a template ends: at its backtick or at the next value. */
  #chunkEnd(from: number): number {
    let index = from;
    while (index < this.#text.length && this.#text[index] !== "`" && !this.#text.startsWith("${", index))
      index += this.#text[index] === "\\" ? 2 : 1;
    return index;
  }
}

/** Returns the offset after a string. */
function behindString(text: string, index: number): number {
  const quote = text[index]!;
  let position = index + 1;
  while (position < text.length && text[position] !== quote && text[position] !== "\n") position += text[position] === "\\" ? 2 : 1;
  return position + 1;
}

/** Returns the offset after a regular expression and its flags. */
function behindPattern(text: string, index: number): number {
  let isInClass = false;
  let position = index + 1;
  for (; position < text.length && text[position] !== "\n"; position++) {
    const character = text[position]!;
    if (character === "\\") position++;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) break;
  }
  return position + 1 + /^[a-z]*/.exec(text.slice(position + 1, position + 12))![0].length;
}

/** Returns the value of a string literal or of a template without values. */
function readLiteral(text: string, index: number): string | undefined {
  const quote = text[index];
  if (quote === '"' || quote === "'") return toCooked(text.slice(index + 1, behindString(text, index) - 1));
  const match = quote === "`" ? /^`((?:\\[^]|[^\\`$]|\$(?!\{))*)`/.exec(text.slice(index)) : null;
  return match === null ? undefined : toCooked(match[1]!);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", 0: "\0" };

/** Returns the string that a literal represents (ECMA-262, section 12.9.4): CR LF becomes LF, escapes are resolved. */
function toCooked(source: string): string {
  return source
    .replace(/\r\n?/g, "\n")
    .replace(
      /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/g,
      (_found, point?: string, unit?: string, byte?: string, other?: string) => {
        const code = point ?? unit ?? byte;
        if (code !== undefined) return point === undefined ? String.fromCharCode(Number.parseInt(code, 16)) : toPoint(point);
        return other === "\n" ? "" : (escapes[other!] ?? other!);
      },
    );
}

function toPoint(digits: string): string {
  const code = Number.parseInt(digits, 16);
  return code > 0x10ffff ? "" : String.fromCodePoint(code);
}
