/** Patterns such as `/static/:name/:id(int)/*rest`, parsed once. */
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import { encodeSegment } from "../http/path.ts";
import type { Converter, RankedConverter } from "./converters.ts";
import { builtInConverters, createExpressionConverter, isPlainText, ownPriority, plainConverter, plainPriority } from "./converters.ts";
import { assertLinearExpression } from "./linear-expression.ts";

/** Custom converters of an application by name. */
export type ConverterTable = Readonly<Record<string, Converter<unknown>>>;

/** A segment that the path must equal. */
interface LiteralSegment {
  readonly kind: "literal";
  readonly text: string;
}

/** A segment with a parameter. */
export interface ParamSegment {
  readonly kind: "param";
  readonly name: string;
  /** Text before the parameter in the same segment. */
  readonly prefix: string;
  /** Name of the converter, the expression in parentheses, or "". */
  readonly type: string;
  readonly converter: Converter<unknown>;
  /** Rank in the order of tries; the smallest is first. */
  readonly priority: number;
}

/** The rest of the path: one or more segments. */
interface RestSegment {
  readonly kind: "rest";
  readonly name: string;
  /** Whether it is `:name(path)`, which is tried before `*name`. */
  readonly isPath: boolean;
}

/** A part of a pattern. */
export type Segment = LiteralSegment | ParamSegment | RestSegment;

function malformed(pattern: string, what: string): GableError {
  return new GableError("E_PATTERN_MALFORMED", `The pattern "${pattern}" ${what}.`);
}

/** Parses a pattern. Throws `E_PATTERN_MALFORMED`, `E_CONVERTER_UNKNOWN`, `E_PATTERN_NOT_LINEAR`. */
export function parsePattern(pattern: string, own: ConverterTable = {}): readonly Segment[] {
  if (!pattern.startsWith("/")) throw malformed(pattern, "does not start with /");
  const texts = splitPattern(pattern);
  const segments = texts.map((text, index) => parseSegment(text, pattern, own, index === texts.length - 1));
  const names = new Set<string>();
  for (const segment of segments) {
    if (segment.kind === "literal") continue;
    if (names.has(segment.name)) throw malformed(pattern, `uses the parameter "${segment.name}" twice`);
    names.add(segment.name);
  }
  return segments;
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

function parseSegment(text: string, pattern: string, own: ConverterTable, isLast: boolean): Segment {
  if (text.startsWith("*")) {
    if (!isLast) throw malformed(pattern, `has "${text}" before its end`);
    return { kind: "rest", name: checkName(text.slice(1), pattern), isPath: false };
  }
  const colon = text.indexOf(":");
  if (colon === -1) return parseLiteral(text, pattern, isLast);
  const prefix = text.slice(0, colon);
  const match = /^([^()]*)(?:\((.*)\))?$/su.exec(text.slice(colon + 1));
  if (match === null) throw malformed(pattern, `has text after a parameter in "${text}"`);
  const name = checkName(match[1]!, pattern);
  const type = match[2] ?? "";
  if (match[2] === "") throw malformed(pattern, `has empty parentheses in "${text}"`);
  if (prefix !== "") parseLiteral(prefix, pattern, false);
  if (type === "path") {
    if (!isLast || prefix !== "") throw malformed(pattern, `has "${text}" before its end or after other text`);
    return { kind: "rest", name, isPath: true };
  }
  const { converter, priority } = findConverter(type, pattern, own);
  return { kind: "param", name, prefix, type, converter, priority };
}

function parseLiteral(text: string, pattern: string, isLast: boolean): LiteralSegment {
  if (text === "" && !isLast) throw malformed(pattern, "has an empty segment");
  if (text !== "" && !isPlainText(text)) throw malformed(pattern, `has the segment "${text}", which no path can contain`);
  if (/[%?#()*{}]/.test(text)) throw malformed(pattern, `has one of % ? # ( ) * { } in "${text}"; write it without percent-encoding`);
  return { kind: "literal", text };
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
  const known = [...Object.keys(own), ...Object.keys(builtInConverters), "path"];
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
      return segment.kind === "rest" ? `/*${segment.isPath ? "path" : ""}` : `/${segment.prefix}:(${segment.type})`;
    })
    .join("");
}

/** Writes the path of a pattern with values. Throws `E_ROUTE_PARAM` for a value that would not match. */
export function formatPath(segments: readonly Segment[], params: Readonly<Record<string, unknown>>, pattern: string): string {
  let path = "";
  for (const segment of segments) {
    if (segment.kind === "literal") path += `/${encodeSegment(segment.text)}`;
    else if (segment.kind === "rest") path += `/${formatRest(params[segment.name], segment.name, pattern)}`;
    else path += `/${encodeSegment(segment.prefix)}${formatParam(segment, params[segment.name], pattern)}`;
  }
  return path;
}

function formatParam(segment: ParamSegment, value: unknown, pattern: string): string {
  const text = segment.converter.format(value);
  if (text === undefined || text === "" || text === "." || text === ".." || text.length > 1024)
    throw paramError(segment.name, value, pattern);
  // "." and ".." after a prefix are plain text; as whole segments every client would remove them.
  return encodeSegment(text);
}

function formatRest(value: unknown, name: string, pattern: string): string {
  const parts = typeof value === "string" ? value.split("/") : [""];
  if (!parts.every(isPlainText)) throw paramError(name, value, pattern);
  return parts.map(encodeSegment).join("/");
}

function paramError(name: string, value: unknown, pattern: string): GableError {
  return new GableError(
    "E_ROUTE_PARAM",
    `The parameter "${name}" of "${pattern}" cannot be ${typeof value === "string" ? `"${value.slice(0, 80)}"` : String(value)}.`,
  );
}
