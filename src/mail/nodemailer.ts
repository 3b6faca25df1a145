/** The optional package nodemailer: it encodes messages and speaks SMTP. */
import { GableError } from "../errors/gable-error.ts";
import type { MailAddress } from "./address.ts";
import type { MailAttachment, MailMessage } from "./message.ts";

/** Loads nodemailer. Throws `E_MAIL_PACKAGE` with the install command when it is absent. */
export async function loadNodemailer(): Promise<typeof import("nodemailer")> {
  try {
    return await import("nodemailer");
  } catch (error) {
    throw new GableError("E_MAIL_PACKAGE", "The package nodemailer is not installed; SMTP and .eml files need it.", { cause: error });
  }
}

/** Returns a message in the shape that nodemailer takes. It may not read files or addresses on its own. */
export function toNodemailer(message: MailMessage): object {
  const { from, to, cc, bcc, replyTo, subject, text, html, messageId, date, headers, attachments, inline } = message;
  return {
    from: toParts(from),
    to: to.map(toParts),
    cc: cc.map(toParts),
    bcc: bcc.map(toParts),
    ...(replyTo !== undefined && { replyTo: toParts(replyTo) }),
    subject: encodeLookalike(subject),
    text,
    ...(html !== undefined && { html }),
    messageId,
    date,
    headers,
    attachments: [
      ...attachments.map((each) => toAttachment(each)),
      ...Object.entries(inline).map(([cid, each]) => ({ ...toAttachment(each), cid, contentDisposition: "inline" })),
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false,
  };
}

function toParts({ name, address }: MailAddress): { name: string; address: string } {
  return { name: encodeLookalike(name), address };
}

/** Bytes of text in one encoded word: in base64, with its frame, it has at most 75 characters (RFC 2047 section 2). */
const wordBytesMax = 45;

/**
 * Encodes a value that has the start of an encoded word (RFC 2047), such as `=?utf-8?q?Bank?=`. nodemailer sends such a value as it is,
 * and readers would decode it into another one. It encodes a value beyond ASCII by itself.
 */
function encodeLookalike(text: string): string {
  if (!text.includes("=?") || !/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  for (let at = 0; at < text.length; at += wordBytesMax) words.push(text.slice(at, at + wordBytesMax));
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`).join(" ");
}

function toAttachment({ fileName, content, type }: MailAttachment): object {
  return {
    filename: fileName,
    content: typeof content === "string" ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    ...(type !== undefined && { contentType: type }),
  };
}

/** Returns everyone who gets the message, for the envelope and for logs. */
export function recipientsOf({ to, cc, bcc }: MailMessage): string[] {
  return [...to, ...cc, ...bcc].map(({ address }) => address);
}
