/** Plans: the SQL of a shape, and the positions of its values. A known shape builds no SQL. */
import type { Dialect } from "./dialect.ts";
import type { SearchWords } from "../tree/search-syntax.ts";
import type { ParameterSlot } from "./marks.ts";
import { SqlWriter } from "./sql-writer.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { RecentCache } from "../schema/recent-cache.ts";
import type { ColumnType } from "../schema/column.ts";
import type { SelectState } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { BoundValue } from "../tree/shape.ts";
import { hideParameters } from "./secret-parameters.ts";
import { ShapeWalk } from "../tree/shape.ts";

/** Returns the decoder of a column; undefined if its values need none. */
type Decode = ((value: DriverValue) => unknown) | undefined;

/** A statement without its values. */
export interface StatementPlan {
  readonly sql: string;
  readonly slots: readonly ParameterSlot[];
  /** Positions of parameters that logs leave out. */
  readonly secrets: readonly number[];
  /** Names and decoders of the result columns. */
  readonly names: readonly string[];
  readonly decoders: readonly Decode[];
  /** Whether whole numbers arrive as bigint. */
  readonly readsBigInts: boolean;
}

/** A plan with the values of one query. */
export interface BoundPlan {
  readonly plan: StatementPlan;
  readonly parameters: DriverValue[];
}

/** Writes the statement of a plan that is not cached. */
interface PlanSource {
  /** Walks over all parts of the statement. */
  readonly walk: (walk: ShapeWalk) => void;
  /** Writes the statement, and describes its result. */
  readonly write: (writer: SqlWriter) => {
    readonly text: string;
    readonly columns: ReadonlyArray<{ readonly name: string; readonly type: ValueType }>;
  };
}

/** Returns the plan of a statement, with its values. */
export function findPlan(dialect: Dialect, plans: RecentCache<StatementPlan>, source: PlanSource): BoundPlan {
  const walk = new ShapeWalk();
  source.walk(walk);
  let plan = plans.get(walk.shape);
  if (plan === undefined) {
    plan = createPlan(dialect, source);
    plans.set(walk.shape, plan);
  }
  const parameters = bindValues(dialect, plan.slots, walk.values);
  hideParameters(parameters, plan.secrets);
  return { plan, parameters };
}

function createPlan(dialect: Dialect, source: PlanSource): StatementPlan {
  const places = new Map<object, number>();
  const walk = new ShapeWalk(places);
  source.walk(walk);
  const writer = new SqlWriter(dialect, places);
  const { text, columns } = source.write(writer);
  const { sql, slots } = writer.finish(text);
  const readsBigInts = columns.some(({ type }) => bigTypes.has(type.type));
  return {
    sql,
    slots,
    secrets: slots.flatMap(({ place }, index) => (walk.values[place]!.type.isSecret === true ? [index] : [])),
    names: columns.map(({ name }) => name),
    decoders: columns.map(({ type }) => dialect.decoder(type, readsBigInts)),
    readsBigInts,
  };
}

const bigTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["bigint"]);

function bindValues(dialect: Dialect, slots: readonly ParameterSlot[], values: readonly BoundValue[]): DriverValue[] {
  return slots.map(({ place, form }) => encodeValue(dialect, values[place]!, form));
}

/** Encodes a value for a statement. */
export function encodeValue(dialect: Dialect, { value, type, use }: BoundValue, form: 0 | 1): DriverValue {
  // Each use has its own kind of value; the walk has paired them.
  if (use === "value") return dialect.encode(value, type);
  if (use === "list") return dialect.encodeList(value as readonly unknown[], type); // As said above.
  if (use === "search") return dialect.search.encode(value as SearchWords, form); // As said above.
  if (use === "jsonPath") return dialect.encodeJsonPath(value as ReadonlyArray<string | number>); // As said above.
  if (use === "jsonOperand") return dialect.encodeJsonOperand(value as string | number | boolean | null); // As said above.
  return dialect.encodeText(use, String(value), form);
}

/** Returns the plan of a query. */
export function planSelect(dialect: Dialect, plans: RecentCache<StatementPlan>, state: SelectState): BoundPlan {
  return findPlan(dialect, plans, toSource(state));
}

/** Returns a plan that the caller caches. */
export function createSelectPlan(dialect: Dialect, state: SelectState): StatementPlan {
  return createPlan(dialect, toSource(state));
}

function toSource(state: SelectState): PlanSource {
  return {
    walk: (walk) => walk.select(state),
    write: (writer) => ({ text: writer.select(state), columns: columnsOf(state) }),
  };
}

function columnsOf(state: SelectState): ReadonlyArray<{ name: string; type: ValueType }> {
  const base =
    state.columns?.map(({ name, node }) => ({ name, type: node.type ?? rawType })) ??
    (state.fields ?? state.root.model.$meta.columns).map((field) => ({ name: field.name, type: field }));
  return [...base, ...state.extra.map(({ name, node }) => ({ name, type: node.type ?? rawType }))];
}

/** The result of custom SQL, in the form of the driver. */
const rawType: ValueType = { type: "text", scale: 0, where: "sql" };
