/** A message as the bytes that go over the wire (RFC 5322, RFC 2045). */
import { loadNodemailer, toNodemailer } from "./nodemailer.ts";
import type { MailMessage } from "./message.ts";

/** Returns the whole message, encoded, without the hidden copies. Needs the package nodemailer. */
export async function toMime(message: MailMessage): Promise<Uint8Array> {
  const { createTransport } = await loadNodemailer();
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const { message: content } = await transport.sendMail(toNodemailer(message));
  // With the option buffer it is one, never a stream.
  return content as Buffer;
}
