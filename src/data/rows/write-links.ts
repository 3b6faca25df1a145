/** Writes rows of join tables: links of many-to-many relations. */
import { GableError } from "../../errors/gable-error.ts";
import { readRaw, runStatement } from "../run/execute.ts";
import type { Node, RootSource } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import type { BoundPlan } from "../sql/plan.ts";
import { findPlan } from "../sql/plan.ts";
import type { ShapeWalk } from "../tree/shape.ts";
import type { SqlWriter } from "../sql/sql-writer.ts";
import type { JoinColumn, JoinTable } from "../schema/join-table.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { isUnscoped } from "../ambient/unscoped.ts";
import { transaction } from "../run/transaction.ts";
import { keysIn, sliceKeys } from "./loader.ts";
import type { RowRecord } from "../schema/row.ts";

/** Returns the key of a row: its values in the order of the key's fields. */
export type LinkKey = readonly unknown[];

/** Maximum number of links per statement: each has at least two values. */
const linksMax = 1_000;

/** Returns a key as a string, for comparisons. */
export function nameOfKey(key: LinkKey): string {
  return JSON.stringify(key.map(String));
}

/** Returns the keys whose rows the caller sees: with a scope, links to rows of other owners can be neither added nor removed. */
export async function keepVisible({ target }: RelationMeta, { far }: JoinTable, keys: readonly LinkKey[]): Promise<readonly LinkKey[]> {
  if (target.$options.scope === undefined || isUnscoped() || keys.length === 0) return keys;
  const root: RootSource = { kind: "root", model: target };
  const fields = far.map(({ field }) => target.$meta.fields.get(field.name)!);
  const names = fields.map(({ name }) => name);
  const nodes = fields.map((field) => columnNode(root, field));
  const seen = new Set<string>();
  for (const some of sliceKeys(keys, names.length)) {
    const records = some.map((key) => Object.fromEntries(names.map((name, index) => [name, key[index]])));
    const where = keysIn(nodes, names, records as unknown as RowRecord[]); // Only read by name.
    const { plan, rows } = await readRaw(contextOf(target), { ...selectAll(root), fields, where });
    for (const row of rows) seen.add(nameOfKey(row.map((value, index) => plan.decoders[index]?.(value) ?? value)));
  }
  return keys.filter((key) => seen.has(nameOfKey(key)));
}

/** Links a row to others. Keeps existing links. */
export async function insertLinks(relation: RelationMeta, join: JoinTable, near: LinkKey, keys: readonly LinkKey[]): Promise<void> {
  const pairs = keys.flatMap((far) =>
    relation.isSymmetric
      ? [
          [...near, ...far],
          [...far, ...near],
        ]
      : [[...near, ...far]],
  );
  if (pairs.length === 0) return;
  const context = contextOf(relation.target);
  const insert = async (some: ReadonlyArray<LinkKey>): Promise<void> => {
    const { plan, parameters } = planInsertLinks(contextOf(relation.target), join, some);
    try {
      await runStatement(contextOf(relation.target), { sql: plan.sql, parameters, rows: "none" }, true);
    } catch (error) {
      throw toLinkError(relation, error);
    }
  };
  if (pairs.length <= linksMax) return insert(pairs);
  await transaction(
    async () => {
      for (let start = 0; start < pairs.length; start += linksMax) await insert(pairs.slice(start, start + linksMax));
    },
    { database: { $core: context.database } },
  );
}

/** Converts the rejection of a link to a row that does not exist. */
function toLinkError({ name, target }: RelationMeta, error: unknown): unknown {
  if (!(error instanceof GableError) || error.details["kind"] !== "foreignKey") return error;
  return new GableError("E_ROW_MISSING", `${name} cannot link these rows: a ${target.$meta.label}, or the row itself, does not exist.`, {
    cause: error.cause,
  });
}

function planInsertLinks({ database }: ExecutionContext, { table, near, far }: JoinTable, pairs: readonly LinkKey[]): BoundPlan {
  const { dialect, plans } = database;
  const columns = [...near, ...far];
  const rows = pairs.map((pair) => toNodes(columns, pair));
  return findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(`link ${table}`);
      for (const row of rows) {
        walk.token("(");
        for (const node of row) walk.node(node);
      }
    },
    write: (writer) => {
      const names = columns.map(({ column }) => dialect.quote(column));
      const values = rows.map((row) => `(${row.map((node) => writer.node(node)).join(", ")})`).join(", ");
      return {
        text: `INSERT INTO ${dialect.quote(table)} (${names.join(", ")}) VALUES ${values}${dialect.ignoreConflict(names)}`,
        columns: [],
      };
    },
  });
}

/** Maximum number of links that one statement removes: each is a condition, and SQLite nests at most a thousand. */
const removedMax = 500;

/** Unlinks a row from others, or from all. */
export async function deleteLinks(
  relation: RelationMeta,
  join: JoinTable,
  near: LinkKey,
  keys: readonly LinkKey[] | undefined,
): Promise<void> {
  const remove = async (some: readonly LinkKey[] | undefined): Promise<void> => {
    await deleteOneWay(relation, join, near, some);
    if (relation.isSymmetric) await deleteOneWay(relation, { ...join, near: join.far, far: join.near }, near, some);
  };
  if (keys?.length === 0) return;
  if (keys === undefined || keys.length <= removedMax) return remove(keys);
  await transaction(
    async () => {
      for (let start = 0; start < keys.length; start += removedMax) await remove(keys.slice(start, start + removedMax));
    },
    { database: { $core: contextOf(relation.target).database } },
  );
}

async function deleteOneWay({ target }: RelationMeta, join: JoinTable, near: LinkKey, keys: readonly LinkKey[] | undefined): Promise<void> {
  const context = contextOf(target);
  const { plan, parameters } = planDeleteLinks(context, join, near, keys);
  await runStatement(context, { sql: plan.sql, parameters, rows: "none" }, true);
}

function planDeleteLinks({ database }: ExecutionContext, join: JoinTable, near: LinkKey, keys: readonly LinkKey[] | undefined): BoundPlan {
  const { dialect, plans } = database;
  const own = toNodes(join.near, near);
  const others = keys?.map((key) => toNodes(join.far, key));
  const equal = (writer: SqlWriter, columns: readonly JoinColumn[], nodes: readonly Node[]): string =>
    columns.map(({ column }, index) => `${dialect.quote(column)} = ${writer.node(nodes[index]!)}`).join(" AND ");
  return findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(`unlink ${join.table}.${join.near[0]!.column}${others === undefined ? "*" : ""}`);
      for (const node of [...own, ...(others ?? []).flat()]) walk.node(node);
    },
    write: (writer) => {
      const some = others === undefined ? "" : ` AND (${others.map((nodes) => `(${equal(writer, join.far, nodes)})`).join(" OR ")})`;
      return { text: `DELETE FROM ${dialect.quote(join.table)} WHERE ${equal(writer, join.near, own)}${some}`, columns: [] };
    },
  });
}

/** Returns the keys of the rows that a row is linked to. */
export async function readLinks(relation: RelationMeta, join: JoinTable, near: LinkKey): Promise<LinkKey[]> {
  const context = contextOf(relation.target);
  const { dialect, plans } = context.database;
  const own = toNodes(join.near, near);
  const { plan, parameters } = findPlan(dialect, plans, {
    walk: (walk: ShapeWalk) => {
      walk.token(`links ${join.table}.${join.near[0]!.column}`);
      for (const node of own) walk.node(node);
    },
    write: (writer) => {
      const columns = join.far.map(({ column }) => dialect.quote(column)).join(", ");
      const where = join.near.map(({ column }, index) => `${dialect.quote(column)} = ${writer.node(own[index]!)}`).join(" AND ");
      return {
        text: `SELECT ${columns} FROM ${dialect.quote(join.table)} WHERE ${where}`,
        columns: join.far.map(({ column, field }) => ({ name: column, type: field })),
      };
    },
  });
  const { rows } = await runStatement(context, { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts }, false);
  return rows.map((row) => row.map((value, index) => plan.decoders[index]?.(value) ?? value));
}

function toNodes(columns: readonly JoinColumn[], values: LinkKey): Node[] {
  return columns.map(({ field }, index): Node => ({ kind: "value", value: values[index], type: field, isNullable: false }));
}
