/** Creates plans: what the literal text of a tagged template becomes, once per call site. */
import { GableError } from "../../errors/gable-error.ts";
import type { SourcePlace } from "../../errors/source-place.ts";
import { toPlaceText } from "../../errors/source-place.ts";
import type { AttributeClass } from "./attribute-table.ts";
import type { Lead } from "./leads.ts";
import { toLeads } from "./leads.ts";
import type { InlineHandlers, Place } from "./places.ts";
import { kinds } from "./places.ts";
import type { Part } from "./tokenizer.ts";
import { HtmlReader, nonceRef } from "./tokenizer.ts";

/** A compiled template: static chunks with holes between them. */
export interface Plan {
  readonly holes: readonly PlanHole[];
  /** Static text after the last hole. */
  readonly end: Lead;
  /** The source template; undefined for a plan that was not read from a template. */
  readonly source?: PlanSource | undefined;
}

/** The template of a plan, to read it again with the options of an application. */
interface PlanSource {
  readonly strings: readonly string[];
  readonly site: SourcePlace | undefined;
  readonly isSvg: boolean;
  /** Plans for applications with custom options. They are released together with the application. */
  readonly variants: WeakMap<PlanOptions, Plan>;
}

/** A hole with the static text before it. */
export interface PlanHole extends Lead {
  readonly kind: number;
  /** Index of its value; -1 for a nonce. */
  readonly source: number;
  readonly place: PlanPlace;
}

/** A context, and the position of its hole in the source. */
interface PlanPlace extends Place {
  /** `file:line` of the hole; "" if the runtime has no stack traces. */
  readonly where: string;
}

/** Options of an application for reading templates. */
export interface PlanOptions {
  /** Stricter classes of attributes, by name. None by default. */
  readonly attributes?: Readonly<Record<string, AttributeClass>>;
  /** Whether `on*` attributes accept a whole `raw()` value. False by default. */
  readonly inlineHandlers?: InlineHandlers;
  /** Whether static comments are sent. False by default. */
  readonly keepsComments?: boolean;
  /** Whether whitespace in static text is collapsed, outside of `pre` and `textarea`. False by default. */
  readonly foldBlanks?: boolean;
  /** Whether booleans are written as in XML: `name=""`. False by default. */
  readonly isSvg?: boolean;
}

/** Most values allowed in one template. */
const valuesMax = 32_767;

/**
 * Returns the plan of the same template, read with the options of an application. Reads it once per application.
 * Throws `E_VIEW_PLACE`.
 */
export function planWith(plan: Plan, options: PlanOptions): Plan {
  const { source } = plan;
  if (source === undefined) return plan;
  const known = source.variants.get(options);
  if (known !== undefined) return known;
  const variant = compilePlan(source.strings, source.site, { ...options, inlineHandlers: "at-render", isSvg: source.isSvg });
  source.variants.set(options, variant);
  return variant;
}

/** Compiles a template. Throws `E_VIEW_PLACE` and `E_VIEW_UNCLOSED`. */
export function compilePlan(strings: readonly string[], site: SourcePlace | undefined, options: PlanOptions = {}): Plan {
  const whereOf = makeWhere(strings, site);
  if (strings.length - 1 > valuesMax) {
    throw new GableError("E_VIEW_PLACE", `The template at ${whereOf(0)} has ${strings.length - 1} values; ${valuesMax} are allowed.`);
  }
  let lastHole = 0;
  const reader = new HtmlReader<number>({
    fail: (hole, reason, fix) => {
      throw new GableError("E_VIEW_PLACE", `${whereOf(hole)}: a value is not allowed ${reason}.`, fix === undefined ? {} : { fix });
    },
    failText: (reason, fix) => {
      throw new GableError("E_VIEW_PLACE", `${whereOf(lastHole)}: ${reason}.`, { fix });
    },
    keepsComments: options.keepsComments ?? false,
    attributes: options.attributes ?? {},
    inlineHandlers: options.inlineHandlers ?? false,
    foldBlanks: options.foldBlanks ?? false,
  });
  strings.forEach((text, index) => {
    reader.text(text);
    if (index === strings.length - 1) return;
    lastHole = index;
    reader.hole(index);
  });
  if (!reader.isInData) {
    throw new GableError("E_VIEW_UNCLOSED", `${whereOf(strings.length - 1)}: the template ends ${reader.describe()}: ${quoteEnd(strings)}`);
  }
  const isSvg = options.isSvg === true;
  return { ...toPlan(reader.output, whereOf, isSvg), source: { strings, site, isSvg, variants: new WeakMap() } };
}

function toPlan(parts: ReadonlyArray<Part<number>>, whereOf: (hole: number) => string, isSvg: boolean): Plan {
  const chunks = [""];
  const places: PlanPlace[] = [];
  const sources: number[] = [];
  for (const part of parts) {
    if (part.type === "text") {
      chunks[chunks.length - 1] += part.text;
      continue;
    }
    const place = part.place!;
    if (place.kind === kinds.grouped || place.kind === kinds.comment) continue;
    if (place.kind === kinds.text || place.kind === kinds.rcdata) chunks[chunks.length - 1] = keepNewline(chunks[chunks.length - 1]!);
    const isNonce = (part.ref as number | symbol) === nonceRef; // The reader uses its own symbol for the holes it adds.
    places.push({ ...place, ...(isSvg && { isSvg }), where: isNonce ? "" : whereOf(part.ref) });
    sources.push(isNonce ? -1 : part.ref);
    chunks.push("");
  }
  return makePlan(chunks, places, sources);
}

/** @internal Creates a plan from the texts before each context and after the last one, and the index of the value of each. */
export function makePlan(chunks: readonly string[], places: readonly PlanPlace[], sources: readonly number[]): Plan {
  const leads = toLeads(chunks, places);
  return {
    holes: places.map((place, index) => ({ ...leads[index]!, kind: place.kind, source: sources[index]!, place })),
    end: leads[places.length]!,
  };
}

/** A parser drops one line end directly after `<textarea>` and `<pre>`, so one is added if a value begins there. */
export function keepNewline(text: string): string {
  if (!text.endsWith(">")) return text;
  return /<(?:textarea|pre)(?:[\t\n\f\r /][^<]*)?>$/i.test(text.slice(text.lastIndexOf("<"))) ? `${text}\n` : text;
}

/** Returns a function that says where a value of a template is written. */
function makeWhere(strings: readonly string[], site: SourcePlace | undefined): (hole: number) => string {
  if (site === undefined) return () => `template "${strings[0]!.trim().slice(0, 30)}"`;
  let line = site.line;
  const lines = strings.map((text) => (line += text.split("\n").length - 1));
  return (hole) => toPlaceText({ file: site.file, line: lines[Math.min(hole, lines.length - 1)]! });
}

function quoteEnd(strings: readonly string[]): string {
  return JSON.stringify(strings.join("${...}").slice(-40));
}
