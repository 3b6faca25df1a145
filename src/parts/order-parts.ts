/** Which parts an application has, and the order in which they start. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { toPlaceText } from "../errors/source-place.ts";
import { assertCheck } from "./check.ts";
import type { AnyPart } from "./part.ts";

/**
 * Orders parts so that each one comes after the parts that it needs, which are taken along.
 * Throws `E_PART_INVALID`, `E_PART_DUPLICATE` and `E_PART_NEEDS`.
 */
export function orderParts(given: readonly AnyPart[]): AnyPart[] {
  const ordered: AnyPart[] = [];
  const byName = new Map<string, AnyPart>();
  const visit = (part: AnyPart, path: readonly AnyPart[]): void => {
    assertPart(part);
    if (path.includes(part)) throw needsCircle([...path, part]);
    const known = byName.get(part.name);
    if (known === part) return;
    if (known !== undefined) throw partDuplicate(known, part);
    for (const needed of part.needs ?? []) visit(needed, [...path, part]);
    byName.set(part.name, part);
    ordered.push(part);
  };
  for (const part of given) visit(part, []);
  return ordered;
}

function assertPart(part: unknown): asserts part is AnyPart {
  if (typeof part !== "object" || part === null || !("name" in part) || !("start" in part) || typeof part.start !== "function")
    throw new GableError("E_PART_INVALID", `gable(): option "parts" has ${describeValue(part)}, which has no name and start().`);
  if (typeof part.name !== "string" || !/^[a-z][a-z0-9-]*$/.test(part.name))
    throw new GableError("E_PART_INVALID", `The name of a part is ${describeValue(part.name)}; it must match [a-z][a-z0-9-]*.`);
  for (const check of (part as AnyPart).checks ?? []) assertCheck(`The part "${part.name}"`, check); // Its name and start are there.
}

function partDuplicate(first: AnyPart, second: AnyPart): GableError {
  return new GableError(
    "E_PART_DUPLICATE",
    `Two parts are named "${first.name}": ${toPlaceText(first.place)} and ${toPlaceText(second.place)}.`,
  );
}

function needsCircle(path: readonly AnyPart[]): GableError {
  return new GableError("E_PART_NEEDS", `Parts need each other in a circle: ${path.map(({ name }) => name).join(" -> ")}.`);
}
