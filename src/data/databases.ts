/** Opens several databases, each with its models, and read replicas. */
import { suggestName } from "../errors/nearest-name.ts";
import { assertFunction, assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { assertBind, assertValues, openDatabase, optionKinds as databaseKinds, readModels } from "./database.ts";
import type { DatabaseCore } from "./run/database-core.ts";
import type { DefinitionMistake } from "./schema/definition-mistake.ts";
import { assertModels, modelsInvalid } from "./schema/definitions.ts";
import type { ModelClass } from "./schema/model-class.ts";
import { bindModels, databaseUnknown, enterDatabases } from "./run/context.ts";

const { models: _models, name: _name, bind: _bind, ...ownKinds } = databaseKinds;

/** Options for one of several databases. */
export interface NamedDatabaseOptions extends Omit<DatabaseOptions, "models" | "name" | "bind"> {
  /** Name of the database that this one replicates. A replica is only read from. None by default. */
  readonly of?: string;
}

/** Options for `createDatabases()`. */
export interface DatabasesOptions {
  /** The models of all databases: a list, or a module that exports them. Each lives in the database that its option `database` names. */
  readonly models: DatabaseOptions["models"];
  /** The databases by name. Models without the option `database` live in the one named "default". */
  readonly databases: Readonly<Record<string, NamedDatabaseOptions>>;
  /**
   * With "shared", other databases can be open with the same models: queries then run in `databases.run()`, and find these databases
   * elsewhere while no others are open. Default true.
   */
  readonly bind?: true | "shared";
}

/**
 * Opens several databases with their models. The models then find their database on their own. Throws the errors of
 * `createDatabase()`, and `E_MODEL_INVALID` for a model whose database is missing or a relation between two databases.
 *
 * @example
 * const databases = await createDatabases({
 *   models,
 *   databases: { default: { url: "postgres://app@primary/app" }, replica: { url: "postgres://app@second/app", of: "default" } },
 * });
 */
export async function createDatabases(options: DatabasesOptions): Promise<Databases> {
  assertKnownOptions("createDatabases()", options, { models: "entries", databases: true, bind: true });
  const { databases: named, bind = true } = options;
  assertBind("createDatabases()", bind);
  const models = readModels("createDatabases()", options.models);
  assertNames(named);
  assertModels(models);
  const mistakes = findMistakes(models, named);
  if (mistakes.length > 0) throw modelsInvalid(mistakes);
  const opened = new Map<string, Database>();
  try {
    // Replicas come after the databases that they replicate.
    const entries = Object.entries(named).sort(([, one], [, other]) => Number(one.of !== undefined) - Number(other.of !== undefined));
    for (const [name, { of, ...own }] of entries) {
      const home = of ?? name;
      const list = models.filter((model) => databaseOf(model) === home);
      opened.set(name, await openDatabase({ ...own, name, models: list, bind: false }, list));
    }
    link(opened, named);
    for (const [name, database] of opened) if (named[name]!.of === undefined) bindModels(database.$core, bind === true ? "alone" : bind);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return new Databases(opened);
}

function assertNames(named: DatabasesOptions["databases"]): void {
  if (typeof named !== "object" || named === null || Object.keys(named).length === 0)
    throw optionInvalid(
      "createDatabases()",
      "databases",
      named,
      'an object of databases by name: { default: { url: "sqlite:var/app.db" } }',
    );
  for (const [name, options] of Object.entries(named)) {
    if (typeof options !== "object" || options === null)
      throw optionInvalid("createDatabases()", `databases.${name}`, options, "an object with a url");
    const { of, ...own } = options;
    assertKnownOptions(`createDatabases(), database "${name}"`, own, ownKinds);
    assertValues("createDatabases()", own);
    if (of !== undefined && (named[of] === undefined || named[of].of !== undefined))
      throw optionInvalid("createDatabases()", `databases.${name}.of`, of, "the name of a database that is not a replica");
  }
}

const databaseOf = (model: ModelClass): string => model.$options.database ?? "default";

function findMistakes(models: readonly ModelClass[], named: DatabasesOptions["databases"]): DefinitionMistake[] {
  const primaries = Object.keys(named).filter((name) => named[name]!.of === undefined);
  const missing = models
    .filter((model) => !primaries.includes(databaseOf(model)))
    .map((model) => ({
      code: "E_MODEL_OPTION" as const,
      where: model.name,
      message: `it lives in the database "${databaseOf(model)}", which is not among those that are opened`,
      fix: suggestName(databaseOf(model), primaries, `Use one of: ${primaries.join(", ")}.`),
    }));
  const across = models.flatMap((model) =>
    [...model.$meta.relations.values()]
      .filter(({ target }) => databaseOf(target) !== databaseOf(model))
      .map(({ name, target }) => ({
        code: "E_RELATION_DATABASE" as const,
        where: `${model.name}.${name}`,
        message: `it leads from the database "${databaseOf(model)}" to "${databaseOf(target)}", but no statement can read both`,
        fix: "Store the key in a plain field, and read the other row by that key.",
      })),
  );
  return [...missing, ...across];
}

/** Links databases to each other. */
function link(opened: ReadonlyMap<string, Database>, named: DatabasesOptions["databases"]): void {
  const cores = new Map([...opened].map(([name, { $core: core }]) => [name, core]));
  for (const [name, core] of cores) {
    core.siblings = cores;
    const { of } = named[name]!;
    if (of === undefined) continue;
    core.primary = cores.get(of)!;
    core.primary.replicas.push(core);
  }
}

async function closeAll(opened: ReadonlyMap<string, Database>): Promise<void> {
  await Promise.all([...opened.values()].map((database) => database.close()));
}

/** Databases that were opened together. */
export class Databases {
  readonly #opened: ReadonlyMap<string, Database>;
  readonly #cores: readonly DatabaseCore[];

  /** @internal Use `createDatabases()`. */
  constructor(opened: ReadonlyMap<string, Database>) {
    this.#opened = opened;
    this.#cores = [...opened.values()].map(({ $core }) => $core);
  }

  /** Names of all databases, including replicas. */
  get names(): readonly string[] {
    return [...this.#opened.keys()];
  }

  /** Returns a database by its name. Throws `E_DATABASE_UNKNOWN`. */
  get(name: string): Database {
    const database = this.#opened.get(name);
    if (database === undefined) throw databaseUnknown(name, this.names);
    return database;
  }

  /**
   * Runs work, such as a request, whose models find these databases, whatever others are open. `transaction()` without a database
   * means the one named "default", or the only one.
   */
  run<Result>(work: () => Result): Result {
    assertFunction("run()", work);
    return enterDatabases(this.#cores, work);
  }

  /** Creates the tables of all models in empty databases. For tests and small programs. */
  async createTables(): Promise<void> {
    for (const database of this.#opened.values()) if (database.$core.primary === undefined) await database.createTables();
  }

  /** Closes all databases and unbinds the models. */
  async close(): Promise<void> {
    await closeAll(this.#opened);
  }
}
