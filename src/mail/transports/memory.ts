/** Keeps messages in memory: for tests, and as the outbox of development. */
import { assertKnownOptions } from "../../errors/option-errors.ts";
import type { MailMessage } from "../message.ts";
import type { MailKeeper } from "../transport.ts";

/** Options of `memoryMail()`. */
export interface MemoryMailOptions {
  /** Most messages that are kept; the oldest go first. Default 1,000. */
  messagesMax?: number;
  /** Name for logs. Default `memory`. */
  name?: string;
}

/** Makes a transport that keeps messages in memory and sends nothing. */
export function memoryMail(options: MemoryMailOptions = {}): MailKeeper {
  assertKnownOptions("memoryMail()", options, { messagesMax: "count", name: "string" });
  const { messagesMax = 1_000, name = "memory" } = options;
  let messages: MailMessage[] = [];
  return {
    name,
    delivers: false,
    get messages() {
      return messages;
    },
    clear() {
      messages = [];
    },
    send(message) {
      messages = [message, ...messages.slice(0, messagesMax - 1)];
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
