/** Previews a delete: which rows refer to the deleted ones, and which rows refer to those in turn. */
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { contextOf } from "../run/context.ts";
import { withoutScope } from "../ambient/unscoped.ts";
import { or } from "../tree/filter.ts";
import { assertCount } from "../tree/limits.ts";

/** Rows that a delete would affect. */
export interface DeletePreview {
  /** Their model. */
  readonly model: ModelClass;
  /** The relation by which they refer to deleted rows; "" for the rows of the query. */
  readonly relation: string;
  /** What would happen to them. A single "refused" prevents the whole delete. */
  readonly action: "deleted" | "set null" | "set default" | "refused";
  /** Their number. */
  readonly count: number;
  /** Whether the count is exact; otherwise it is a minimum. */
  readonly isCountExact: boolean;
}

/** The keys of rows, by names of fields. */
type Key = Readonly<Record<string, unknown>>;

/** The methods of a query that are used here. */
interface KeyQuery {
  where(filter: never): KeyQuery;
  withDeleted(): KeyQuery;
  only(...names: readonly never[]): KeyQuery;
  limit(count: number): unknown;
}

const actions = {
  cascade: "deleted",
  "set null": "set null",
  "set default": "set default",
  restrict: "refused",
  "no action": "refused",
} as const;

/** Collects what a delete of a query's rows would affect. */
export async function previewDelete(
  model: ModelClass,
  query: KeyQuery,
  queryOf: (model: ModelClass) => KeyQuery,
  countMax: number,
): Promise<DeletePreview[]> {
  assertCount(countMax, "previewDelete(): countMax", 1, 10_000);
  const collector = new Collector(queryOf, countMax);
  return collector.run(model, query);
}

/** Rows to delete, and whether the list is complete. */
interface Going {
  readonly model: ModelClass;
  readonly keys: readonly Key[];
  readonly isComplete: boolean;
}

class Collector {
  readonly #queryOf: (model: ModelClass) => KeyQuery;
  readonly #countMax: number;
  readonly #found = new Map<string, DeletePreview>();
  readonly #seen = new Map<ModelClass, Set<string>>();
  readonly #going: Going[] = [];

  constructor(queryOf: (model: ModelClass) => KeyQuery, countMax: number) {
    this.#queryOf = queryOf;
    this.#countMax = countMax;
  }

  async run(model: ModelClass, query: KeyQuery): Promise<DeletePreview[]> {
    const models = [...contextOf(model).database.models];
    const isSoft = model.$meta.softDelete !== "";
    this.#note(model, "", "deleted", await this.#readKeys(model, query), true);
    for (let going = this.#going.shift(); going !== undefined; going = this.#going.shift())
      for (const [child, relation] of listReferring(models, going.model, isSoft)) await this.#follow(going, child, relation, isSoft);
    return [...this.#found.values()];
  }

  async #follow({ model, keys, isComplete }: Going, child: ModelClass, relation: RelationMeta, isSoft: boolean): Promise<void> {
    const { primary } = model.$meta;
    const [only] = relation.fields;
    // A column that you declared may have another type than the key that it holds.
    const isOwnKey = child.$meta.fields.get(only!)?.relation === relation.name;
    const filter = isOwnKey
      ? { [only!]: { in: keys.map((key) => key[primary[0]!]) } }
      : { [or]: keys.map((key) => ({ [relation.name]: primary.length === 1 ? key[primary[0]!] : key })) };
    // Foreign keys of the database ignore owners.
    const rows = await withoutScope("previewDelete()", () => {
      const query = this.#queryOf(child).where(filter as never); // A filter of that model.
      return this.#readKeys(child, isSoft || child.$meta.softDelete === "" ? query : query.withDeleted());
    });
    this.#note(child, relation.name, isSoft ? "deleted" : actions[relation.onDelete], rows, isComplete);
  }

  /** Returns the keys of some rows, plus one to detect that there are more. */
  async #readKeys({ $meta: { primary } }: ModelClass, query: KeyQuery): Promise<readonly Key[]> {
    const rows = (await query.only(...(primary as readonly never[])).limit(this.#countMax + 1)) as readonly Key[]; // Rows have their fields.
    return rows.map((row) => Object.fromEntries(primary.map((name) => [name, row[name]])));
  }

  #note(model: ModelClass, relation: string, action: DeletePreview["action"], rows: readonly Key[], isComplete: boolean): void {
    const seen = this.#seen.get(model) ?? new Set<string>();
    if (action === "deleted") this.#seen.set(model, seen);
    const fresh = rows.slice(0, this.#countMax).filter((row) => !seen.has(toText(row)));
    if (fresh.length === 0) return;
    const isExact = isComplete && rows.length <= this.#countMax;
    const name = `${model.$table} ${relation} ${action}`;
    const known = this.#found.get(name) ?? { model, relation, action, count: 0, isCountExact: true };
    this.#found.set(name, { ...known, count: known.count + fresh.length, isCountExact: known.isCountExact && isExact });
    if (action !== "deleted") return;
    for (const row of fresh) seen.add(toText(row));
    this.#going.push({ model, keys: fresh, isComplete: isExact });
  }
}

function toText(key: Key): string {
  return JSON.stringify(Object.values(key).map(String));
}

/** Returns the relations that lead to rows of a model: those with a foreign key, and those that follow a soft delete. */
function* listReferring(
  models: readonly ModelClass[],
  target: ModelClass,
  isSoft: boolean,
): Generator<readonly [ModelClass, RelationMeta]> {
  for (const model of models) {
    if (model.$meta.isView || model.$options.managed === false) continue;
    for (const relation of model.$meta.relations.values()) {
      if (relation.kind !== "belongsTo" || relation.target !== target) continue;
      if (isSoft ? relation.followsSoftDelete : relation.isConstrained) yield [model, relation];
    }
  }
}
