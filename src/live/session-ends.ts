/** Tells the other processes of an application which sessions have ended, so that their connections close as well. */
import type { LiveCarrier } from "../channels/carrier.ts";
import { toErrorText } from "../errors/error-text.ts";
import type { Logger } from "../handlers/logger.ts";
import type { EndedSessions } from "../session/session-identity.ts";

/** Topic of the announcements for a key. A pattern of a channel cannot give it: it has no slash. */
const toTopic = (keyId: string): string => `sessions-${keyId}`;

/** What the announcements need. */
export interface SessionEndsParts {
  /** Gives the open carrier; called when the first connection opens, or the first session ends. */
  readonly open: () => Promise<LiveCarrier>;
  /** Whether `close()` closes the carrier. */
  readonly ownsCarrier: boolean;
  readonly logger: Logger;
  /**
   * Ids of the secret keys. Two applications with one carrier may have users with the same ids, so each receives only announcements for its keys. While
   * you replace keys, processes with the old ones and the new ones have a key in common.
   */
  readonly keyIds: () => readonly string[];
  /** Called with sessions that end in any process. */
  readonly onEnded: (ended: EndedSessions) => void;
  /** Called when sessions may have ended until now of which nobody has heard here. */
  readonly onMissed: () => void;
}

/** The announcements of one application. An application without connections hears none. */
export class SessionEnds {
  readonly #parts: SessionEndsParts;
  /** Announcements that are on their way. */
  readonly #sending = new Set<Promise<void>>();
  #carrier: Promise<LiveCarrier> | undefined;
  #listening: Promise<() => void> | undefined;

  constructor(parts: SessionEndsParts) {
    this.#parts = parts;
  }

  /** Hears from now on which sessions end in other processes. */
  async listen(): Promise<void> {
    this.#listening ??= this.#subscribe().catch((error: unknown) => {
      // The next connection tries again.
      this.#listening = undefined;
      throw error;
    });
    await this.#listening;
  }

  /** Tells all processes that sessions have ended. */
  announce(ended: EndedSessions): void {
    const sending = this.#send(JSON.stringify(ended)).catch((error: unknown) => {
      this.#parts.logger.error({ error }, `Cannot tell other processes that a session has ended: ${toErrorText(error)}`);
    });
    this.#sending.add(sending);
    void sending.then(() => this.#sending.delete(sending));
  }

  /** Waits for the announcements, and closes what was opened for them. */
  async close(): Promise<void> {
    await Promise.all(this.#sending);
    (await this.#listening?.catch(() => undefined))?.();
    if (this.#parts.ownsCarrier) await (await this.#carrier?.catch(() => undefined))?.close?.();
  }

  async #send(text: string): Promise<void> {
    const carrier = await this.#open();
    await Promise.all(this.#parts.keyIds().map((id) => carrier.publish(toTopic(id), text, undefined)));
  }

  async #subscribe(): Promise<() => void> {
    const onMessage = ({ text }: { text: string }): void => this.#parts.onEnded(JSON.parse(text) as EndedSessions); // As announce() sends it.
    // After an interruption, guards are evaluated again within minutes.
    const listener = { onMessage, onInterrupted: this.#parts.onMissed };
    const carrier = await this.#open();
    const ends = await Promise.all(this.#parts.keyIds().map((id) => carrier.subscribe(toTopic(id), listener)));
    this.#parts.onMissed();
    return () => {
      for (const end of ends) end();
    };
  }

  #open(): Promise<LiveCarrier> {
    this.#carrier ??= this.#parts.open().catch((error: unknown) => {
      this.#carrier = undefined;
      throw error;
    });
    return this.#carrier;
  }
}
