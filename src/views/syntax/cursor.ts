/** Reads tokens inside a tag on demand: the parser may also take a TypeScript type as written. */
import type { GableError } from "../../errors/gable-error.ts";
import type { SourceText } from "./source-text.ts";

/** A token. */
export interface Token {
  readonly type: "name" | "string" | "integer" | "float" | "operator" | "end";
  /** Text of names and operators; the value of strings; digits of numbers. */
  readonly value: string;
  readonly at: number;
  readonly end: number;
}

const operators = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=|.,:;()[\]{}]/y;
const names = /[\p{L}_][\p{L}\p{N}_]*/uy;
const numbers = /(?:[0-9]+(?:_[0-9]+)*)(?:(\.[0-9]+(?:_[0-9]+)*)?([eE][-+]?[0-9]+)?)/y;
const radixNumbers = /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+/y;

/** Reads one tag. */
export class Cursor {
  readonly source: SourceText;
  /** The end of the tag: `%}` or `}}`. */
  readonly #close: string;
  #position: number;
  /** Number of open braces of dicts: the end of an output tag is two braces. */
  #braces = 0;
  #peeked: Token | undefined;

  constructor(source: SourceText, position: number, close: string) {
    this.source = source;
    this.#position = position;
    this.#close = close;
  }

  /** Where the next token begins, or where reading continues. */
  get position(): number {
    return this.#peeked?.at ?? this.#position;
  }

  /** Returns the next token without consuming it. */
  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  /** Returns the next token and consumes it. */
  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.#position = token.end;
    if (token.type === "operator") this.#braces += token.value === "{" ? 1 : token.value === "}" ? -1 : 0;
    return token;
  }

  /** Whether the next token is a given operator or word. */
  is(value: string): boolean {
    const token = this.peek();
    return (token.type === "operator" || token.type === "name") && token.value === value;
  }

  /** Consumes the next token if it is a given operator or word. */
  take(value: string): Token | undefined {
    return this.is(value) ? this.next() : undefined;
  }

  /** Consumes an operator or a word. Throws `E_VIEW_SYNTAX`. */
  expect(value: string): Token {
    return this.take(value) ?? this.#unexpected(`"${value}"`);
  }

  /** Consumes a name. Throws `E_VIEW_SYNTAX`. */
  expectName(what: string): Token {
    return this.peek().type === "name" ? this.next() : this.#unexpected(what);
  }

  /** Consumes a string. Throws `E_VIEW_SYNTAX`. */
  expectString(what: string): Token {
    return this.peek().type === "string" ? this.next() : this.#unexpected(what);
  }

  /** Consumes the end of the tag. Throws `E_VIEW_SYNTAX`. */
  expectEnd(): Token {
    return this.peek().type === "end" ? this.next() : this.#unexpected("the end of the tag");
  }

  #unexpected(wanted: string): never {
    throw this.unexpected(wanted);
  }

  /** Creates an error at the next token. */
  unexpected(wanted: string): GableError {
    const { type, value, at } = this.peek();
    const found = type === "end" ? "the end of the tag" : type === "string" ? "a string" : `"${value}"`;
    return this.error(at, `expected ${wanted}, found ${found}`);
  }

  /** Creates an error at an offset. */
  error(at: number, reason: string, fix?: string): GableError {
    return this.source.error("E_VIEW_SYNTAX", at, reason, fix);
  }

  /** Consumes one character that is not an operator of expressions. */
  takeCharacter(character: string): boolean {
    let index = this.position;
    while (this.#peeked === undefined && /\s/.test(this.source.text[index] ?? "")) index++;
    if (this.source.text[index] !== character) return false;
    this.#peeked = undefined;
    this.#position = index + 1;
    return true;
  }

  /** Consumes TypeScript up to one of the given characters outside brackets and strings, or to the end of the tag. */
  takeTypeScript(stops: string): { readonly text: string; readonly at: number } {
    const { text } = this.source;
    let index = this.position;
    while (/\s/.test(text[index] ?? "")) index++;
    const at = index;
    let depth = 0;
    for (; index < text.length; index++) {
      const character = text[index]!;
      if (depth === 0 && (this.#isClose(index) || stops.includes(character)) && !text.startsWith("=>", index)) break;
      if (character === '"' || character === "'" || character === "`") index = skipString(text, index);
      else if ("([{<".includes(character)) depth++;
      else if (")]}".includes(character) || (character === ">" && text[index - 1] !== "=")) depth--;
    }
    this.#peeked = undefined;
    this.#position = index;
    const taken = text.slice(at, index).trim();
    if (taken === "") throw this.error(at, "a type is missing");
    return { text: taken, at };
  }

  #isClose(index: number): boolean {
    const { text } = this.source;
    return text.startsWith(this.#close, index) || (/[-+]/.test(text[index]!) && text.startsWith(this.#close, index + 1));
  }

  #read(): Token {
    const { text } = this.source;
    let at = this.#position;
    while (/\s/.test(text[at] ?? "")) at++;
    if (at >= text.length) throw this.error(Math.max(0, text.length - 1), "a tag is not closed", `Write ${this.#close} after it.`);
    if (this.#braces <= 0 && text.startsWith(this.#close, at)) return { type: "end", value: "", at, end: at + 2 };
    if ((text[at] === "-" || (text[at] === "+" && this.#close !== "}}")) && text.startsWith(this.#close, at + 1)) {
      return { type: "end", value: text[at]!, at, end: at + 3 };
    }
    const character = text[at]!;
    if (character === '"' || character === "'") return this.#readString(at);
    for (const [pattern, type] of [
      [radixNumbers, "integer"],
      [numbers, "integer"],
      [names, "name"],
      [operators, "operator"],
    ] as const) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) continue;
      const isFloat = pattern === numbers && (match[1] !== undefined || match[2] !== undefined);
      return { type: isFloat ? "float" : type, value: match[0], at, end: at + match[0].length };
    }
    const foreign = foreignOperators.find(([operator]) => text.startsWith(operator, at));
    throw this.error(at, `"${foreign?.[0] ?? character}" has no meaning in an expression`, foreign?.[1]);
  }

  #readString(at: number): Token {
    const { text } = this.source;
    const end = skipString(text, at);
    if (end >= text.length) throw this.error(at, "a string is not closed");
    const body = text.slice(at + 1, end);
    const value = body.replace(
      /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/g,
      (_match, unicode?: string, byte?: string, other?: string) =>
        other === undefined ? String.fromCharCode(Number.parseInt(unicode ?? byte!, 16)) : (escapes[other] ?? other),
    );
    return { type: "string", value, at, end: end + 1 };
  }
}

/** Operators of JavaScript, and their equivalents in templates. */
const foreignOperators: ReadonlyArray<readonly [operator: string, fix: string]> = [
  ["&&", 'Write "and".'],
  ["||", 'Write "or".'],
  ["??", 'Use the filter default: {{ value|default("other") }}.'],
  ["?.", 'Write "a and a.b".'],
  ["?", 'Write "one if test else other".'],
  ["!", 'Write "not".'],
  ["`", "Write a string in quotes, and join strings with ~."],
];

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "\n": "" };

/** Returns the offset of the closing quote, or the length of the source. */
function skipString(text: string, from: number): number {
  const quote = text[from]!;
  let index = from + 1;
  while (index < text.length && text[index] !== quote) index += text[index] === "\\" ? 2 : 1;
  return Math.min(index, text.length);
}
