/** The channels of one application: its carrier, and the readers of its topics. */
import { setTimeout as wait } from "node:timers/promises";
import type { LiveCarrier, ReplayLimits } from "../channels/carrier.ts";
import { isInTransaction, onCommit } from "../data/run/transaction.ts";
import { reopenDelay } from "../data/driver/reopen-delay.ts";
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { PartHost } from "../parts/part.ts";
import { currentChannels } from "./current-channels.ts";

/** Codes of carriers that may be back later. */
const outageCodes: ReadonlySet<string> = new Set(["E_CHANNEL_CARRIER", "E_REDIS_COMMAND", "E_REDIS_CONNECT"]);

/** The channels. */
export class AppChannels {
  readonly carrier: LiveCarrier;
  readonly #host: Pick<PartHost, "logger" | "requestId">;
  #remove: (() => void) | undefined;
  /** Whether readers wait for the carrier. */
  #isAway = false;
  #isClosed = false;

  constructor(carrier: LiveCarrier, host: Pick<PartHost, "logger" | "requestId">) {
    this.carrier = carrier;
    this.#host = host;
  }

  /** The logger, for the request that reads or sends. */
  get logger(): Logger {
    const { logger, requestId } = this.#host;
    const id = requestId();
    return id === undefined ? logger : logger.child({ requestId: id });
  }

  /** Opens the carrier. */
  async open(): Promise<void> {
    await this.carrier.open?.();
    this.#remove = currentChannels.add(this);
  }

  /** Sends a message: now, or after the commit of the transaction that runs. Throws `E_CHANNEL_CARRIER`. */
  async publish(topic: string, text: string, replay: ReplayLimits | undefined): Promise<void> {
    const send = async (): Promise<void> => {
      try {
        await this.carrier.publish(topic, text, replay);
      } catch (error) {
        throw toCarrierError(error, "The carrier of the channels did not take a message.");
      }
    };
    if (isInTransaction()) onCommit(send);
    else await send();
  }

  /** Says that the carrier has answered a reader. */
  noteAnswer(): void {
    this.#isAway = false;
  }

  /** Waits before a reader asks the carrier again. Throws where that cannot help. All readers together log an outage once. */
  async waitForCarrier(error: unknown, attempts: number): Promise<void> {
    const failure = toCarrierError(error, "The carrier of the channels did not answer a reader.");
    if (this.#isClosed || !outageCodes.has(failure.code)) throw failure;
    if (!this.#isAway) {
      this.#isAway = true;
      this.#host.logger.error({ error: failure }, `Readers of channels wait for the carrier: ${toErrorText(failure)}`);
    }
    await wait(reopenDelay(attempts), undefined, { ref: false });
    if (this.#isClosed) throw failure;
  }

  /** Runs work that finds these channels. */
  enter<Result>(work: () => Result): Result {
    return currentChannels.enter(this, work);
  }

  /** Closes the carrier. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#remove?.();
    await this.carrier.close?.();
  }
}

function toCarrierError(error: unknown, message: string): GableError {
  return error instanceof GableError ? error : new GableError("E_CHANNEL_CARRIER", message, { cause: error });
}
