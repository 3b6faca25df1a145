/** Join tables of many-to-many relations: their columns, seen from one side. */
import type { FieldMeta, ModelMeta, RelationMeta } from "./model-class.ts";
import type { ModelClass } from "./model-class.ts";

/** A column of a join table, and the field of the model whose key it holds. */
export interface JoinColumn {
  readonly column: string;
  readonly field: FieldMeta;
}

/** A join table, seen from the model that has the relation. */
export interface JoinTable {
  readonly table: string;
  /** Columns with the key of this model. */
  readonly near: readonly JoinColumn[];
  /** Columns with the key of the other model. */
  readonly far: readonly JoinColumn[];
}

/** Returns the join table of a many-to-many relation. */
export function describeJoinTable(meta: ModelMeta, relation: RelationMeta): JoinTable {
  const target = relation.target.$meta;
  if (relation.through !== undefined) return describeThrough(meta, target, relation.through);
  if (target !== meta) return { table: relation.table, near: toJoinColumns(meta, ""), far: toJoinColumns(target, "") };
  const [from, to] = [toJoinColumns(meta, "from_"), toJoinColumns(meta, "to_")];
  // A model that refers to itself in both directions: the relation declared first leads from left to right.
  const names = [...meta.relations.keys()];
  const isFirst = relation.by === "" || names.indexOf(relation.name) <= names.indexOf(relation.by);
  return { table: relation.table, near: isFirst ? from : to, far: isFirst ? to : from };
}

/** Returns the join tables that have no model, each once. */
export function listJoinTables(models: readonly ModelMeta[]): ReadonlyArray<{ join: JoinTable; from: ModelMeta; to: ModelMeta }> {
  const known = new Map<string, { join: JoinTable; from: ModelMeta; to: ModelMeta }>();
  for (const meta of models) {
    for (const relation of meta.relations.values()) {
      if (relation.kind !== "manyToMany" || relation.through !== undefined || known.has(relation.table)) continue;
      known.set(relation.table, { join: describeJoinTable(meta, relation), from: meta, to: relation.target.$meta });
    }
  }
  return [...known.values()];
}

/** Returns a join table that has a model: its two relations name the columns. */
function describeThrough(near: ModelMeta, far: ModelMeta, through: ModelClass): JoinTable {
  const { table, fields, relations } = through.$meta;
  const taken = new Set<string>();
  const side = (model: ModelMeta): JoinColumn[] => {
    const back = [...relations.values()].find(
      ({ name, kind, target }) => kind === "belongsTo" && target.$meta === model && !taken.has(name),
    );
    taken.add(back?.name ?? "");
    return (back?.fields ?? []).map((name, index) => ({
      column: fields.get(name)!.column,
      field: model.fields.get(model.primary[index]!)!,
    }));
  };
  return { table, near: side(near), far: side(far) };
}

/** Returns the columns of a join table that hold the key of a model. */
function toJoinColumns({ table, primary, fields }: ModelMeta, prefix: string): JoinColumn[] {
  return primary.map((name) => {
    const field = fields.get(name)!;
    return { column: `${prefix}${toSingular(table)}_${field.column}`, field };
  });
}

/** Returns the singular of a table name, well enough for a column: `stories` gives `story`. */
export function toSingular(table: string): string {
  if (table.endsWith("ies")) return `${table.slice(0, -3)}y`;
  return /(?:ses|xes|zes|ches|shes)$/.test(table) ? table.slice(0, -2) : table.replace(/s$/, "");
}

const irregular: ReadonlySet<string> = new Set(["people", "children", "men", "women", "data", "media", "news", "series", "species"]);

/** Returns the name of several rows of a table, well enough for a relation: `category` gives `categories`, and `books` stays. */
export function toPlural(table: string): string {
  const last = table.split(/[_\s-]|(?<=[a-z])(?=[A-Z])/).at(-1)!;
  if (irregular.has(last.toLowerCase()) || (last.endsWith("s") && !/(?:ss|us|is)$/.test(last))) return table;
  if (/[^aeiou]y$/i.test(table)) return `${table.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(table) ? `${table}es` : `${table}s`;
}
