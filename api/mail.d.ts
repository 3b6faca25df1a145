/**
 * Sends a message: `view` names the views of its HTML and its text, or you pass `html` and `text`.
 * The compiler checks props against those that the views declare. Throws `E_MAIL_MISSING` without an application that has mail, what a message can be refused for, and what the transport throws.
 *
 * @example
 * await sendMail({ to: "ann@example.com", subject: "Welcome", view: "mail/welcome", props: { name: "Ann" } });
 */
export declare const sendMail: SendMail;

/** Sends messages, now or later. */
export interface SendMail {
    /** Sends a message, and waits until the transport has it. */
    <Name extends MailViewName = never>(options: TypedMail<Name>): Promise<MailMessage>;
    /**
     * Enqueues a message as a task: it is sent after the commit of the current transaction, and again if the server cannot take it now.
     * A message waits as at most 4,194,304 bytes (4 MiB) of JSON. Throws `E_TASK_MISSING` without the option `tasks`,
     * `E_MAIL_TOO_LARGE`, and what a message can be refused for.
     */
    later<Name extends MailViewName = never>(options: TypedMail<Name>): Promise<MailMessage>;
}

/** Sends mail for an application; in development it shows the messages at `/_gable/mail`. */
export declare const mailPart: import("../parts/part.ts").Part<"mail", AppMail, MailSetting>;

/** Makes a transport that prints the head and the text of each message. */
export declare function consoleMail(write?: (text: string) => void): MailTransport;

/** Makes a transport that writes each message as an `.eml` file to a folder, which it creates. It needs nodemailer. */
export declare function fileMail(directory: string): MailTransport;

/** Makes a transport that keeps messages in memory and sends nothing. */
export declare function memoryMail(options?: MemoryMailOptions): MailKeeper;

/**
 * Makes a transport for a mail server: from options, or from `smtp://user:password@host:587` and `smtps://host`.
 *
 * One connection is kept and used again. A server without STARTTLS gets no message (`E_MAIL_INSECURE`), unless
 * `insecure` gives the reason. Connecting takes at most 10 seconds, and sending a message 30 seconds more.
 */
export declare function smtpMail(where: string | SmtpOptions): MailTransport;

/** An address as you write it: `ann@example.com`, `Ann <ann@example.com>`, or the name and the address apart. */
export type AddressInput = string | {
    readonly name?: string;
    readonly address: string;
};

/** An address with the name that mail programs show. */
export interface MailAddress {
    /** Name of the person or the site; empty when there is none. */
    readonly name: string;
    /** The address itself, with its domain in lower-case ASCII: `ann@example.com`. */
    readonly address: string;
}

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

/** The two forms of a message's text. A transport sends both, and the mail program shows the one it prefers. */
export interface MailContent {
    /** HTML part; undefined for a message of plain text. */
    readonly html?: string | undefined;
    /** Plain text part. */
    readonly text: string;
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

/** Props of a message: those of the view of its HTML, and those of the view of its text. */
export type MailProps<Name extends string> = [keyof Views] extends [never] ? Readonly<Record<string, unknown>> : PropsOf<`${Name}.html`> & PropsOf<`${Name}.txt`>;

/** Name of the views of a message, without their ending; any string before the first generation. */
export type MailViewName = [keyof Views] extends [never] ? string : ToMailName<keyof Views>;

/** Options of a message whose props fit its views; `Name` is never for a message without views. */
export type TypedMail<Name extends string> = Omit<MailOptions, "view" | "props"> & ([Name] extends [never] ? {
    readonly view?: never;
    readonly props?: never;
} : {
    readonly view?: Name;
} & ({} extends MailProps<Name> ? {
    readonly props?: MailProps<Name>;
} : {
    readonly props: MailProps<Name>;
}));

/** What a message says: views by name, or the parts themselves. */
export interface MailBodyOptions {
    /** Name of the views without their ending: `mail/welcome` renders `mail/welcome.html` and `mail/welcome.txt`. */
    readonly view?: string;
    /** Values for the views. None by default. */
    readonly props?: Readonly<Record<string, unknown>>;
    /** Language of the message, as a tag of BCP 47. Default: that of the application. */
    readonly locale?: string;
    /** HTML in place of a view. */
    readonly html?: string | {
        toString(): string;
    };
    /** Plain text; by default it is derived from the HTML. */
    readonly text?: string;
}

/** The mail of one application. */
export interface Mailer {
    /** Makes a message and sends it. Returns the message as it was sent. */
    send(options: MailOptions): Promise<MailMessage>;
    /** Makes a message and enqueues it: the worker sends it after the commit. Returns the message as it will be sent. */
    later(options: MailOptions): Promise<MailMessage>;
    /** The transport that takes the messages. */
    readonly transport: MailTransport;
}

/** Options of `sendMail()`. */
export interface MailOptions extends MailHeaderOptions, MailBodyOptions {
}

/** A transport that keeps messages where tests and the outbox page read them. */
export interface MailKeeper extends MailTransport {
    /** Kept messages, the newest first. */
    readonly messages: readonly MailMessage[];
    /** Forgets all messages. */
    clear(): void;
}

/**
 * Takes complete messages and sends or keeps them. Run `testMailTransport()` of `gable/testing` over your own.
 *
 * `send` throws `E_MAIL_REFUSED` for a message that will never be taken, and `E_MAIL_DEFERRED` for one that may be
 * taken later: a task tries the second kind again. If the server takes a message for some recipients only, `details` has the addresses
 * in `accepted`, `deferred` and `rejected`. A task then sends it to those in `deferred`, as `message.recipients`.
 */
export interface MailTransport {
    /** Name for logs and checks, such as `smtp`. */
    readonly name: string;
    /** Whether messages reach people. `gable check --deploy` refuses a transport that keeps them. */
    readonly delivers: boolean;
    /** Whether messages and passwords travel without TLS: `gable check --deploy` refuses that. Undefined counts as no. */
    readonly isPlain?: boolean;
    /** Sends one message; done when the next server has taken it. */
    send(message: MailMessage): Promise<void>;
    /** Lets messages end that were begun, and closes connections. */
    close(): Promise<void>;
}

/** Options of `memoryMail()`. */
export interface MemoryMailOptions {
    /** Most messages that are kept; the oldest go first. Default 1,000. */
    messagesMax?: number;
    /** Name for logs. Default `memory`. */
    name?: string;
}

/** Options of `smtpMail()`. */
export interface SmtpOptions {
    /** Name or address of the server. */
    host: string;
    /** Port. Default 587; 465 with `tls: "implicit"`. */
    port?: number;
    /** User name. Without it, nobody signs in. */
    user?: string;
    /** Password of the user. */
    password?: string;
    /** `starttls` begins in plain text and demands STARTTLS; `implicit` starts with TLS. Default `starttls`. */
    tls?: "starttls" | "implicit";
    /** Why messages and the password may travel without TLS, such as "a relay on this machine". By default they may not. */
    insecure?: string;
    /** Certificate authorities in PEM, in place of the system's. None by default. */
    ca?: string;
    /** Name that this side gives itself. By default that of the machine. */
    clientName?: string;
}

/** The mail of an application. */
export declare class AppMail implements Mailer {
    #private;
    private constructor();
    /** The transport that takes the messages. */
    get transport(): MailTransport;
    /** Makes a message and sends it. Returns the message as it was sent. */
    send(options: MailOptions): Promise<MailMessage>;
    /** Makes a message and enqueues it. Throws `E_TASK_MISSING` without tasks. Returns the message as it will be sent. */
    later(options: MailOptions): Promise<MailMessage>;
}

/** The option of `gable()` for mail. */
export interface MailSetting {
    /** Address of the transport, or more about it. None by default: the application sends no mail. */
    mail?: string | MailSettings;
}

/** How an application sends mail. */
export interface MailSettings {
    /** Transport, or its address such as `smtp://user:password@host:587`. Default: the outbox, in development and tests. */
    transport?: string | MailTransport;
    /** Sender of messages that name no other. None by default. */
    from?: AddressInput;
}
