/**
 * An instance of Kysely that knows the tables of models by their types. Columns have the names of fields. It runs
 * where queries of the models run: on their database, inside of `transaction()` of gable/data. Defaults, checks
 * and hooks of models do not run.  @example const rows = await kysely([Author,
 * Book]).selectFrom("books").select(["id", "title"]).where("authorId", "=", 3).execute();
 */
export declare function kysely<const Models extends readonly AnyModel[]>(models: Models): Kysely<DatabaseOf<Models>>;

/** The tables of models, as Kysely's type of a database. */
export type DatabaseOf<Models extends readonly TableClass[]> = {
    readonly [Class in Models[number] as Class["$table"]]: ColumnsOf<FieldsOf<Class>> & KeysOf<FieldsOf<Class>>;
};
