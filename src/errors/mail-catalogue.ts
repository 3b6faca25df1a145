/** Error codes of mail. */
import { entry } from "./catalogue-entry.ts";

/** What messages and mail servers refuse. */
export const mailErrors = {
  E_MAIL_ADDRESS: entry(
    500,
    "Invalid mail address",
    "Pass an address such as ann@example.com; check what people type with a form field of type email.",
  ),
  E_MAIL_HEADER: entry(
    500,
    "Invalid header field of a message",
    "Remove line breaks and control characters, and use the options for the fields that Gable writes.",
  ),
  E_MAIL_TOO_LARGE: entry(500, "The message is too large", "Send fewer or smaller attachments to fewer recipients."),
  E_MAIL_PACKAGE: entry(500, "The package nodemailer is missing", "Install it: npm install nodemailer."),
  E_MAIL_LOGIN: entry(500, "The mail server refused the login", "Correct the user name and the password in MAIL_URL."),
  E_MAIL_INSECURE: entry(
    500,
    "The mail server offers no TLS",
    'Use a server with STARTTLS or smtps://, or pass insecure: "reason" for a relay that you trust.',
  ),
  E_MAIL_REFUSED: entry(
    500,
    "The mail server refused the message",
    "Read the reply of the server in the message; sending it again does not help.",
  ),
  E_MAIL_DEFERRED: entry(503, "The mail server could not take the message", "Send it again later; a task does that for you."),
  E_MAIL_MISSING: entry(
    500,
    "This application has no mail",
    'Pass the option mail to gable(), for example mail: "smtp://user:password@host:587".',
  ),
} as const;
