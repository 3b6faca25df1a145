/** Properties of relations: a handle that loads when you await it, or the rows that were loaded with the row. */
import { GableError } from "../../errors/gable-error.ts";
import { Query } from "./query.ts";
import { keyNodes } from "../tree/keys.ts";
import type { JoinTable } from "../schema/join-table.ts";
import { describeJoinTable } from "../schema/join-table.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import { transaction } from "../run/transaction.ts";
import { toFieldValues } from "../rows/assignments.ts";
import { batchOf, keyOfRelation } from "../rows/batch.ts";
import { atHome, homeOf } from "../rows/home.ts";
import type { Instance } from "../rows/instance.ts";
import { findLoaded, loadRelation } from "../rows/loader.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { LinkKey } from "../rows/write-links.ts";
import { deleteLinks, insertLinks, keepVisible, nameOfKey, readLinks } from "../rows/write-links.ts";

/** Returns the value of a relation's property. */
export function readRelationProperty(row: Row, name: string): unknown {
  const record = row as RowRecord; // Its columns are those of its class.
  const { relations, primary } = Row.modelOf(row).$meta;
  const relation = relations.get(name)!;
  const eager = batchOf(row)?.eagerOf(name);
  if (eager !== undefined) {
    const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
    const key = keyOfRelation(record, relation, primary);
    if (key === null) return isOne ? null : [];
    if (eager.has(key)) return eager.get(key);
  }
  return relation.kind === "belongsTo" || relation.kind === "hasOne" ? new ToOne(record, relation) : new ToMany(record, relation);
}

/** Links a row to exactly these rows, also where the relation was loaded with the row: its property is then a list. */
export async function setLinks(row: object, name: string, rows: readonly unknown[]): Promise<void> {
  const record = row as RowRecord; // Its columns are those of its class.
  await new ToMany(record, Row.modelOf(record).$meta.relations.get(name)!).set(rows);
}

/** The property of a relation cannot be set, because the row stores its key. */
export function refuseRelationProperty(row: Row, name: string): never {
  const { name: model, relations } = Row.modelOf(row).$meta;
  const [field] = relations.get(name)!.fields;
  throw new GableError("E_RELATION_ASSIGN", `${model}.${name} cannot be set.`, {
    fix: field === undefined ? "Set the relation of the other rows." : `Write set({ ${name} }), or set ${field}.`,
  });
}

/** A relation to one row. */
class ToOne implements PromiseLike<unknown> {
  readonly #row: RowRecord;
  readonly #relation: RelationMeta;

  constructor(row: RowRecord, relation: RelationMeta) {
    this.#row = row;
    this.#relation = relation;
  }

  /** Returns the key of the related row, without a query; with several fields, as an object. */
  get id(): unknown {
    const { kind, fields, target } = this.#relation;
    if (kind === "hasOne") {
      const found = this.value as RowRecord | null; // A row of the target.
      return found === null ? null : found[target.$meta.primary[0]!];
    }
    if (fields.length === 1) return this.#row[fields[0]!] ?? null;
    return Object.fromEntries(fields.map((name, index) => [target.$meta.primary[index]!, this.#row[name] ?? null]));
  }

  get isLoaded(): boolean {
    return findLoaded(this.#row, this.#relation) !== undefined;
  }

  /** Returns the row. Throws `E_RELATION_NOT_LOADED` before it was awaited. */
  get value(): unknown {
    const found = findLoaded(this.#row, this.#relation);
    if (found !== undefined) return found.value;
    throw new GableError("E_RELATION_NOT_LOADED", `${Row.modelOf(this.#row).$meta.name}.${this.#relation.name} is not loaded.`, {
      fix: `Await it, or load it with the query: with({ ${this.#relation.name}: true }).`,
    });
  }

  then<Result, Failure>(
    onResult?: ((value: unknown) => Result | PromiseLike<Result>) | null,
    onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return loadRelation(this.#row, this.#relation).then(onResult, onError);
  }
}

/** A relation to many rows. */
class ToMany extends Query<unknown, unknown> {
  readonly #row: RowRecord;
  readonly #relation: RelationMeta;

  constructor(row: RowRecord, relation: RelationMeta) {
    super(Query.relatedParts(relation.target, { row, relation }));
    this.#row = row;
    this.#relation = relation;
  }

  get isLoaded(): boolean {
    return findLoaded(this.#row, this.#relation) !== undefined;
  }

  override then<Result, Failure>(
    onResult?: ((rows: unknown[]) => Result | PromiseLike<Result>) | null,
    onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return (
      loadRelation(this.#row, this.#relation)
        // Those of the relation: a list.
        .then((rows) => rows as unknown[])
        .then(onResult, onError)
    );
  }

  /** Creates a row that belongs to this one. */
  async create(values: object): Promise<unknown> {
    const { kind, target, by } = this.#relation;
    const Class = rowClassOf(target);
    const made = new Class() as Instance & RowRecord; // All models extend it.
    const given = kind === "hasMany" ? { ...values, [by]: this.#row } : values;
    Object.assign(made, toFieldValues(target, given));
    if (kind === "hasMany") await this.#atHome(() => made.save());
    else
      await this.#inTransaction(async () => {
        await made.save();
        await this.add(made);
      });
    this.#forget();
    return made;
  }

  /** Links rows, given as rows or keys. Keeps existing links. `values` are for the rows of the join model. */
  async add(others: unknown, values: object = {}): Promise<void> {
    const join = this.#join();
    const keys = this.#keysOf(others);
    const { through } = this.#relation;
    await this.#atHome(async () => {
      await this.#assertVisible(join, keys);
      if (through === undefined) await insertLinks(this.#relation, join, this.#nearKey(join), keys);
      else for (const key of keys) await this.#addThrough(through, join, key, values);
    });
    this.#forget();
  }

  /** Unlinks rows, given as rows or keys. */
  async remove(others: unknown): Promise<void> {
    const join = this.#join();
    await this.#atHome(async () => {
      const keys = await keepVisible(this.#relation, join, this.#keysOf(others));
      await deleteLinks(this.#relation, join, this.#nearKey(join), keys);
    });
    this.#forget();
  }

  /** Unlinks all rows. */
  async clear(): Promise<void> {
    const join = this.#join();
    const near = this.#nearKey(join);
    if (this.#relation.target.$options.scope === undefined) await this.#atHome(() => deleteLinks(this.#relation, join, near, undefined));
    else await this.set([]);
    this.#forget();
  }

  /** Links exactly these rows: adds missing links and removes all others. */
  async set(others: readonly unknown[]): Promise<void> {
    const join = this.#join();
    const near = this.#nearKey(join);
    const wanted = new Map(this.#keysOf(others).map((key) => [nameOfKey(key), key]));
    await this.#inTransaction(async () => {
      const links = await keepVisible(this.#relation, join, await readLinks(this.#relation, join, near));
      const present = new Map(links.map((key) => [nameOfKey(key), key]));
      const removed = [...present].filter(([name]) => !wanted.has(name)).map(([, key]) => key);
      const added = [...wanted].filter(([name]) => !present.has(name)).map(([, key]) => key);
      await this.#assertVisible(join, added);
      if (removed.length > 0) await deleteLinks(this.#relation, join, near, removed);
      if (this.#relation.through === undefined) await insertLinks(this.#relation, join, near, added);
      else for (const key of added) await this.#addThrough(this.#relation.through, join, key, {});
    });
    this.#forget();
  }

  /** Throws `E_ROW_MISSING` for a row of another owner, which does not exist for the caller. */
  async #assertVisible(join: JoinTable, keys: readonly LinkKey[]): Promise<void> {
    const { target } = this.#relation;
    if ((await keepVisible(this.#relation, join, keys)).length < keys.length)
      throw new GableError("E_ROW_MISSING", `${target.$meta.name} has no such row to link.`);
  }

  async #addThrough(through: ModelClass, join: JoinTable, key: LinkKey, values: object): Promise<void> {
    const { fields } = through.$meta;
    const nameOf = (column: string): string => [...fields.values()].find((field) => field.column === column)!.name;
    const near = join.near.map(({ column, field }) => [nameOf(column), this.#row[field.name]]);
    const far = join.far.map(({ column }, index) => [nameOf(column), key[index]]);
    const Class = rowClassOf(through);
    const made = new Class() as Instance & RowRecord; // All models extend it.
    Object.assign(made, toFieldValues(through, values), Object.fromEntries([...near, ...far]));
    await made.save();
  }

  #join(): JoinTable {
    const { kind, name } = this.#relation;
    const { $meta: meta } = Row.modelOf(this.#row);
    if (kind === "manyToMany") return describeJoinTable(meta, this.#relation);
    throw new GableError("E_RELATION_ASSIGN", `${meta.name}.${name} cannot be changed here: its rows store the key.`, {
      fix: "Set the relation of those rows, or use create().",
    });
  }

  #nearKey(join: JoinTable): LinkKey {
    if (Row.storedOf(this.#row) === undefined)
      throw new GableError("E_RELATION_UNSAVED", `${Row.modelOf(this.#row).$meta.name} is not saved, so it cannot be linked.`, {
        fix: "Save it first.",
      });
    return join.near.map(({ field }) => this.#row[field.name]);
  }

  #keysOf(others: unknown): LinkKey[] {
    const { target, name } = this.#relation;
    const list: readonly unknown[] = Array.isArray(others) ? others : [others];
    const where = (index: number): string => (list === others ? `${name}[${index}]` : name);
    return list.map((other, index) => keyNodes(target, other, where(index)).map((node) => node.value));
  }

  /** Runs work in the database of the row, because its writes belong to the row. */
  #atHome<Result>(work: () => Result): Result {
    return atHome(this.#row, work);
  }

  #inTransaction(work: () => Promise<void>): Promise<void> {
    return this.#atHome(() => transaction(work, { database: { $core: homeOf(this.#row).database } }));
  }

  #forget(): void {
    batchOf(this.#row)?.drop(this.#relation.name);
  }
}
