/** Rows of models that a relation can choose: one query lists them and checks the key that was sent. */
import { GableError } from "../errors/gable-error.ts";
import type { FieldMeta, ModelMeta } from "../data/schema/model-class.ts";
import type { ChoiceRow, RowSource } from "./definition.ts";

/** A model class, as relations see it. */
export interface RelationModel {
  /** Name of the class. */
  readonly name: string;
  /** What is known of the model. */
  readonly $meta: ModelMeta;
  /** Makes rows. */
  new (): object;
}

/** A row of a model class. */
export type ModelRow<Model> = Model extends new () => infer Row ? Row : never;

/** The part of a query that is needed here. */
interface RowQuery extends PromiseLike<ReadonlyArray<Readonly<Record<string, unknown>>>> {
  where(filter: object): RowQuery;
  orderBy(...names: readonly string[]): RowQuery;
  limit(count: number): RowQuery;
}

/** Makes the source of a model's rows. Throws `E_FORM_FIELD` for a model whose key has several fields. */
export function createRowSource(model: RelationModel, query?: () => unknown): RowSource {
  const start = (): RowQuery => {
    // Every model class has where(), and the option is documented as a query of the model.
    const found = (query === undefined ? (model as unknown as { where(): unknown }).where() : query()) as Partial<RowQuery>;
    if (typeof found.where !== "function" || typeof found.limit !== "function")
      throw new GableError("E_FORM_FIELD", `The option query of a relation to ${model.name} gives no query.`, {
        fix: `Return a query, such as () => ${model.name}.where({ ... }).`,
      });
    return found as RowQuery; // It has the methods.
  };
  return {
    list: async (limit) => {
      const { orderBy, primary } = model.$meta;
      // A query from the option has its own order.
      const ordered = query === undefined ? start().orderBy(...(orderBy.length > 0 ? orderBy : primary)) : start();
      return (await ordered.limit(limit)).map((row) => toChoice(model, row));
    },
    find: async (texts) => {
      const { name } = keyField(model);
      const keys = texts.map((text) => toKey(keyField(model), text)).filter((key) => key !== undefined);
      if (keys.length === 0) return [];
      const rows = await start().where({ [name]: { in: keys } });
      const byKey = new Map(rows.map((row) => [String(row[name]), row]));
      return texts.flatMap((text) => byKey.get(text) ?? []);
    },
    keyOf: (row) => {
      // A row has its fields; what looks like one in JSON may have anything.
      const key = typeof row === "object" && row !== null ? (row as Record<string, unknown>)[keyField(model).name] : row;
      return key === undefined || (typeof key === "object" && !(key instanceof Date)) ? noKey : String(key);
    },
  };
}

/** Never the key of a row. */
const noKey = "\0";

function keyField({ name, $meta: { fields, primary } }: RelationModel): FieldMeta {
  const [key] = primary;
  const found = key === undefined || primary.length > 1 ? undefined : fields.get(key);
  if (found !== undefined) return found;
  throw new GableError("E_FORM_FIELD", `A form cannot choose a row of ${name}: its key has several fields.`, {
    fix: "Leave the relation out of the form, and set it in code.",
  });
}

/** Reads a key from the text that was sent; undefined for one that no row can have. */
function toKey({ type }: FieldMeta, text: string): unknown {
  switch (type) {
    case "id":
    case "int":
    case "duration":
      return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
    case "bigint":
      return /^-?[0-9]{1,18}$/.test(text) ? BigInt(text) : undefined;
    case "uuid":
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;
    default:
      return text.isWellFormed() && !text.includes("\0") ? text : undefined;
  }
}

function toChoice(model: RelationModel, row: Readonly<Record<string, unknown>>): ChoiceRow {
  const { display, label } = model.$meta;
  const key = String(row[keyField(model).name]);
  const text = display === "" ? undefined : row[display];
  return { key, label: typeof text === "string" && text.trim() !== "" ? text : `${label} ${key}` };
}
