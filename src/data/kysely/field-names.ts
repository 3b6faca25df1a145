/** Names of fields and columns of all models in one Kysely instance. */
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";

/** Maps fields to columns, and columns to fields. */
export class FieldNames {
  readonly #models = new Map<string, ModelClass>();
  readonly #columns = new Map<string, string>();
  readonly #fields = new Map<string, string>();

  /** Throws `E_KYSELY_NAME` if two models use one name for different columns: Kysely's nodes do not always name the table. */
  constructor(models: readonly ModelClass[]) {
    for (const model of models) {
      this.#models.set(model.$table, model);
      for (const { name, column, where } of model.$meta.columns) {
        const [known, back] = [this.#columns.get(name), this.#fields.get(column)];
        if ((known ?? column) !== column || (back ?? name) !== name)
          throw new GableError("E_KYSELY_NAME", `${where} is the column "${column}", but another model uses "${known ?? back}" for it.`, {
            fix: "Give the fields the same name, or create one Kysely instance per model.",
          });
        this.#columns.set(name, column);
        this.#fields.set(column, name);
      }
    }
  }

  /** Whether a column of the tables is secret. */
  get hasSecrets(): boolean {
    return [...this.#models.values()].some(({ $meta }) => $meta.columns.some(({ isSecret }) => isSecret));
  }

  /** Returns the column of a field; other names unchanged. */
  toColumn(field: string): string {
    return this.#columns.get(field) ?? field;
  }

  /** Returns the field of a column; other names unchanged. */
  toField(column: string): string {
    return this.#fields.get(column) ?? column;
  }

  /** Returns the field of a table; undefined if there is none. */
  findField(table: string, name: string): FieldMeta | undefined {
    return this.#models.get(table)?.$meta.fields.get(this.toField(name));
  }

  /** Returns all fields of a table. */
  fieldsOf(table: string): readonly FieldMeta[] {
    return this.#models.get(table)?.$meta.columns ?? [];
  }
}
