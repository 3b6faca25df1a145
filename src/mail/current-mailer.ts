/** The mail that sendMail() uses: that of the application whose request runs, else that of the only running application. */
import { Ambient } from "../parts/ambient.ts";
import type { MailMessage } from "./message.ts";
import type { MailViewName, TypedMail } from "./mail-views.ts";
import type { Mailer, MailOptions } from "./mailer.ts";

/** The mailers of applications that run. */
export const mailers: Ambient<Mailer> = new Ambient({ what: "mail", code: "E_MAIL_MISSING", call: "app.part(mailPart).send()" });

/** Sends messages, now or later. */
export interface SendMail {
  /** Sends a message, and waits until the transport has it. */
  <Name extends MailViewName = never>(options: TypedMail<Name>): Promise<MailMessage>;
  /**
   * Enqueues a message as a task: it is sent after the commit of the current transaction, and again if the server cannot take it now.
   * A message waits as at most 4,194,304 bytes (4 MiB) of JSON. Throws `E_TASK_MISSING` without the option `tasks`,
   * `E_MAIL_TOO_LARGE`, and what a message can be refused for.
   */
  later<Name extends MailViewName = never>(options: TypedMail<Name>): Promise<MailMessage>;
}

/**
 * Sends a message: `view` names the views of its HTML and its text, or you pass `html` and `text`.
 * The compiler checks props against those that the views declare. Throws `E_MAIL_MISSING` without an application that has mail, what a message can be refused for, and what the transport throws.
 *
 * @example
 * await sendMail({ to: "ann@example.com", subject: "Welcome", view: "mail/welcome", props: { name: "Ann" } });
 */
export const sendMail: SendMail = Object.assign(async (options: object) => mailers.get().send(options as MailOptions), {
  later: async (options: object) => mailers.get().later(options as MailOptions), // Both are typed options, which are a case of these.
});
