/** Gives messages to one connection, one after the other. */
import { setTimeout as sleep } from "node:timers/promises";
import { GableError } from "../../errors/gable-error.ts";
import type { MailMessage } from "../message.ts";
import type { SmtpOptions } from "./smtp-options.ts";
import type { SmtpLimits } from "./smtp-session.ts";
import { SmtpSession } from "./smtp-session.ts";

/** Most messages over one connection: some servers refuse more. */
const messagesMax = 100;

/** The messages of a transport, and the connection that takes them. */
export class SmtpQueue {
  readonly #options: SmtpOptions;
  readonly #limits: SmtpLimits;
  #session: SmtpSession | undefined;
  /** Done when the last message is sent or has failed. */
  #last: Promise<unknown> = Promise.resolve();
  /** Changes when messages that wait are given up. */
  #round = {};

  constructor(options: SmtpOptions, limits: SmtpLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  /** Sends a message after those before it. */
  send(message: MailMessage): Promise<void> {
    const round = this.#round;
    const sent = this.#last.then(() => this.#deliver(message, round));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  /** Waits for the messages that were begun, at most as long as one message may take. Then closes the connection. */
  async close(): Promise<void> {
    const stop = new AbortController();
    const { connectMs, sendMs } = this.#limits;
    await Promise.race([this.#last, sleep(connectMs + sendMs, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
    // Nothing waits here any more, unless the time was up.
    this.#round = {};
    this.#session?.close();
    this.#session = undefined;
  }

  async #deliver(message: MailMessage, round: object): Promise<void> {
    this.#assertGoing(round);
    const kept = this.#session;
    if (kept?.isOpen === true && kept.messageCount < messagesMax) {
      // A server may close a connection that was idle: a message of which it has seen nothing goes over a new one.
      if ((await kept.send(message)) === undefined) return;
      this.#assertGoing(round);
    }
    kept?.close();
    const session = new SmtpSession(this.#options, this.#limits);
    this.#session = session;
    await session.connect();
    if (round !== this.#round) session.close();
    this.#assertGoing(round);
    const lost = await session.send(message);
    if (lost !== undefined) throw lost;
  }

  #assertGoing(round: object): void {
    if (round !== this.#round)
      throw new GableError("E_MAIL_DEFERRED", `The transport was closed before the mail server ${this.#options.host} took the message.`);
  }
}
