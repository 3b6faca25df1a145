/** Transports by address, as the variable MAIL_URL names them. */
import { optionInvalid } from "../errors/option-errors.ts";
import type { MailTransport } from "./transport.ts";
import { consoleMail } from "./transports/console.ts";
import { fileMail } from "./transports/file.ts";
import { memoryMail } from "./transports/memory.ts";
import { smtpMail } from "./transports/smtp.ts";

/**
 * Makes a transport from its address: `smtp://user:password@host:587`, `smtps://host`, `file:var/mail`, `console:`,
 * `memory:`, or `outbox:`, which keeps messages for the page of development.
 */
export function createMailTransport(url: string): MailTransport {
  const [, scheme, rest] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (scheme === "smtp" || scheme === "smtps") return smtpMail(url);
  if (scheme === "file" && rest !== "") return fileMail(rest!.replace(/^\/\/(?=\/)/, ""));
  if (scheme === "console" && rest === "") return consoleMail();
  if (scheme === "memory" && rest === "") return memoryMail();
  if (scheme === "outbox" && rest === "") return memoryMail({ name: "outbox", messagesMax: 200 });
  // An address may hold a password: only its scheme is shown.
  throw optionInvalid(
    "gable()",
    "mail",
    scheme === undefined ? "a string without a scheme" : `${scheme}:`,
    "an address that starts with smtp:, smtps:, file:, console:, memory: or outbox:",
  );
}
