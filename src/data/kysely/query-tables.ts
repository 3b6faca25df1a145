/** Finds which tables a Kysely query reads, and which fields it returns. */
import { AliasNode, ColumnNode, IdentifierNode, ReferenceNode, SelectAllNode, SelectionNode, TableNode } from "kysely";
import type { OperationNode } from "kysely";
import type { FieldMeta } from "../schema/model-class.ts";
import type { FieldNames } from "./field-names.ts";

/** Tables by their names in a query. */
export type QueryTables = ReadonlyMap<string, string>;

/** Properties that several kinds of queries have. */
interface QueryParts {
  readonly from?: { readonly froms: readonly OperationNode[] };
  readonly into?: OperationNode;
  readonly table?: OperationNode;
  readonly joins?: ReadonlyArray<{ readonly table: OperationNode }>;
  readonly selections?: readonly OperationNode[];
  readonly returning?: { readonly selections: readonly OperationNode[] };
}

/** Returns the tables of a query, without those of its subqueries. */
export function readTables(node: OperationNode): QueryTables {
  const { from, into, table, joins = [] } = node as QueryParts & OperationNode; // Each kind of query has some of them.
  const tables = new Map<string, string>();
  const add = (each: OperationNode | undefined): void => {
    const isAliased = each !== undefined && AliasNode.is(each);
    const source = isAliased ? each.node : each;
    if (source === undefined || !TableNode.is(source)) return;
    const name = source.table.identifier.name;
    tables.set(isAliased && IdentifierNode.is(each.alias) ? each.alias.name : name, name);
  };
  for (const each of [...(from?.froms ?? []), into, table, ...joins.map((join) => join.table)]) add(each);
  return tables;
}

/** Returns the field that a node names; undefined for anything else. */
export function findField(node: OperationNode, tables: QueryTables, names: FieldNames): FieldMeta | undefined {
  if (ColumnNode.is(node)) return findInTables(node.column.name, tables, names);
  if (!ReferenceNode.is(node) || !ColumnNode.is(node.column)) return undefined;
  const name = node.column.column.name;
  if (node.table === undefined) return findInTables(name, tables, names);
  const table = node.table.table.identifier.name;
  return names.findField(tables.get(table) ?? table, name);
}

function findInTables(name: string, tables: QueryTables, names: FieldNames): FieldMeta | undefined {
  for (const table of tables.values()) {
    const field = names.findField(table, name);
    if (field !== undefined) return field;
  }
  return undefined;
}

/** Returns the fields of the result, by their names in it. */
export function readOutputs(node: OperationNode, names: FieldNames): ReadonlyMap<string, FieldMeta> {
  const { selections, returning } = node as QueryParts & OperationNode; // As in readTables().
  const tables = readTables(node);
  const outputs = new Map<string, FieldMeta>();
  const addAll = (table: string): void => {
    for (const field of names.fieldsOf(table)) if (!outputs.has(field.name)) outputs.set(field.name, field);
  };
  for (const each of selections ?? returning?.selections ?? []) {
    const selection = SelectionNode.is(each) ? each.selection : each;
    if (SelectAllNode.is(selection)) for (const table of tables.values()) addAll(table);
    else if (ReferenceNode.is(selection) && SelectAllNode.is(selection.column)) {
      const table = selection.table?.table.identifier.name ?? "";
      addAll(tables.get(table) ?? table);
    } else if (AliasNode.is(selection) && IdentifierNode.is(selection.alias)) {
      const field = findField(selection.node, tables, names);
      if (field !== undefined) outputs.set(selection.alias.name, field);
    } else {
      const field = findField(selection, tables, names);
      if (field !== undefined) outputs.set(field.name, field);
    }
  }
  return outputs;
}
