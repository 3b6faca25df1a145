/** What code finds without being handed it: the service of the application whose work runs. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ErrorCode } from "../errors/catalogue.ts";
import { GableError } from "../errors/gable-error.ts";

/** What the errors of an ambient service say. */
export interface AmbientNames {
  /** What applications have, such as `mail`. */
  readonly what: string;
  /** Code of the error without an application that has it. */
  readonly code: ErrorCode;
  /** How to name the application that is meant, such as `app.part(mailPart).send()`. */
  readonly call: string;
}

/**
 * The services of one kind, one for each application that runs. Work of an application finds its own. Code outside of
 * requests, such as a script or a test, finds the only one that runs.
 */
export class Ambient<Service extends object> {
  readonly #names: AmbientNames;
  readonly #entered = new AsyncLocalStorage<Service>();
  readonly #running = new Set<Service>();

  constructor(names: AmbientNames) {
    this.#names = names;
  }

  /** Runs work that finds this service. */
  enter<Result>(service: Service, work: () => Result): Result {
    return this.#entered.run(service, work);
  }

  /** Registers the service of an application that starts. Returns the function that removes it. */
  add(service: Service): () => void {
    this.#running.add(service);
    return () => void this.#running.delete(service);
  }

  /** Returns the service. Throws when no application with one runs, and when several do and this work belongs to none. */
  get(): Service {
    const service = this.#entered.getStore() ?? (this.#running.size === 1 ? [...this.#running][0] : undefined);
    if (service !== undefined) return service;
    const { what, code, call } = this.#names;
    if (this.#running.size === 0) throw new GableError(code, `No application with ${what} is running.`);
    throw new GableError(code, `${this.#running.size} applications with ${what} are running, and this code runs for none of them.`, {
      fix: `Name the application that you mean: ${call}.`,
    });
  }
}
