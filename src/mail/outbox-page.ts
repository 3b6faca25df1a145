/** The outbox of development: messages that were not sent, as a list, as HTML, as text and as source. */
import { notFound } from "../errors/status-errors.ts";
import { fileTypeOf } from "../http/file-types.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import { html } from "../views/html.ts";
import type { Html } from "../views/values.ts";
import { raw } from "../views/rendering/raw.ts";
import { toAddressText } from "./address.ts";
import type { MailAttachment, MailMessage } from "./message.ts";

/** Mail programs run no scripts and load nothing on their own, but they apply styles. */
const messagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/** Returns the page that lists messages, the newest first. */
export function listPage(messages: readonly MailMessage[]): Html {
  const rows = messages.map((message) => {
    const id = idOf(message);
    return html`<tr>
      <td><time datetime="${message.date.toISOString()}">${message.date.toISOString().slice(0, 19).replace("T", " ")}</time></td>
      <td>${message.to.map(toAddressText).join(", ")}</td>
      <td>${message.subject}</td>
      <td>${message.html === undefined ? "" : link(id, "html")} ${link(id, "text")} ${link(id, "source")}</td>
    </tr>`;
  });
  const empty = html`<p>No message was sent since the start.</p>`;
  const table = html`<table>
    <thead>
      <tr><th scope="col">Sent</th><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Show as</th></tr>
    </thead>
    <tbody>${rows}</tbody>
  </table>`;
  return html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Outbox</title><meta name="viewport" content="width=device-width"></head>
  <body><main><h1>Outbox</h1>${messages.length === 0 ? empty : table}</main></body>
</html>`;
}

function link(id: string, part: string): Html {
  return html`<a href="${`/_gable/mail/${id}/${part}`}">${part}</a>`;
}

/** Returns one form of a message. Throws 404 for an unknown message or form. */
export async function messagePage(messages: readonly MailMessage[], id: string, part: string): Promise<HandlerReply> {
  const message = messages.find((each) => idOf(each) === id);
  if (message === undefined) throw notFound("There is no such message.");
  if (part === "html" && message.html !== undefined) return toHtmlReply(message);
  if (part === "text") return new HandlerReply(200, "text/plain; charset=utf-8", message.text);
  if (part !== "source") throw notFound("The message has no such part.");
  const { toMessageBytes } = await import("./nodemailer.ts");
  return new HandlerReply(200, "text/plain; charset=utf-8", await toMessageBytes(message));
}

/** Images of the message itself are shown from their bytes. */
function toHtmlReply({ html: markup = "", inline }: MailMessage): HandlerReply {
  // An id goes as far as its characters do: another id may start with it.
  const shown = markup.replaceAll(/\bcid:([\w.-]+)/gi, (whole, id: string) => (Object.hasOwn(inline, id) ? toDataUrl(inline[id]!) : whole));
  // The message is shown as its recipients get it; the policy of the reply keeps it from doing anything.
  const reply = new HandlerReply(200, "text/html; charset=utf-8", raw(shown));
  reply.headers.set("content-security-policy", messagePolicy);
  return reply;
}

function toDataUrl({ fileName, content, type = fileTypeOf(fileName) }: MailAttachment): string {
  return `data:${type};base64,${Buffer.from(content).toString("base64")}`;
}

function idOf({ messageId }: MailMessage): string {
  return messageId.slice(1, messageId.indexOf("@"));
}
