/** Scopes: rows of a model that belong to one of several owners, such as a team. All statements of the model are about those of the current one. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { isUnscoped } from "../ambient/unscoped.ts";
import { keyNodes } from "./keys.ts";
import { literal } from "./literal.ts";
import type { Node, RootSource, SelectState, ValueNode } from "./node.ts";
import { allOf, columnNode, compare } from "./node.ts";

/** A field that says whom a row belongs to, and what gives the current owner. */
interface ScopeField {
  readonly field: FieldMeta;
  /** The owner's key; undefined where nobody is the owner now. */
  readonly find: () => ValueNode | undefined;
  /** The same. Throws `E_SCOPE_MISSING` where nobody is. */
  readonly read: () => ValueNode;
}

const known = new WeakMap<ModelClass, readonly ScopeField[]>();

/** The fields of a model's scope; none of a model without one. */
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
        throw new GableError("E_SCOPE_MISSING", `The value of ${where} is missing: its function gave ${describeValue(give!())}.`, {
          fix: "Run the work where there is one, or say why it is about all rows: withoutScope(reason, work).",
        });
      };
      return { field, find, read };
    });
  });
}

const conditions = new WeakMap<RootSource, Node>();

/** The condition of a query, with that of its model's scope. Rows of a query inside are in it already. */
export function scopedWhere({ root, where, from }: SelectState): Node | undefined {
  if (root.model.$options.scope === undefined || from !== undefined || isUnscoped()) return where;
  const scope = conditions.get(root) ?? createCondition(root);
  conditions.set(root, scope);
  return where === undefined ? scope : allOf([where, scope]);
}

/** One condition for the rows of a query, whoever runs it: the owner is asked when values are bound. */
function createCondition(root: RootSource): Node {
  return allOf(
    scopeOf(root.model).map(({ field, read }) => {
      const value: Node = { kind: "late", read, type: field, isNullable: false };
      return compare("eq", columnNode(root, field), value);
    }),
  );
}

/** Gives a new row its owner. Throws `E_SCOPE_VALUE` for a row of another one. */
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
  throw new GableError("E_SCOPE_VALUE", `${field.where} is set to another owner than that of the scope.`, {
    fix: "Leave it out; or move the row by withoutScope(reason, work).",
  });
}

/**
 * The owners whose rows the caller sees, as a text: what was loaded for some must not be shown to others. "" where no model has a scope.
 * Where nobody is the owner, that is one of its own: a query that needs one says so.
 */
export function scopeKey(scoped: readonly ModelClass[]): string {
  if (scoped.length === 0) return "";
  if (isUnscoped()) return "@all";
  return `@${JSON.stringify(scoped.flatMap(scopeOf).map(({ find }) => String(find()?.value)))}`;
}

/** Names of the fields of a model's scope, where it holds. */
export function scopeNames(model: ModelClass): readonly string[] {
  return isUnscoped() ? [] : scopeOf(model).map(({ field }) => field.name);
}
