/** Kysely on the models of a database: typed SQL beyond what model queries offer, on the same connections and transactions. */
import {
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { CompiledQuery, DatabaseConnection, DatabaseIntrospector, DialectAdapter, Driver, QueryCompiler, QueryResult } from "kysely";
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { runStatement } from "../run/execute.ts";
import { changesRows } from "../rows/raw.ts";
import { hideParameters } from "../sql/secret-parameters.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { valueTypes } from "../tree/value-type.ts";
import type { DatabaseOf } from "./database-types.ts";
import { FieldNames } from "./field-names.ts";
import { ModelPlugin } from "./model-plugin.ts";

/** A model class, as kysely() takes it. */
type AnyModel = { readonly $table: string; readonly $fields: object };

/**
 * Creates a Kysely instance that knows the types of the models' tables. Columns have the names of fields. Its queries run
 * where queries of the models run: on their database, inside `transaction()` of gable/data. Defaults, validators
 * and hooks of models do not run.
 *
 * @example
 * const rows = await kysely([Author, Book]).selectFrom("books").select(["id", "title"]).where("authorId", "=", 3).execute();
 */
export function kysely<const Models extends readonly AnyModel[]>(models: Models): Kysely<DatabaseOf<Models>> {
  const classes = models as readonly unknown[] as readonly ModelClass[]; // Models are classes.
  const first = classes[0];
  if (first === undefined)
    throw new GableError("E_KYSELY_USE", "kysely() got no models.", { fix: "Give it a list: kysely([Author, Book])." });
  const context = (): ExecutionContext => contextOf(first);
  const dialect = (): Dialect => context().database.dialect;
  const names = new FieldNames(classes);
  const plugin = new ModelPlugin(names, dialect);
  const kind = (): Kind => kinds[dialect().name];
  return new Kysely<DatabaseOf<Models>>({
    dialect: {
      createAdapter: () => kind().adapter,
      createDriver: () => new AmbientDriver(context, plugin, names.hasSecrets),
      createIntrospector: (database) => kind().introspector(database),
      createQueryCompiler: () => kind().compiler,
    },
    plugins: [plugin],
  });
}

/** Kysely's adapter and compiler for a kind of database. */
interface Kind {
  readonly adapter: DialectAdapter;
  readonly compiler: QueryCompiler;
  readonly introspector: (database: Kysely<unknown>) => DatabaseIntrospector;
}

/** Unlike MySQL, MariaDB can return inserted rows. */
class MariadbAdapter extends MysqlAdapter {
  override get supportsReturning(): boolean {
    return true;
  }
}

const mysql: Kind = {
  adapter: new MysqlAdapter(),
  compiler: new MysqlQueryCompiler(),
  introspector: (database) => new MysqlIntrospector(database),
};
const kinds: Readonly<Record<Dialect["name"], Kind>> = {
  sqlite: {
    adapter: new SqliteAdapter(),
    compiler: new SqliteQueryCompiler(),
    introspector: (database) => new SqliteIntrospector(database),
  },
  postgres: {
    adapter: new PostgresAdapter(),
    compiler: new PostgresQueryCompiler(),
    introspector: (database) => new PostgresIntrospector(database),
  },
  mariadb: { ...mysql, adapter: new MariadbAdapter() },
  mysql,
};

/** Runs queries where queries of models would run. It neither opens nor closes a connection. */
class AmbientDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(context: () => ExecutionContext, plugin: ModelPlugin, hasSecrets: boolean) {
    this.#connection = new AmbientConnection(context, plugin, hasSecrets);
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new GableError("E_KYSELY_USE", "Kysely cannot begin a transaction here.", {
      fix: "Use transaction() of gable/data: queries of Kysely inside it join it.",
    });
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
}

class AmbientConnection implements DatabaseConnection {
  readonly #context: () => ExecutionContext;
  readonly #plugin: ModelPlugin;
  readonly #hasSecrets: boolean;

  constructor(context: () => ExecutionContext, plugin: ModelPlugin, hasSecrets: boolean) {
    this.#context = context;
    this.#plugin = plugin;
    this.#hasSecrets = hasSecrets;
  }

  async executeQuery<Row>({ sql, parameters, query, queryId }: CompiledQuery): Promise<QueryResult<Row>> {
    const context = this.#context();
    const isChange = ["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode", "MergeQueryNode"].includes(query.kind);
    const givesRows = !isChange || ("returning" in query && query.returning !== undefined);
    const values = parameters.map((value) => encodeLoose(context.database.dialect, value));
    // A statement no longer says which column a value belongs to.
    if (this.#hasSecrets) hideParameters(values, [...values.keys()]);
    const statement = {
      sql,
      parameters: values,
      rows: givesRows ? ("arrays" as const) : ("none" as const),
      wantsNames: givesRows,
      readsBigInts: this.#plugin.readsBigInts(queryId),
    };
    const { rows, names = [], affected, insertId } = await runStatement(context, statement, isChange || changesRows(sql));
    const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
    const isInsert = query.kind === "InsertQueryNode" && Number(insertId) > 0;
    return {
      rows: objects as Row[], // The caller's type.
      ...(isChange && { numAffectedRows: BigInt(givesRows ? rows.length : affected) }),
      ...(isInsert && { insertId: BigInt(insertId) }),
    };
  }

  // oxlint-disable-next-line require-yield -- it refuses
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new GableError("E_KYSELY_USE", "Kysely cannot stream a query here.", {
      fix: "Stream a query of a model: Book.where().stream().",
    });
  }
}

/** Encodes a value that belongs to no column, by its own type. */
function encodeLoose(dialect: Dialect, value: unknown): DriverValue {
  if (value === undefined)
    throw new GableError("E_FILTER_UNDEFINED", "A value of a query of Kysely is undefined.", { fix: "Pass a value or null." });
  if (value instanceof Date) return dialect.encode(value, valueTypes.datetime);
  if (value instanceof Uint8Array) return dialect.encode(value, valueTypes.bytes);
  if (typeof value === "boolean") return dialect.encode(value, valueTypes.boolean);
  if (typeof value === "object" && value !== null) return dialect.encode(value, valueTypes.json);
  return value as DriverValue; // Drivers accept numbers, strings and null.
}
