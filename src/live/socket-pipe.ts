/** Sends the messages of a topic to one socket, in order. */
import { toErrorText } from "../errors/error-text.ts";
import type { SocketConnection } from "../handlers/define-socket.ts";
import type { Logger } from "../handlers/logger.ts";
import type { ChannelMessages } from "./channel-messages.ts";
import { closeCodes } from "./close-codes.ts";
import type { SubscriptionItem, SubscriptionSink } from "./subscription.ts";

/** What a channel needs of a socket. */
export type PipedSocket = Pick<SocketConnection, "send" | "signal"> & Partial<Pick<SocketConnection, "close">>;

/** What a pipe needs. */
interface SocketPipeParts {
  readonly pattern: string;
  readonly messages: ChannelMessages;
  readonly logger: Logger;
  readonly socket: PipedSocket;
}

/** One pipe. Its end never rejects: handlers start it and go on. */
export class SocketPipe implements SubscriptionSink {
  /** Resolves when the pipe has ended. */
  readonly ended: Promise<void>;
  readonly #parts: SocketPipeParts;
  readonly #resolve: () => void;
  /** Messages are parsed one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(parts: SocketPipeParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolve = resolve;
  }

  onItem(item: SubscriptionItem): void {
    this.#turn = this.#turn.then(() => this.#send(item)).catch((error: unknown) => this.#fail(error));
  }

  onEnd(error?: Error): void {
    this.#turn = this.#turn.then(() => (error === undefined ? this.#end() : this.#fail(error)));
  }

  async #send(item: SubscriptionItem): Promise<void> {
    if (this.#isOver) return;
    const text = await this.#toText(item);
    if (text !== undefined) this.#parts.socket.send(text);
  }

  async #toText(item: SubscriptionItem): Promise<string | undefined> {
    if (item.kind === "gap") return '{"hasGap":true}';
    if (item.kind === "place") return `{"id":"${item.id}"}`;
    const { message } = item;
    const json = await this.#parts.messages.write(message, this.#parts.logger);
    if (message.id === "") return json?.value;
    return json === undefined ? `{"id":"${message.id}"}` : `{"id":"${message.id}","message":${json.value}}`;
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    const { logger, pattern, socket } = this.#parts;
    logger.error({ error }, `A socket no longer gets the messages of the channel "${pattern}": ${toErrorText(error)}`);
    this.#end();
    socket.close?.(closeCodes.failed.code, closeCodes.failed.reason);
  }

  #end(): void {
    this.#isOver = true;
    this.#resolve();
  }
}
