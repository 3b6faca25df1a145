/** Writes generated code. Line N of the template is line N of the module; a source map holds the columns. */
import type { SourceText } from "../syntax/source-text.ts";

/** Marks the template offset that the following code comes from. */
export function mark(at: number): string {
  return `\u0001${at}\u0002`;
}

/** Longest static text that is written twice, for an attribute that may be omitted. */
const doubledMax = 200;

interface Mapping {
  readonly line: number;
  readonly column: number;
  readonly at: number;
}

/** Builds a module line by line. */
export class CodeWriter {
  readonly #source: SourceText;
  readonly #lines: string[] = [""];
  readonly #mappings: Mapping[] = [];
  /** Static text that is not written yet, and its start offset. */
  #pending = "";
  #pendingAt = 0;
  /** The call that writes an attribute, without its last two arguments. */
  #attribute = "";
  #attributeAt = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  /** Adds static text to the output of the template. */
  static(text: string, at: number): void {
    if (text === "") return;
    if (this.#pending === "") this.#pendingAt = at;
    this.#pending += text;
  }

  /** Returns the pending static text as the start of an expression: `$body` or `$body + "..."`. */
  takeBody(change: (text: string) => string = (text) => text): string {
    this.#pending = change(this.#pending);
    this.#endAttribute();
    const text = this.#pending;
    this.#pending = "";
    return text === "" ? "$body" : `$body + ${JSON.stringify(text)}`;
  }

  /** Returns the pending static text, for code that adds it itself. */
  takeText(): string {
    this.#endAttribute();
    const text = this.#pending;
    this.#pending = "";
    return text;
  }

  /** Writes pending static text. */
  flush(): void {
    this.#endAttribute();
    const text = this.#pending;
    if (text === "") return;
    this.#pending = "";
    this.#write(`$body += ${JSON.stringify(text)}; `, this.#pendingAt);
  }

  /**
   * Writes the call of a function that writes an attribute. Its last two arguments are the static text that follows,
   * with and without the closing quote: the fewer additions to a page, the faster it is.
   */
  attribute(call: string, at: number): void {
    this.#attribute = call;
    this.#attributeAt = at;
  }

  #endAttribute(): void {
    if (this.#attribute === "") return;
    const text = this.#pending.length > doubledMax ? "" : this.#pending;
    this.#write(`${this.#attribute}, ${JSON.stringify(`"${text}`)}, ${JSON.stringify(text)}); `, this.#attributeAt);
    this.#attribute = "";
    if (text !== "") this.#pending = "";
  }

  /** Writes code that comes from an offset, on its line, after any pending static text. */
  code(text: string, at: number): void {
    this.flush();
    this.#write(text, at);
  }

  /** Like {@link code}, for code that takes the static text by {@link takeBody}. */
  rawCode(text: string, at: number): void {
    this.#write(text, at);
  }

  #write(text: string, at: number): void {
    const { line } = this.#source.position(at);
    while (this.#lines.length < line) this.#lines.push("");
    for (const [index, piece] of text.split(/\u0001([0-9]+)\u0002/).entries()) {
      const current = this.#lines.length - 1;
      if (index % 2 === 1) this.#mappings.push({ line: current, column: this.#lines[current]!.length, at: Number(piece) });
      else this.#lines[current] += piece.replaceAll("\n", " ");
    }
  }

  /** Returns the module without its source map. */
  toString(): string {
    return this.#lines.map((line) => line.trimEnd()).join("\n");
  }

  /** Returns a source map of version 3 with the template as its only source. */
  toSourceMap(file: string, sourcePath: string): string {
    return JSON.stringify({ version: 3, file, sources: [sourcePath], names: [], mappings: this.#encodeMappings() });
  }

  /** Returns the template offset that a position of the module comes from. */
  findOffset(line: number, column: number): number | undefined {
    let found: Mapping | undefined;
    for (const mapping of this.#mappings) {
      if (mapping.line === line - 1 && mapping.column <= column - 1 && (found === undefined || mapping.column >= found.column))
        found = mapping;
    }
    return found?.at;
  }

  #encodeMappings(): string {
    const sorted = [...this.#mappings].sort((one, other) => one.line - other.line || one.column - other.column);
    let text = "";
    let [line, column, sourceLine, sourceColumn] = [0, 0, 0, 0];
    let isFirst = true;
    for (const mapping of sorted) {
      while (line < mapping.line) {
        text += ";";
        line++;
        column = 0;
        isFirst = true;
      }
      const position = this.#source.position(mapping.at);
      if (!isFirst) text += ",";
      isFirst = false;
      text += toVlq(mapping.column - column) + toVlq(0) + toVlq(position.line - 1 - sourceLine) + toVlq(position.column - 1 - sourceColumn);
      [column, sourceLine, sourceColumn] = [mapping.column, position.line - 1, position.column - 1];
    }
    return text;
  }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes a number as a base64 VLQ, with the sign in the lowest bit (source map, version 3). */
function toVlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
