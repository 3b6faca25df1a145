/** Mail messages: what you pass to sendMail(), and the checked message that a transport gets. */
import { randomUUID } from "node:crypto";
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import type { AddressInput, MailAddress } from "./address.ts";
import { assertNoControl, parseAddress, parseAddresses } from "./address.ts";

/** A file that goes with a message. */
export interface MailAttachment {
  /** Name that the recipient sees, such as `invoice.pdf`. */
  readonly fileName: string;
  /** Content; a string is sent as UTF-8. */
  readonly content: string | Uint8Array;
  /**
   * Media type, such as `application/pdf`. By default it follows from the ending of the name. `message/*` and `multipart/*` are sent as
   * `application/octet-stream`: on the way, servers may change such parts.
   */
  readonly type?: string;
}

/** Options of a message other than its content. */
export interface MailHeaderOptions {
  /** Recipients. */
  readonly to: AddressInput | readonly AddressInput[];
  /** Subject, on one line. */
  readonly subject: string;
  /** Sender. Default: the option `from` of the application's mail. */
  readonly from?: AddressInput;
  /** Recipients of a copy. None by default. */
  readonly cc?: AddressInput | readonly AddressInput[];
  /** Recipients of a copy whom the others do not see. None by default. */
  readonly bcc?: AddressInput | readonly AddressInput[];
  /** Where answers go. Default: the sender. */
  readonly replyTo?: AddressInput;
  /** More header fields, such as `List-Unsubscribe`. None by default. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Files, at most 25 MB together with `inline`. None by default. */
  readonly attachments?: readonly MailAttachment[];
  /** Images for the HTML part by their id: `<img src="cid:logo">` shows `inline.logo`. None by default. */
  readonly inline?: Readonly<Record<string, MailAttachment>>;
}

/** The two forms of a message's text. A transport sends both, and the mail program shows the one it prefers. */
export interface MailContent {
  /** HTML part; undefined for a message of plain text. */
  readonly html?: string | undefined;
  /** Plain text part. */
  readonly text: string;
}

/** A complete, checked message. Transports get it and send it as it is. */
export interface MailMessage extends MailContent {
  /** Value of `Message-ID`, with angle brackets. */
  readonly messageId: string;
  /** When the message was made. */
  readonly date: Date;
  /** Sender. */
  readonly from: MailAddress;
  /** Recipients. */
  readonly to: readonly MailAddress[];
  /** Recipients of a copy. */
  readonly cc: readonly MailAddress[];
  /** Recipients of a copy whom the others do not see. */
  readonly bcc: readonly MailAddress[];
  /**
   * Addresses that still need the message, when a server has taken it for the others. A transport then sends it to these only.
   * By default everyone in `to`, `cc` and `bcc`.
   */
  readonly recipients?: readonly string[];
  /** Where answers go; undefined for the sender. */
  readonly replyTo: MailAddress | undefined;
  /** Subject. */
  readonly subject: string;
  /** More header fields. */
  readonly headers: Readonly<Record<string, string>>;
  /** Files. */
  readonly attachments: readonly MailAttachment[];
  /** Images of the HTML part by id. */
  readonly inline: Readonly<Record<string, MailAttachment>>;
}

/** Most recipients of one message; a newsletter is one message per reader. */
export const recipientsMax = 100;
/** Largest sum of all attachments, in bytes. */
export const attachmentBytesMax = 25_000_000;
/** Longest subject, in characters. */
const subjectLengthMax = 255;

const headerName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i;
const contentId = /^[A-Za-z0-9._-]{1,64}$/;
/** Fields that the other options or the transport write. A second one would make the message ambiguous. */
const ownHeaders = new Set(
  (
    "from sender to cc bcc reply-to subject date message-id mime-version content-type content-transfer-encoding " +
    "content-disposition content-id return-path received dkim-signature"
  ).split(" "),
);

/** The kinds of {@link MailHeaderOptions}. */
export const mailHeaderKinds: OptionKinds<MailHeaderOptions> = {
  to: true,
  subject: true,
  from: true,
  cc: true,
  bcc: true,
  replyTo: true,
  headers: "object",
  attachments: "objects",
  inline: "object",
};

/** Checks the options of a message and makes the message. Throws `E_MAIL_ADDRESS`, `E_MAIL_HEADER`, `E_MAIL_TOO_LARGE` and `E_OPTION_INVALID`. */
export function createMessage(options: MailHeaderOptions, content: MailContent, defaultFrom?: AddressInput): MailMessage {
  const from = options.from ?? defaultFrom;
  if (from === undefined) throw optionInvalid("sendMail()", "from", from, "an address, here or as the option mail.from of the application");
  const sender = parseAddress(from, "from");
  const to = parseAddresses(options.to, "to");
  const cc = parseAddresses(options.cc, "cc");
  const bcc = parseAddresses(options.bcc, "bcc");
  assertRecipients(to, to.length + cc.length + bcc.length);
  assertSubject(options.subject);
  const attachments = options.attachments ?? [];
  const inline = options.inline ?? {};
  assertAttachments([...attachments, ...Object.values(inline)]);
  for (const id of Object.keys(inline))
    if (!contentId.test(id)) throw optionInvalid("sendMail()", `inline.${id}`, id, "named with letters, digits, dots, _ and -");
  return Object.freeze({
    messageId: `<${randomUUID()}@${sender.address.slice(sender.address.lastIndexOf("@") + 1)}>`,
    date: new Date(),
    from: sender,
    to,
    cc,
    bcc,
    replyTo: options.replyTo === undefined ? undefined : parseAddress(options.replyTo, "replyTo"),
    subject: options.subject,
    headers: checkHeaders(options.headers ?? {}),
    attachments,
    inline,
    html: content.html,
    text: content.text,
  });
}

function assertRecipients(to: readonly MailAddress[], count: number): void {
  if (to.length === 0) throw optionInvalid("sendMail()", "to", [], "at least one address");
  if (count > recipientsMax)
    throw new GableError("E_MAIL_TOO_LARGE", `The message has ${count} recipients; ${recipientsMax} are allowed.`, {
      fix: "Send one message per reader, as tasks.",
    });
}

function assertSubject(subject: unknown): void {
  if (typeof subject !== "string" || subject.trim() === "" || [...subject].length > subjectLengthMax)
    throw optionInvalid("sendMail()", "subject", subject, `a string of 1 to ${subjectLengthMax} characters`);
  assertNoControl("subject", subject);
}

function assertAttachments(attachments: readonly MailAttachment[]): void {
  let bytes = 0;
  for (const attachment of attachments) {
    assertKnownOptions("sendMail() attachment", attachment, ["fileName", "content", "type"]);
    const { fileName, content, type } = attachment;
    if (typeof fileName !== "string" || fileName === "" || fileName.length > 255)
      throw optionInvalid("sendMail() attachment", "fileName", fileName, "a name of 1 to 255 characters");
    assertNoControl("fileName", fileName);
    if (typeof content !== "string" && !(content instanceof Uint8Array))
      throw optionInvalid("sendMail() attachment", "content", content, "a string or a Uint8Array");
    if (type !== undefined && !mediaType.test(type)) throw optionInvalid("sendMail() attachment", "type", type, "a media type");
    bytes += typeof content === "string" ? new TextEncoder().encode(content).length : content.length;
  }
  if (bytes > attachmentBytesMax)
    throw new GableError("E_MAIL_TOO_LARGE", `The attachments have ${bytes} bytes together; ${attachmentBytesMax} are allowed.`, {
      fix: "Store the files, and put links to them into the message.",
    });
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (!headerName.test(name)) {
      assertNoControl("headers", name);
      throw new GableError("E_MAIL_HEADER", `headers: ${describeValue(name)} is not a name of a header field.`);
    }
    if (ownHeaders.has(name.toLowerCase()))
      throw new GableError("E_MAIL_HEADER", `headers: you cannot set ${describeValue(name)}; Gable writes this field.`);
    if (typeof value !== "string") throw optionInvalid("sendMail()", `headers.${name}`, value, "a string");
    assertNoControl(`headers.${name}`, value);
  }
  return headers;
}
