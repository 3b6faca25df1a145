/** Types of models for Kysely: tables by name, columns by the names of fields. */
import type { ColumnType } from "kysely";
import type { FieldsOf, KeyOf, KeyName, TargetOf } from "../schema/model.ts";

/** A model class with its table. */
interface TableClass {
  readonly $table: string;
  readonly $fields: object;
}

/** What an insert may leave out: counted keys, and nullable columns. The database does not know the defaults of models. */
type InsertOf<Value, IsKey> = null extends Value ? Value | undefined : IsKey extends true ? Value | undefined : Value;

type ColumnsOf<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column" } ? Name : never]: Fields[Name] extends {
    readonly value: infer Value;
    readonly isKey: infer IsKey;
  }
    ? ColumnType<Value, InsertOf<Value, IsKey>, Value>
    : never;
};

type KeysOf<Fields> = {
  readonly [
    Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true } ? KeyName<Name> : never
  ]: Fields[Name] extends () => {
    readonly nullable: infer Nullable;
  }
    ? ColumnType<
        KeyOf<TargetOf<Fields[Name]>> | (Nullable extends true ? null : never),
        KeyOf<TargetOf<Fields[Name]>> | (Nullable extends true ? null | undefined : never),
        KeyOf<TargetOf<Fields[Name]>> | (Nullable extends true ? null : never)
      >
    : never;
};

/** The tables of models, as Kysely's type of a database. */
export type DatabaseOf<Models extends readonly TableClass[]> = {
  // A key of a mapped type, no cast.
  readonly [Class in Models[number] as Class["$table"]]: ColumnsOf<FieldsOf<Class>> & KeysOf<FieldsOf<Class>>;
};
