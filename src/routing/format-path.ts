/** Writes the path of a pattern with values. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { encodeSegment } from "../http/path.ts";
import { isListItem, isPlainText } from "./converters.ts";
import { splitParams } from "./split-params.ts";
import type { Param, ParamSegment, Segment } from "./pattern.ts";
import { paramNamesOf } from "./pattern.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Writes the path of a pattern with values. Leaves out optional segments without a value. Throws `E_ROUTE_PARAM` for a value that
 * would not match, and for an optional value without the one before it.
 */
export function formatPath(segments: readonly Segment[], params: Values, pattern: string): string {
  let path = "";
  /** The parameter of this row of optional segments that was left out. */
  let missing: string | undefined;
  for (const segment of segments) {
    if (segment.kind === "literal" || !segment.isOptional) missing = undefined;
    else if (params[paramNamesOf(segment)[0]!] === undefined) {
      missing ??= paramNamesOf(segment)[0]!;
      continue;
    } else if (missing !== undefined) throw paramError(missing, undefined, pattern, ` while "${paramNamesOf(segment)[0]!}" has a value`);
    path += `/${formatSegment(segment, params, pattern)}`;
  }
  return path === "" ? "/" : path;
}

function formatSegment(segment: Segment, params: Values, pattern: string): string {
  if (segment.kind === "literal") return encodeSegment(segment.text);
  if (segment.kind === "rest") {
    const value = params[segment.name];
    return segment.type === "segments" ? formatList(value, segment.name, pattern) : formatRest(value, segment.name, pattern);
  }
  // "." and ".." after a prefix are plain text; as whole segments every client would remove them.
  if (segment.single !== null) return encodeSegment(segment.prefix) + encodeSegment(formatParam(segment.single, params, pattern));
  return formatParams(segment, params, pattern);
}

function formatParam(param: Param, params: Values, pattern: string): string {
  const value = params[param.name];
  const text = param.converter.format(value);
  if (text === undefined || text === "" || text === "." || text === ".." || text.length > 1024 || !text.isWellFormed())
    throw paramError(param.name, value, pattern);
  return text;
}

/** Writes several parameters of one segment, and checks that a reader of the path finds the same ones. */
function formatParams(segment: ParamSegment, params: Values, pattern: string): string {
  const texts = segment.params.map((param) => formatParam(param, params, pattern));
  const whole = segment.prefix + segment.params.map(({ after }, index) => texts[index]! + after).join("");
  const found = splitParams(segment, whole, false);
  const wrong = segment.params.findIndex(({ converter }, index) => found === undefined || converter.format(found[index]) !== texts[index]);
  if (wrong === -1) return encodeSegment(whole);
  const { name } = segment.params[wrong]!;
  throw paramError(name, params[name], pattern, `: the path "${whole.slice(0, 80)}" would be read with other values`);
}

function formatRest(value: unknown, name: string, pattern: string): string {
  const parts = typeof value === "string" ? value.split("/") : [""];
  if (!parts.every(canBeWritten)) throw paramError(name, value, pattern);
  return parts.map(encodeSegment).join("/");
}

function formatList(value: unknown, name: string, pattern: string): string {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  if (parts.length === 0 || !parts.every((part) => isListItem(part) && part.isWellFormed())) throw paramError(name, value, pattern);
  // What isListItem() has found to be strings.
  return (parts as readonly string[]).map(encodeSegment).join("/");
}

/** No path can hold half of a surrogate pair: its bytes would not be UTF-8. */
function canBeWritten(text: string): boolean {
  return isPlainText(text) && text.isWellFormed();
}

function paramError(name: string, value: unknown, pattern: string, reason = ""): GableError {
  const shown = typeof value === "string" ? `"${value.slice(0, 80).toWellFormed()}"` : showValue(value);
  return new GableError("E_ROUTE_PARAM", `The parameter "${name}" of "${pattern}" cannot be ${shown}${reason}.`);
}

/** Some objects cannot be turned into text. */
function showValue(value: unknown): string {
  return typeof value === "object" && value !== null ? describeValue(value) : String(value);
}
