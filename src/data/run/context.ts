/** Decides where statements run: on a database, or in one of its transactions. The context travels with asynchronous calls. */
import { AsyncLocalStorage } from "node:async_hooks";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { beginWork } from "../ambient/begin-work.ts";
import type { Binding } from "../ambient/open-databases.ts";
import { hasModel, OpenDatabases } from "../ambient/open-databases.ts";
import { isWritten } from "../ambient/written.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { DatabaseCore, ExecutionContext } from "./database-core.ts";

const open = new OpenDatabases<DatabaseCore>();
const ambient = new AsyncLocalStorage<ExecutionContext | undefined>();

/** Binds the models of a database to it. Throws `E_DATABASE_BOUND` if a model belongs to another database. */
export function bindModels(database: DatabaseCore, binding: Binding): void {
  open.add(database, binding);
}

/** Unbinds the models of a database. */
export function releaseModels(database: DatabaseCore): void {
  open.remove(database);
}

/**
 * Runs work, for example a request of an application, whose models use these databases, whatever others are open: two applications
 * in one process may have the same models. `Databases.run()` calls it. Other work uses the only open database of a model.
 */
export function enterDatabases<Result>(databases: readonly DatabaseCore[], work: () => Result): Result {
  const current = ambient.getStore();
  // A transaction around the work stays active, unless it belongs to another database.
  if (current === undefined || databases.includes(current.database)) return open.enter(databases, work);
  return ambient.run(undefined, () => open.enter(databases, work));
}

/** Returns the databases that the current work can use: those that it has entered, otherwise all open ones. */
export function listCandidates(): readonly DatabaseCore[] {
  return open.candidates;
}

/** Runs work with a context for its queries. */
export function runIn<Result>(context: ExecutionContext, work: () => Result): Result {
  return ambient.run(context, beginWork, work);
}

/** Runs work with a database: in the open transaction of the caller, if it is one of this database. */
export function joinDatabase<Result>(database: DatabaseCore, work: () => Result): Result {
  return ambient.getStore()?.database === database ? work() : runIn(database.context, work);
}

/** Returns the context of the caller; undefined outside of `runIn()`. */
export function currentContext(): ExecutionContext | undefined {
  return ambient.getStore();
}

/** Returns the context of work that names no model: that of the caller, or the only database. Throws `E_DATABASE_MISSING`. */
export function defaultContext(): ExecutionContext {
  const current = ambient.getStore();
  if (current !== undefined) return current;
  const databases = open.candidates;
  const [only, ...more] = databases;
  if (only !== undefined && more.length === 0) return only.context;
  // If there are several, it is the database for models that name none.
  const usual = databases.filter(({ name }) => name === "default");
  if (usual.length === 1) return usual[0]!.context;
  const reason = only === undefined ? "No database is open." : `${databases.length} databases are open, and the call names none.`;
  throw new GableError("E_DATABASE_MISSING", reason, {
    fix:
      only === undefined
        ? "Pass models to gable(), and wait until the application has started. In a script, open a database with createDatabase()."
        : "Name it: { database }.",
  });
}

/** Returns the context for queries of a model. Throws `E_DATABASE_MISSING` if there is none, and `E_DATABASE_AMBIGUOUS`. */
export function contextOf(model: ModelClass): ExecutionContext {
  const context = findContext(model);
  if (context !== undefined) return context;
  const bound = open.listBound(model).length;
  if (bound > 1)
    throw new GableError(
      "E_DATABASE_AMBIGUOUS",
      `${bound} open databases have the model ${model.name}, and this code runs in none of them.`,
    );
  throw new GableError("E_DATABASE_MISSING", `No open database has the model ${model.name}.`, {
    fix:
      `Add ${model.name} to the models of gable(), and use it once the application has started. ` +
      `In a script, open a database first: await createDatabase({ url: "sqlite:var/app.db", models: [${model.name}] }).`,
  });
}

/** Finds the context for queries of a model; undefined if there is none, or more than one. */
export function findContext(model: ModelClass): ExecutionContext | undefined {
  const current = ambient.getStore();
  if (current !== undefined && (current.isForAll === true || hasModel(current.database, model))) return current;
  return open.find(model)?.context;
}

const contextsForAll = new WeakMap<ExecutionContext, ExecutionContext>();

/** Returns the context for any model in a database: the caller's transaction there, if there is one. */
export function contextIn(database: DatabaseCore): ExecutionContext {
  const current = ambient.getStore();
  const context = current?.database === database ? current : database.context;
  if (context.isForAll === true) return context;
  const known = contextsForAll.get(context) ?? { ...context, isForAll: true };
  contextsForAll.set(context, known);
  return known;
}

/** Returns the context for any model in a database with this name. Throws `E_DATABASE_UNKNOWN`. */
export function contextOfSibling({ siblings, name: own }: DatabaseCore, name: string): ExecutionContext {
  const database = siblings?.get(name);
  if (database === undefined) throw databaseUnknown(name, siblings === undefined ? [own] : [...siblings.keys()]);
  return contextIn(database);
}

/** Creates the error about an unknown database name. */
export function databaseUnknown(name: unknown, known: readonly string[]): GableError {
  return new GableError("E_DATABASE_UNKNOWN", `No database is named ${describeValue(name)}.`, {
    fix: suggestName(String(name), known, `Use one of: ${known.join(", ")}.`),
  });
}

let turn = 0;

/** Chooses where a query that may read a replica runs: on the replicas in turn, unless the caller must see its own writes. */
export function contextOfReplica(context: ExecutionContext): ExecutionContext {
  const { database, transaction } = context;
  const { replicas } = database;
  if (transaction !== undefined || replicas.length === 0 || isWritten(database)) return context;
  return replicas[turn++ % replicas.length]!.context;
}

/** Whether a replica may lack rows that the caller has written. */
export function isBehind({ primary }: DatabaseCore): boolean {
  return primary !== undefined && isWritten(primary);
}
