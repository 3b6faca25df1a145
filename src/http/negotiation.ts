/** Content negotiation: what a client prefers among what the server has (RFC 9110 section 12.5). */
import { isToken } from "./byte-classes.ts";
import { trimBlanks } from "./media-type.ts";

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

/** The best of the candidates for a field; the order of the candidates decides between equals. */
function choose<Candidate extends string>(
  field: string | null,
  candidates: readonly Candidate[],
  qualityOf: (candidate: Candidate, preferences: readonly Preference[]) => number,
): Candidate | undefined {
  const preferences = field === null ? undefined : parsePreferences(field);
  if (preferences === undefined || preferences.length === 0) return candidates[0];
  let best: Candidate | undefined;
  let bestQuality = 0;
  for (const candidate of candidates) {
    const quality = qualityOf(candidate, preferences);
    if (quality > bestQuality) {
      best = candidate;
      bestQuality = quality;
    }
  }
  return best;
}

/** Quality by the most specific range that covers the candidate; 0 when none does. */
function qualityBySpecificity(preferences: readonly Preference[], specificity: (range: string) => number): number {
  let quality = 0;
  let most = 0;
  for (const preference of preferences) {
    const specific = specificity(preference.range);
    if (specific <= most) continue;
    most = specific;
    quality = preference.quality;
  }
  return quality;
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
    return qualityBySpecificity(preferences, (range) => {
      if (range === full && range.includes(";")) return 4;
      if (range === essence) return 3;
      if (range === family) return 2;
      return range === "*/*" ? 1 : 0;
    });
  });
}

/** The language that a client prefers, by prefix of the tag (RFC 4647 section 3.3.1); undefined when none fits. */
export function preferredLanguage<Tag extends string>(acceptLanguage: string | null, tags: readonly Tag[]): Tag | undefined {
  return choose(acceptLanguage, tags, (tag, preferences) => {
    const lower = tag.toLowerCase();
    return qualityBySpecificity(preferences, (range) => {
      if (range === lower || lower.startsWith(`${range}-`)) return 1 + range.length;
      return range === "*" ? 1 : 0;
    });
  });
}

/** The content coding that a client prefers; `identity` is acceptable unless excluded (RFC 9110 section 12.5.3). */
export function preferredEncoding<Coding extends string>(acceptEncoding: string | null, codings: readonly Coding[]): Coding | undefined {
  if (acceptEncoding === null) return codings.find((coding) => coding === "identity") ?? codings[0];
  return choose(acceptEncoding, codings, (coding, preferences) => {
    const named = preferences.find((preference) => preference.range === coding.toLowerCase());
    if (named !== undefined) return named.quality;
    const any = preferences.find((preference) => preference.range === "*");
    if (any !== undefined) return any.quality;
    return coding === "identity" ? 0.0001 : 0;
  });
}
