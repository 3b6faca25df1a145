/** Kinds of the options of fields, relations and models, checked where they are written. Other checks come when a database opens. */
import type { OptionKind } from "../../errors/option-errors.ts";
import { assertKind, assertKinds, optionInvalid } from "../../errors/option-errors.ts";

type Kinds = Readonly<Record<string, OptionKind>>;

const columnKinds: Kinds = {
  null: "boolean",
  unique: "boolean",
  index: "boolean",
  primary: "boolean",
  column: "string",
  label: "string",
  help: "string",
  placeholder: "string",
  comment: "string",
  editable: "boolean",
  secret: "boolean",
  validate: "checks",
  widget: "control",
  was: "string",
  retired: "boolean",
  blank: "boolean",
};
const relationKinds: Kinds = {
  null: "boolean",
  unique: "boolean",
  index: "boolean",
  constraint: "boolean",
  columns: "strings",
  column: "string",
  label: "string",
  help: "string",
  by: "string",
  orderBy: "names",
  through: "function",
  symmetric: "boolean",
  table: "string",
};
const modelKinds: Kinds = {
  label: "string",
  labelPlural: "string",
  display: "string",
  orderBy: "names",
  search: "entries",
  primary: "strings",
  uniques: "objects",
  indexes: "objects",
  checks: "object",
  version: "string",
  softDelete: "string",
  validate: "function",
  managed: "boolean",
  scope: "object",
  database: "string",
  comment: "string",
};
const uniqueKinds: Kinds = { on: "strings", name: "string", message: "string", deferrable: true, nullsDistinct: "boolean" };
const indexKinds: Kinds = {
  name: "string",
  unique: "boolean",
  desc: "strings",
  using: ["btree", "gin", "gist", "brin", "hash", "spgist"],
  include: "strings",
};

/** Checks the options of a field. Throws `E_OPTION_INVALID`. */
export function assertColumnKinds(type: string, options: object): void {
  assertKinds(`field.${type}()`, options, columnKinds);
}

/** Checks the options of a relation. Throws `E_OPTION_INVALID`. */
export function assertRelationKinds(relation: string, options: object): void {
  assertKinds(`${relation}()`, options, relationKinds);
}

/** Checks the options of a model or a view. Throws `E_OPTION_INVALID`. */
export function assertModelKinds(table: string, options: Readonly<Partial<Record<"uniques" | "indexes" | "search", unknown>>>): void {
  const owner = `Model("${table}")`;
  assertKinds(owner, options, modelKinds);
  const { search = [] } = options;
  // An object or a list: checked by the line above.
  const searched = Array.isArray(search) ? search : (search as { readonly index?: unknown }).index;
  assertKind(owner, "search", searched ?? null, "strings");
  // Lists of objects: checked by the line above.
  for (const each of (options.uniques ?? []) as readonly object[]) assertKinds(`${owner} uniques`, each, uniqueKinds);
  // As above.
  for (const each of (options.indexes ?? []) as ReadonlyArray<{ readonly on?: unknown }>) {
    assertKinds(`${owner} indexes`, each, indexKinds);
    if (typeof each.on !== "function") assertKinds(`${owner} indexes`, each, { on: "strings" });
  }
}

/** Throws `E_OPTION_INVALID` for choices that are not labels by key: the keys of a list are 0, 1 and so on. */
export function assertLabels(owner: string, choices: unknown): void {
  const isRecord = typeof choices === "object" && choices !== null && !Array.isArray(choices);
  if (!isRecord || !Object.values(choices).every((label) => typeof label === "string"))
    throw optionInvalid(owner, "choices", choices, 'an object of keys and labels, such as { draft: "Draft" }');
}
