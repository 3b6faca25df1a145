/** Methods of rows: save, set, reload, delete, toJSON. */
import { assertKnownOptions } from "../../errors/option-errors.ts";
import { batchOf } from "./batch.ts";
import { GableError } from "../../errors/gable-error.ts";
import { deleteRow, markDeleted } from "./delete-row.ts";
import { readInstances } from "./read-rows.ts";
import { isInstance } from "../tree/keys.ts";
import { literal } from "../tree/literal.ts";
import type { RootSource } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, compare } from "../tree/conditions.ts";
import { softDeleteField } from "../schema/soft-delete.ts";
import { onCommit } from "../run/transaction.ts";
import { toFieldValues } from "./assignments.ts";
import { atHome, homeOf } from "./home.ts";
import { loadColumns } from "./load-columns.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { WriteOptions } from "./write-row.ts";
import { saveRow } from "./write-row.ts";

/** Hooks: methods that a class of rows may define. Changes of many rows with one statement run none. */
interface Hooks {
  beforeSave?(): unknown;
  afterSave?(): unknown;
  beforeDelete?(): unknown;
  afterDelete?(): unknown;
  /** Called when the transaction that saved or deleted the row is committed. */
  afterCommit?(): unknown;
}

/** The method that `console.log()` of Node calls. */
const inspectCustom = Symbol.for("nodejs.util.inspect.custom");

/** Shows values as Node does. */
type Inspect = (value: unknown, options: object) => string;

/** Replaces a secret value, without quotes, so that it does not look like a string. */
const hiddenValue = { [inspectCustom]: () => "[secret]" };

/** The base class of all models' rows. */
export class Instance extends Row {
  /** Inserts a new row, or updates the columns that have changed. Returns the row. */
  async save(options: WriteOptions = {}): Promise<this> {
    assertKnownOptions("save()", options, { validate: "boolean" });
    const row = Row.recordOf(this) as RowRecord & Hooks; // Its class may define them.
    await atHome(row, async (home) => {
      await row.beforeSave?.();
      await saveRow(home, row, options);
      await row.afterSave?.();
      if (row.afterCommit !== undefined) onCommit(() => row.afterCommit?.());
    });
    return this;
  }

  /** Sets columns, and relations as rows or keys. An undefined value changes nothing. Nothing is stored. Returns the row. */
  set(values: object): this {
    Object.assign(this, toFieldValues(Row.modelOf(this), values));
    return this;
  }

  /** Reads all columns again. Throws `E_ROW_MISSING` if the row no longer exists. */
  async reload(): Promise<this> {
    const model = Row.modelOf(this);
    const row = Row.recordOf(this);
    const root: RootSource = { kind: "root", model };
    const { primary, fields, label } = model.$meta;
    const parts = primary.map((name) => {
      const field = fields.get(name)!;
      return compare("eq", columnNode(root, field), literal(row[name], field, name));
    });
    const [found] = await readInstances(homeOf(row), { ...selectAll(root), where: allOf(parts) });
    if (found === undefined) throw new GableError("E_ROW_MISSING", `There is no such ${label} any more.`);
    Object.assign(row, found);
    Row.setStored(this, Row.storedOf(found));
    Row.setBatch(this, undefined);
    return this;
  }

  /**
   * Reads columns that the row does not have, with one statement for all rows of its result. Returns the row. Throws
   * `E_FIELD_UNKNOWN` and `E_ROW_MISSING`.
   */
  async load(...names: readonly string[]): Promise<this> {
    await loadColumns(Row.recordOf(this), names);
    return this;
  }

  /** Deletes the row. With soft delete, records when. */
  async delete(): Promise<void> {
    await this.#remove(Row.modelOf(this).$meta.softDelete === "" ? deleteRow : (row) => markDeleted(row, true));
  }

  /** Deletes the row permanently. */
  async purge(): Promise<void> {
    await this.#remove(deleteRow);
  }

  /** Restores a soft-deleted row. Throws `E_SOFT_DELETE` for a model without soft delete. */
  async restore(): Promise<this> {
    softDeleteField(Row.modelOf(this), "restore()");
    const row = Row.recordOf(this);
    await atHome(row, () => markDeleted(row, false));
    return this;
  }

  async #remove(remove: (row: RowRecord) => Promise<void>): Promise<void> {
    const row = Row.recordOf(this) as RowRecord & Hooks; // Its class may define them.
    await atHome(row, async () => {
      await row.beforeDelete?.();
      await remove(row);
      await row.afterDelete?.();
      if (row.afterCommit !== undefined) onCommit(() => row.afterCommit?.());
    });
  }

  /** Returns the columns without secrets, the values that the query added, and the relations that were loaded with the row. */
  toJSON(): Record<string, unknown> {
    const { columns, relations } = Row.modelOf(this).$meta;
    const row = Row.recordOf(this);
    const json: Record<string, unknown> = {};
    for (const { name, isSecret, type } of columns)
      if (!isSecret && Object.hasOwn(this, name))
        json[name] = type === "bigint" || type === "bytes" || type === "array" ? toText(row[name]) : row[name];
    for (const name of Row.addedOf(this)) json[name] = toText(row[name]);
    for (const name of relations.keys()) {
      const value = batchOf(this)?.eagerOf(name) === undefined ? undefined : row[name];
      if (value === null || isInstance(value) || Array.isArray(value)) json[name] = value;
    }
    return json;
  }

  /** Shows the row as `console.log()` does, without the values of secret fields. */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    const { fields } = Row.modelOf(this).$meta;
    const shown = Object.create(Object.getPrototypeOf(this) as object) as Record<PropertyKey, unknown>; // To show its class.
    Object.defineProperty(shown, inspectCustom, { value: undefined });
    for (const [name, value] of Object.entries(this))
      shown[name] = value !== null && fields.get(name)?.isSecret === true ? hiddenValue : value;
    return inspect(shown, options);
  }
}

/** 64-bit integers become strings in JSON, which has no such numbers, and bytes become base64. */
function toText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toText);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "bigint" ? String(value) : value;
}

/** Detaches a row from those that it was loaded with, so that a cache does not keep them all alive. */
export function detach<Item extends object>(row: Item): Item {
  if (row instanceof Row) Row.setBatch(row, undefined);
  return row;
}
