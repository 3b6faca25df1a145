/** Names of fields and of columns, of all models that one instance of Kysely knows. */
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";

/** Fields and columns by each other's names. */
export class FieldNames {
  readonly #models = new Map<string, ModelClass>();
  readonly #columns = new Map<string, string>();
  readonly #fields = new Map<string, string>();

  /** Throws `E_KYSELY_NAME` when two models call different columns by one name: Kysely's nodes do not always say the table. */
  constructor(models: readonly ModelClass[]) {
    for (const model of models) {
      this.#models.set(model.$table, model);
      for (const { name, column, where } of model.$meta.columns) {
        const [known, back] = [this.#columns.get(name), this.#fields.get(column)];
        if ((known ?? column) !== column || (back ?? name) !== name)
          throw new GableError("E_KYSELY_NAME", `${where} is the column "${column}", and another model has "${known ?? back}" for it.`, {
            fix: "Give the fields one name, or make an instance for each of the models.",
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

  /** The column of a field; any other name stays. */
  toColumn(field: string): string {
    return this.#columns.get(field) ?? field;
  }

  /** The field of a column; any other name stays. */
  toField(column: string): string {
    return this.#fields.get(column) ?? column;
  }

  /** The field of a table; undefined where there is none. */
  findField(table: string, name: string): FieldMeta | undefined {
    return this.#models.get(table)?.$meta.fields.get(this.toField(name));
  }

  /** All fields of a table. */
  fieldsOf(table: string): readonly FieldMeta[] {
    return this.#models.get(table)?.$meta.columns ?? [];
  }
}
