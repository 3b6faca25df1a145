/** The interface of everything that takes messages: SMTP, files, memory, the outbox of development. */
import type { MailMessage } from "./message.ts";

/**
 * Takes complete messages and sends or keeps them. Run `testMailTransport()` of `gable/testing` over your own.
 *
 * `send` throws `E_MAIL_REFUSED` for a message that will never be taken, and `E_MAIL_DEFERRED` for one that may be
 * taken later: a task tries the second kind again. If the server takes a message for some recipients only, `details` has the addresses
 * in `accepted`, `deferred` and `rejected`. A task then sends it to those in `deferred`, as `message.recipients`.
 */
export interface MailTransport {
  /** Name for logs and checks, such as `smtp`. */
  readonly name: string;
  /** Whether messages reach people. `gable check --deploy` refuses a transport that keeps them. */
  readonly delivers: boolean;
  /** Whether messages and passwords travel without TLS: `gable check --deploy` refuses that. Undefined counts as no. */
  readonly isPlain?: boolean;
  /** Sends one message; done when the next server has taken it. */
  send(message: MailMessage): Promise<void>;
  /** Lets messages end that were begun, and closes connections. */
  close(): Promise<void>;
}

/** A transport that keeps messages where tests and the outbox page read them. */
export interface MailKeeper extends MailTransport {
  /** Kept messages, the newest first. */
  readonly messages: readonly MailMessage[];
  /** Forgets all messages. */
  clear(): void;
}
