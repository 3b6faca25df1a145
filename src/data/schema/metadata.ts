/** Describes models as plain, frozen data, which forms, the admin and any database read. */
import type { AnyColumn, AnyColumnOptions, ColumnType, Widget } from "./column.ts";
import { DatabaseValue, isColumn } from "./column.ts";
import { maxOf } from "./check-value.ts";
import type { IndexOptions, ModelOptions } from "./model.ts";
import type { FieldMeta, IndexMeta, ItemMeta, ModelClass, ModelMeta, RelationMeta, UniqueMeta } from "./model-class.ts";
import { toConstraintName, toLabel, toPlural, toSnakeCase } from "./names.ts";
import type { Relation, RelationKind } from "./relation.ts";

/** Describes a model. Follows its relations, so all classes must be defined by now. */
export function describeModel(model: ModelClass): ModelMeta {
  const { $table: table, $fields, $options: options } = model;
  const fields = new Map<string, FieldMeta>();
  const relations = new Map<string, RelationMeta>();
  for (const [name, entry] of Object.entries($fields)) {
    if (isColumn(entry)) fields.set(name, toFieldMeta(model.name, name, entry));
    else if (typeof entry === "function")
      addRelation(name, (entry as () => Relation<ModelClass, "one" | "many", boolean>)(), model, fields, relations); // An entry that is not a column is an arrow.
  }
  const marked = [...fields.values()].filter((field) => field.isPrimary).map(({ name }) => name);
  const primary = options.primary ?? marked;
  const { search = [] } = options;
  const label = options.label ?? toLabel(model.name).toLowerCase();
  const { display = [...fields.values()].find((field) => field.type === "text")?.name ?? "", version = "", softDelete = "" } = options;
  return Object.freeze({
    name: model.name,
    table,
    label,
    labelPlural: options.labelPlural ?? toPlural(label),
    fields,
    columns: Object.freeze([...fields.values()].filter((field) => field.options.retired !== true)),
    relations,
    primary: Object.freeze(toKeyFields(primary, relations)),
    uniques: Object.freeze(toUniques(table, fields, relations, options.uniques ?? [])),
    indexes: Object.freeze(toIndexes(table, fields, relations, options.indexes ?? [])),
    orderBy: Object.freeze(toList(options.orderBy)),
    display,
    search: Object.freeze([...("index" in search ? search.index : search)]),
    hasSearchIndex: "index" in search,
    isView: options.view !== undefined,
    version,
    softDelete,
  });
}

function toList(value: string | readonly string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : [...value];
}

function toFieldMeta(model: string, name: string, column: AnyColumn): FieldMeta {
  const { type, options, choices } = column;
  const { label = toLabel(name), help = "", placeholder = "", editable = true, secret = false } = options;
  return Object.freeze({
    name,
    column: options.column ?? toSnakeCase(name),
    type,
    where: `${model}.${name}`,
    scale: options.scale ?? 0,
    storage: options.storage,
    precision: options.precision,
    isNullable: options.null === true,
    isPrimary: options.primary === true,
    isUnique: options.unique === true || options.primary === true,
    isIndexed: options.index === true,
    hasDefault:
      "default" in options ||
      options.auto !== undefined ||
      options.from !== undefined ||
      options.null === true ||
      (options.primary === true && (type === "id" || type === "uuid")),
    hasDatabaseDefault: options.default instanceof DatabaseValue,
    isEditable: editable && options.auto === undefined,
    isSecret: secret,
    label,
    help,
    placeholder,
    widget: options.widget ?? toWidget(column),
    choices,
    items: column.items === undefined ? undefined : toItemMeta(`${model}.${name}[]`, column.items),
    relation: undefined,
    options,
  });
}

function toItemMeta(where: string, { type, options, choices }: AnyColumn): ItemMeta {
  return Object.freeze({ type, where, scale: options.scale ?? 0, options, choices, items: undefined });
}

const widgets: Readonly<Partial<Record<ColumnType, Widget>>> = {
  id: "hidden",
  email: "email",
  url: "url",
  int: "number",
  bigint: "number",
  float: "number",
  decimal: "number",
  date: "date",
  time: "time",
  datetime: "datetime",
  json: "textarea",
  bytes: "none",
  duration: "number",
  array: "textarea",
};
/** A choice with more labels than this gets a select list. */
const radiosMax = 5;

function toWidget(column: AnyColumn): Widget {
  const { type, options, choices = {} } = column;
  if (options.primary === true) return "hidden";
  if (type === "text") return maxOf(column) === undefined ? "textarea" : "text";
  if (type === "boolean") return options.null === true ? "select" : "checkbox";
  if (type === "choice") return Object.keys(choices).length <= radiosMax ? "radio" : "select";
  return widgets[type] ?? "text";
}

function addRelation(
  name: string,
  relation: Relation<ModelClass, "one" | "many", boolean>,
  model: ModelClass,
  fields: Map<string, FieldMeta>,
  relations: Map<string, RelationMeta>,
): void {
  const { options, target } = relation;
  const isBelongsTo = relation.relation === "belongsTo";
  const keys = isBelongsTo ? (options.columns ?? [`${name}Id`]) : [];
  if (isBelongsTo && options.columns === undefined) fields.set(keys[0]!, toKeyField(model.name, name, relation));
  relations.set(
    name,
    Object.freeze({
      name,
      kind: relation.relation,
      target,
      isNullable: relation.nullable,
      fields: Object.freeze([...keys]),
      onDelete: options.onDelete ?? "restrict",
      followsSoftDelete: options.onSoftDelete === "cascade",
      isConstrained: options.constraint ?? true,
      isSymmetric: options.symmetric === true,
      orderBy: Object.freeze(toList(options.orderBy)),
      by: isBelongsTo ? "" : findBack(name, relation, model),
      table: relation.relation === "manyToMany" ? (options.table ?? [model.$table, target.$table].sort().join("_")) : "",
      through: options.through?.() as ModelClass | undefined, // Definitions are checked before they are used.
      label: options.label ?? toLabel(name),
      help: options.help ?? "",
    }),
  );
}

/** The column with the key of another row, of the same type as that key. */
function toKeyField(model: string, name: string, { options, target, nullable }: Relation<ModelClass, "one" | "many", boolean>): FieldMeta {
  const key = Object.values(target.$fields).find((entry) => isColumn(entry) && entry.options.primary === true);
  const type = isColumn(key) ? key.type : "id";
  const { label = toLabel(name), help = "", unique = false, index = true } = options;
  return Object.freeze({
    name: `${name}Id`,
    column: options.column ?? `${toSnakeCase(name)}_id`,
    type,
    where: `${model}.${name}Id`,
    scale: isColumn(key) ? (key.options.scale ?? 0) : 0,
    storage: undefined,
    isNullable: nullable,
    isPrimary: false,
    isUnique: unique,
    isIndexed: index && !unique,
    hasDefault: nullable,
    hasDatabaseDefault: false,
    isEditable: true,
    isSecret: false,
    label,
    help,
    placeholder: "",
    widget: "select",
    choices: undefined,
    items: undefined,
    relation: name,
    options: Object.freeze({ null: nullable, unique, ...(isColumn(key) && pickSize(key.options)) }),
  });
}

/** Options of a key that its copies share: those of its type in the database. */
function pickSize({ max, digits, scale }: AnyColumnOptions): AnyColumnOptions {
  return { ...(max !== undefined && { max }), ...(digits !== undefined && { digits }), ...(scale !== undefined && { scale }) };
}

/** Returns the relation of the other model that leads back: the named one, or the only one. */
function findBack(name: string, { relation, options, target }: Relation<ModelClass, "one" | "many", boolean>, model: ModelClass): string {
  if (options.by !== undefined) return options.by;
  return listBacks(name, relation, target, model)[0] ?? "";
}

/** Returns all relations of the other model that could lead back. */
export function listBacks(name: string, kind: RelationKind, target: ModelClass, model: ModelClass): string[] {
  const wanted = kind === "manyToMany" ? "manyToMany" : "belongsTo";
  return Object.entries(target.$fields)
    .filter(([other, entry]) => {
      if (typeof entry !== "function" || (target === model && other === name)) return false;
      const back = (entry as () => Relation<ModelClass, "one" | "many", boolean>)(); // As in describeModel().
      return back.relation === wanted && back.target === model;
    })
    .map(([other]) => other);
}

/** Returns the fields that an option names. A relation counts as the fields of its key. */
function toKeyFields(names: readonly string[], relations: ReadonlyMap<string, RelationMeta>): string[] {
  return names.flatMap((name) => relations.get(name)?.fields ?? [name]);
}

function toUniques(
  table: string,
  fields: ReadonlyMap<string, FieldMeta>,
  relations: ReadonlyMap<string, RelationMeta>,
  groups: NonNullable<ModelOptions["uniques"]>,
): UniqueMeta[] {
  const single = [...fields.values()]
    .filter((field) => field.isUnique && !field.isPrimary)
    .map(({ name, column, label }) => ({
      name: toConstraintName(table, column, "unique"),
      fields: [name],
      message: `This ${label.toLowerCase()} is taken.`,
      where: undefined,
      deferrable: undefined,
      areNullsDistinct: true,
    }));
  const several = groups.map(({ on, message, where, name = "", deferrable, nullsDistinct = true }) => {
    const names = toKeyFields(on, relations);
    const columns = names.map((name) => fields.get(name)?.column ?? name);
    const labels = names.map((name) => fields.get(name)?.label.toLowerCase() ?? name);
    return {
      name: name || toConstraintName(table, ...columns, "unique"),
      fields: names,
      message: message ?? `This combination of ${labels.join(" and ")} is taken.`,
      where,
      deferrable,
      areNullsDistinct: nullsDistinct,
    };
  });
  return [...single, ...several].map((key) => Object.freeze(key));
}

function toIndexes(
  table: string,
  fields: ReadonlyMap<string, FieldMeta>,
  relations: ReadonlyMap<string, RelationMeta>,
  groups: NonNullable<ModelOptions["indexes"]>,
): IndexMeta[] {
  const single = [...fields.values()].filter((field) => field.isIndexed && !field.isUnique).map(({ name }) => ({ on: [name] }));
  const names = new Set<string>();
  return [...single, ...groups].map(
    ({ on, where, name: given = "", unique = false, desc = [], using = "btree", include = [] }: IndexOptions) => {
      const keys = typeof on === "function" ? [] : toKeyFields(on, relations);
      const columns = typeof on === "function" ? ["expression"] : keys.map((name) => fields.get(name)?.column ?? name);
      let name = given || toConstraintName(table, ...columns, "index");
      // A number distinguishes several indexes of the same columns, or of expressions.
      for (let number = 2; names.has(name); number++) name = toConstraintName(table, ...columns, String(number), "index");
      names.add(name);
      return Object.freeze({
        name,
        fields: keys,
        message: unique ? "This is taken." : "",
        where,
        expression: typeof on === "function" ? on : undefined,
        isUnique: unique,
        descending: toKeyFields(desc, relations),
        method: using === "btree" ? "" : using,
        included: toKeyFields(include, relations),
      });
    },
  );
}
