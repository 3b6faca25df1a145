/** Prints messages: for a first look, before anything is set up. */
import { toAddressText } from "../address.ts";
import type { MailTransport } from "../transport.ts";

/** Makes a transport that prints the head and the text of each message. */
export function consoleMail(write: (text: string) => void = (text) => console.log(text)): MailTransport {
  return {
    name: "console",
    delivers: false,
    send({ from, to, subject, text, attachments }) {
      const files = attachments.map(({ fileName }) => `Attachment: ${fileName}\n`).join("");
      write(`From: ${toAddressText(from)}\nTo: ${to.map(toAddressText).join(", ")}\nSubject: ${subject}\n${files}\n${text}\n`);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
