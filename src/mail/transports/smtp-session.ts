/** One connection to a mail server. Each phase has a deadline, whatever the server sends meanwhile. */
import type { Readable } from "node:stream";
import type { GableError } from "../../errors/gable-error.ts";
import type { MailMessage } from "../message.ts";
import type { SmtpConnection } from "../nodemailer.ts";
import { loadSmtpConnection, recipientsOf, toMessageStream } from "../nodemailer.ts";
import { assertAllAccepted, isLost, isOfMessage, toMailError } from "./smtp-errors.ts";
import type { SentInfo } from "./smtp-errors.ts";
import type { SmtpOptions } from "./smtp-options.ts";

/** The longest duration of each phase, in milliseconds. */
export interface SmtpLimits {
  /** From the look-up of the name until the server has greeted, and TLS is there. */
  readonly connectMs: number;
  /** Signing in and sending one message. Also how long a connection is kept idle. */
  readonly sendMs: number;
}

/** How much later nodemailer's own limits are than ours. */
const graceMs = 1_000;

/** Tells a phase how it ended, as nodemailer does. */
type Done<Result> = (error?: Error | null, result?: Result) => void;

/** A connection: `connect()` once, then `send()` for each message. */
export class SmtpSession {
  readonly #options: SmtpOptions;
  readonly #limits: SmtpLimits;
  #connection: SmtpConnection | undefined;
  #isClosed = false;
  /** Whether a phase runs. */
  #isBusy = false;
  #isSignedIn = false;
  /** Whether the server still has the envelope of a message that failed. */
  #isDirty = false;
  #messageCount = 0;

  constructor(options: SmtpOptions, limits: SmtpLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  /** Whether another message can be sent. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#connection?.destroyed === false;
  }

  /** How many messages were given to the server. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** Connects, and starts TLS. Throws `E_MAIL_DEFERRED`, `E_MAIL_REFUSED` and `E_MAIL_INSECURE`. */
  async connect(): Promise<void> {
    const Connection = await loadSmtpConnection();
    const connection = new Connection(toConnectionOptions(this.#options, this.#limits));
    this.#connection = connection;
    // A phase gets the errors of its time; others end an idle connection, which `isOpen` shows.
    connection.on("error", () => undefined);
    try {
      await this.#runPhase<unknown>(Date.now() + this.#limits.connectMs, (done) => connection.connect(done));
    } catch (error) {
      this.close();
      throw toMailError(error, this.#options, "connect");
    }
  }

  /**
   * Sends a message. Returns the error when the connection ended before the server saw any of it: then it can go over another one.
   * Throws all other errors.
   */
  async send(message: MailMessage): Promise<GableError | undefined> {
    const until = Date.now() + this.#limits.sendMs;
    this.#messageCount++;
    const content = await toMessageStream(message);
    let info: SentInfo;
    try {
      info = await this.#exchange({ from: message.from.address, to: recipientsOf(message) }, content, until);
    } catch (error) {
      if (!isOfMessage(error)) this.close();
      const failure = toMailError(error, this.#options, "send");
      if (!content.readableDidRead && isLost(error)) return failure;
      throw failure;
    } finally {
      content.destroy();
    }
    assertAllAccepted(info, this.#options);
    return undefined;
  }

  async #exchange(
    envelope: { readonly from: string; readonly to: readonly string[] },
    content: Readable,
    until: number,
  ): Promise<SentInfo> {
    const connection = this.#connection!; // connect() is done.
    const { user = "", password = "" } = this.#options;
    if (!this.#isSignedIn && user !== "" && connection.allowsAuth)
      await this.#runPhase<unknown>(until, (done) => connection.login({ user, pass: password }, done));
    this.#isSignedIn = true;
    if (this.#isDirty) await this.#runPhase<unknown>(until, (done) => connection.reset(done));
    this.#isDirty = true;
    const info = await this.#runPhase<SentInfo>(until, (done) => connection.send(envelope, content, done));
    this.#isDirty = false;
    return info;
  }

  /** Closes the connection. In the middle of a phase, the phase fails, and the connection is destroyed. */
  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
    // nodemailer waits for the other side, which may go on for ever.
    if (this.#isBusy && this.#connection?._socket) this.#connection._socket.destroy();
  }

  /** Runs a phase until it calls back, the connection ends, or the time is up. Then nothing of the connection is used again. */
  #runPhase<Result>(until: number, begin: (done: Done<Result>) => void): Promise<Result> {
    const connection = this.#connection!; // Only called with one.
    return new Promise<Result>((resolve, reject) => {
      const end: Done<Result> = (error, result) => {
        clearTimeout(timer);
        this.#isBusy = false;
        connection.off("error", end);
        connection.off("end", onEnd);
        if (error) reject(error);
        else resolve(result!); // The result of the phase, which only errors have not.
      };
      // The reason of the end comes later in the same turn.
      const onEnd = (): void =>
        void setImmediate(() => end(Object.assign(new Error("The connection was closed"), { code: "ECONNECTION" })));
      const timer = setTimeout(() => {
        this.close();
        end(Object.assign(new Error("The server did not finish its answer in time"), { code: "ETIMEDOUT" }));
      }, until - Date.now());
      this.#isBusy = true;
      connection.once("error", end);
      connection.once("end", onEnd);
      begin(end);
    });
  }
}

function toConnectionOptions(options: SmtpOptions, { connectMs, sendMs }: SmtpLimits): object {
  const { host, port, tls = "starttls", insecure, ca, clientName } = options;
  return {
    host,
    port: port ?? (tls === "implicit" ? 465 : 587),
    secure: tls === "implicit",
    requireTLS: tls === "starttls" && insecure === undefined,
    ignoreTLS: tls === "starttls" && insecure !== undefined,
    ...(ca !== undefined && { tls: { ca } }),
    ...(clientName !== undefined && { name: clientName }),
    // The deadlines of the phases come first: they destroy the connection, and nodemailer would wait for the other side.
    connectionTimeout: connectMs + graceMs,
    greetingTimeout: connectMs + graceMs,
    socketTimeout: sendMs + graceMs,
  };
}
