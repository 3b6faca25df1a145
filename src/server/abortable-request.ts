/** The abort signal of a request, made at its first touch: most handlers never ask for it. */
import type { GableError } from "../errors/gable-error.ts";

/** Base of the requests of both servers. */
export class AbortableRequest {
  #controller: AbortController | null = null;
  #abortReason: GableError | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#abortReason !== null) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Whether the request was given up. */
  get isAborted(): boolean {
    return this.#abortReason !== null;
  }

  /** Tells the handler that nobody waits any more; the first reason stays. */
  abort(reason: GableError): void {
    this.#abortReason ??= reason;
    this.#controller?.abort(this.#abortReason);
  }
}
