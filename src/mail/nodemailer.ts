/** The optional package nodemailer: it encodes messages and speaks SMTP. */
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { GableError } from "../errors/gable-error.ts";
import type { MailAddress } from "./address.ts";
import type { MailAttachment, MailMessage } from "./message.ts";

/** Loads nodemailer. Throws `E_MAIL_PACKAGE` with the install command when it is absent. */
async function loadNodemailer(): Promise<typeof import("nodemailer")> {
  try {
    return await import("nodemailer");
  } catch (error) {
    throw new GableError("E_MAIL_PACKAGE", "The package nodemailer is not installed; SMTP and .eml files need it.", { cause: error });
  }
}

/** A connection of nodemailer. Its published types leave some of it out. */
export interface SmtpConnection {
  /** Whether it cannot be used any more. */
  readonly destroyed: boolean;
  /** Whether the server lets users sign in. */
  readonly allowsAuth: boolean;
  /** The socket; false before there is one. */
  readonly _socket: Socket | false;
  connect(done: (error?: Error) => void): void;
  login(user: { user: string; pass: string }, done: (error?: Error | null) => void): void;
  reset(done: (error?: Error | null) => void): void;
  send(envelope: object, content: Readable, done: (error?: Error | null, info?: never) => void): void;
  close(): void;
  on(event: "error" | "end", listener: (error?: Error) => void): unknown;
  once(event: "error" | "end", listener: (error?: Error) => void): unknown;
  off(event: "error" | "end", listener: (error?: Error) => void): unknown;
}

/** Loads the connections of nodemailer. Throws `E_MAIL_PACKAGE` when it is absent. */
export async function loadSmtpConnection(): Promise<new (options: object) => SmtpConnection> {
  await loadNodemailer();
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  // The interface above is that of the class, as nodemailer documents and writes it.
  return Connection as unknown as new (options: object) => SmtpConnection;
}

/** Returns the encoded message as a stream, without the hidden copies. Its line ends are those of the message. */
export async function toMessageStream(message: MailMessage): Promise<Readable> {
  const { message: content } = await encodeMessage(message, {});
  // Without the option buffer it is a stream.
  return content as Readable;
}

/** Returns the encoded message as bytes with the line ends of mail, without the hidden copies. */
export async function toMessageBytes(message: MailMessage): Promise<Uint8Array> {
  const { message: content } = await encodeMessage(message, { buffer: true, newline: "windows" });
  // With the option buffer it is one, never a stream.
  return content as Buffer;
}

async function encodeMessage(message: MailMessage, options: object): Promise<{ readonly message: Buffer | Readable }> {
  const { createTransport } = await loadNodemailer();
  const { detectMimeType } = await import("nodemailer/lib/mime-funcs");
  return createTransport({ ...options, streamTransport: true }).sendMail(toNodemailer(message, detectMimeType));
}

/**
 * Returns a message in the shape that nodemailer takes. It may not read files or addresses on its own. It would write hidden copies into
 * the message, so it does not get them.
 */
function toNodemailer(message: MailMessage, detectType: DetectType): object {
  const { from, to, cc, replyTo, subject, text, html, messageId, date, headers, attachments, inline } = message;
  return {
    from: toParts(from),
    to: to.map(toParts),
    cc: cc.map(toParts),
    ...(replyTo !== undefined && { replyTo: toParts(replyTo) }),
    subject: encodeLookalike(subject),
    text,
    ...(html !== undefined && { html }),
    messageId,
    date,
    headers,
    attachments: [
      ...attachments.map((each) => toAttachment(each, detectType)),
      ...Object.entries(inline).map(([cid, each]) => ({ ...toAttachment(each, detectType), cid, contentDisposition: "inline" })),
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

/** Returns the media type of a file name. */
type DetectType = (fileName: string) => string;

/** Types whose content must not be encoded (RFC 2045 section 6.4): on its way, a server may change it. */
const composite = /^(?:message|multipart)\//i;

/** The bytes arrive as they are, whatever the type: in base64, and as a file to keep. */
function toAttachment({ fileName, content, type }: MailAttachment, detectType: DetectType): object {
  const contentType = type ?? detectType(fileName);
  return {
    filename: fileName,
    content: typeof content === "string" ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    contentType: composite.test(contentType) ? "application/octet-stream" : contentType,
    contentDisposition: "attachment",
    contentTransferEncoding: "base64",
  };
}

/** Returns everyone who gets the message, each once, for the envelope and for logs. */
export function recipientsOf({ to, cc, bcc, recipients }: MailMessage): readonly string[] {
  return recipients ?? [...new Set([...to, ...cc, ...bcc].map(({ address }) => address))];
}
