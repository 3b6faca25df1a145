/** Static text before each hole, in the forms that the walk needs. */
import type { Place } from "./places.ts";
import { kinds } from "./places.ts";

/** Number of forms of each text. */
export const leadsPerHole = 4;
/** Added to the index: the form behind an attribute that is still open. */
export const behindQuote = 1;
/** Added to the index: the form with the name and the opening quote of the attribute that follows. */
export const behindName = 2;

/** Makes the forms: four for each hole, and two for the text behind the last one. Equal forms are one string. */
export function toLeads(chunks: readonly string[], places: readonly Place[]): string[] {
  const leads: string[] = [];
  chunks.forEach((chunk, index) => {
    const before = places[index - 1];
    const mayBeOpen = before !== undefined && isWhole(before);
    const closed = mayBeOpen ? `"${chunk}` : chunk;
    const place = places[index];
    const opening = place !== undefined && isWhole(place) ? ` ${place.attribute}="` : "";
    leads.push(chunk, closed, chunk + opening, closed + opening);
  });
  return leads;
}

function isWhole({ kind }: Place): boolean {
  return kind === kinds.wholeAttribute || kind === kinds.wholeUrl;
}
