/** The channels of one application: its carrier, and the readers of its topics. */
import type { LiveCarrier, ReplayLimits } from "../channels/carrier.ts";
import { isInTransaction, onCommit } from "../data/run/transaction.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { PartHost } from "../parts/part.ts";
import { currentChannels } from "./current-channels.ts";

/** The channels. */
export class AppChannels {
  readonly carrier: LiveCarrier;
  readonly #host: Pick<PartHost, "logger" | "requestId">;
  #remove: (() => void) | undefined;

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
        if (error instanceof GableError) throw error;
        throw new GableError("E_CHANNEL_CARRIER", "The carrier of the channels did not take a message.", { cause: error });
      }
    };
    if (isInTransaction()) onCommit(send);
    else await send();
  }

  /** Runs work that finds these channels. */
  enter<Result>(work: () => Result): Result {
    return currentChannels.enter(this, work);
  }

  /** Closes the carrier. */
  async close(): Promise<void> {
    this.#remove?.();
    await this.carrier.close?.();
  }
}
