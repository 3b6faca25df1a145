/** The model of one table of a structure, without relations and rows, for writing its conditions. */
import type { AnyColumn } from "../schema/column.ts";
import { Column, DatabaseValue } from "../schema/column.ts";
import { reservedNames } from "../schema/definitions.ts";
import { describeModel } from "../schema/metadata.ts";
import type { AnyModelOptions, ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { ColumnState, TableState } from "../schema/table-state.ts";

const known = new WeakMap<TableState, ModelClass>();

/** Returns the model of a table, without relations. */
export function modelOf(name: string, table: TableState): ModelClass {
  const found = known.get(table);
  if (found?.$table === name) return found;
  const made = new TableModel(name, table);
  known.set(table, made);
  return made;
}

class TableModel implements ModelClass {
  readonly name = "";
  readonly $table: string;
  readonly $fields: Record<string, object>;
  readonly $options: AnyModelOptions;
  readonly $meta: ModelMeta;

  constructor(name: string, table: TableState) {
    this.$table = name;
    this.$fields = toFields(table);
    this.$options = toModelOptions(table);
    this.$meta = describeModel(this);
  }
}

/** Returns the fields of a table's columns. */
export function toFields({ columns, primary }: TableState): Record<string, object> {
  const [key, ...more] = primary;
  const entries = [...columns].map(([column, definition]) => {
    const isPrimary = more.length === 0 && key === column;
    return [toFieldName(column), toColumn(column, definition, isPrimary)] as const;
  });
  return Object.fromEntries(entries);
}

/** Returns the options of a table's model. */
export function toModelOptions({ primary, view }: TableState): Pick<AnyModelOptions, "primary" | "view"> {
  return { ...(primary.length !== 1 && { primary: primary.map(toFieldName) }), ...(view !== undefined && { view }) };
}

/** Whether rows reserve a name. */
export function isReservedName(name: string): boolean {
  return reservedNames.has(name);
}

/** Returns the field name of a column. A reserved name gets a suffix. */
export function toFieldName(column: string): string {
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
    // The table defines it: rows only need to know that it exists.
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
