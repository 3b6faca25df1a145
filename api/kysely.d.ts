/**
 * Creates a Kysely instance that knows the types of the models' tables. Columns have the names of fields. Its queries run
 * where queries of the models run: on their database, inside `transaction()` of gable/data. Defaults, validators
 * and hooks of models do not run.
 *
 * @example
 * const rows = await kysely([Author, Book]).selectFrom("books").select(["id", "title"]).where("authorId", "=", 3).execute();
 */
export declare function kysely<const Models extends readonly AnyModel[]>(models: Models): Kysely<DatabaseOf<Models>>;

/** The tables of models, as Kysely's type of a database. */
export type DatabaseOf<Models extends readonly TableClass[]> = {
    readonly [Class in Models[number] as Class["$table"]]: ColumnsOf<FieldsOf<Class>> & KeysOf<FieldsOf<Class>>;
};
