/** The structure that models declare: their tables, and join tables. */
import { readCondition, readExpression, readKeyCondition } from "../tree/condition-data.ts";
import { maxOf } from "../schema/check-value.ts";
import type { JoinColumn, JoinTable } from "../schema/join-table.ts";
import { listJoinTables } from "../schema/join-table.ts";
import type { FieldMeta, IndexMeta, ItemMeta, KeyMeta, ModelMeta, UniqueMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { toConstraintName } from "../schema/names.ts";
import type {
  ColumnKind,
  ColumnState,
  ConditionData,
  ForeignKeyState,
  IndexState,
  KeyState,
  State,
  TableState,
  UniqueState,
} from "../schema/table-state.ts";
import { keepForeignKeys } from "../schema/table-state.ts";

/** Returns the structure of all managed models. Throws `E_MODEL_CONDITION` for a condition that refers to other rows. */
export function describeModels(models: readonly ModelClass[]): State {
  const state = new Map<string, TableState>();
  const isOwn = ({ $options }: ModelClass): boolean => $options.managed !== false;
  for (const model of models) if (isOwn(model)) state.set(model.$table, model.$meta.isView ? describeView(model) : describeTable(model));
  // A view has no foreign keys either.
  const foreign = new Set(models.filter((model) => !isOwn(model) || model.$meta.isView).map(({ $table }) => $table));
  for (const { join, from, to } of listJoinTables(models.map(({ $meta }) => $meta)))
    if (!foreign.has(from.table) || !foreign.has(to.table)) state.set(join.table, describeBetween(join, from, to));
  // An unmanaged table may be created again at any time, so no foreign key of ours refers to it.
  return foreign.size === 0 ? state : keepForeignKeys(state, ({ table }) => !foreign.has(table));
}

function describeTable(model: ModelClass): TableState {
  const { $meta: meta, $options: options } = model;
  const { table, fields, relations } = meta;
  const columnOf = (name: string): string => fields.get(name)!.column;
  const toKey = (key: KeyMeta, where: ConditionData | undefined): KeyState => ({
    columns: key.fields.map(columnOf),
    ...(where !== undefined && { where }),
  });
  const toUnique = (key: UniqueMeta): UniqueState => ({
    ...toKey(key, readKeyCondition(model, key)),
    ...(key.deferrable !== undefined && { deferrable: key.deferrable }),
    ...(!key.areNullsDistinct && { nullsDistinct: false }),
  });
  const toIndex = (index: IndexMeta): IndexState => ({
    ...toKey(index, index.where === undefined ? undefined : readCondition(model, index.where, index.name)),
    ...(index.expression !== undefined && { expression: readExpression(model, index.expression, index.name) }),
    ...(index.isUnique && { unique: true }),
    ...(index.descending.length > 0 && { desc: index.descending.map(columnOf) }),
    ...(index.method !== "" && { using: index.method }),
    ...(index.included.length > 0 && { include: index.included.map(columnOf) }),
  });
  const checks = Object.entries(options.checks ?? {}).map(
    ([name, condition]) =>
      // Its rows are those of this model.
      [toConstraintName(table, name, "check"), readCondition(model, condition as (row: never) => unknown, `checks.${name}`)] as const,
  );
  const foreignKeys = [...relations.values()]
    .filter(({ kind, isConstrained }) => kind === "belongsTo" && isConstrained)
    .map(({ name, fields: names, target, onDelete }): [string, ForeignKeyState] => [
      toConstraintName(table, name, "foreign"),
      {
        columns: names.map(columnOf),
        table: target.$table,
        references: target.$meta.primary.map((key) => target.$meta.fields.get(key)!.column),
        onDelete,
      },
    ]);
  return {
    columns: new Map([...fields.values()].map((field) => [field.column, describeColumn(model, field)])),
    primary: meta.primary.map(columnOf),
    uniques: new Map(meta.uniques.map((key) => [key.name, toUnique(key)])),
    indexes: new Map(meta.indexes.map((index) => [index.name, toIndex(index)])),
    checks: new Map(checks),
    foreignKeys: new Map(foreignKeys),
    search: meta.hasSearchIndex ? meta.search.map(columnOf) : [],
    comment: options.comment ?? "",
  };
}

/** Returns a view: its columns, without what only tables have. */
function describeView({ $meta: { fields, primary }, $options: { view } }: ModelClass): TableState {
  return {
    columns: new Map([...fields.values()].map((field) => [field.column, describeType(field)])),
    primary: primary.map((name) => fields.get(name)!.column),
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    foreignKeys: new Map(),
    search: [],
    comment: "",
    ...(view !== undefined && { view }),
  };
}

const kinds: Readonly<Partial<Record<string, ColumnKind>>> = { slug: "text", email: "text", url: "text", file: "text" };

/** Returns a column of a model. */
function describeColumn(model: ModelClass, field: FieldMeta): ColumnState {
  const { options, hasDatabaseDefault, name } = field;
  return {
    ...describeType(field),
    ...(hasDatabaseDefault && { default: readExpression(model, () => options.default, `the default of ${name}`) }),
    ...(options.comment !== undefined && options.comment !== "" && { comment: options.comment }),
  };
}

/** Returns the content of a column. A retired column becomes nullable, because code no longer gives it a value. */
function describeType(field: FieldMeta): ColumnState {
  const { type, options, choices, items, isNullable, isPrimary } = field;
  const max = maxOf(field);
  return {
    type: kinds[type] ?? (type as ColumnKind), // Only column types are left.
    ...((isNullable || (options.retired === true && !isPrimary)) && { null: true }),
    ...(max !== undefined && (kinds[type] !== undefined || type === "text" || type === "bytes") && { max }),
    ...(type === "decimal" && { digits: options.digits ?? 1, scale: options.scale ?? 0 }),
    ...(field.storage !== undefined && { storage: field.storage }),
    ...(choices !== undefined && { choices: Object.keys(choices), ...(options.check === false && { check: false }) }),
    ...(items !== undefined && { items: describeItems(items) }),
  };
}

/** Returns the item type of a list. Databases check neither lengths nor choices of items. */
function describeItems({ type, options: { digits = 1, scale = 0 } }: ItemMeta): ColumnState {
  if (type === "decimal") return { type, digits, scale };
  return { type: type === "choice" ? "text" : (kinds[type] ?? (type as ColumnKind)) }; // As above.
}

/** Returns a join table: the keys of both sides. */
function describeBetween({ table, ...join }: JoinTable, from: ModelMeta, to: ModelMeta): TableState {
  // The table is the same, whichever model comes first in the list.
  const isFirst = join.near[0]!.column < join.far[0]!.column;
  const [near, far] = isFirst ? [join.near, join.far] : [join.far, join.near];
  const [nearModel, farModel] = isFirst ? [from, to] : [to, from];
  const names = (side: readonly JoinColumn[]): string[] => side.map(({ column }) => column);
  const columns = [...near, ...far].map(({ column, field }): [string, ColumnState] => [column, describeType(field)]);
  const keyOf = (side: readonly JoinColumn[], meta: ModelMeta): [string, ForeignKeyState] => [
    toConstraintName(table, ...names(side), "foreign"),
    {
      columns: names(side),
      table: meta.table,
      references: meta.primary.map((name) => meta.fields.get(name)!.column),
      onDelete: "cascade",
    },
  ];
  return {
    columns: new Map(columns),
    primary: [...names(near), ...names(far)],
    uniques: new Map(),
    indexes: new Map([[toConstraintName(table, ...names(far), "index"), { columns: names(far) }]]),
    checks: new Map(),
    foreignKeys: new Map([keyOf(near, nearModel), keyOf(far, farModel)]),
    search: [],
    comment: "",
  };
}
