/** Checks the arguments of stringAggregate(), which joins strings of many rows. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { JoinedTexts, Node, OrderTerm } from "./node.ts";
import { describeNode } from "./shape.ts";

/** Maximum length of a separator, in characters. */
const separatorMax = 100;

/**
 * How strings are joined: in the given order, or in alphabetical order, so that each database returns the same. Throws
 * `E_EXPRESSION_ARGUMENT`.
 */
export function readJoinedTexts(part: Node, separator: unknown, order: readonly OrderTerm[], isDistinct: boolean): JoinedTexts {
  // The separator becomes part of the statement: not every database accepts a parameter there.
  if (typeof separator !== "string" || separator.length > separatorMax || /[^\P{Cc}\n\t]|\p{Cs}/u.test(separator))
    throw new GableError("E_EXPRESSION_ARGUMENT", `stringAggregate() got the separator ${describeValue(separator)}.`, {
      fix: `Pass a string of at most ${separatorMax} characters, without control characters except newlines and tabs.`,
    });
  if (order.length === 0) return { separator, order: [{ node: part, isDescending: false, nulls: undefined }] };
  // In any other order, equal strings could have two positions.
  if (isDistinct && (order.length > 1 || describeNode(order[0]!.node) !== describeNode(part)))
    throw new GableError("E_EXPRESSION_ARGUMENT", "stringAggregate() of distinct strings got an order by another expression.", {
      fix: "Leave it out, or order by the strings themselves: { distinct: true, orderBy: book.title.desc() }.",
    });
  return { separator, order };
}
