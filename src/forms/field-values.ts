/** Types of the values of fields. */

/** Fields by name: those of `gable/forms`, and those of `gable/data`. */
export type FieldRecord = Readonly<Record<string, { readonly kind: "field" | "column" }>>;

/** Values of fields by name. The empty part lets editors show the result instead of its name. */
export type ValuesOf<Fields> = {
  -readonly [Name in keyof Fields]: Fields[Name] extends { readonly value: infer Value } ? Value : never;
} & {};
