/** The mail that sendMail() uses: that of the application whose request runs, else that of the only running application. */
import { Ambient } from "../parts/ambient.ts";
import type { MailMessage } from "./message.ts";
import type { Mailer, MailOptions } from "./mailer.ts";

/** The mailers of applications that run. */
export const mailers: Ambient<Mailer> = new Ambient({ what: "mail", code: "E_MAIL_MISSING", call: "app.part(mailPart).send()" });

/**
 * Sends a message: `view` names the views of its HTML and its text, or you pass `html` and `text`.
 * Throws `E_MAIL_MISSING` without an application that has mail, what a message can be refused for, and what the transport throws.
 *
 * @example
 * await sendMail({ to: "ann@example.com", subject: "Welcome", view: "mail/welcome", props: { name: "Ann" } });
 */
export async function sendMail(options: MailOptions): Promise<MailMessage> {
  return mailers.get().send(options);
}
