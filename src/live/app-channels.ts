/** The channels of one application: its carrier, and the readers of its topics. */
import type { LiveCarrier, ReplayLimits } from "../channels/carrier.ts";
import { currentContext } from "../data/run/context.ts";
import { onCommit } from "../data/run/transaction.ts";
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { EndedSessions } from "../session/session-identity.ts";
import { currentChannels } from "./current-channels.ts";

/** Topic that tells other processes which sessions have ended. A pattern cannot give it: it has no slash. */
const sessionTopic = "sessions";

/** The channels. */
export class AppChannels {
  readonly carrier: LiveCarrier;
  readonly logger: Logger;
  #removers: Array<() => void> = [];

  constructor(carrier: LiveCarrier, logger: Logger) {
    this.carrier = carrier;
    this.logger = logger;
  }

  /** Opens the carrier. Calls `onEnded` with sessions that end in any process. */
  async open(onEnded: (ended: EndedSessions) => void): Promise<void> {
    await this.carrier.open?.();
    const onMessage = ({ text }: { text: string }): void => onEnded(JSON.parse(text) as EndedSessions); // As announceEnd() sends it.
    // After an interruption, guards are evaluated again within minutes.
    this.#removers = [await this.carrier.subscribe(sessionTopic, { onMessage, onInterrupted: () => undefined }), currentChannels.add(this)];
  }

  /** Tells all processes that sessions have ended. */
  announceEnd(ended: EndedSessions): void {
    this.carrier.publish(sessionTopic, JSON.stringify(ended), undefined).catch((error: unknown) => {
      this.logger.error({ error }, `Other processes do not know that a session has ended: ${toErrorText(error)}`);
    });
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
    if (currentContext()?.transaction === undefined) await send();
    else onCommit(send);
  }

  /** Runs work that finds these channels. */
  enter<Result>(work: () => Result): Result {
    return currentChannels.enter(this, work);
  }

  /** Closes the carrier. */
  async close(): Promise<void> {
    for (const remove of this.#removers.splice(0)) remove();
    await this.carrier.close?.();
  }
}
