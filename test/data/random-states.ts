/** Random structures, and random changes of them: what people do to models over the years, in a second. */
import type {
  ColumnState,
  ConditionData,
  ForeignKeyState,
  IndexState,
  KeyState,
  State,
  TableState,
  UniqueState,
  ValueData,
} from "../../src/data/schema/table-state.ts";
import { tablesOf } from "../../src/data/schema/table-state.ts";
import { createNumbers } from "../random.ts";

/** Choices that a seed decides. */
export class Random {
  readonly #numbers: () => number;

  constructor(seed: number) {
    this.#numbers = createNumbers(seed);
  }

  next(): number {
    return this.#numbers() / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)]!;
  }
}

interface MutableTable {
  columns: Map<string, ColumnState>;
  primary: readonly string[];
  uniques: Map<string, UniqueState>;
  indexes: Map<string, IndexState>;
  checks: Map<string, ConditionData>;
  foreignKeys: Map<string, ForeignKeyState>;
  search: readonly string[];
  comment: string;
}

const columnKinds: ReadonlyArray<ColumnState> = [
  { type: "int" },
  { type: "bigint" },
  { type: "text", max: 40 },
  { type: "text" },
  { type: "boolean" },
  { type: "decimal", digits: 8, scale: 2 },
  { type: "decimal", digits: 30, scale: 4, storage: "text" },
  { type: "float" },
  { type: "date" },
  { type: "time" },
  { type: "datetime" },
  { type: "json" },
  { type: "bytes" },
  { type: "uuid" },
  { type: "choice", choices: ["a", "it's", "c\\d"] },
  { type: "duration" },
  { type: "ip" },
  { type: "array", items: { type: "text" } },
  { type: "array", items: { type: "decimal", digits: 8, scale: 2 } },
  { type: "array", items: { type: "bigint" } },
];

/** What a database may give rows of each kind: words of all databases, and those that each has its own for. */
const columnDefaults: Readonly<Partial<Record<ColumnState["type"], ReadonlyArray<NonNullable<ColumnState["default"]>>>>> = {
  int: [
    ["sql", [{ text: "7" }]],
    ["add:int", 3, 4],
  ],
  bigint: [{ bigint: "9007199254740993" }],
  text: [
    ["sql", [{ text: "'it''s'" }]],
    ["upper:text", { text: "new" }],
  ],
  boolean: [true],
  decimal: [{ decimal: "1.50" }],
  float: [{ float: 0.5 }],
  datetime: [["now:datetime"]],
  choice: [{ text: "it's" }],
};

/** A column with a default of the database, where its kind has one. */
function withDefault(column: ColumnState, random: Random): ColumnState {
  const list = columnDefaults[column.type];
  return list === undefined || !random.chance(0.25) ? column : { ...column, default: random.pick(list) };
}

/** Other types that a column may change to, if all existing rows fit. */
function otherKind(column: ColumnState, random: Random): ColumnState {
  const { type, max, choices } = column;
  const plain = { ...(column.null === true && { null: true }), ...(column.comment !== undefined && { comment: column.comment }) };
  if (type === "int") return random.chance(0.5) ? { ...plain, type: "bigint" } : { ...plain, type: "text", max: 40 };
  if (type === "text" && max !== undefined) return { ...plain, type: "text", ...(random.chance(0.5) && { max: max + 10 }) };
  if (type === "choice")
    return { ...plain, type: "choice", choices: [...choices!, `k${choices!.length}`], ...(random.chance(0.3) && { check: false }) };
  if (type === "decimal" && column.storage === "text")
    return random.chance(0.5) ? { ...column, digits: 32, scale: 6 } : { ...plain, type: "decimal", digits: 15, scale: column.scale! };
  if (type === "decimal") return { ...column, digits: column.digits! + 2, ...(random.chance(0.3) && { storage: "text" }) };
  if (type === "date") return { ...plain, type: "datetime" };
  return column;
}

const names = "title body pages price status note rank total label kind size color".split(" ");
const tables = "books authors tags loans shelves orders lines notes".split(" ");

/** Changes a structure in a few places. */
export function changeState(state: State, random: Random): State {
  const next = new Map<string, MutableTable>();
  for (const [name, table] of tablesOf(state)) next.set(name, copy(table));
  for (let count = 1 + random.below(4); count > 0; count--) changeOnce(next, random, state);
  return withViews(next, state, random);
}

/** Views of the tables: the existing ones whose columns still exist, and sometimes a new one, or one that reads a view. */
function withViews(tables: ReadonlyMap<string, TableState>, before: State, random: Random): State {
  const next = new Map(tables);
  for (const [name, table] of tables) {
    const [view, second] = [`seen_${name}`, `again_${name}`];
    const known = before.get(view);
    const isThere = known === undefined ? random.chance(0.15) : !random.chance(0.1);
    if (!isThere) continue;
    const kept = [...(known?.columns.keys() ?? [])].filter((column) => table.columns.has(column));
    const others = [...table.columns.keys()];
    const columns = [...new Set([...table.primary, ...kept, ...(known === undefined || random.chance(0.1) ? [random.pick(others)] : [])])];
    const shown = { ...table, columns: new Map(columns.map((column) => [column, table.columns.get(column)!])) };
    next.set(view, viewOf(name, shown, known?.view?.materialized ?? (random.chance(0.3) ? true : undefined)));
    if (before.has(second) || random.chance(0.3)) next.set(second, viewOf(view, shown, undefined));
  }
  return next;
}

function viewOf(source: string, { primary, columns }: TableState, materialized: true | undefined): TableState {
  const write = (quote: string): string => {
    const list = [...columns.keys()].map((column) => `${quote}${column}${quote}`);
    return `SELECT ${list.join(", ")} FROM ${quote}${source}${quote} -- as they are`;
  };
  const plain = [...columns].map(([name, { null: _null, default: _default, comment: _comment, ...column }]) => [name, column] as const);
  return {
    columns: new Map(plain),
    primary,
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    foreignKeys: new Map(),
    search: [],
    comment: "",
    view: { sql: { mariadb: write("`"), mysql: write("`"), others: write('"') }, ...(materialized && { materialized }) },
  };
}

function copy(table: TableState): MutableTable {
  return {
    ...table,
    columns: new Map(table.columns),
    uniques: new Map(table.uniques),
    indexes: new Map(table.indexes),
    checks: new Map(table.checks),
    foreignKeys: new Map(table.foreignKeys),
  };
}

function changeOnce(state: Map<string, MutableTable>, random: Random, before: State): void {
  const existing = [...state.keys()];
  if (existing.length < 2 || (existing.length < tables.length && random.chance(0.2))) return addTable(state, random, before);
  const name = random.pick(existing);
  const table = state.get(name)!;
  const action = random.below(12);
  if (action === 0 && existing.length > 2) return dropTable(state, name);
  if (action <= 3) return addColumn(table, random);
  if (action === 4) return dropColumn(table, random);
  if (action === 5) return alterColumn(table, random);
  if (action === 6) return toggleNull(table, random);
  if (action === 7) return addKey(name, table, random);
  if (action === 8) return dropKey(table, random);
  if (action === 9) return addRelation(state, name, table, random);
  if (action === 10) return changeSearch(table, random);
  table.comment = random.pick(["", "Books' things", 'with "quotes"']);
}

function addTable(state: Map<string, MutableTable>, random: Random, before: State): void {
  // A table that has just gone is not another one of the same name.
  const name = random.pick(tables.filter((each) => !state.has(each) && !before.has(each)));
  if (name === undefined) return;
  const isComposite = random.chance(0.2);
  const columns = new Map<string, ColumnState>(
    isComposite
      ? [
          ["part", { type: "int" }],
          ["line", { type: "text", max: 20 }],
        ]
      : [["id", random.chance(0.8) ? { type: "id" } : { type: "uuid" }]],
  );
  const table: MutableTable = {
    columns,
    primary: [...columns.keys()],
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    foreignKeys: new Map(),
    search: [],
    comment: "",
  };
  state.set(name, table);
  for (let count = random.below(5); count > 0; count--) addColumn(table, random);
  if (random.chance(0.5)) addRelation(state, name, table, random);
}

function dropTable(state: Map<string, MutableTable>, name: string): void {
  state.delete(name);
  for (const table of state.values())
    for (const [key, { table: target }] of table.foreignKeys) if (target === name) table.foreignKeys.delete(key);
}

function addColumn(table: MutableTable, random: Random): void {
  const free = names.filter((name) => !table.columns.has(name));
  if (free.length === 0) return;
  const kind = random.pick(columnKinds);
  const column: ColumnState = {
    ...kind,
    ...(random.chance(0.5) && { null: true }),
    ...(random.chance(0.1) && { comment: "It's a comment" }),
  };
  table.columns.set(random.pick(free), withDefault(column, random));
}

const usesColumn = (table: MutableTable, column: string): boolean =>
  table.primary.includes(column) ||
  table.search.includes(column) ||
  [...table.foreignKeys.values()].some(({ columns }) => columns.includes(column)) ||
  [...table.uniques.values(), ...table.indexes.values()].some((key) => JSON.stringify(key).includes(`"${column}"`)) ||
  [...table.checks.values()].some((condition) => JSON.stringify(condition).includes(`"${column}"`));

function dropColumn(table: MutableTable, random: Random): void {
  const column = random.pick([...table.columns.keys()]);
  if (table.primary.includes(column)) return;
  for (const map of [table.uniques, table.indexes, table.checks, table.foreignKeys])
    for (const [key, value] of map) if (JSON.stringify(value).includes(`"${column}"`)) map.delete(key);
  table.columns.delete(column);
  table.search = table.search.filter((each) => each !== column);
}

function alterColumn(table: MutableTable, random: Random): void {
  const column = random.pick([...table.columns.keys()]);
  if (!usesColumn(table, column)) table.columns.set(column, withDefault(otherKind(table.columns.get(column)!, random), random));
}

function toggleNull(table: MutableTable, random: Random): void {
  const column = random.pick([...table.columns.keys()]);
  if (table.primary.includes(column) || [...table.foreignKeys.values()].some(({ columns }) => columns.includes(column))) return;
  const { null: isNullable = false, ...rest } = table.columns.get(column)!;
  table.columns.set(column, isNullable ? rest : { ...rest, null: true });
}

/** Types that every database has in keys. */
const isIndexable = ({ type, max }: ColumnState): boolean =>
  !["json", "bytes", "array"].includes(type) && (type !== "text" || max !== undefined);

function addKey(name: string, table: MutableTable, random: Random): void {
  const columns = [...table.columns].filter(([, column]) => isIndexable(column)).map(([column]) => column);
  const column = random.pick(columns);
  if (table.primary.includes(column)) return;
  const chosen = random.chance(0.3)
    ? [...new Set([column, random.pick(columns.filter((each) => !table.primary.includes(each)))])]
    : [column];
  const where = random.chance(0.3) ? conditionOf(table, random) : undefined;
  const key: KeyState = { columns: chosen, ...(where !== undefined && { where }) };
  const kind = random.below(3);
  if (kind === 0) table.indexes.set(`${name}_${chosen.join("_")}_index`, { ...key, ...variant(table, chosen, random) });
  else if (kind === 1) table.uniques.set(`${name}_${chosen.join("_")}_unique`, { ...key, ...uniqueVariant(key, random) });
  else {
    const check = conditionOf(table, random);
    if (check !== undefined) table.checks.set(`${name}_${random.pick(["ok", "fine"])}_check`, ["or", check, ["always"]]);
  }
}

/** Further options of a unique key, on PostgreSQL. */
function uniqueVariant({ where }: KeyState, random: Random): Partial<UniqueState> {
  const kind = random.below(8);
  if (kind === 0) return { nullsDistinct: false };
  return kind < 3 && where === undefined ? { deferrable: kind === 1 ? "deferred" : "immediate" } : {};
}

/** Further options of an index. */
function variant(table: MutableTable, chosen: readonly string[], random: Random): Partial<IndexState> {
  const kind = random.below(6);
  if (kind === 0) return { desc: [chosen[0]!] };
  // Of true and false, PostgreSQL has no such index.
  if (kind === 1 && chosen.every((column) => table.columns.get(column)!.type !== "boolean")) return { using: "brin" };
  const others = [...table.columns].filter(([name, column]) => isIndexable(column) && !chosen.includes(name));
  if (kind === 2 && others.length > 0) return { include: [random.pick(others)[0]] };
  const text = [...table.columns].find(([, { type }]) => type === "text")?.[0];
  return kind === 3 && text !== undefined ? { columns: [], expression: ["length:int", text] } : {};
}

function conditionOf(table: MutableTable, random: Random): ConditionData | undefined {
  const conditions: ConditionData[] = [];
  for (const [name, { type, null: isNullable }] of table.columns) {
    // MariaDB and MySQL take no conditions about what it counts, or what a foreign key changes.
    if (type === "id") continue;
    if (type === "int") conditions.push(["gte", name, 0], ["between", name, -5, 1_000], ["in", name, [0, 1, 2]]);
    if (type === "text") conditions.push(["ne", name, { text: "it's \\ %" }], ["gte", ["length:int", name], 0]);
    if (type === "datetime") conditions.push(["gt", name, { datetime: "2020-01-01T00:00:00.000Z" }]);
    if (type === "decimal") conditions.push(["lt", name, { decimal: "99.50" }]);
    if (type === "boolean") conditions.push(["eq", name, true]);
    if (isNullable === true) conditions.push(["isNotNull", name], ["isNull", name]);
  }
  return conditions.length === 0 ? undefined : random.pick(conditions);
}

function changeSearch(table: MutableTable, random: Random): void {
  const texts = [...table.columns].filter(([, { type }]) => type === "text" || type === "choice").map(([name]) => name);
  table.search = random.chance(0.3) || texts.length === 0 ? [] : [...new Set([random.pick(texts), random.pick(texts)])];
}

function dropKey(table: MutableTable, random: Random): void {
  const map = random.pick<Map<string, unknown>>([table.indexes, table.uniques, table.checks, table.foreignKeys]);
  const [key] = map.keys();
  if (key !== undefined) map.delete(key);
}

function addRelation(state: Map<string, MutableTable>, name: string, table: MutableTable, random: Random): void {
  const targets = [...state].filter(([, { primary, columns }]) => primary.length === 1 && columns.get(primary[0]!)!.type === "id");
  if (targets.length === 0) return;
  const [target, { primary }] = random.pick(targets);
  const column = `${target}_ref`;
  if (table.columns.has(column)) return;
  table.columns.set(column, { type: "id", null: true });
  table.foreignKeys.set(`${name}_${target}_foreign`, {
    columns: [column],
    table: target,
    references: primary,
    onDelete: random.pick(["cascade", "restrict", "set null", "no action"] as const),
  });
  if (random.chance(0.7)) table.indexes.set(`${name}_${column}_index`, { columns: [column] });
}

/** A value that a row of the tests has. */
export function valueOf({ type, scale = 0, choices = [], items }: ColumnState): ValueData {
  if (type === "array") return { array: [Object.values(valueOf(items!) as object)[0]] };
  if (type === "duration") return { duration: 1_500 };
  if (type === "ip") return { ip: "2001:db8::1" };
  if (type === "id" || type === "int") return 1;
  if (type === "boolean") return true;
  if (type === "float") return { float: 1.5 };
  if (type === "bigint") return { bigint: "9007199254740993" };
  if (type === "decimal") return { decimal: (7.25).toFixed(scale) };
  if (type === "json") return { json: { a: [1, "x"] } };
  if (type === "bytes") return { bytes: "00ff" };
  if (type === "choice") return { text: choices[1]! };
  if (type === "uuid") return { uuid: "0190163d-8694-739b-aea5-966c26f8ad91" };
  if (type === "date") return { date: "2026-11-20" };
  if (type === "time") return { time: "10:12:00" };
  if (type === "datetime") return { datetime: "2026-11-20T00:00:00.000Z" };
  return { text: "12" };
}
