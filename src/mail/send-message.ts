/** Gives messages to a transport, and publishes that on the channel `gable.mail.send` of node:diagnostics_channel. */
import { openChannel } from "../parts/event-channel.ts";
import type { MailMessage } from "./message.ts";
import { recipientsOf } from "./nodemailer.ts";
import type { MailTransport } from "./transport.ts";

/** The event on the channel `gable.mail.send` when a transport has taken or refused a message. It has no addresses. */
interface MailEvent {
  /** Number of addresses that the message goes to. */
  readonly recipientCount: number;
  readonly durationMs: number;
  /** What the transport threw; undefined when it has taken the message. */
  readonly error: unknown;
}

const sends = openChannel<MailEvent>("gable.mail.send");

/** Sends a message. Throws what the transport throws. */
export async function sendMessage(transport: MailTransport, message: MailMessage): Promise<void> {
  if (!sends.hasSubscribers) return void (await transport.send(message));
  const startedMs = performance.now();
  const end = (error?: unknown): void =>
    sends.publish({ recipientCount: recipientsOf(message).length, durationMs: performance.now() - startedMs, error });
  try {
    await transport.send(message);
  } catch (error) {
    end(error);
    throw error;
  }
  end();
}
