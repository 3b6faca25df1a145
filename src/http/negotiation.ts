/** Content negotiation: what a client prefers among what the server has (RFC 9110 section 12.5). */
import { isToken } from "./byte-classes.ts";
import { isJsonType, trimBlanks } from "./media-type.ts";

interface Preference {
  readonly range: string;
  readonly quality: number;
}

const itemsMax = 32;

/** Splits a list field into ranges and qualities; undefined when it is malformed, which counts as absent. */
function parsePreferences(field: string): readonly Preference[] | undefined {
  const items = field.split(",", itemsMax);
  const preferences: Preference[] = [];
  for (const item of items) {
    const [first = "", ...params] = item.split(";").map(trimBlanks);
    if (first === "" && params.length === 0) continue;
    const preference = parsePreference(first.toLowerCase(), params);
    if (preference === undefined) return undefined;
    preferences.push(preference);
  }
  return preferences;
}

function parsePreference(range: string, params: readonly string[]): Preference | undefined {
  if (!range.split("/").every(isToken)) return undefined;
  let quality = 1;
  let typed = range;
  for (const param of params) {
    // Empty parameters are part of the grammar (RFC 9110 section 5.6.6).
    if (param === "") continue;
    if (/^q=/i.test(param)) {
      if (!/^q=(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/i.test(param)) return undefined;
      quality = Number(param.slice(2));
    } else {
      typed += `;${param.toLowerCase().replaceAll('"', "")}`;
    }
  }
  return { range: typed, quality };
}

/** How well a candidate fits. */
interface Fit {
  readonly quality: number;
  /** How specific the range is that covers it. */
  readonly specificity: number;
}

/** Returns the best candidate for a field: by quality, then by the more specific range, then by the order of the candidates. */
function choose<Candidate extends string>(
  field: string | null,
  candidates: readonly Candidate[],
  findFit: (candidate: Candidate, preferences: readonly Preference[]) => Fit,
): Candidate | undefined {
  const preferences = field === null ? undefined : parsePreferences(field);
  if (preferences === undefined || preferences.length === 0) return candidates[0];
  let best: Candidate | undefined;
  let bestFit: Fit = { quality: 0, specificity: 0 };
  for (const candidate of candidates) {
    const fit = findFit(candidate, preferences);
    const isBetter = fit.quality > bestFit.quality || (fit.quality === bestFit.quality && fit.specificity > bestFit.specificity);
    if (fit.quality === 0 || !isBetter) continue;
    best = candidate;
    bestFit = fit;
  }
  return best;
}

/** Returns the fit by the most specific range that covers the candidate; quality 0 when none does. */
function findBySpecificity(preferences: readonly Preference[], specificityOf: (range: string) => number): Fit {
  let fit: Fit = { quality: 0, specificity: 0 };
  for (const { range, quality } of preferences) {
    const specificity = specificityOf(range);
    if (specificity > fit.specificity) fit = { quality, specificity };
  }
  return fit;
}

/**
 * The media type that a client prefers; undefined when it accepts none of them.
 *
 * @example
 * preferredType("text/*;q=0.5, text/html", ["application/json", "text/html"]); // => "text/html"
 */
export function preferredType<Type extends string>(accept: string | null, types: readonly Type[]): Type | undefined {
  return choose(accept, types, (type, preferences) => {
    const full = type.toLowerCase().replaceAll(" ", "").replaceAll('"', "");
    const essence = full.split(";")[0]!;
    const family = `${essence.split("/")[0]}/*`;
    return findBySpecificity(preferences, (range) => {
      if (range === full && range.includes(";")) return 5;
      if (range === essence) return 4;
      // Clients add a charset to types that have none, such as JSON: it excludes nothing.
      if (range.startsWith(`${essence};charset=`) && !range.includes(";", essence.length + 1)) return 3;
      if (range === family) return 2;
      return range === "*/*" ? 1 : 0;
    });
  });
}

/**
 * Whether a client prefers JSON to HTML. Each JSON type that it names counts, with parameters and with the suffix `+json`: a client that wants
 * `application/json;v=1` reads a problem sooner than a page.
 */
export function prefersJson(accept: string | null): boolean {
  const named = (accept ?? "").split(",", itemsMax).flatMap((item) => {
    const [range = "", ...params] = item.split(";").map(trimBlanks);
    return isJsonType(range.toLowerCase()) ? [[range, ...params.filter((param) => param !== "" && !/^q=/i.test(param))].join(";")] : [];
  });
  const type = preferredType(accept, ["text/html", "application/problem+json", "application/json", ...named]);
  return type !== undefined && type !== "text/html";
}

/** The language that a client prefers, by prefix of the tag (RFC 4647 section 3.3.1); undefined when none fits. */
export function preferredLanguage<Tag extends string>(acceptLanguage: string | null, tags: readonly Tag[]): Tag | undefined {
  return choose(acceptLanguage, tags, (tag, preferences) => {
    const lower = tag.toLowerCase();
    return findBySpecificity(preferences, (range) => {
      if (range === lower || lower.startsWith(`${range}-`)) return 1 + range.length;
      return range === "*" ? 1 : 0;
    });
  });
}

/** The content coding that a client prefers; `identity` is acceptable unless excluded (RFC 9110 section 12.5.3). */
export function preferredEncoding<Coding extends string>(acceptEncoding: string | null, codings: readonly Coding[]): Coding | undefined {
  // An empty field accepts no coding, and a malformed one says nothing: neither may lead to a coding that the client cannot read.
  if (acceptEncoding === null || !parsePreferences(acceptEncoding)?.length)
    return codings.find((coding) => coding === "identity") ?? codings[0];
  return choose(acceptEncoding, codings, (coding, preferences) => {
    const named = preferences.find((preference) => preference.range === coding.toLowerCase());
    const preference = named ?? preferences.find(({ range }) => range === "*");
    // Among equals, the server's own order decides: it knows the sizes.
    return { quality: preference?.quality ?? (coding === "identity" ? 0.0001 : 0), specificity: 1 };
  });
}
