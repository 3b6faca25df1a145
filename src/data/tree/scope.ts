/** Scopes: rows of a model belong to one of several owners, such as a team. All statements of the model only see the current one's. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { isUnscoped } from "../ambient/unscoped.ts";
import { keyNodes } from "./keys.ts";
import { literal } from "./literal.ts";
import type { Node, RootSource, SelectState, ValueNode } from "./node.ts";
import { columnNode } from "./node.ts";
import { allOf, compare } from "./conditions.ts";

/** A field that holds the owner of a row, and the function that returns the current owner. */
interface ScopeField {
  readonly field: FieldMeta;
  /** Returns the owner's key; undefined if there is no current owner. */
  readonly find: () => ValueNode | undefined;
  /** The same, but throws `E_SCOPE_MISSING` if there is none. */
  readonly read: () => ValueNode;
}

const known = new WeakMap<ModelClass, readonly ScopeField[]>();

/** Returns the fields of a model's scope; none for a model without one. */
function scopeOf(model: ModelClass): readonly ScopeField[] {
  const { scope } = model.$options;
  if (scope === undefined) return [];
  const found = known.get(model) ?? createScope(model, scope);
  known.set(model, found);
  return found;
}

function createScope(model: ModelClass, scope: Readonly<Record<string, (() => unknown) | undefined>>): ScopeField[] {
  const { fields, relations, name: owner } = model.$meta;
  return Object.entries(scope).flatMap(([name, give]) => {
    const relation = relations.get(name);
    const where = `the scope ${owner}.${name}`;
    const names = relation?.fields ?? [name];
    return names.map((each, index) => {
      const field = fields.get(each)!;
      const find = (): ValueNode | undefined => {
        const value = give!(); // The definition was checked.
        if (value === undefined || value === null) return undefined;
        return relation === undefined ? literal(value, field, where) : keyNodes(relation.target, value, where)[index]!;
      };
      const read = (): ValueNode => {
        const found = find();
        if (found !== undefined) return found;
        throw new GableError("E_SCOPE_MISSING", `The value of ${where} is missing: its function returned ${describeValue(give!())}.`, {
          fix: "Run the work where there is a current owner, or state why it uses all rows: withoutScope(reason, work).",
        });
      };
      return { field, find, read };
    });
  });
}

const conditions = new WeakMap<RootSource, Node>();

/** Adds the scope of the model to the condition of a query. Rows of a subquery already have it. */
export function scopedWhere({ root, where, from }: SelectState): Node | undefined {
  if (root.model.$options.scope === undefined || from !== undefined || isUnscoped()) return where;
  const scope = conditions.get(root) ?? createCondition(root);
  conditions.set(root, scope);
  return where === undefined ? scope : allOf([where, scope]);
}

/** One condition for all callers of a query: the owner is read when values are bound. */
function createCondition(root: RootSource): Node {
  return allOf(
    scopeOf(root.model).map(({ field, read }) => {
      const value: Node = { kind: "late", read, type: field, isNullable: false };
      return compare("eq", columnNode(root, field), value);
    }),
  );
}

/** Sets the owner of a new row. Throws `E_SCOPE_VALUE` for a row of another owner. */
export function scopeNewRow(model: ModelClass, row: Record<string, unknown>): void {
  if (model.$options.scope === undefined || isUnscoped()) return;
  for (const { field, read } of scopeOf(model)) {
    row[field.name] ??= read().value;
    assertScope(model, field, row[field.name]);
  }
}

/** Throws `E_SCOPE_VALUE` for a change that gives a row to another owner. */
export function assertScope(model: ModelClass, field: FieldMeta, value: unknown): void {
  if (model.$options.scope === undefined || isUnscoped()) return;
  const scope = scopeOf(model).find((each) => each.field === field);
  if (scope === undefined || value === scope.read().value) return;
  throw new GableError("E_SCOPE_VALUE", `${field.where} is set to an owner outside of the current scope.`, {
    fix: "Leave it out, or move the row with withoutScope(reason, work).",
  });
}

/**
 * Returns the owners whose rows the caller sees, as a string: rows loaded for one owner must not reach another. "" if no model has a scope.
 * The absence of an owner counts as a separate one: a query that needs an owner fails later.
 */
export function scopeKey(scoped: readonly ModelClass[]): string {
  if (scoped.length === 0) return "";
  if (isUnscoped()) return "@all";
  return `@${JSON.stringify(scoped.flatMap(scopeOf).map(({ find }) => String(find()?.value)))}`;
}

/** Returns the names of the fields of a model's scope, if it is active. */
export function scopeNames(model: ModelClass): readonly string[] {
  return isUnscoped() ? [] : scopeOf(model).map(({ field }) => field.name);
}
