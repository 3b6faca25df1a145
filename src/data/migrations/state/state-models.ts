/** Models of a structure: what data steps work with, and what conditions are written by. They have no code of today. */
import { Model } from "../../model.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { Column, DatabaseValue } from "../../schema/column.ts";
import { reservedNames } from "../../schema/definitions.ts";
import type { FieldMap, ModelClass } from "../../schema/model.ts";
import { belongsTo } from "../../schema/relation.ts";
import type { ColumnState, State, TableState } from "../../schema/table-state.ts";

/** The models of all tables, by table. Fields have the names of columns; a foreign key is a relation without the end `_id`. */
export function createModels(state: State): ReadonlyMap<string, ModelClass> {
  const models = new Map<string, ModelClass>();
  for (const [name, table] of state) {
    // A table that no migration has made has no model.
    const foreignKeys = new Map([...table.foreignKeys].filter(([, { table: target }]) => state.has(target)));
    models.set(name, createModel(name, { ...table, foreignKeys }, models));
  }
  return models;
}

const known = new WeakMap<TableState, ModelClass>();

/** The model of one table, without relations. */
export function modelOf(name: string, table: TableState): ModelClass {
  const found = known.get(table);
  if (found?.$table === name) return found;
  const made = createModel(name, { ...table, foreignKeys: new Map() }, new Map());
  known.set(table, made);
  return made;
}

function createModel(name: string, table: TableState, models: ReadonlyMap<string, ModelClass>): ModelClass {
  const isOneKey = table.primary.length === 1;
  const fields: Record<string, object> = {};
  for (const [column, definition] of table.columns)
    fields[toFieldName(column)] = toColumn(column, definition, isOneKey && table.primary[0] === column);
  for (const { columns, table: target } of table.foreignKeys.values()) {
    const relation = columns[0]!.replace(/_id$/, "");
    if (columns.length > 1 || Object.hasOwn(fields, relation) || reservedNames.has(relation)) continue;
    const isNullable = table.columns.get(columns[0]!)!.null === true;
    fields[relation] = () => belongsTo(models.get(target), { columns: columns.map(toFieldName), null: isNullable });
  }
  const options = {
    ...(!isOneKey && { primary: table.primary.map(toFieldName) }),
    ...(table.view !== undefined && { view: table.view }),
  };
  return class extends Model(name, fields as FieldMap, options) {} as unknown as ModelClass; // Its fields are known at run time alone.
}

/** A column whose name rows use themselves has another one as a field. */
function toFieldName(column: string): string {
  return reservedNames.has(column) ? `${column}_` : column;
}

function toColumn(name: string, definition: ColumnState, isPrimary: boolean): object {
  const { type, max, digits, scale, storage, choices, null: isNullable = false } = definition;
  const options = {
    column: name,
    null: isNullable,
    primary: isPrimary,
    ...(type === "text" && { blank: true }),
    ...(max !== undefined && { max }),
    ...(digits !== undefined && { digits }),
    ...(scale !== undefined && { scale }),
    ...(storage !== undefined && { storage }),
    // The table has it: rows need to know alone that there is one.
    ...(definition.default !== undefined && { default: new DatabaseValue() as never }),
  };
  const labels = choices === undefined ? undefined : Object.fromEntries(choices.map((key) => [key, key]));
  const items = definition.items === undefined ? undefined : toItems(definition.items);
  return new Column(type, options, { choices: labels, items });
}

function toItems({ type, digits, scale }: ColumnState): AnyColumn {
  const size = { ...(digits !== undefined && { digits }), ...(scale !== undefined && { scale }) };
  return new Column(type, type === "text" ? { blank: true } : size);
}
