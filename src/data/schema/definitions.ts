/** Checks model definitions when a database opens. Reports all mistakes of all models together, each with its fix. */
import type { ErrorCode } from "../../errors/catalogue.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { GableError, isGableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import { checkValue } from "./check-value.ts";
import type { AnyColumn } from "./column.ts";
import { DatabaseValue, isColumn } from "./column.ts";
import {
  commonOptions,
  indexOptions,
  modelOptions,
  ownOptions,
  relationOptions,
  uniqueOptions,
  viewOptions,
} from "./definition-options.ts";
import type { DefinitionMistake } from "./definition-mistake.ts";
import { listBacks } from "./metadata.ts";
import type { AnyModelOptions, ModelClass } from "./model-class.ts";
import { identifier, toSnakeCase } from "./names.ts";
import type { Relation } from "./relation.ts";
import { findFileMistakes, findQueryMistake, findSlugMistakes, isAbove, isBetween, isLimit, isLinear } from "./option-values.ts";

type AnyRelation = Relation<ModelClass, "one" | "many", boolean>;

/** Reserved names: methods of rows, and names with a meaning in JavaScript. */
export const reservedNames: ReadonlySet<string> = new Set(
  "save delete restore purge reload set load toJSON then constructor prototype __proto__ validate schema".split(" "),
);

const deleteActions = new Set(["restrict", "cascade", "set null", "set default", "no action"]);

/** Checks models together. Throws `E_MODEL_INVALID` with all mistakes. */
export function assertModels(models: readonly ModelClass[]): void {
  const mistakes = checkModels(models);
  if (mistakes.length > 0) throw modelsInvalid(mistakes);
}

/** Returns the error that lists mistakes in models. */
export function modelsInvalid(mistakes: readonly DefinitionMistake[]): GableError {
  const list = mistakes.map(({ code, where, message, fix }) => `${where}: ${message} (${code}). ${fix}`);
  return new GableError(
    "E_MODEL_INVALID",
    `The models have ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}:\n${list.join("\n")}`,
    {
      fix: mistakes[0]!.fix,
      details: { mistakes },
    },
  );
}

/** Returns all mistakes in the definitions of models; an empty list if there are none. Opens no database. */
export function checkModels(models: readonly ModelClass[]): DefinitionMistake[] {
  const mistakes = models.flatMap((model) => new DefinitionCheck(model, models).run());
  const tables = new Map<string, ModelClass>();
  for (const model of models) {
    const first = tables.get(model.$table);
    if (first !== undefined && first !== model)
      mistakes.push({
        code: "E_MODEL_TABLE_DUPLICATE",
        where: model.name,
        message: `the table "${model.$table}" is that of ${first.name}`,
        fix: "Choose another table for one of them.",
      });
    tables.set(model.$table, first ?? model);
  }
  return mistakes;
}

class DefinitionCheck {
  readonly #model: ModelClass;
  readonly #models: readonly ModelClass[];
  readonly #mistakes: DefinitionMistake[] = [];
  /** Names that options may use: fields, relations, and the keys of relations. */
  readonly #names = new Set<string>();
  readonly #columns = new Map<string, string>();

  constructor(model: ModelClass, models: readonly ModelClass[]) {
    this.#model = model;
    this.#models = models;
  }

  run(): DefinitionMistake[] {
    const { $table: table, $fields: fields } = this.#model;
    if (!identifier.test(table))
      this.#add(
        "",
        "E_MODEL_TABLE",
        `the table is named ${describeValue(table)}`,
        "Use letters, digits and underscores, at most 63, and no digit first.",
      );
    for (const [name, entry] of Object.entries(fields)) this.#entry(name, entry);
    this.#primary();
    this.#options();
    return this.#mistakes;
  }

  #add(field: string, code: ErrorCode, message: string, fix: string): void {
    this.#mistakes.push({ code, where: field === "" ? this.#model.name : `${this.#model.name}.${field}`, message, fix });
  }

  #entry(name: string, entry: unknown): void {
    if (reservedNames.has(name))
      this.#add(
        name,
        "E_FIELD_RESERVED",
        "every row has this name already",
        "Choose another name, and keep the column with the option column.",
      );
    else if (!identifier.test(name))
      this.#add(name, "E_FIELD_NAME", "the name cannot be used", "Use letters, digits and underscores, at most 63, and no digit first.");
    this.#names.add(name);
    if (isColumn(entry)) return this.#column(name, entry);
    const relation = typeof entry === "function" ? readRelation(entry as () => unknown) : undefined; // A thunk takes nothing.
    if (relation !== undefined) return this.#relation(name, relation);
    this.#add(
      name,
      "E_FIELD_INVALID",
      `the field is ${describeValue(entry)}`,
      "Use a builder such as field.text(), or an arrow: () => belongsTo(Author).",
    );
  }

  // ---- Columns

  #column(name: string, column: AnyColumn): void {
    const { type, options } = column;
    const known = [...commonOptions, ...ownOptions[type]];
    for (const option of Object.keys(options)) {
      if (known.includes(option)) continue;
      this.#add(name, "E_FIELD_OPTION", `${type} has no option "${option}"`, suggestName(option, known, `It has: ${known.join(", ")}.`));
    }
    if (type === "array") this.#items(name, column.items);
    this.#claim(name, options.column ?? toSnakeCase(name));
    this.#limits(name, column);
    this.#default(name, column);
  }

  /** Checks the item type of a list: a field without options of columns. */
  #items(name: string, items: unknown): void {
    if (!isColumn(items) || ["array", "json", "bytes", "id", "file"].includes(items.type))
      return this.#add(
        name,
        "E_FIELD_INVALID",
        `a list is of ${isColumn(items) ? `the type ${items.type}` : describeValue(items)}`,
        "Give a field such as field.text(); for lists of other things, use field.json().",
      );
    const known = ["min", "max", "pattern", "blank", "digits", "scale"];
    for (const option of Object.keys(items.options))
      if (!known.includes(option))
        this.#add(name, "E_FIELD_OPTION", `an item of a list has no option "${option}"`, `It has: ${known.join(", ")}.`);
    this.#limits(name, items);
  }

  /** Records the name of a column, which must be unique in its table. */
  #claim(field: string, column: string): void {
    if (!identifier.test(column))
      this.#add(
        field,
        "E_FIELD_NAME",
        `the column is named ${describeValue(column)}`,
        "Use letters, digits and underscores, at most 63, and no digit first.",
      );
    const first = this.#columns.get(column.toLowerCase());
    if (first !== undefined)
      this.#add(
        field,
        "E_FIELD_COLUMN_DUPLICATE",
        `the column "${column}" is that of "${first}"`,
        "Choose another column for one of them.",
      );
    else this.#columns.set(column.toLowerCase(), field);
  }

  #limits(name: string, column: AnyColumn): void {
    const { type, options } = column;
    const refuse = (what: string, fix: string): void => this.#add(name, "E_FIELD_OPTION_VALUE", what, fix);
    const isCount = ["text", "slug", "email", "url", "bytes", "array"].includes(type);
    const wrong = (["min", "max"] as const).filter(
      (limit) => options[limit] !== undefined && ownOptions[type].includes(limit) && !isLimit(type, options[limit], isCount),
    );
    const rule = isCount ? "Give a whole number above 0." : `Give a value of the type ${type}.`;
    for (const limit of wrong) refuse(`${limit} is ${describeValue(options[limit])}`, rule);
    if (wrong.length === 0 && isAbove(options.min, options.max)) refuse("min is above max", "Exchange min and max.");
    this.#values(name, column, refuse);
  }

  /** Checks options that only one type has. */
  #values(name: string, { type, options, choices }: AnyColumn, refuse: (what: string, fix: string) => void): void {
    const { digits, scale, pattern, auto, storage, precision } = options;
    if (type === "decimal" && !(isBetween(digits, 1, 38) && isBetween(scale, 0, digits!)))
      refuse(
        `digits is ${describeValue(digits)} and scale ${describeValue(scale)}`,
        "Give digits from 1 to 38, and scale from 0 to digits.",
      );
    if (storage !== undefined && storage !== "text") refuse(`storage is ${describeValue(storage)}`, 'Use "text", or leave it out.');
    if (storage === "text" && options.primary === true)
      refuse("a key is stored as text", "Gable orders rows by their key: use another type for it.");
    if (type === "choice" && Object.keys(choices ?? {}).length === 0)
      refuse("the choice has no keys", "Give at least one key with its label.");
    if (precision !== undefined && ![0, 3, 6].includes(precision)) refuse(`precision is ${describeValue(precision)}`, "Use 0, 3 or 6.");
    if (auto !== undefined && auto !== "create" && auto !== "update") refuse(`auto is ${describeValue(auto)}`, 'Use "create" or "update".');
    if (type === "file") for (const [what, fix] of findFileMistakes(options)) refuse(what, fix);
    for (const [what, fix] of findSlugMistakes(options, this.#model.$fields)) refuse(what, fix);
    if (pattern === undefined || isLinear(pattern)) return;
    const fix = "Remove nested repetitions and back references.";
    this.#add(name, "E_FIELD_PATTERN", `${String(pattern)} may take very long`, fix);
  }

  #default(name: string, column: AnyColumn): void {
    const { options } = column;
    if (!("default" in options) || typeof options.default === "function" || options.default instanceof DatabaseValue) return;
    const checked = checkValue(column, options.default);
    if (checked.message !== undefined)
      this.#add(
        name,
        "E_FIELD_DEFAULT",
        `the default is ${describeValue(options.default)}: ${checked.message}`,
        "Pass a default that the field accepts.",
      );
  }

  // ---- Relations

  #relation(name: string, relation: AnyRelation): void {
    const { options, target } = relation;
    if (!isModel(target))
      return this.#add(name, "E_RELATION_TARGET", `the relation leads to ${describeValue(target)}`, "Give a model class.");
    if (!this.#models.includes(target))
      return this.#add(
        name,
        "E_RELATION_TARGET",
        `${target.name} is not among the models that are opened`,
        `Add ${target.name} to the list of models.`,
      );
    const known = relationOptions[relation.relation];
    for (const option of Object.keys(options).filter((each) => !known.includes(each)))
      this.#add(
        name,
        "E_FIELD_OPTION",
        `${relation.relation}() has no option "${option}"`,
        suggestName(option, known, `It has: ${known.join(", ")}.`),
      );
    if (relation.relation === "belongsTo") return this.#belongsTo(name, relation);
    const backs = listBacks(name, relation.relation, target, this.#model);
    if (relation.relation === "manyToMany" && options.through === undefined) return;
    if (options.by !== undefined && !backs.includes(options.by))
      this.#add(
        name,
        "E_RELATION_REVERSE",
        `${target.name} has no relation "${options.by}" to ${this.#model.name}`,
        backs.length === 0 ? `Add one: () => belongsTo(${this.#model.name}).` : `It has: ${backs.join(", ")}.`,
      );
    else if (relation.relation === "hasOne" && !isUniqueBack(target, options.by ?? backs[0]))
      this.#add(
        name,
        "E_RELATION_REVERSE",
        `several rows of ${target.name} may belong to one row`,
        `Let the relation back be unique: belongsTo(${this.#model.name}, { unique: true }), or use hasMany().`,
      );
    else if (options.by === undefined && backs.length !== 1 && relation.relation !== "manyToMany")
      this.#add(
        name,
        "E_RELATION_REVERSE",
        backs.length === 0
          ? `${target.name} has no relation to ${this.#model.name}`
          : `${target.name} has several relations to ${this.#model.name}: ${backs.join(", ")}`,
        backs.length === 0 ? `Add one: () => belongsTo(${this.#model.name}).` : `Name one: { by: "${backs[0]}" }.`,
      );
  }

  #belongsTo(name: string, { options, target }: AnyRelation): void {
    const { onDelete, onSoftDelete = "keep", columns } = options;
    const refuse = (what: string, fix: string): void => this.#add(name, "E_RELATION_OPTION", what, fix);
    if (onSoftDelete !== "keep" && onSoftDelete !== "cascade")
      refuse(`onSoftDelete is ${describeValue(onSoftDelete)}`, 'Use "keep" or "cascade".');
    const without = [this.#model, target].find((model) => model.$options.softDelete === undefined);
    if (onSoftDelete === "cascade" && without !== undefined)
      refuse(`onSoftDelete is "cascade", and ${without.name} has no soft delete`, "Add the option softDelete to both models.");
    if (onDelete !== undefined && !deleteActions.has(onDelete))
      refuse(`onDelete is ${describeValue(onDelete)}`, `Use one of: ${[...deleteActions].join(", ")}.`);
    if (onDelete === "set null" && options.null !== true)
      refuse('onDelete is "set null", and the relation may not be empty', "Add null: true, or use another action.");
    const keys = keysOf(target);
    if (columns === undefined) {
      this.#names.add(`${name}Id`);
      this.#claim(`${name}Id`, options.column ?? `${toSnakeCase(name)}_id`);
      if (keys.length > 1)
        this.#add(
          name,
          "E_RELATION_COLUMNS",
          `the key of ${target.name} has ${keys.length} fields`,
          `Name as many of this model: { columns: [${keys.map((key) => `"${key}"`).join(", ")}] }.`,
        );
      return;
    }
    const missing = columns.find((column) => !isColumn(this.#model.$fields[column]));
    if (missing !== undefined)
      this.#add(name, "E_RELATION_COLUMNS", `this model has no column "${missing}"`, "Name columns of this model.");
    else if (columns.length !== keys.length)
      this.#add(
        name,
        "E_RELATION_COLUMNS",
        `${columns.length} columns are named, and the key of ${target.name} has ${keys.length}`,
        `Name one for each of: ${keys.join(", ")}.`,
      );
  }

  // ---- The model

  #primary(): void {
    const { $fields: fields, $options: options } = this.#model;
    const marked = Object.entries(fields).filter(([, entry]) => isColumn(entry) && entry.options.primary === true);
    if (options.primary === undefined && marked.length === 1) return;
    if (options.primary !== undefined && marked.length === 0 && options.primary.length > 0) return;
    const what =
      options.primary !== undefined
        ? "the key is given twice, by a field and by the option primary"
        : marked.length === 0
          ? "the model has no key"
          : `${marked.length} fields are the key`;
    this.#add("", "E_MODEL_PRIMARY", what, 'Add id: field.id(), or the option primary: ["a", "b"] for several fields.');
  }

  #options(): void {
    const { $options: options } = this.#model;
    const [kind, known] = options.view === undefined ? ["model", modelOptions] : ["view", viewOptions];
    for (const name of Object.keys(options)) {
      if (known.includes(name)) continue;
      this.#add("", "E_MODEL_OPTION", `a ${kind} has no option "${name}"`, suggestName(name, known, `It has: ${known.join(", ")}.`));
    }
    this.#view(options.view);
    const { orderBy = [], search = [], primary = [], display, version, softDelete, uniques = [], indexes = [] } = options;
    const order = typeof orderBy === "string" ? [orderBy] : orderBy;
    this.#known(
      "orderBy",
      order.map((name) => name.replace(/^-/, "")),
    );
    this.#search(search);
    this.#noSecrets("orderBy", order);
    this.#noSecrets("search", "index" in search ? search.index : search);
    this.#noSecrets("display", display === undefined ? [] : [display]);
    this.#scope(options.scope ?? {});
    this.#known("primary", primary);
    this.#known("display", display === undefined ? [] : [display]);
    this.#known("version", version === undefined ? [] : [version]);
    this.#known("softDelete", softDelete === undefined ? [] : [softDelete]);
    this.#keyOptions("a unique key", uniques, uniqueOptions);
    this.#keyOptions("an index", indexes, indexOptions);
    this.#uniques(uniques, softDelete !== undefined);
    for (const { on, desc = [], include = [], unique, where } of indexes) {
      this.#known("indexes", [...(typeof on === "function" ? [] : on), ...desc, ...include]);
      if (unique === true && where !== undefined)
        this.#add("", "E_MODEL_OPTION", "an index is unique among some rows", "Use the option uniques, which every database enforces.");
    }
    this.#columnOptions();
  }

  /** Rejects secret fields in options that rank rows or show values, because those reveal the secret. */
  #noSecrets(option: string, names: readonly string[]): void {
    for (const name of names.map((each) => each.replace(/^-/, ""))) {
      const field = this.#model.$fields[name];
      if (isColumn(field) && field.options.secret === true)
        this.#add(name, "E_MODEL_OPTION", `it is secret, and the option ${option} names it`, "Name another field.");
    }
  }

  #view(view: AnyModelOptions["view"]): void {
    if (view === undefined) return;
    const wrong = findQueryMistake(view.sql);
    if (wrong !== undefined) this.#add("", "E_MODEL_VIEW", wrong.message, wrong.fix);
    if (view.materialized !== undefined && view.materialized !== true)
      this.#add("", "E_MODEL_VIEW", `materialized is ${describeValue(view.materialized)}`, "Use true, or leave it out.");
    if ("index" in (this.#model.$options.search ?? []))
      this.#add("", "E_MODEL_VIEW", "its search has an index", "Name only the fields: a view has no indexes.");
  }

  #keyOptions(what: string, keys: readonly object[], known: readonly string[]): void {
    for (const name of keys.flatMap((key) => Object.keys(key)).filter((each) => !known.includes(each)))
      this.#add("", "E_MODEL_OPTION", `${what} has no option "${name}"`, suggestName(name, known, `It has: ${known.join(", ")}.`));
  }

  #uniques(uniques: NonNullable<AnyModelOptions["uniques"]>, isSoftDeleted: boolean): void {
    const refuse = (message: string, fix: string): void => this.#add("", "E_MODEL_OPTION", message, fix);
    for (const { on, where, deferrable } of uniques) {
      this.#known("uniques", on);
      if (deferrable === undefined) continue;
      if (deferrable !== "deferred" && deferrable !== "immediate")
        refuse(`a unique key has deferrable ${describeValue(deferrable)}`, 'Use "deferred" or "immediate".');
      if (where !== undefined || isSoftDeleted)
        refuse("a unique key of some rows is deferrable", "Leave out deferrable: databases look at such keys with each row.");
    }
  }

  #scope(scope: NonNullable<AnyModelOptions["scope"]>): void {
    this.#known("scope", Object.keys(scope));
    for (const name of Object.keys(scope)) {
      const give: unknown = scope[name];
      const entry = this.#model.$fields[name];
      const relation = typeof entry === "function" ? readRelation(entry as () => unknown) : undefined; // A thunk takes nothing.
      if (entry !== undefined && !isColumn(entry) && relation?.relation !== "belongsTo")
        this.#add(name, "E_MODEL_OPTION", "a scope is of a relation that another row holds", "Name a field, or a relation to one row.");
      if (typeof give !== "function")
        this.#add(name, "E_MODEL_OPTION", `the scope is ${describeValue(give)}`, "Give a function: () => currentTeam().");
    }
  }

  #search(search: NonNullable<AnyModelOptions["search"]>): void {
    const names = "index" in search ? search.index : search;
    this.#known("search", names);
    for (const name of names) {
      const field = this.#model.$fields[name];
      if (field === undefined || (isColumn(field) && ["text", "slug", "email", "url", "choice"].includes(field.type))) continue;
      this.#add(
        name,
        "E_MODEL_OPTION",
        "the option search names it, but the field does not hold text",
        "Name only text fields in the option search.",
      );
    }
    if ("index" in search && names.length === 0)
      this.#add("", "E_MODEL_OPTION", "the search has an index of no fields", 'Name some: search: { index: ["title"] }.');
  }

  /** Checks the fields that Gable maintains. */
  #columnOptions(): void {
    const { version = "", softDelete = "" } = this.#model.$options;
    const moment = this.#model.$fields[softDelete];
    if (moment !== undefined && !(isColumn(moment) && moment.type === "datetime" && moment.options.null === true))
      this.#add(
        softDelete,
        "E_MODEL_SOFT_DELETE",
        "the softDelete field must be a nullable datetime",
        "Use field.datetime({ null: true, editable: false }).",
      );
    const counter = this.#model.$fields[version];
    if (isColumn(counter) && counter.type !== "int")
      this.#add(
        version,
        "E_MODEL_VERSION",
        `the version is of the type ${counter.type}`,
        "Use field.int({ default: 0, editable: false }).",
      );
  }

  #known(option: string, names: readonly string[]): void {
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.#add(
        "",
        "E_FIELD_UNKNOWN",
        `the option ${option} names "${name}", but there is no such field`,
        suggestName(name, this.#names, `The fields are: ${[...this.#names].join(", ")}.`),
      );
    }
  }
}

/** Whether only one row can lead back by a relation. Entries that are not relations are reported elsewhere. */
function isUniqueBack({ $fields: fields, $options: { uniques = [], primary = [] } }: ModelClass, name: string | undefined): boolean {
  const entry = name === undefined ? undefined : fields[name];
  const back = typeof entry === "function" ? readRelation(entry as () => unknown) : undefined; // A thunk takes nothing.
  const isOnly = (list: readonly string[]): boolean => list.length === 1 && list[0] === name;
  return back === undefined || back.options.unique === true || isOnly(primary) || uniques.some(({ on }) => isOnly(on));
}

/** The fields of a model's key. */
function keysOf({ $fields: fields, $options: options }: ModelClass): string[] {
  return [...(options.primary ?? Object.keys(fields).filter((name) => isPrimary(fields[name])))];
}

function isPrimary(entry: unknown): boolean {
  return isColumn(entry) && entry.options.primary === true;
}

function readRelation(thunk: () => unknown): AnyRelation | undefined {
  let made: unknown;
  try {
    made = thunk();
  } catch (error) {
    if (isGableError(error)) throw error;
    // The arrow names a class that is not defined yet, so the kind of field is unknown.
    return undefined;
  }
  const isRelation = typeof made === "object" && made !== null && "relation" in made && "target" in made;
  return isRelation ? (made as AnyRelation) : undefined; // Checked by its shape.
}

function isModel(value: unknown): value is ModelClass {
  return typeof value === "function" && "$table" in value && "$fields" in value;
}
