/** Parses the regular expressions that a pattern may contain: no look-around, no back-references, no anchors. */

/** Inclusive ranges of code points, sorted. */
export type CharacterSet = ReadonlyArray<readonly [number, number]>;

/** A part of an expression. */
export type ExpressionNode =
  | { readonly kind: "set"; readonly set: CharacterSet; readonly source: string }
  | { readonly kind: "sequence"; readonly parts: readonly ExpressionNode[] }
  | { readonly kind: "choice"; readonly parts: readonly ExpressionNode[] }
  | { readonly kind: "repeat"; readonly part: ExpressionNode; readonly min: number; readonly max: number; readonly source: string };

/** Why an expression cannot be used, and which part of it. */
export class ExpressionFault extends Error {
  /** The rejected part. */
  readonly part: string;

  constructor(part: string, message: string) {
    super(message);
    this.part = part;
  }
}

const lastCodePoint = 0x10ffff;
const digits: CharacterSet = [[0x30, 0x39]];
const word: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const space: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const anyCharacter = invert([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);
const classEscapes: Readonly<Record<string, CharacterSet>> = {
  d: digits,
  D: invert(digits),
  w: word,
  W: invert(word),
  s: space,
  S: invert(space),
};
const controlEscapes: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, "0": 0x00 };

function invert(set: CharacterSet): CharacterSet {
  const inverted: Array<readonly [number, number]> = [];
  let from = 0;
  for (const [start, end] of [...set].sort((first, second) => first[0] - second[0])) {
    if (start > from) inverted.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  if (from <= lastCodePoint) inverted.push([from, lastCodePoint]);
  return inverted;
}

/** Parses an expression; throws {@link ExpressionFault}. */
export function parseExpression(source: string): ExpressionNode {
  const parser = new ExpressionParser(source);
  return parser.parse();
}

class ExpressionParser {
  readonly #source: string;
  #index = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): ExpressionNode {
    const node = this.#parseChoice();
    if (this.#index < this.#source.length) throw new ExpressionFault(this.#source.slice(this.#index), "has a closing parenthesis too many");
    return node;
  }

  #peek(): string | undefined {
    return this.#source[this.#index];
  }

  #parseChoice(): ExpressionNode {
    const parts = [this.#parseSequence()];
    while (this.#peek() === "|") {
      this.#index++;
      parts.push(this.#parseSequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  }

  #parseSequence(): ExpressionNode {
    const parts: ExpressionNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) parts.push(this.#parseRepeat());
    return { kind: "sequence", parts };
  }

  #parseRepeat(): ExpressionNode {
    const start = this.#index;
    const part = this.#parseAtom();
    const bounds = this.#parseBounds();
    if (bounds === undefined) return part;
    if (this.#peek() === "?") this.#index++;
    return { kind: "repeat", part, min: bounds[0], max: bounds[1], source: this.#source.slice(start, this.#index) };
  }

  #parseBounds(): readonly [number, number] | undefined {
    const simple = { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] } as const;
    const next = this.#peek();
    if (next === "*" || next === "+" || next === "?") {
      this.#index++;
      return simple[next];
    }
    if (next !== "{") return undefined;
    const match = /^\{([0-9]{1,4})(,([0-9]{0,4}))?\}/.exec(this.#source.slice(this.#index));
    if (match === null) throw new ExpressionFault(this.#source.slice(this.#index), "has a brace that is not a repetition");
    this.#index += match[0].length;
    const min = Number(match[1]);
    if (match[2] === undefined) return [min, min];
    return [min, match[3] === "" ? Infinity : Number(match[3])];
  }

  #parseAtom(): ExpressionNode {
    const start = this.#index;
    const next = this.#source[this.#index++]!;
    if (next === "(") return this.#parseGroup(start);
    if (next === "[") return { kind: "set", set: this.#parseClass(), source: this.#source.slice(start, this.#index) };
    if (next === ".") return { kind: "set", set: anyCharacter, source: "." };
    if (next === "^" || next === "$") throw new ExpressionFault(next, "has an anchor; the whole segment must match anyway");
    if (next === "*" || next === "+" || next === "?" || next === "{" || next === "}" || next === "]")
      throw new ExpressionFault(next, "repeats nothing");
    if (next === "\\") return { kind: "set", set: this.#parseEscape(false), source: this.#source.slice(start, this.#index) };
    const code = next.codePointAt(0)!;
    return { kind: "set", set: [[code, code]], source: next };
  }

  #parseGroup(start: number): ExpressionNode {
    const opening = /^\?(?::|<[A-Za-z]\w*>)/.exec(this.#source.slice(this.#index));
    if (opening !== null) this.#index += opening[0].length;
    else if (this.#peek() === "?") throw new ExpressionFault(this.#source.slice(start, start + 4), "has look-around or an unknown group");
    const node = this.#parseChoice();
    if (this.#peek() !== ")") throw new ExpressionFault(this.#source.slice(start), "has an open parenthesis");
    this.#index++;
    return node;
  }

  #parseEscape(isInClass: boolean): CharacterSet {
    const next = this.#source[this.#index++];
    if (next === undefined) throw new ExpressionFault("\\", "ends with a backslash");
    if (classEscapes[next] !== undefined) return classEscapes[next];
    if (controlEscapes[next] !== undefined) return [[controlEscapes[next], controlEscapes[next]]];
    if (next === "u" || next === "x") return this.#parseCode(next);
    if (/[1-9k]/.test(next)) throw new ExpressionFault(`\\${next}`, "has a back-reference");
    if (/[A-Za-z]/.test(next))
      throw new ExpressionFault(`\\${next}`, isInClass ? "has an unknown escape" : "has an anchor or an unknown escape");
    const code = next.codePointAt(0)!;
    return [[code, code]];
  }

  #parseCode(kind: "u" | "x"): CharacterSet {
    const match = (kind === "x" ? /^[0-9a-fA-F]{2}/ : /^(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]{1,6}\})/).exec(this.#source.slice(this.#index));
    if (match === null) throw new ExpressionFault(`\\${kind}`, "has a broken escape");
    this.#index += match[0].length;
    const code = Number.parseInt(match[0].replace(/[{}]/g, ""), 16);
    return [[code, code]];
  }

  #parseClass(): CharacterSet {
    const isNegated = this.#peek() === "^";
    if (isNegated) this.#index++;
    const ranges: Array<readonly [number, number]> = [];
    while (this.#peek() !== "]") {
      const first = this.#parseClassItem();
      const isRange = this.#peek() === "-" && this.#source[this.#index + 1] !== "]";
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#index++;
      const last = this.#parseClassItem();
      if (first.length !== 1 || last.length !== 1 || first[0]![0] !== first[0]![1] || last[0]![0] < first[0]![0])
        throw new ExpressionFault("-", "has a range out of order");
      ranges.push([first[0]![0], last[0]![1]]);
    }
    this.#index++;
    return isNegated ? invert(ranges) : ranges;
  }

  #parseClassItem(): CharacterSet {
    const next = this.#source[this.#index++];
    if (next === undefined) throw new ExpressionFault("[", "has an open class");
    if (next === "\\") return this.#peek() === "b" ? (this.#index++, [[8, 8]]) : this.#parseEscape(true);
    const code = next.codePointAt(0)!;
    return [[code, code]];
  }
}
