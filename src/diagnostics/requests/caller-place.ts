/** Finds the code of the application that led to the current call, through its `await`s. */
import type { SourcePlace } from "../../errors/source-place.ts";
import { isApplicationFile, parseStackLine } from "../../errors/source-place.ts";
import { toTemplatePlace } from "../report/source-lines.ts";

const framesMax = 80;

/** Finds a place later: the text of a stack costs more than all the rest of a record. */
export type PlaceFinder = () => SourcePlace | undefined;

/** Takes the stack, and returns what finds its nearest frame of the application; undefined when there is none. */
export function captureCaller(): PlaceFinder {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = framesMax;
  let here: Error | undefined = new Error("where");
  Error.stackTraceLimit = stackTraceLimit;
  let place: SourcePlace | undefined;
  return () => {
    if (here === undefined) return place;
    place = findApplicationPlace(here.stack ?? "");
    here = undefined;
    return place;
  };
}

function findApplicationPlace(stack: string): SourcePlace | undefined {
  for (const line of stack.split("\n").slice(2)) {
    const place = parseStackLine(line);
    if (place === undefined) continue;
    const template = toTemplatePlace(place);
    if (template !== undefined) return template;
    if (isApplicationFile(place.file)) return place;
  }
  return undefined;
}
