/** Patterns such as `/static/:name/:id(int)/*rest`, parsed once. */
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import type { Converter, RankedConverter } from "./converters.ts";
import {
  builtInConverters,
  createExpressionConverter,
  isPlainText,
  ownPriority,
  plainConverter,
  plainPriority,
  restConverter,
} from "./converters.ts";
import { assertLinearExpression } from "./linear-expression.ts";

/** Custom converters of an application by name. */
export type ConverterTable = Readonly<Record<string, Converter<unknown>>>;

/** A segment that the path must equal. */
interface LiteralSegment {
  readonly kind: "literal";
  readonly text: string;
}

/** A parameter, and the text that follows it in its segment. */
export interface Param {
  readonly name: string;
  /** Name of the converter, the expression in parentheses, or "". */
  readonly type: string;
  readonly converter: Converter<unknown>;
  /** Text after the parameter in the same segment: a separator or the end of the segment. */
  readonly after: string;
}

/** A segment with parameters: `:id`, `@:user`, `:id.json`, `:slug-:id(int)`. */
export interface ParamSegment {
  readonly kind: "param";
  /** Text before the first parameter. */
  readonly prefix: string;
  readonly params: readonly Param[];
  /** The parameter, if it is the only one and reaches to the end of the segment. */
  readonly single: Param | null;
  /** How many characters of the segment are literal text. */
  readonly literalLength: number;
  /** Rank in the order of tries; the smallest is first. */
  readonly priority: number;
  readonly isOptional: boolean;
}

/** How the rest of a path becomes a value: `*name` and `:name(path)` give a string, `:name(segments)` a list. */
export type RestKind = "rest" | "path" | "segments";

/** The rest of the path: one or more segments. */
interface RestSegment {
  readonly kind: "rest";
  readonly name: string;
  /** `path` and `segments` are tried before `rest`. */
  readonly type: RestKind;
  readonly isOptional: boolean;
}

/** A part of a pattern. */
export type Segment = LiteralSegment | ParamSegment | RestSegment;

/** Most paths that the optional segments of one pattern may stand for. */
const variantsMax = 32;

function malformed(pattern: string, what: string, fix?: string): GableError {
  return new GableError("E_PATTERN_MALFORMED", `The pattern "${pattern}" ${what}.`, fix === undefined ? {} : { fix });
}

/** Returns the names of the parameters of a segment. */
export function paramNamesOf(segment: Segment): readonly string[] {
  if (segment.kind === "literal") return [];
  return segment.kind === "rest" ? [segment.name] : segment.params.map(({ name }) => name);
}

/** Parses a pattern. Throws `E_PATTERN_MALFORMED`, `E_CONVERTER_UNKNOWN`, `E_PATTERN_NOT_LINEAR`. */
export function parsePattern(pattern: string, own: ConverterTable = {}): readonly Segment[] {
  if (!pattern.startsWith("/")) throw malformed(pattern, "does not start with /");
  const texts = splitPattern(pattern);
  const segments = texts.map((text, index) => parseSegment(text, pattern, own, index === texts.length - 1));
  const names = new Set<string>();
  for (const name of segments.flatMap(paramNamesOf)) {
    if (names.has(name)) throw malformed(pattern, `uses the parameter "${name}" twice`);
    names.add(name);
  }
  if (countVariants(segments) > variantsMax) throw malformed(pattern, `has optional segments for more than ${variantsMax} different paths`);
  return segments;
}

function isOptional(segment: Segment): boolean {
  return segment.kind !== "literal" && segment.isOptional;
}

function countVariants(segments: readonly Segment[]): number {
  let count = 1;
  let run = 1;
  for (const segment of segments) {
    if (isOptional(segment)) run++;
    else {
      count *= run;
      run = 1;
    }
  }
  return count * run;
}

/**
 * Returns the segments of each path that a pattern stands for. Optional segments in a row are present from the left: `/:year?/:month?`
 * stands for no segment, a year, or a year and a month.
 */
export function expandOptional(segments: readonly Segment[]): ReadonlyArray<readonly Segment[]> {
  let variants: Segment[][] = [[]];
  /** Variants in which the run of optional segments has not ended yet. */
  let open: Segment[][] = [];
  for (const segment of segments) {
    if (isOptional(segment)) {
      const longer = (open.length === 0 ? variants : open).map((variant) => [...variant, segment]);
      variants = [...variants, ...longer];
      open = longer;
    } else {
      variants = variants.map((variant) => [...variant, segment]);
      open = [];
    }
  }
  return variants.map((variant) => (variant.length === 0 ? [{ kind: "literal", text: "" }] : variant));
}

/** Splits at slashes outside parentheses. */
function splitPattern(pattern: string): string[] {
  const texts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let index = 1; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\" && depth > 0) index++;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "/" && depth === 0) {
      texts.push(pattern.slice(start, index));
      start = index + 1;
    }
  }
  if (depth !== 0) throw malformed(pattern, "has unbalanced parentheses");
  texts.push(pattern.slice(start));
  return texts;
}

function parseSegment(written: string, pattern: string, own: ConverterTable, isLast: boolean): Segment {
  const isOptional = written.endsWith("?") && /^\*|:/.test(written);
  const text = isOptional ? written.slice(0, -1) : written;
  if (text.startsWith("*")) {
    if (!isLast) throw malformed(pattern, `has "${text}" before its end`);
    if (text === "*") throw malformed(pattern, 'has "*" without a name', "Write *rest.");
    return { kind: "rest", name: checkName(text.slice(1), pattern), type: "rest", isOptional };
  }
  assertNotForeign(text, pattern);
  const colon = text.indexOf(":");
  if (colon === -1) return parseLiteral(text, pattern, isLast);
  const prefix = text.slice(0, colon);
  if (prefix !== "") assertLiteralText(prefix, pattern);
  const params: RankedParam[] = [];
  for (let rest = text.slice(colon); rest !== "";) rest = readParam(rest, text, pattern, own, params);
  const first = params[0]!;
  if (first.type === "path" || first.type === "segments") {
    if (!isLast || prefix !== "" || first.after !== "" || params.length > 1)
      throw malformed(pattern, `has "${text}" before its end or next to other text`);
    return { kind: "rest", name: first.name, type: first.type, isOptional };
  }
  const single = params.length === 1 && first.after === "" ? first : null;
  if (isOptional && (single === null || prefix !== ""))
    throw malformed(pattern, `has "?" after "${text}": only a segment that is one parameter can be optional`);
  const literalLength = params.reduce((sum, { after }) => sum + after.length, prefix.length);
  return { kind: "param", prefix, params, single, literalLength, priority: single === null ? ownPriority : first.priority, isOptional };
}

/** Parameters as other frameworks write them: `{id}`, `<id>`, `<int:id>`, `[id]`, `[...rest]`, `[[...rest]]`. */
const foreign = /^(?:\{(?<curly>\w+)[^{}]*\}|<(?:(?<type>\w+):)?(?<angle>\w+)>|\[{1,2}(?<dots>\.{3})?(?<square>\w+)\]{1,2})$/;

function assertNotForeign(text: string, pattern: string): void {
  const found = foreign.exec(text)?.groups;
  if (found === undefined) return;
  const name = found["curly"] ?? found["angle"] ?? found["square"]!;
  const type = found["type"] === "int" || found["type"] === "uuid" || found["type"] === "slug" ? `(${found["type"]})` : "";
  const isRest = found["dots"] !== undefined || found["type"] === "path";
  throw malformed(pattern, `has "${text}", which is not a parameter`, `Write ${isRest ? `*${name}` : `:${name}${type}`}.`);
}

interface RankedParam extends Param {
  readonly priority: number;
}

/** Reads a parameter with the text after it. Returns the rest of the segment, which is empty or starts with a colon. */
function readParam(text: string, segment: string, pattern: string, own: ConverterTable, params: RankedParam[]): string {
  const match = /^:([\w$]*)/.exec(text)!;
  const name = checkName(match[1] === "" ? text.slice(1) : match[1]!, pattern);
  let index = match[0].length;
  let type = "";
  if (text[index] === "(") {
    const end = findClosing(text, index);
    type = text.slice(index + 1, end);
    if (type === "") throw malformed(pattern, `has empty parentheses in "${segment}"`);
    index = end + 1;
  }
  const colon = text.indexOf(":", index);
  const after = colon === -1 ? text.slice(index) : text.slice(index, colon);
  if (after === "" && colon !== -1) throw malformed(pattern, `has no text between two parameters in "${segment}"`);
  if (after !== "" && type === "" && !separators.includes(after[0]!)) {
    const fix = `Use one of ${separators.join(" ")}, or add a converter in parentheses`;
    throw malformed(pattern, `has "${after[0]!}" after the name of a parameter in "${segment}". ${fix}`);
  }
  if (after !== "") assertLiteralText(after, pattern);
  if (type === "path" || type === "segments") params.push({ name, type, converter: restConverter, priority: 0, after });
  else params.push({ name, type, after, ...findConverter(type, pattern, own) });
  return colon === -1 ? "" : text.slice(colon);
}

/** Characters that may follow the name of a parameter; the types of parameters know the same ones. */
const separators = [".", "-", "~", ",", ";", "@", "!", "+", "="];

function findClosing(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === "(") depth++;
    else if (text[index] === ")" && --depth === 0) return index;
  }
  return text.length; // Not reached: splitPattern() has counted the parentheses.
}

function parseLiteral(text: string, pattern: string, isLast: boolean): LiteralSegment {
  if (text === "" && !isLast) throw malformed(pattern, "has an empty segment");
  if (text === "." || text === "..") throw noPathContains(text, pattern);
  if (text !== "") assertLiteralText(text, pattern);
  return { kind: "literal", text };
}

/** Checks literal text: a segment, or a part of one next to parameters. */
function assertLiteralText(text: string, pattern: string): void {
  if (!isPlainText(`${text}x`) || !text.isWellFormed()) throw noPathContains(text, pattern);
  if (/[%?#()*{}[\]<>]/.test(text))
    throw malformed(pattern, `has one of % ? # ( ) * { } [ ] < > in "${text}"; write it without percent-encoding`);
}

function noPathContains(text: string, pattern: string): GableError {
  return malformed(pattern, `has the segment "${text}", which no path can contain`);
}

function checkName(name: string, pattern: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__") return name;
  throw malformed(pattern, `has the parameter name "${name}", which is not an identifier`);
}

function findConverter(type: string, pattern: string, own: ConverterTable): RankedConverter {
  // A converter gets only values that it made; the type of the table cannot express that.
  if (Object.hasOwn(own, type)) return { converter: own[type] as Converter<unknown>, priority: ownPriority };
  if (Object.hasOwn(builtInConverters, type)) return builtInConverters[type]!;
  // As above.
  if (type === "") return { converter: plainConverter as Converter<unknown>, priority: plainPriority };
  if (!/^\w+$/.test(type)) {
    assertLinearExpression(type, pattern);
    // As above.
    return { converter: createExpressionConverter(type) as Converter<unknown>, priority: ownPriority };
  }
  const known = [...Object.keys(own), ...Object.keys(builtInConverters), "path", "segments"];
  const nearest = findNearestName(type, known);
  throw new GableError("E_CONVERTER_UNKNOWN", `The pattern "${pattern}" has the unknown converter "${type}".`, {
    fix:
      nearest === undefined
        ? `Use one of: ${known.join(", ")}; or list it in gable({ converters }).`
        : `Write "${nearest}" instead of "${type}".`,
  });
}

/** Returns a pattern without its parameter names: equal shapes match the same paths. */
export function toPatternShape(segments: readonly Segment[]): string {
  return segments
    .map((segment) => {
      if (segment.kind === "literal") return `/${segment.text}`;
      if (segment.kind === "rest") return `/*${segment.type === "rest" ? "" : "path"}`;
      return `/${toSegmentShape(segment)}`;
    })
    .join("");
}

/** Returns a segment without the names of its parameters. */
export function toSegmentShape({ prefix, params }: ParamSegment): string {
  return prefix + params.map(({ type, after }) => `:(${type})${after}`).join("");
}
