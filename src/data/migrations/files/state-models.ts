/** Creates the models that data steps use, from a structure. They have the columns of their tables, and no code of your current models. */
import { Model } from "../../model.ts";
import type { FieldMap } from "../../schema/model.ts";
import type { ModelClass } from "../../schema/model-class.ts";
import { belongsTo } from "../../schema/relation.ts";
import type { State, TableState } from "../../schema/table-state.ts";
import { isReservedName, toFieldName, toFields, toModelOptions } from "../../sql/table-model.ts";

/** Creates the models of all tables, by table. Fields have the names of columns; a foreign key is a relation without the suffix `_id`. */
export function createModels(state: State): ReadonlyMap<string, ModelClass> {
  const models = new Map<string, ModelClass>();
  for (const [name, table] of state) {
    // A table that no migration has created has no model.
    const foreignKeys = new Map([...table.foreignKeys].filter(([, { table: target }]) => state.has(target)));
    models.set(name, createModel(name, { ...table, foreignKeys }, models));
  }
  return models;
}

function createModel(name: string, table: TableState, models: ReadonlyMap<string, ModelClass>): ModelClass {
  const fields = toFields(table);
  for (const { columns, table: target } of table.foreignKeys.values()) {
    const relation = columns[0]!.replace(/_id$/, "");
    if (columns.length > 1 || Object.hasOwn(fields, relation) || isReservedName(relation)) continue;
    const isNullable = table.columns.get(columns[0]!)!.null === true;
    fields[relation] = () => belongsTo(models.get(target), { columns: columns.map(toFieldName), null: isNullable });
  }
  return class extends Model(name, fields as FieldMap, toModelOptions(table)) {} as unknown as ModelClass; // Its fields are only known at run time.
}
