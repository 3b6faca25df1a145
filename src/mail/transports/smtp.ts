/** Sends messages over SMTP with the package nodemailer. */
import type { MailTransport } from "../transport.ts";
import type { SmtpOptions } from "./smtp-options.ts";
import { assertSmtpOptions, parseSmtpUrl } from "./smtp-options.ts";
import { SmtpQueue } from "./smtp-queue.ts";
import type { SmtpLimits } from "./smtp-session.ts";

const usualLimits: SmtpLimits = { connectMs: 10_000, sendMs: 30_000 };

/**
 * Makes a transport for a mail server: from options, or from `smtp://user:password@host:587` and `smtps://host`.
 *
 * One connection is kept and used again. A server without STARTTLS gets no message (`E_MAIL_INSECURE`), unless
 * `insecure` gives the reason. Connecting takes at most 10 seconds, and sending a message 30 seconds more.
 */
export function smtpMail(where: string | SmtpOptions): MailTransport {
  return createSmtpMail(where, usualLimits);
}

/** @internal Makes the transport with limits: tests do not wait for the usual ones. */
export function createSmtpMail(where: string | SmtpOptions, limits: SmtpLimits): MailTransport {
  const options = typeof where === "string" ? parseSmtpUrl(where) : where;
  assertSmtpOptions(options);
  const queue = new SmtpQueue(options, limits);
  const isPlain = options.insecure !== undefined;
  return { name: "smtp", delivers: true, isPlain, send: (message) => queue.send(message), close: () => queue.close() };
}
