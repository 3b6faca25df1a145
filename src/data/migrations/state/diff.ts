/** Compares two structures: returns the operations from one to the other, and the questions that they depend on. */
import type { ColumnState, ForeignKeyState, State, TableState } from "../../schema/table-state.ts";
import { mentions, sortTables, sortViews, tablesOf } from "../../schema/table-state.ts";
import { columnsOf } from "../../schema/condition-columns.ts";
import { applyOperation, keyColumns } from "./apply.ts";
import { conversionOf, describeColumn } from "./conversion.ts";
import type { Operation } from "./operation.ts";
import { op } from "./operation.ts";
import type { Answers, Question, RenameHints } from "./question.ts";
import { findRenames } from "./rename.ts";
import { isSame, toTableData, toViewData } from "./table-data.ts";

/** The difference between two structures. The operations are incomplete while there are questions. */
export interface Difference {
  readonly operations: readonly Operation[];
  readonly questions: readonly Question[];
  /** Answers about columns, as `books.isbn`, that answer no question. */
  readonly unused: readonly string[];
}

/** Returns the operations from one structure to another. */
export function diffStates(from: State, to: State, answers: Answers = {}, hints: RenameHints = new Map()): Difference {
  const { operations, questions, unused } = new Diff(tablesOf(from), tablesOf(to), answers, hints).run();
  const gone = listDroppedViews(from, to, operations);
  const drops = sortViews(from)
    .toReversed()
    .filter((name) => gone.has(name))
    .map((name) => op.dropView(name));
  const made = sortViews(to)
    .filter((name) => gone.has(name) || from.get(name)?.view === undefined)
    .map((name) => op.createView(name, toViewData(to.get(name)!)!));
  return { operations: [...drops, ...operations, ...made], questions, unused };
}

/** Returns the views to drop while the operations run: those that change, those that read changed tables, and those that read such views. */
function listDroppedViews(from: State, to: State, operations: readonly Operation[]): ReadonlySet<string> {
  const changed = new Set(operations.flatMap(reshapedBy));
  const gone = new Set<string>();
  for (const name of sortViews(from)) {
    const table = from.get(name)!;
    const after = to.get(name);
    const isKept = after !== undefined && isSame(toViewData(table), toViewData(after));
    if (!isKept || [...changed, ...gone].some((other) => mentions(table.view!, other))) gone.add(name);
  }
  return gone;
}

/** Returns the tables that an operation changes in a way that views do not follow or PostgreSQL refuses: names, types and keys. */
function reshapedBy(operation: Operation): string[] {
  switch (operation.kind) {
    case "renameTable":
      return [operation.table, operation.to];
    case "dropTable":
    case "dropColumn":
    case "renameColumn":
    case "alterPrimary":
      return [operation.table];
    case "alterColumn": {
      const pickType = ({ null: _null, default: _default, comment: _comment, ...type }: ColumnState): object => type;
      return isSame(pickType(operation.from), pickType(operation.column)) ? [] : [operation.table];
    }
    default:
      return [];
  }
}

/** Collects operations in an order in which they can run. */
class Diff {
  #state: State;
  readonly #to: State;
  readonly #answers: Answers;
  readonly #hints: RenameHints;
  readonly #operations: Operation[] = [];
  readonly #questions: Question[] = [];
  readonly #used = new Set<string>();

  constructor(from: State, to: State, answers: Answers, hints: RenameHints) {
    this.#state = from;
    this.#to = to;
    this.#answers = answers;
    this.#hints = hints;
  }

  run(): Difference {
    const { renames, questions } = findRenames(this.#state, this.#to, this.#answers, this.#hints);
    this.#questions.push(...questions);
    for (const rename of renames) this.#add(rename);
    this.#renameKeys();
    this.#dropKeys();
    this.#dropTables();
    this.#createTables();
    for (const [name, table] of this.#to) this.#columns(name, this.#state.get(name)!, table);
    for (const [name, table] of this.#to) this.#addKeys(name, this.#state.get(name)!, table);
    const { fills = {}, shortens = [], recreates = [] } = this.#answers;
    const given = [
      ...Object.keys(fills).map((each) => `fill ${each}`),
      ...shortens.map((each) => `shorten ${each}`),
      ...recreates.map((each) => `recreate ${each}`),
    ];
    const unused = given.filter((each) => !this.#used.has(each)).map((each) => each.slice(each.indexOf(" ") + 1));
    return { operations: this.#operations, questions: this.#questions, unused };
  }

  #add(operation: Operation): void {
    this.#operations.push(operation);
    this.#state = applyOperation(this.#state, operation);
  }

  /** Returns the tables that both structures have. */
  *#kept(): Generator<readonly [name: string, from: TableState, to: TableState]> {
    for (const [name, to] of this.#to) {
      const from = this.#state.get(name);
      if (from !== undefined) yield [name, from, to];
    }
  }

  /** Renames constraints and indexes whose name has changed and nothing else: their names contain those of tables and columns. */
  #renameKeys(): void {
    for (const [name, from, to] of this.#kept()) {
      for (const [one, other] of renamedKeys(from.indexes, to.indexes)) this.#add(op.renameIndex(name, one, other));
      for (const part of ["uniques", "checks", "foreignKeys"] as const)
        for (const [one, other] of renamedKeys<unknown>(from[part], to[part])) this.#add(op.renameConstraint(name, one, other));
    }
  }

  /** Drops what no longer exists or has changed under the same name. Foreign keys go first, because they depend on keys. */
  #dropKeys(): void {
    const isGone = <Value>(name: string, value: Value, map: ReadonlyMap<string, Value>): boolean =>
      !map.has(name) || !isSame(map.get(name), value);
    const tables = [...this.#kept()];
    for (const [name, from, to] of tables)
      for (const [key, value] of from.foreignKeys)
        if (isGone(key, value, to.foreignKeys) || this.#changesBelow(name, value)) this.#add(op.dropConstraint(name, key));
    for (const [name, from, to] of tables)
      if (from.search.length > 0 && (!isSame(from.search, to.search) || from.search.some((column) => this.#isRecreated(name, column))))
        this.#add(op.setSearch(name, []));
    for (const [name, from, to] of tables) {
      // A column that is dropped and added again takes its keys with it.
      const loses = (columns: readonly string[]): boolean => columns.some((column) => this.#isRecreated(name, column));
      for (const [key, value] of from.indexes)
        if (isGone(key, value, to.indexes) || loses(keyColumns(value))) this.#add(op.dropIndex(name, key));
      for (const [key, value] of from.uniques)
        if (isGone(key, value, to.uniques) || loses(keyColumns(value))) this.#add(op.dropConstraint(name, key));
      for (const [key, value] of from.checks)
        if (isGone(key, value, to.checks) || loses(columnsOf(value))) this.#add(op.dropConstraint(name, key));
    }
  }

  #isRecreated(table: string, column: string): boolean {
    return this.#answers.recreates?.includes(`${table}.${column}`) === true;
  }

  /** Returns whether a foreign key must be created again, because its column gets another type or the referenced key changes. */
  #changesBelow(name: string, { columns, table, references }: ForeignKeyState): boolean {
    const changes = (of: string, column: string): boolean =>
      this.#state.get(of)?.columns.get(column)?.type !== this.#to.get(of)?.columns.get(column)?.type;
    if (!isSame(this.#state.get(table)?.primary, this.#to.get(table)?.primary)) return true;
    return columns.some((column) => changes(name, column)) || references.some((column) => changes(table, column));
  }

  /** Creates new tables, each after those that it refers to. Foreign keys to later tables are added when those exist. */
  #createTables(): void {
    for (const name of sortTables(this.#to)) {
      if (this.#state.has(name)) continue;
      const table = this.#to.get(name)!;
      const early = [...table.foreignKeys].filter(([, { table: target }]) => target === name || this.#state.has(target));
      // Columns for later foreign keys exist after the table is altered.
      const there = early.filter(([, foreign]) => foreign.table === name || this.#hasKey(foreign));
      this.#add(op.createTable(name, toTableData({ ...table, foreignKeys: new Map(there) })));
    }
  }

  #hasKey({ table, references }: ForeignKeyState): boolean {
    return isSame(this.#state.get(table)?.primary, references);
  }

  #columns(name: string, from: TableState, to: TableState): void {
    for (const [column, definition] of to.columns) {
      const before = from.columns.get(column);
      if (before === undefined) this.#addColumn(name, column, definition);
      else if (!isSame(before, definition)) this.#alterColumn(name, column, before, definition);
    }
    if (!isSame(from.primary, to.primary)) this.#add(op.alterPrimary(name, to.primary));
    for (const column of from.columns.keys()) if (!to.columns.has(column)) this.#add(op.dropColumn(name, column));
    if (from.comment !== to.comment) this.#add(op.setComment(name, undefined, to.comment));
  }

  #addColumn(table: string, name: string, column: ColumnState): void {
    if (column.null === true || column.default !== undefined) return this.#add(op.addColumn(table, name, column));
    const fill = this.#fill(table, name, `The new column ${table}.${name} needs a value. What value should existing rows get?`);
    this.#add(op.addColumn(table, name, column, fill));
  }

  #alterColumn(table: string, name: string, before: ColumnState, after: ColumnState): void {
    const { comment: _one, ...plain } = before;
    const { comment = "", ...wanted } = after;
    const conversion = conversionOf(before, after);
    if (conversion === "recreates" || (conversion === "fits" && this.#isRecreated(table, name)))
      return this.#recreate(table, name, before, after);
    if (!isSame(plain, wanted)) {
      const isRequired = before.null === true && after.null !== true;
      if (conversion === "fits") this.#used.add(`shorten ${table}.${name}`);
      const fill = isRequired ? this.#fill(table, name, `${table}.${name} may no longer be null. What value should replace null?`) : {};
      if (conversion === "fits" && this.#answers.shortens?.includes(`${table}.${name}`) !== true)
        this.#questions.push({
          kind: "shorten",
          subject: `${table}.${name}`,
          candidate: undefined,
          text: `${table}.${name} changes from ${describeColumn(before)} to ${describeColumn(after)}. If a value does not fit, the migration stops before it changes anything. Is that right?`,
          flags: [`--shorten ${table}.${name}`, `--recreate ${table}.${name}`],
        });
      const kept = before.comment === undefined ? wanted : { ...wanted, comment: before.comment };
      this.#add(op.alterColumn(table, name, kept, { from: before, ...fill }));
    }
    if (before.comment !== after.comment) this.#add(op.setComment(table, name, comment));
  }

  /** Drops and adds a column whose values its new type cannot keep. This always needs an explicit answer. */
  #recreate(table: string, name: string, before: ColumnState, after: ColumnState): void {
    const subject = `${table}.${name}`;
    this.#used.add(`recreate ${subject}`);
    if (this.#isRecreated(table, name)) {
      this.#add(op.dropColumn(table, name));
      return this.#addColumn(table, name, after);
    }
    this.#questions.push({
      kind: "recreate",
      subject,
      candidate: undefined,
      text: `${subject} changes from ${describeColumn(before)} to ${describeColumn(after)}, and no conversion keeps its values. Drop the column with its values and add it again?`,
      flags: [`--recreate ${subject}`],
    });
  }

  /** Returns the given value for existing rows. Without one, adds a question. */
  #fill(table: string, name: string, text: string): { fill?: NonNullable<Answers["fills"]>[string] } {
    const subject = `${table}.${name}`;
    const { fills = {} } = this.#answers;
    this.#used.add(`fill ${subject}`);
    if (Object.hasOwn(fills, subject)) return { fill: fills[subject]! };
    this.#questions.push({ kind: "fill", subject, candidate: undefined, text, flags: [`--default ${subject}=VALUE`] });
    return {};
  }

  /** Drops removed tables: those that refer to others first. */
  #dropTables(): void {
    for (const name of sortTables(this.#state).toReversed()) {
      if (this.#to.has(name)) continue;
      // Among tables that refer to each other, drop the foreign keys to the first one.
      const referring = [...this.#state].flatMap(([other, { foreignKeys }]) =>
        other === name ? [] : [...foreignKeys].filter(([, { table }]) => table === name).map(([key]) => op.dropConstraint(other, key)),
      );
      for (const drop of referring) this.#add(drop);
      this.#add(op.dropTable(name));
    }
  }

  #addKeys(name: string, from: TableState, to: TableState): void {
    if (!isSame(from.search, to.search)) this.#add(op.setSearch(name, to.search));
    const fresh = <Value>(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): Array<[string, Value]> =>
      [...other].filter(([key]) => !one.has(key));
    for (const [key, { columns, ...options }] of fresh(from.uniques, to.uniques)) this.#add(op.addUnique(name, key, columns, options));
    for (const [key, condition] of fresh(from.checks, to.checks)) this.#add(op.addCheck(name, key, condition));
    for (const [key, { columns, ...options }] of fresh(from.indexes, to.indexes)) this.#add(op.addIndex(name, key, columns, options));
    for (const [key, { columns, ...target }] of fresh(from.foreignKeys, to.foreignKeys))
      this.#add(op.addForeignKey(name, key, columns, target));
  }
}

/** Pairs names whose definitions are equal. */
function renamedKeys<Value>(from: ReadonlyMap<string, Value>, to: ReadonlyMap<string, Value>): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  const taken = new Set<string>();
  for (const [name, value] of from) {
    if (to.has(name)) continue;
    const other = [...to].find(([key, each]) => !from.has(key) && !taken.has(key) && isSame(each, value))?.[0];
    if (other === undefined) continue;
    taken.add(other);
    pairs.push([name, other]);
  }
  return pairs;
}
