/** Models as plain facts, for `gable models`: as JSON, and as a graph for Mermaid. */
import type { FieldMeta, ModelClass, RelationMeta } from "gable/data";

/** A field. */
interface FieldFacts {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly isPrimary: boolean;
  readonly isUnique: boolean;
  readonly isIndexed: boolean;
  /** Whether an insert may leave it out. */
  readonly isOptional: boolean;
  /** The relation whose key it holds. */
  readonly relation: string | null;
}

/** A relation. */
interface RelationFacts {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
  /** Fields that hold the key; empty when the other side holds it. */
  readonly fields: readonly string[];
  readonly isNullable: boolean;
  readonly onDelete: string | null;
  /** Join table of a many-to-many relation. */
  readonly table: string | null;
}

/** An index, or a unique key. */
interface IndexFacts {
  readonly name: string;
  readonly kind: "unique" | "index";
  readonly fields: readonly string[];
}

/** A model. */
export interface ModelFacts {
  readonly name: string;
  readonly table: string;
  readonly isView: boolean;
  readonly fields: readonly FieldFacts[];
  readonly relations: readonly RelationFacts[];
  /** Unique keys and indexes, without the primary key. */
  readonly indexes: readonly IndexFacts[];
}

/** Returns the facts of a model. */
export function describeModel({ $meta: meta }: ModelClass): ModelFacts {
  return {
    name: meta.name,
    table: meta.table,
    isView: meta.isView,
    fields: meta.columns.map(describeField),
    relations: [...meta.relations.values()].map(describeRelation),
    indexes: [
      ...meta.uniques.map(({ name, fields }) => ({ name, kind: "unique" as const, fields })),
      ...meta.indexes.map(({ name, fields, isUnique }) => ({ name, kind: isUnique ? ("unique" as const) : ("index" as const), fields })),
    ],
  };
}

function describeField(field: FieldMeta): FieldFacts {
  const { name, column, type, isNullable, isPrimary, isUnique, isIndexed, relation } = field;
  const isOptional = field.hasDefault || field.hasDatabaseDefault;
  return { name, column, type, isNullable, isPrimary, isUnique, isIndexed, isOptional, relation: relation ?? null };
}

function describeRelation({ name, kind, target, fields, isNullable, onDelete, table }: RelationMeta): RelationFacts {
  const isJoined = kind === "manyToMany";
  return {
    name,
    kind,
    target: target.name,
    fields,
    isNullable,
    onDelete: kind === "belongsTo" ? onDelete : null,
    table: isJoined ? table : null,
  };
}

/** Returns the models as an entity-relationship diagram of Mermaid. */
export function toMermaid(models: readonly ModelFacts[]): string {
  const known = new Set(models.map(({ name }) => name));
  const entities = models.flatMap(({ name, fields }) => [`  ${name} {`, ...fields.map(toAttribute), "  }"]);
  const lines = models.flatMap((model) => model.relations.filter(({ target }) => known.has(target)).map((each) => toLine(model, each)));
  const joined = new Set<string>();
  const once = lines.filter(({ text, table }) => text !== "" && (table === null || (!joined.has(table) && joined.add(table))));
  return ["erDiagram", ...entities, ...once.map(({ text }) => text)].join("\n");
}

function toAttribute({ name, type, isPrimary, isUnique, relation }: FieldFacts): string {
  const keys = [isPrimary ? "PK" : "", relation === null ? "" : "FK", isUnique && !isPrimary ? "UK" : ""].filter((key) => key !== "");
  return `    ${type} ${name}${keys.length === 0 ? "" : ` ${keys.join(", ")}`}`;
}

/** The side that holds the key draws the line; a many-to-many relation is drawn once for its table. */
function toLine({ name, fields }: ModelFacts, relation: RelationFacts): { readonly text: string; readonly table: string | null } {
  const { kind, target, isNullable, table } = relation;
  if (kind === "manyToMany") return { text: `  ${name} }o--o{ ${target} : ${relation.name}`, table };
  if (kind !== "belongsTo") return { text: "", table: null };
  const isAlone =
    relation.fields.length === 1 && fields.some((field) => field.name === relation.fields[0] && (field.isUnique || field.isPrimary));
  return { text: `  ${name} ${isAlone ? "|o" : "}o"}--${isNullable ? "o|" : "||"} ${target} : ${relation.name}`, table: null };
}
