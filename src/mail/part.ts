/** Mail as a part of an application: its option, its transport, and the outbox page of development. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { notFound } from "../errors/status-errors.ts";
import { get } from "../handlers/define-route.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { Ambient } from "../parts/ambient.ts";
import type { Mode } from "../parts/mode.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import { tasksPart } from "../tasks/part.ts";
import type { AnyTask } from "../tasks/task.ts";
import type { AddressInput } from "./address.ts";
import type { Mailer, MailOptions } from "./mailer.ts";
import type { MailMessage } from "./message.ts";
import type { MailKeeper, MailTransport } from "./transport.ts";

/** How an application sends mail. */
export interface MailSettings {
  /** Transport, or its address such as `smtp://user:password@host:587`. Default: the outbox, in development and tests. */
  transport?: string | MailTransport;
  /** Sender of messages that name no other. None by default. */
  from?: AddressInput;
}

/** The option of `gable()` for mail. */
export interface MailSetting {
  /** Address of the transport, or more about it. None by default: the application sends no mail. */
  mail?: string | MailSettings;
}

const optionNames: OptionKinds<MailSettings> = { transport: true, from: "markup" };

function toSettings(option: string | MailSettings): MailSettings {
  return typeof option === "string" ? { transport: option } : option;
}

function assertSettings({ mail = {} }: MailSetting): void {
  if (typeof mail === "string") return;
  if (typeof mail !== "object" || mail === null) throw optionInvalid("gable()", "mail", mail, "an address or an object");
  assertKnownOptions("gable() mail", mail, optionNames);
  const { transport } = mail;
  if (
    typeof transport === "object" && transport !== null
      ? typeof transport.send !== "function"
      : transport !== undefined && typeof transport !== "string"
  )
    throw optionInvalid("gable() mail", "transport", transport, "an address or a transport");
}

function createOutboxRoutes(mail: () => AppMail): RouteEntry[] {
  return [
    get("/_gable/mail", async () => (await import("./outbox-page.ts")).listPage(mail().keptMessages())),
    get("/_gable/mail/:id/:part", async ({ params }) => {
      const { messagePage } = await import("./outbox-page.ts");
      return messagePage(mail().keptMessages(), params.id, params.part);
    }),
  ];
}

/** Sends mail for an application; in development it shows the messages at `/_gable/mail`. */
export const mailPart = definePart({
  name: "mail",
  option: { names: { mail: true }, check: assertSettings },
  routes: (mail: () => AppMail, _options: MailSetting, mode): RouteEntry[] => (mode === "development" ? createOutboxRoutes(mail) : []),
  start: async (host, { mail = {} }: MailSetting) => AppMail.open(host, toSettings(mail)),
});

/** The mailers of all applications, as far as one of them needs them. */
type Mailers = Pick<Ambient<Mailer>, "enter" | "add">;

/** The mail of an application. */
export class AppMail implements Mailer {
  readonly #host: PartHost;
  readonly #mailer: Mailer;
  readonly #mailers: Mailers;
  readonly #remove: () => void;
  readonly #task: AnyTask;

  private constructor(host: PartHost, { mailer, task }: { readonly mailer: Mailer; readonly task: AnyTask }, mailers: Mailers) {
    this.#host = host;
    this.#task = task;
    this.#mailer = mailer;
    this.#mailers = mailers;
    this.#remove = mailers.add(mailer);
  }

  /** @internal Opens the mail of an application. */
  static async open(host: PartHost, settings: MailSettings): Promise<AppMail> {
    const { transport = defaultAddress(host.mode), from } = settings;
    // Loaded only where there is mail.
    const [{ createMailer }, { createMailTransport }, { mailers }, { mailTask, toStored }] = await Promise.all([
      import("./mailer.ts"),
      import("./transport-from-url.ts"),
      import("./current-mailer.ts"),
      import("./mail-task.ts"),
    ]);
    const mailer = createMailer({
      transport: typeof transport === "string" ? createMailTransport(transport) : transport,
      from,
      renderView: (name, props, locale) => host.renderView(name, props, locale),
      async enqueue(message) {
        const tasks = host.find(tasksPart);
        if (tasks === undefined) throw new GableError("E_TASK_MISSING", "sendMail.later() needs tasks, and the application has none.");
        await tasks.enqueueOwn(mailTask, toStored(message), () => mailer.transport.send(message));
      },
    });
    return new AppMail(host, { mailer, task: mailTask }, mailers);
  }

  /** The transport that takes the messages. */
  get transport(): MailTransport {
    return this.#mailer.transport;
  }

  /** Makes a message and sends it. Returns the message as it was sent. */
  send(options: MailOptions): Promise<MailMessage> {
    return this.#mailer.send(options);
  }

  /** Makes a message and enqueues it. Throws `E_TASK_MISSING` without tasks. Returns the message as it will be sent. */
  later(options: MailOptions): Promise<MailMessage> {
    return this.#mailer.later(options);
  }

  /** @internal Sends a message later when the application has tasks, otherwise now. */
  sendOrEnqueue(options: MailOptions): Promise<MailMessage> {
    return this.#host.find(tasksPart) === undefined ? this.send(options) : this.later(options);
  }

  /** @internal Messages for the outbox page. Throws 404 outside of development, and for a transport that keeps none. */
  keptMessages(): readonly MailMessage[] {
    const { transport } = this.#mailer;
    if (this.#host.mode !== "development" || !isKeeper(transport)) throw notFound("This application has no outbox.");
    return transport.messages;
  }

  /** @internal Workers of the application can send messages. */
  started(): void {
    this.#host.find(tasksPart)?.addOwn(this.#task);
  }

  /** @internal Each request and each task sends its messages with the mail of its application. */
  enter<Result>(work: () => Result): Result {
    return this.#mailers.enter(this.#mailer, work);
  }

  /** @internal Closes the transport. */
  async stop(): Promise<void> {
    this.#remove();
    await this.#mailer.transport.close();
  }
}

function isKeeper(transport: MailTransport): transport is MailKeeper {
  return "messages" in transport;
}

/** Production says where its mail goes: a message that nobody gets would be silently lost. */
function defaultAddress(mode: Mode): string {
  if (mode !== "production") return "outbox:";
  throw new GableError("E_OPTION_INVALID", 'gable() mail: the option "transport" is missing, which production needs.', {
    fix: 'Pass the address of your mail server, such as mail: { transport: settings.mailUrl, from }. "file:var/mail" keeps the messages in files.',
    details: { owner: "gable() mail", name: "transport" },
  });
}
