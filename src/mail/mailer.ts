/** Makes messages from views and gives them to the transport of an application. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { AddressInput } from "./address.ts";
import { parseAddress } from "./address.ts";
import { htmlToText } from "./html-to-text.ts";
import type { MailContent, MailHeaderOptions, MailMessage } from "./message.ts";
import { createMessage, mailHeaderKinds } from "./message.ts";
import { sendMessage } from "./send-message.ts";
import type { MailTransport } from "./transport.ts";

/** What a message says: views by name, or the parts themselves. */
export interface MailBodyOptions {
  /** Name of the views without their ending: `mail/welcome` renders `mail/welcome.html` and `mail/welcome.txt`. */
  readonly view?: string;
  /** Values for the views. None by default. */
  readonly props?: Readonly<Record<string, unknown>>;
  /** Language of the message, as a tag of BCP 47. Default: that of the application. */
  readonly locale?: string;
  /** HTML in place of a view. */
  readonly html?: string | { toString(): string };
  /** Plain text; by default it is derived from the HTML. */
  readonly text?: string;
}

/** Options of `sendMail()`. */
export interface MailOptions extends MailHeaderOptions, MailBodyOptions {}

/** Renders a view to a string; undefined when there is no view of that name. */
type RenderMailView = (name: string, props: Readonly<Record<string, unknown>>, locale: string | undefined) => Promise<string> | undefined;

/** The mail of one application. */
export interface Mailer {
  /** Makes a message and sends it. Returns the message as it was sent. */
  send(options: MailOptions): Promise<MailMessage>;
  /** Makes a message and enqueues it: the worker sends it after the commit. Returns the message as it will be sent. */
  later(options: MailOptions): Promise<MailMessage>;
  /** The transport that takes the messages. */
  readonly transport: MailTransport;
}

/** What a mailer needs. */
export interface MailerOptions {
  readonly transport: MailTransport;
  /** Sender of messages without their own. */
  readonly from: AddressInput | undefined;
  readonly renderView: RenderMailView;
  /** Puts a message into the queue of the application. */
  readonly enqueue: (message: MailMessage) => Promise<void>;
}

const optionKinds = kindsOf<MailBodyOptions & MailHeaderOptions>({
  ...mailHeaderKinds,
  view: "string",
  props: "object",
  locale: "string",
  html: "markup",
  text: "string",
});

/** Makes the mailer of an application. Throws `E_MAIL_ADDRESS` for a sender that is not an address. */
export function createMailer({ transport, from, renderView, enqueue }: MailerOptions): Mailer {
  if (from !== undefined) parseAddress(from, "mail.from");
  const create = async (options: MailOptions): Promise<MailMessage> => {
    assertKnownOptions("sendMail()", options, optionKinds);
    return createMessage(options, await renderContent(options, renderView), from);
  };
  return {
    transport,
    async send(options) {
      const message = await create(options);
      await sendMessage(transport, message);
      return message;
    },
    async later(options) {
      const message = await create(options);
      await enqueue(message);
      return message;
    },
  };
}

async function renderContent(options: MailOptions, renderView: RenderMailView): Promise<MailContent> {
  const { view, props = {}, locale, html, text } = options;
  if (view === undefined) {
    if (html === undefined && text === undefined) throw optionInvalid("sendMail()", "view", view, "the name of a view, or html or text");
    const markup = html === undefined ? undefined : toMarkup(html);
    return { html: markup, text: text ?? htmlToText(markup!) };
  }
  if (html !== undefined || text !== undefined) throw optionInvalid("sendMail()", "view", view, "left out when html or text is given");
  const [markup, plain] = await Promise.all([renderView(`${view}.html`, props, locale), renderView(`${view}.txt`, props, locale)]);
  if (markup === undefined && plain === undefined)
    throw new GableError("E_VIEW_NOT_FOUND", `sendMail(): the view ${view} has neither ${view}.html nor ${view}.txt.`);
  return { html: markup, text: plain ?? htmlToText(markup!) };
}

/** A promise would be sent as `[object Promise]`, and most other objects as `[object Object]`. */
function toMarkup(html: NonNullable<MailBodyOptions["html"]>): string {
  if (typeof html !== "string" && html.toString === Object.prototype.toString)
    throw optionInvalid("sendMail()", "html", html, "a string, or markup such as html`...`; wait for a promise first");
  return String(html);
}
