/** Queries whose rows are combined: both, common, or left ones. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import type { Node, OrderTerm, OutputColumn, SelectState, SetOperator } from "../tree/node.ts";
import { selectAll } from "../tree/node.ts";
import { assertRanked } from "../tree/secrets.ts";
import type { QueryParts } from "./query-run.ts";
import { toLinked } from "./query-run.ts";

/** A query that gives the same as another one. */
export interface SameQuery<Item> {
  /** Type of an item; never set. */
  readonly $column: Item;
  /** The query as data. */
  readonly $state: SelectState;
}

/** Names of values, for the order of combined ones. Rows of models have methods, and are ordered by their columns. */
export type ValueOrder<Item> = Item extends { save(): unknown }
  ? never
  : Item extends Readonly<Record<string, unknown>>
    ? (keyof Item & string) | `-${keyof Item & string}`
    : never;

/** Whether a query reads values of several ones: they have names, and no columns of a model. */
export function isCombinedValues({ select, output }: QueryParts): boolean {
  return select.combined.length > 0 && output.kind !== "rows";
}

/** Whether a query is about chosen rows: by a filter, a limit, or a row that they belong to. */
export function isFiltered({ select, related }: QueryParts): boolean {
  const { where, limit, from, combined } = select;
  const hasWhere = where !== undefined && (where.kind !== "constant" || !where.isTrue);
  return hasWhere || related !== undefined || limit !== undefined || (from !== undefined && combined.length === 0);
}

/** One query of several. Throws `E_QUERY_FORM` for those that do not give the same. */
export function combineQueries(operator: SetOperator, queries: readonly QueryParts[]): QueryParts {
  const word = operator.toLowerCase();
  const [first, ...others] = queries.map((query) => toMember(word, query));
  const { select, model, output } = first!;
  const combined = others.map((other) => ({ operator, query: toSame(word, first!, other) }));
  const root = { kind: "root", model } as const;
  // Whoever changes all rows of a query must have said so of each: a combined query is no filter by itself.
  const isAll = queries.every((query) => query.isAll || isFiltered(query));
  const base: QueryParts = { ...first!, isAll, select: { ...selectAll(root), from: select, combined } };
  if (output.kind === "rows") return base;
  const columns = select.columns!.map(({ name, node }): OutputColumn => ({
    name,
    node: { kind: "name", name, type: node.type, isNullable: true },
  }));
  return { ...base, select: { ...base.select, columns } };
}

/** A query as a part of a combined one. */
function toMember(word: string, query: QueryParts): QueryParts {
  const { select, output } = query;
  const wrong =
    output.kind === "selection" ? "select()" : select.extra.length > 0 ? "annotate()" : select.lock === undefined ? undefined : "lock()";
  if (wrong !== undefined)
    throw formError(
      `${word} beside ${wrong}`,
      wrong === "select()" ? "Use values(), or combine rows." : "Say it behind the combined query.",
    );
  // What ends the statement is said of the whole: of the combined query, or of the first one.
  const { signal, timeoutMs } = query;
  const linked = { ...toLinked({ ...query, signal: undefined, timeoutMs: undefined }), signal, timeoutMs };
  return output.kind === "rows" ? linked : { ...linked, select: { ...linked.select, isNamed: true } };
}

/** A query with its columns in the order of the first one's. */
function toSame(word: string, first: QueryParts, { model, output, select }: QueryParts): SelectState {
  if (first.output.kind !== output.kind) throw formError(`${word} of rows and values`, "Read the same of all queries.");
  if (output.kind === "rows") {
    if (model === first.model) return select;
    throw formError(`${word} of rows of ${first.model.$meta.name} and ${model.$meta.name}`, "Read the same values of both: values(...).");
  }
  const own = select.columns!;
  const isColumn = output.kind === "column";
  const columns = first.select.columns!.map(({ name, node }, index) => {
    const same = isColumn ? own[index] : own.find((column) => column.name === name);
    if (same === undefined || own.length !== first.select.columns!.length)
      throw formError(`${word} of the values ${namesOf(first.select.columns!)} and ${namesOf(own)}`, "Give all queries the same names.");
    if (same.node.type !== undefined && node.type !== undefined && typeOf(same.node) !== typeOf(node))
      throw formError(`${word} of "${name}" as ${typeOf(node)} and as ${typeOf(same.node)}`, "Compute both to one type.");
    return { name, node: same.node };
  });
  return { ...select, columns };
}

const texts = new Set(["slug", "email", "url", "choice"]);

/** The type of a value; types that are texts in the database are one, and decimals of other digits are another one. */
function typeOf({ type }: Node): string {
  const name = type?.type ?? "any";
  if (name === "decimal") return `decimal of scale ${type!.scale}${type!.storage === "text" ? ", as text" : ""}`;
  return name === "id" ? "int" : texts.has(name) ? "text" : name;
}

function namesOf(columns: readonly OutputColumn[]): string {
  return columns.map(({ name }) => name).join(", ");
}

/** The steps of an order by names of values. Throws `E_ORDER`. */
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
