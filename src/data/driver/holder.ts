/** Finds who holds a connection: the code that called this package. */
import { parseStackLine, toPlaceText } from "../../errors/source-place.ts";

const own = new URL("../", import.meta.url).pathname;

/** Returns where work started, from the stack of an error created there; undefined if it is unknown. */
export function findHolder(opened: Error | undefined): string | undefined {
  const places = (opened?.stack ?? "").split("\n").map(parseStackLine);
  const found = places.find((place) => place !== undefined && !place.file.startsWith(own) && !place.file.startsWith("node:"));
  return found === undefined ? undefined : toPlaceText(found);
}
