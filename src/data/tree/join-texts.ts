/** Texts of many rows as one: what stringAggregate() is given. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { JoinedTexts, Node, OrderTerm } from "./node.ts";
import { describeNode } from "./shape.ts";

/** Longest text between two others, in characters. */
const separatorMax = 100;

/**
 * How texts are joined: in the given order, or else in their own, so that each database gives the same text. Throws
 * `E_EXPRESSION_ARGUMENT`.
 */
export function readJoinedTexts(part: Node, separator: unknown, order: readonly OrderTerm[], isDistinct: boolean): JoinedTexts {
  // It becomes part of the statement: not every database takes a parameter there.
  if (typeof separator !== "string" || separator.length > separatorMax || /[^\P{Cc}\n\t]|\p{Cs}/u.test(separator))
    throw new GableError("E_EXPRESSION_ARGUMENT", `stringAggregate() got ${describeValue(separator)} to stand between texts.`, {
      fix: `Pass a text of at most ${separatorMax} characters, without control characters but new lines and tabs.`,
    });
  if (order.length === 0) return { separator, order: [{ node: part, isDescending: false, nulls: undefined }] };
  // Two rows of one text may have two places in any other order.
  if (isDistinct && (order.length > 1 || describeNode(order[0]!.node) !== describeNode(part)))
    throw new GableError("E_EXPRESSION_ARGUMENT", "stringAggregate() of distinct texts got an order by something else.", {
      fix: "Leave it out, or order by the texts themselves: { distinct: true, orderBy: book.title.desc() }.",
    });
  return { separator, order };
}
