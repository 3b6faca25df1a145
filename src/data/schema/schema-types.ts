/** Types of the values that a schema of a model takes and gives. */
import type { KeyName, RowValues } from "./model.ts";

/** What a schema is for. */
export type SchemaPurpose = "create" | "update" | "read";

/** Names of the fields that a schema may have: secret ones cannot be read. */
export type SchemaName<Fields, Purpose> = Exclude<
  keyof RowValues<Fields> & string,
  Purpose extends "read" ? ClosedName<Fields, "secret"> : never
>;

/** Names of the fields that a schema has without `pick`. */
export type UsualSchemaName<Fields, Purpose> = Exclude<
  keyof RowValues<Fields> & string,
  ClosedName<Fields, Purpose extends "read" ? "secret" : "secret" | "fixed">
>;

type ClosedName<Fields, Access> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly access: Access } ? Name : never;
}[keyof Fields];

type RequiredName<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly kind: "column"; readonly insert: "required" }
    ? Name
    : Fields[Name] extends () => { readonly addsKey: true; readonly nullable: false }
      ? KeyName<Name>
      : never;
}[keyof Fields];

type NeededName<Fields, Purpose> = Purpose extends "read"
  ? keyof RowValues<Fields>
  : Purpose extends "create"
    ? RequiredName<Fields>
    : never;

/** The values of a schema: all of them to read, those without a default to create, none required to update. */
export type SchemaValues<Fields, Purpose, Name> = {
  [Each in keyof RowValues<Fields> as Each extends Name & NeededName<Fields, Purpose> ? Each : never]: RowValues<Fields>[Each];
} & {
  [Each in keyof RowValues<Fields> as Each extends Exclude<Name, NeededName<Fields, Purpose>> ? Each : never]?: RowValues<Fields>[Each];
} extends infer Values
  ? { [Each in keyof Values]: Values[Each] }
  : never;

/** The values that a schema takes: JSON carries datetimes, 64-bit integers and bytes as strings. */
export type SchemaInput<Values> = { [Name in keyof Values]: JsonInput<Values[Name]> };

type JsonInput<Value> = Value extends Date | bigint | Uint8Array
  ? Value | string
  : Value extends ReadonlyArray<infer Item extends Date | bigint>
    ? Value | ReadonlyArray<Item | string>
    : Value;
