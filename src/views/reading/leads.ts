/** Prepares the static text before each hole in the forms that rendering needs. */
import type { Place } from "./places.ts";
import { kinds } from "./places.ts";

/** The forms of the text before a hole, or after the last one. */
export interface Lead {
  readonly text: string;
  /** After an attribute that is still open: with its closing quote. */
  readonly closed: string;
  /** With the name and the opening quote of the next attribute; same as `text` without one. */
  readonly opened: string;
  /** Both. */
  readonly closedOpened: string;
}

/** Creates the forms of all texts. Equal forms are one string. */
export function toLeads(chunks: readonly string[], places: readonly Place[]): Lead[] {
  return chunks.map((text, index) => {
    const before = places[index - 1];
    const closed = before !== undefined && isWhole(before) ? `"${text}` : text;
    const place = places[index];
    const opening = place !== undefined && isWhole(place) ? ` ${place.attribute}="` : "";
    return { text, closed, opened: text + opening, closedOpened: closed + opening };
  });
}

function isWhole({ kind }: Place): boolean {
  return kind === kinds.wholeAttribute || kind === kinds.wholeUrl;
}
