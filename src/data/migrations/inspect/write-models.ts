/** Writes the source of models for the tables of a database, in the style that a person would use. */
import { reservedNames } from "../../schema/definitions.ts";
import { toPlural, toSingular } from "../../schema/join-table.ts";
import { identifier, toConstraintName, toSnakeCase } from "../../schema/names.ts";
import type { ColumnState, ForeignKeyState, IndexState, KeyState, OperandData, TableState, ViewState } from "../../schema/table-state.ts";
import type { FoundTable } from "../plan/table-finding.ts";

/** A model that is being written. */
interface ModelDraft {
  readonly table: FoundTable;
  readonly className: string;
  /** Lines of its fields and relations, by name. */
  readonly entries: Map<string, string>;
  /** Names of fields by column, or of the relation if the column holds its key. */
  readonly names: Map<string, string>;
  /** Relations whose key is in this table. */
  readonly relations: OwnRelation[];
  /** Further options of the model. */
  readonly options: string[];
  /** Comments above the model. */
  readonly comments: string[];
}

/** A relation to one row of another table, or of the same table. */
interface OwnRelation {
  readonly name: string;
  readonly target: ModelDraft;
  /** Whether at most one row has a given key. */
  readonly isUnique: boolean;
}

/** Returns the source of a module with a model for each table. `unmade` are views that get none, with the reason. */
export function writeModels(tables: readonly FoundTable[], unmade: ReadonlyMap<string, string>): string {
  const between = new Map(tables.flatMap((table) => readBetween(table, tables).map((sides) => [table, sides] as const)));
  const taken = new Set(["Model", "View"]);
  const drafts = new Map<string, ModelDraft>();
  for (const table of tables) {
    if (between.has(table) || table.state.primary.length === 0 || unmade.has(table.name)) continue;
    const className = findFree(toPascal(toSingular(table.name)), taken, "Row");
    taken.add(className);
    const comments = [...(table.notes.get("") ?? [])];
    drafts.set(table.name, { table, className, entries: new Map(), names: new Map(), relations: [], options: [], comments });
  }
  for (const draft of drafts.values()) addFields(draft, drafts);
  for (const draft of drafts.values()) addBacks(draft, drafts);
  for (const [table, [from, to]] of between) addBetween(table, [drafts.get(from)!, drafts.get(to)!]);
  for (const draft of drafts.values()) addThrough(draft);
  for (const draft of drafts.values()) addOptions(draft);
  const body = [...drafts.values()].map(writeModel).join("\n");
  const left = tables
    .filter(({ name, state }) => state.primary.length === 0 || unmade.has(name))
    .map(({ name, state: { view } }) =>
      unmade.has(name)
        ? `// No model can be made of the view "${toComment(name)}": ${toComment(unmade.get(name)!)}.\n`
        : view === undefined
          ? `// The table "${toComment(name)}" has no primary key: no model can be made of it.\n`
          : `// No column of the view "${toComment(name)}" is known to tell its rows apart: ${toComment(queryOf(view))}\n`,
    );
  const used = ["belongsTo", "field", "hasMany", "hasOne", "manyToMany", "Model", "sql", "View"].filter((name) =>
    name === "field" ? /\bf\.\w+\(/.test(body) : new RegExp(`\\b${name}[(\`]`).test(body),
  );
  const imports = used.map((name) => (name === "field" ? "field as f" : name)).join(", ");
  return `import { ${imports} } from "gable/data";\n\n${[...left, body].join("\n")}`;
}

function toPascal(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Table${joined}`;
}

function toCamel(name: string): string {
  const pascal = toPascal(/^[A-Z0-9_]+$/.test(name) ? name.toLowerCase() : name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** Returns a name that is still free. */
function findFree(wanted: string, taken: { has(name: string): boolean }, suffix: string): string {
  let name = wanted;
  for (let number = 1; taken.has(name) || reservedNames.has(name); number++) name = `${wanted}${suffix}${number === 1 ? "" : number}`;
  return name;
}

/** Returns the two tables that a pure join table links, or undefined for other tables. */
function readBetween({ state }: FoundTable, tables: readonly FoundTable[]): Array<readonly [string, string]> {
  const keys = [...state.foreignKeys.values()];
  const [one, other] = keys;
  const targets = keys.map(({ table }) => tables.find(({ name }) => name === table));
  const isPlain =
    keys.length === 2 &&
    one!.table !== other!.table &&
    state.columns.size === 2 &&
    state.uniques.size === 0 &&
    state.checks.size === 0 &&
    state.comment === "";
  if (!isPlain || targets.some((target) => target?.state.primary.length !== 1)) return [];
  const columns = keys.map(({ columns: [column] }) => column!);
  const isUsual = keys.every(
    ({ table, references, onDelete }, index) =>
      onDelete === "cascade" &&
      references[0] === targets[index]!.state.primary[0] &&
      columns[index] === `${toSingular(table)}_${references[0]}`,
  );
  const isKey = state.primary.length === 2 && columns.every((column) => state.primary.includes(column));
  const [index] = [...state.indexes.values()];
  const isIndexed =
    state.indexes.size === 1 && index!.columns.length === 1 && index!.columns[0] === state.primary[1] && Object.keys(index!).length === 1;
  return isUsual && isKey && isIndexed ? [[one!.table, other!.table]] : [];
}

/** Returns options as code: `{ a: 1 }`, or an empty string. */
function writeOptions(options: ReadonlyArray<string | undefined>): string {
  const given = options.filter((option) => option !== undefined);
  return given.length === 0 ? "" : `{ ${given.join(", ")} }`;
}

function textOf(value: string): string {
  return JSON.stringify(value);
}

function listOf(values: readonly string[]): string {
  return `[${values.map(textOf).join(", ")}]`;
}

/** Returns the database's own SQL. */
function textOfSql(data: OperandData): string {
  const [, texts] = data as unknown as readonly [string, ReadonlyArray<{ readonly text: string }>]; // As table-finding.ts makes them.
  return texts.map((each) => each.text).join("");
}

/** Returns a string as code; a string with several lines becomes a template literal. */
function writeText(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;
}

/** Returns an expression in the database's own SQL as code. */
function writeSql(data: OperandData): string {
  return `sql${writeText(textOfSql(data))}`;
}

/** Returns the query of a view that was read: a single query. */
function queryOf({ sql }: ViewState): string {
  return sql as string; // As table-finding.ts makes it.
}

function isPlainKey(key: IndexState): boolean {
  return Object.keys(key).length === 1;
}

/** Returns whether a single-column key exists under the name that a field would give it. */
function hasOwn(keys: ReadonlyMap<string, KeyState>, table: string, column: string, kind: "unique" | "index"): boolean {
  const key = keys.get(toConstraintName(table, column, kind));
  return key !== undefined && isPlainKey(key) && key.columns.length === 1 && key.columns[0] === column;
}

/** Returns whether a field declares the index of its column. A unique column has no separate index. */
function hasFieldIndex({ uniques, indexes }: TableState, table: string, column: string): boolean {
  return hasOwn(indexes, table, column, "index") && !hasOwn(uniques, table, column, "unique");
}

/** Returns whether a field declares the key with its own option. */
function isOfField(state: TableState, table: string, [constraint, key]: readonly [string, KeyState], kind: "unique" | "index"): boolean {
  const [column = ""] = key.columns;
  if (constraint !== toConstraintName(table, column, kind)) return false;
  return kind === "unique" ? hasOwn(state.uniques, table, column, kind) : hasFieldIndex(state, table, column);
}

function addFields(draft: ModelDraft, drafts: ReadonlyMap<string, ModelDraft>): void {
  const { table, entries, names } = draft;
  const { state, name } = table;
  const relations = new Map<string, readonly [key: ForeignKeyState, target: ModelDraft, own: string]>();
  const composite: Array<readonly [key: ForeignKeyState, target: ModelDraft, own: string]> = [];
  for (const [constraint, key] of state.foreignKeys) {
    const target = drafts.get(key.table);
    const primary = target?.table.state.primary;
    if (target === undefined || JSON.stringify(key.references) !== JSON.stringify(primary)) {
      draft.comments.push(`no relation: ${constraint} leads to ${key.table} (${key.references.join(", ")})`);
      continue;
    }
    const own = constraint.startsWith(`${name}_`) && constraint.endsWith("_foreign") ? constraint.slice(name.length + 1, -8) : "";
    if (key.columns.length > 1) composite.push([key, target, own]);
    else relations.set(key.columns[0]!, [key, target, own]);
  }
  for (const [column, definition] of state.columns) {
    const relation = relations.get(column);
    if (relation === undefined) addField(draft, column, definition);
    else addRelation(draft, column, definition, relation);
  }
  for (const [key, target, own] of composite) {
    const wanted = identifier.test(own) ? own : toCamel(toSingular(key.table));
    const relation = findFree(wanted, entries, "Row");
    const columns = key.columns.map((column) => names.get(column)!);
    const isNull = key.columns.some((column) => state.columns.get(column)?.null === true);
    const options = writeOptions([`columns: ${listOf(columns)}`, isNull ? "null: true" : undefined, actionOf(key)]);
    draft.relations.push({ name: relation, target, isUnique: false });
    entries.set(relation, `() => belongsTo(${target.className}, ${options})`);
  }
}

function actionOf({ onDelete }: ForeignKeyState): string | undefined {
  return onDelete === "restrict" ? undefined : `onDelete: ${textOf(onDelete)}`;
}

function addRelation(
  { table, entries, names, relations }: ModelDraft,
  column: string,
  { null: isNull = false }: ColumnState,
  [key, target, own]: readonly [ForeignKeyState, ModelDraft, string],
): void {
  const { state, name } = table;
  const wanted = identifier.test(own) ? own : toCamel(column.replace(/_?id$/i, "") || toSingular(key.table));
  const relation = findFree(wanted, entries, "Row");
  const isUnique = hasOwn(state.uniques, name, column, "unique");
  names.set(column, relation);
  const options = writeOptions([
    isNull ? "null: true" : undefined,
    actionOf(key),
    isUnique ? "unique: true" : undefined,
    isUnique || hasFieldIndex(state, name, column) ? undefined : "index: false",
    `${toSnakeCase(relation)}_id` === column ? undefined : `column: ${textOf(column)}`,
  ]);
  relations.push({ name: relation, target, isUnique: isUnique || isOnlyKey(state, column) });
  entries.set(relation, `() => belongsTo(${target.className}${options === "" ? "" : `, ${options}`})`);
}

/** Returns whether a column is unique on its own: as the primary key, or by a key of any name. */
function isOnlyKey({ primary, uniques }: TableState, column: string): boolean {
  const isOnly = (columns: readonly string[]): boolean => columns.length === 1 && columns[0] === column;
  return isOnly(primary) || [...uniques.values()].some(({ columns, where }) => where === undefined && isOnly(columns));
}

function addField({ table, entries, names }: ModelDraft, column: string, definition: ColumnState): void {
  const { state, name } = table;
  const field = findFree(toCamel(column), entries, "Value");
  names.set(column, field);
  const isKey = state.primary.length === 1 && state.primary[0] === column;
  const isCounted = definition.type === "id";
  const isMadeKey = isKey && definition.type === "uuid" && definition.default === undefined;
  const options = [
    isMadeKey ? 'kind: "uuid"' : undefined,
    definition.type === "decimal" ? `digits: ${definition.digits}, scale: ${definition.scale}` : undefined,
    definition.max === undefined ? undefined : `max: ${definition.max}`,
    table.precisions.has(column) ? `precision: ${table.precisions.get(column)}` : undefined,
    definition.null === true ? "null: true" : undefined,
    definition.type === "text" && isBlank(definition) ? "blank: true" : undefined,
    isKey && !isCounted && !isMadeKey ? "primary: true" : undefined,
    hasOwn(state.uniques, name, column, "unique") ? "unique: true" : undefined,
    hasFieldIndex(state, name, column) ? "index: true" : undefined,
    definition.check === false ? "check: false" : undefined,
    definition.default === undefined ? undefined : `default: ${writeSql(definition.default)}`,
    toSnakeCase(field) === column ? undefined : `column: ${textOf(column)}`,
    definition.comment === undefined ? undefined : `comment: ${textOf(definition.comment)}`,
  ];
  const builder = isCounted || isMadeKey ? "id" : definition.type === "json" ? "json<unknown>" : definition.type;
  const parts = [writeItems(definition.items), writeChoices(definition.choices), writeOptions(options)].filter((part) => part !== "");
  entries.set(field, `f.${builder}(${parts.join(", ")})`);
}

function writeItems(items: ColumnState | undefined): string {
  if (items === undefined) return "";
  return `f.${items.type}(${items.type === "decimal" ? `{ digits: ${items.digits}, scale: ${items.scale} }` : ""})`;
}

function writeChoices(choices: readonly string[] | undefined): string {
  const labels = choices?.map((key) => `${/^[A-Za-z_]\w*$/.test(key) ? key : textOf(key)}: ${textOf(toChoiceLabel(key))}`);
  return labels === undefined ? "" : `{ ${labels.join(", ")} }`;
}

function toChoiceLabel(key: string): string {
  const words = key.replaceAll(/[_-]+/g, " ").trim();
  return words === "" ? key : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns whether a column of type text defaults to an empty string, in which case it may be blank. */
function isBlank({ default: value }: ColumnState): boolean {
  return value !== undefined && /^\(*''/.test(textOfSql(value));
}

/** Adds the inverse relations of a model. */
function addBacks(draft: ModelDraft, drafts: ReadonlyMap<string, ModelDraft>): void {
  for (const other of drafts.values()) {
    const leading = other.relations.filter(({ target }) => target === draft);
    const isAlone = leading.length === 1;
    for (const { name: relation, isUnique } of leading) {
      const base = toCamel(isUnique ? toSingular(other.table.name) : toPlural(other.table.name));
      const name = findFree(isAlone ? base : `${base}By${toPascal(relation)}`, draft.entries, "Rows");
      const option = isAlone ? "" : `, { by: ${textOf(relation)} }`;
      draft.entries.set(name, `() => ${isUnique ? "hasOne" : "hasMany"}(${other.className}${option})`);
    }
  }
}

function addBetween({ name }: FoundTable, [one, other]: readonly [ModelDraft, ModelDraft]): void {
  const isUsual = [one.table.name, other.table.name].sort().join("_") === name;
  const option = isUsual ? "" : `, { table: ${textOf(name)} }`;
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    addMany(from, to, option);
}

function addMany(from: ModelDraft, to: ModelDraft, option: string): void {
  from.entries.set(findFree(toCamel(toPlural(to.table.name)), from.entries, "Rows"), `() => manyToMany(${to.className}${option})`);
}

/** Adds the relations through a table that links two others and has a model, since it is not one that Gable would create. */
function addThrough({ table: { state }, className, names, relations }: ModelDraft): void {
  const [one, other] = relations;
  if (relations.length !== 2 || one!.target === other!.target) return;
  const keys = [one!.name, other!.name];
  const isPair = (columns: readonly string[]): boolean =>
    columns.length === 2 && columns.every((column) => keys.includes(names.get(column)!));
  if (![state.primary, ...[...state.uniques.values()].map(({ columns }) => columns)].some(isPair)) return;
  // Linking two rows gives no other values.
  const isOptional = ([name, column]: [string, ColumnState]): boolean =>
    keys.includes(names.get(name)!) ||
    column.null === true ||
    column.default !== undefined ||
    (column.type === "id" && state.primary[0] === name);
  if (![...state.columns].every(isOptional)) return;
  addMany(one!.target, other!.target, `, { through: () => ${className} }`);
  addMany(other!.target, one!.target, `, { through: () => ${className} }`);
}

function addOptions({ table, names, options }: ModelDraft): void {
  const { state, name } = table;
  const fieldsOf = (columns: readonly string[]): string => listOf(columns.map((column) => names.get(column)!));
  const [primary = ""] = state.primary;
  if (
    state.primary.length > 1 ||
    (state.foreignKeys.size > 0 && [...state.foreignKeys.values()].some(({ columns }) => columns.length === 1 && columns[0] === primary))
  )
    options.push(`primary: ${fieldsOf(state.primary)}`);
  const uniques = [...state.uniques].filter(([constraint, key]) => !isOfField(state, name, [constraint, key], "unique"));
  if (uniques.length > 0) {
    const lines = uniques.map(([constraint, key]) => {
      const where = key.where === undefined ? undefined : `where: () => ${writeSql(key.where)}`;
      const deferrable = key.deferrable === undefined ? undefined : `deferrable: ${textOf(key.deferrable)}`;
      const nulls = key.nullsDistinct === false ? "nullsDistinct: false" : undefined;
      return `    ${writeOptions([`on: ${fieldsOf(key.columns)}`, nameOf(constraint, name, key, "unique"), where, deferrable, nulls])},\n`;
    });
    options.push(`uniques: [\n${lines.join("")}  ]`);
  }
  const indexes = [...state.indexes].filter(([constraint, key]) => !isOfField(state, name, [constraint, key], "index"));
  if (indexes.length > 0)
    options.push(`indexes: [\n${indexes.map(([constraint, key]) => `    ${writeIndex(constraint, name, key, fieldsOf)},\n`).join("")}  ]`);
  const checks = [...state.checks].map(([constraint, condition]) => {
    const own = constraint.startsWith(`${name}_`) && constraint.endsWith("_check") ? constraint.slice(name.length + 1, -6) : constraint;
    return `    ${identifier.test(own) ? own : textOf(own)}: () => ${writeSql(condition)},\n`;
  });
  if (checks.length > 0) options.push(`checks: {\n${checks.join("")}  }`);
  if (state.search.length > 0) options.push(`search: { index: ${fieldsOf(state.search)} }`);
  if (state.comment !== "") options.push(`comment: ${textOf(state.comment)}`);
}

function nameOf(constraint: string, table: string, { columns }: KeyState, kind: "unique" | "index"): string | undefined {
  const parts = columns.length === 0 ? ["expression"] : columns;
  return constraint === toConstraintName(table, ...parts, kind) ? undefined : `name: ${textOf(constraint)}`;
}

function writeIndex(constraint: string, table: string, key: IndexState, fieldsOf: (columns: readonly string[]) => string): string {
  return writeOptions([
    `on: ${key.expression === undefined ? fieldsOf(key.columns) : `() => ${writeSql(key.expression)}`}`,
    nameOf(constraint, table, key, "index"),
    key.unique === true ? "unique: true" : undefined,
    key.desc === undefined ? undefined : `desc: ${fieldsOf(key.desc)}`,
    key.using === undefined ? undefined : `using: ${textOf(key.using)}`,
    key.include === undefined ? undefined : `include: ${fieldsOf(key.include)}`,
    key.where === undefined ? undefined : `where: () => ${writeSql(key.where)}`,
  ]);
}

function writeModel({ table, className, entries, names, options, comments }: ModelDraft): string {
  const byName = new Map([...names].map(([column, name]) => [name, column]));
  const lines = [...entries].map(([name, code]) => {
    const notes = table.notes.get(byName.get(name) ?? "\0") ?? [];
    return `  ${name}: ${code},${notes.length === 0 ? "" : ` // ${toComment(notes.join("; "))}`}\n`;
  });
  // Columns with types that models do not support.
  for (const [column, notes] of table.notes)
    if (column !== "" && !names.has(column)) lines.push(`  // "${toComment(column)}" is left out: ${toComment(notes.join("; "))}\n`);
  const { view } = table.state;
  if (view !== undefined) options.push(...(view.materialized === true ? ["materialized: true"] : []), `sql: ${writeText(queryOf(view))}`);
  const given = options.map((option) => `  ${option},\n`);
  const head = comments.map((comment) => `// ${toComment(comment)}\n`).join("");
  const end = given.length === 0 ? "" : `, {\n${given.join("")}}`;
  return `${head}export class ${className} extends ${view === undefined ? "Model" : "View"}(${textOf(table.name)}, {\n${lines.join("")}}${end}) {}\n`;
}

/** Returns a string as a single line of a comment that no character can end early. */
function toComment(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, " ");
}
