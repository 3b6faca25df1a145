/** The open databases: those of the running application, and those that models use when no application runs. */
import { AsyncLocalStorage } from "node:async_hooks";
import { GableError } from "../../errors/gable-error.ts";
import { beginWork } from "./begin-work.ts";

/** A database as the registry sees it. */
export interface OpenDatabase {
  readonly name: string;
  readonly models: ReadonlySet<object>;
  /** The database that it replicates; undefined for a primary database. */
  readonly primary: object | undefined;
}

/** Whether a database shares its models with other open databases. */
export type Binding = "alone" | "shared";

/** The open databases, and which of them the current work uses. */
export class OpenDatabases<Database extends OpenDatabase> {
  readonly #open = new Map<Database, Binding>();
  readonly #byModel = new WeakMap<object, readonly Database[]>();
  readonly #entered = new AsyncLocalStorage<readonly Database[]>();

  /** Runs work that uses these databases, whichever others are open. */
  enter<Result>(databases: readonly Database[], work: () => Result): Result {
    return this.#entered.run(databases, beginWork, work);
  }

  /** Registers a database for its models. Throws `E_DATABASE_BOUND` if a model is bound to another database that does not share it. */
  add(database: Database, binding: Binding): void {
    for (const model of database.models) {
      const other = this.#databasesOf(model).find((each) => binding === "alone" || this.#open.get(each) === "alone");
      if (other === undefined) continue;
      throw new GableError("E_DATABASE_BOUND", `${nameOf(model)} is already bound to the open database "${other.name}".`, {
        fix: "Close that database first, or open this one with bind: false and use database.run().",
      });
    }
    this.#open.set(database, binding);
    for (const model of database.models) this.#byModel.set(model, [...this.#databasesOf(model), database]);
  }

  /** Removes a database from its models. */
  remove(database: Database): void {
    this.#open.delete(database);
    for (const model of database.models) {
      const others = this.#databasesOf(model).filter((each) => each !== database);
      if (others.length === 0) this.#byModel.delete(model);
      else this.#byModel.set(model, others);
    }
  }

  /** Returns the database of a model: one of the entered databases, or else the only open one. */
  find(model: object): Database | undefined {
    const entered = this.#entered.getStore()?.find((database) => database.primary === undefined && hasModel(database, model));
    if (entered !== undefined) return entered;
    const bound = this.listBound(model);
    return bound.length === 1 ? bound[0] : undefined;
  }

  /** Returns the open databases that a model is bound to. */
  listBound(model: object): readonly Database[] {
    // A model can extend another one. A prototype is an object or null.
    for (let owner: object | null = model; typeof owner === "function"; owner = Object.getPrototypeOf(owner) as object | null) {
      const databases = this.#byModel.get(owner);
      if (databases !== undefined) return databases;
    }
    return [];
  }

  /** Returns the databases that work without a model may use: the entered ones, or else all open ones. */
  get candidates(): readonly Database[] {
    return this.#entered.getStore()?.filter(({ primary }) => primary === undefined) ?? [...this.#open.keys()];
  }

  #databasesOf(model: object): readonly Database[] {
    return this.#byModel.get(model) ?? [];
  }
}

/** Returns whether a database has a model, or the model that it extends. */
export function hasModel({ models }: Pick<OpenDatabase, "models">, model: object): boolean {
  if (models.has(model)) return true;
  for (const known of models) if (Object.prototype.isPrototypeOf.call(known, model)) return true;
  return false;
}

function nameOf(model: object): string {
  return (model as { readonly name: string }).name; // Models are classes.
}
