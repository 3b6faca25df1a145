/** Answers requests in the supervisor itself while the newest worker cannot start. Only `gable dev` has one. */
import type { Socket } from "node:net";
import type { RawRequest, Reply } from "../../http/message.ts";
import { repeatRequest } from "../../http/same-address.ts";
import { Engine } from "../engine.ts";
import { resolveLimits } from "../limits.ts";
import type { WorkerFailure } from "./protocol.ts";

/** Answers a request with the reason why there is no worker. */
export type FailureListener = (request: RawRequest, failure: WorkerFailure) => Reply | Promise<Reply>;

/** Time for replies that run when a worker starts again, and for requests on their way, in milliseconds. */
const endGraceMs = 1000;

/** The server that answers for one failure. */
export class StandIn {
  readonly #engine: Engine;
  #isOver = false;

  constructor(answer: FailureListener, failure: WorkerFailure) {
    const limits = resolveLimits({});
    // A request that was on its way on an open connection goes to the new worker.
    this.#engine = new Engine((request) => (this.#isOver ? repeatRequest(request) : answer(request, failure)), {
      limits,
      onError: (error) => console.error(error),
    });
  }

  /** Takes a connection. */
  accept(socket: Socket): void {
    this.#engine.accept(socket);
    // The listener has paused it for a worker.
    socket.resume();
  }

  /** Ends replies without an end, and closes all connections. */
  async end(graceMs: number = endGraceMs): Promise<void> {
    this.#isOver = true;
    await this.#engine.stop(graceMs, graceMs);
  }
}
