/** Options of over(): the rows among which a value is computed. */
import { assertKnownOptions, describeValue, kindsOf } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { AnyExpression, Order, WindowOptions } from "../schema/expression-types.ts";
import type { Node, OrderTerm, WindowFrame } from "./node.ts";
import { assertNoSecret } from "./secrets.ts";

/** Returns the node of an expression. Throws `E_EXPRESSION_WINDOW` for anything else. */
export function expressionNode(value: unknown, where: string): Node {
  if (typeof value === "object" && value !== null && "$node" in value) return value.$node as Node; // Only expressions have it.
  throw windowError(`${where} got ${describeValue(value)}`, "Pass an expression, such as book.price.");
}

const windowNames = kindsOf<WindowOptions>({ partitionBy: true, orderBy: true, rows: true });

/** Returns the parts of a window. Throws `E_EXPRESSION_WINDOW` and `E_OPTION_UNKNOWN`. */
export function readWindow(
  window: unknown,
  name: string,
): { partition: readonly Node[]; order: readonly OrderTerm[]; frame: WindowFrame | undefined } {
  if (typeof window !== "object" || window === null)
    throw windowError(`over() of ${name} got ${describeValue(window)}`, "Pass an object: { orderBy: book.created.asc() }.");
  assertKnownOptions("over()", window, windowNames);
  const { partitionBy = [], orderBy = [], rows } = window as WindowOptions; // Each part is checked below.
  const partition = toList<AnyExpression<unknown>>(partitionBy).map((part) => expressionNode(part, "partitionBy"));
  const order = toList<Order | AnyExpression<unknown>>(orderBy).map((step): OrderTerm => {
    if (typeof step === "object" && step !== null && "isDescending" in step) {
      const { node, isDescending, nulls } = step as unknown as OrderTerm; // Checked below.
      return { node, isDescending, nulls };
    }
    return { node: expressionNode(step, "orderBy"), isDescending: false, nulls: undefined };
  });
  for (const node of [...partition, ...order.map((term) => term.node)]) assertNoSecret(node, `over() of ${name}`);
  return { partition, order, frame: rows === undefined ? undefined : readFrame(rows) };
}

function toList<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item]; // isArray does not narrow read-only lists.
}

function readFrame(rows: unknown): WindowFrame {
  const fail = (): never => {
    throw windowError(
      `rows got ${describeValue(rows)}`,
      'Pass two bounds, such as [-2, 0], ["start", 0] or [0, "end"]; the first must not come after the second.',
    );
  };
  if (!Array.isArray(rows) || rows.length !== 2) return fail();
  const [from, to]: readonly unknown[] = rows;
  const place = (bound: unknown): number =>
    bound === "start"
      ? -Infinity
      : bound === "end"
        ? Infinity
        : typeof bound === "number" && Number.isSafeInteger(bound) && Math.abs(bound) <= 1_000_000
          ? bound
          : Number.NaN;
  const isInOrder = place(from) <= place(to) && place(from) !== Infinity && place(to) !== -Infinity;
  return isInOrder ? [place(from), place(to)] : fail();
}

/** Returns an error about a window. */
export function windowError(what: string, fix: string): GableError {
  return new GableError("E_EXPRESSION_WINDOW", `${what}.`, { fix });
}
