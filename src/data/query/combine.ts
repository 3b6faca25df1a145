/** Combines queries: rows of either, of both, or of one without the other. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import type { Node, OrderTerm, OutputColumn, SelectState, SetOperator } from "../tree/node.ts";
import { selectAll } from "../tree/node.ts";
import { assertRanked } from "../tree/secrets.ts";
import type { QueryParts } from "./query-run.ts";
import { toLinked } from "./query-run.ts";

/** A query with the same kind of result as another one. */
export interface SameQuery<Item> {
  /** Type of an item; never set. */
  readonly $column: Item;
  /** The query as data. */
  readonly $state: SelectState;
}

/** Names of values, which order combined values. Rows of models are ordered by their columns. */
export type ValueOrder<Item> = Item extends { save(): unknown }
  ? never
  : Item extends Readonly<Record<string, unknown>>
    ? (keyof Item & string) | `-${keyof Item & string}`
    : never;

/** Whether a query reads combined values: they have names, but no columns of a model. */
export function isCombinedValues({ select, output }: QueryParts): boolean {
  return select.combined.length > 0 && output.kind !== "rows";
}

/** Whether a query has selected rows: with a filter, a limit, or as a relation of a row. */
export function isFiltered({ select, related }: QueryParts): boolean {
  const { where, limit, from, combined } = select;
  const hasWhere = where !== undefined && (where.kind !== "constant" || !where.isTrue);
  return hasWhere || related !== undefined || limit !== undefined || (from !== undefined && combined.length === 0);
}

/** Combines two queries into one. Throws `E_QUERY_FORM` if their results differ in form. */
export function combineQueries(operator: SetOperator, queries: readonly QueryParts[]): QueryParts {
  const word = operator.toLowerCase();
  const [first, ...others] = queries.map((query) => toMember(word, query));
  const { select, model, output } = first!;
  const combined = others.map((other) => ({ operator, query: toSame(word, first!, other) }));
  const root = { kind: "root", model } as const;
  // To change all rows, each query must say so: a combined query does not count as a filter.
  const isAll = queries.every((query) => query.isAll || isFiltered(query));
  const base: QueryParts = { ...first!, isAll, select: { ...selectAll(root), from: select, combined } };
  if (output.kind === "rows") return base;
  const columns = select.columns!.map(({ name, node }): OutputColumn => ({
    name,
    node: { kind: "name", name, type: node.type, isNullable: true },
  }));
  return { ...base, select: { ...base.select, columns } };
}

/** Returns a query as a part of a combined one. */
function toMember(word: string, query: QueryParts): QueryParts {
  const { select, output } = query;
  const wrong =
    output.kind === "selection" ? "select()" : select.extra.length > 0 ? "annotate()" : select.lock === undefined ? undefined : "lock()";
  if (wrong !== undefined)
    throw formError(
      `${word} together with ${wrong}`,
      wrong === "select()" ? "Use values(), or combine rows." : "Call it after the combined query.",
    );
  // The signal of the statement belongs to the whole: that of the combined query, or of the first one.
  const { signal, timeoutMs } = query;
  const linked = { ...toLinked({ ...query, signal: undefined, timeoutMs: undefined }), signal, timeoutMs };
  return output.kind === "rows" ? linked : { ...linked, select: { ...linked.select, isNamed: true } };
}

/** Returns a query with its columns in the order of the first one's. */
function toSame(word: string, first: QueryParts, { model, output, select }: QueryParts): SelectState {
  if (first.output.kind !== output.kind) throw formError(`${word} of rows and values`, "Read the same kind of result in all queries.");
  if (output.kind === "rows") {
    if (model === first.model) return select;
    throw formError(`${word} of rows of ${first.model.$meta.name} and ${model.$meta.name}`, "Read the same values in both: values(...).");
  }
  const own = select.columns!;
  const isColumn = output.kind === "column";
  const columns = first.select.columns!.map(({ name, node }, index) => {
    const same = isColumn ? own[index] : own.find((column) => column.name === name);
    if (same === undefined || own.length !== first.select.columns!.length)
      throw formError(`${word} of the values ${namesOf(first.select.columns!)} and ${namesOf(own)}`, "Use the same names in all queries.");
    if (same.node.type !== undefined && node.type !== undefined && describeType(same.node) !== describeType(node))
      throw formError(
        `${word} of "${name}" as ${describeType(node)} and as ${describeType(same.node)}`,
        "Compute both with the same type.",
      );
    return { name, node: same.node };
  });
  return { ...select, columns };
}

const texts = new Set(["slug", "email", "url", "choice", "file"]);

/** Returns the type of a value. Types that the database stores as text count as one; decimals with other digits are different types. */
function describeType({ type }: Node): string {
  const name = type?.type ?? "any";
  if (name === "decimal") return `decimal of scale ${type!.scale}${type!.storage === "text" ? ", as text" : ""}`;
  return name === "id" ? "int" : texts.has(name) ? "text" : name;
}

function namesOf(columns: readonly OutputColumn[]): string {
  return columns.map(({ name }) => name).join(", ");
}

/** Returns the steps of an order by names of values. Throws `E_ORDER`. */
export function readValueOrder({ columns = [] }: SelectState, order: readonly unknown[]): OrderTerm[] {
  return order.map((each) => {
    const name = typeof each === "string" ? each.replace(/^-/, "") : "";
    const column = columns.find((known) => known.name === name);
    if (column !== undefined) assertRanked(column.node, "orderBy");
    if (column !== undefined) return { node: column.node, isDescending: String(each).startsWith("-"), nulls: undefined };
    const names = columns.map((known) => known.name);
    throw new GableError("E_ORDER", `An order of combined values got ${describeValue(each)}.`, {
      fix: suggestName(name, names, `Use one of: ${names.join(", ")}.`),
    });
  });
}

function formError(what: string, fix: string): GableError {
  return new GableError("E_QUERY_FORM", `A query cannot have ${what}.`, { fix });
}
