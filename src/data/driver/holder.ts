/** Who holds a connection: the place in the code of whoever called this package. */
import { parseStackLine, toPlaceText } from "../../errors/source-place.ts";

const own = new URL("../", import.meta.url).pathname;

/** Where work began, from the stack of an error that was made there; undefined where nothing tells. */
export function findHolder(opened: Error | undefined): string | undefined {
  const places = (opened?.stack ?? "").split("\n").map(parseStackLine);
  const found = places.find((place) => place !== undefined && !place.file.startsWith(own) && !place.file.startsWith("node:"));
  return found === undefined ? undefined : toPlaceText(found);
}
