/** Sends messages over SMTP with the package nodemailer. */
import { GableError } from "../../errors/gable-error.ts";
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import { loadNodemailer, recipientsOf, toNodemailer } from "../nodemailer.ts";
import type { MailTransport } from "../transport.ts";

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

const connectTimeoutMs = 10_000;
const sendTimeoutMs = 30_000;
const names: OptionKinds<SmtpOptions> = {
  host: true,
  port: true,
  user: "string",
  password: true,
  tls: true,
  insecure: true,
  ca: "string",
  clientName: "string",
};

/** The part of nodemailer's transport that is used. */
interface NodemailerTransport {
  sendMail(message: object): Promise<object>;
  close(): void;
}

/**
 * Makes a transport for a mail server: from options, or from `smtp://user:password@host:587` and `smtps://host`.
 *
 * One connection is kept and used again. A server without STARTTLS gets no message (`E_MAIL_INSECURE`), unless
 * `insecure` gives the reason.
 */
export function smtpMail(where: string | SmtpOptions): MailTransport {
  const options = typeof where === "string" ? parseSmtpUrl(where) : where;
  assertSmtpOptions(options);
  let opened: Promise<NodemailerTransport> | undefined;
  return {
    name: "smtp",
    delivers: true,
    isPlain: options.insecure !== undefined,
    async send(message) {
      opened ??= open(options);
      const transport = await opened;
      try {
        const envelope = { from: message.from.address, to: recipientsOf(message) };
        const { rejected } = (await transport.sendMail({ ...toNodemailer(message), envelope })) as { rejected?: unknown[] }; // What SMTP answers.
        if (rejected !== undefined && rejected.length > 0)
          throw new GableError("E_MAIL_REFUSED", `The mail server ${options.host} refused ${rejected.length} of the recipients.`, {
            details: { rejected: rejected.map(String) },
          });
      } catch (error) {
        throw toMailError(error, options);
      }
    },
    async close() {
      const transport = await opened?.catch(() => undefined);
      opened = undefined;
      transport?.close();
    },
  };
}

async function open(options: SmtpOptions): Promise<NodemailerTransport> {
  const { createTransport } = await loadNodemailer();
  const { host, port, user, password, tls = "starttls", insecure, ca, clientName } = options;
  return createTransport({
    host,
    port: port ?? (tls === "implicit" ? 465 : 587),
    secure: tls === "implicit",
    requireTLS: tls === "starttls" && insecure === undefined,
    ignoreTLS: tls === "starttls" && insecure !== undefined,
    ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
    ...(ca !== undefined && { tls: { ca } }),
    ...(clientName !== undefined && { name: clientName }),
    pool: true,
    maxConnections: 1,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: sendTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function parseSmtpUrl(text: string): SmtpOptions {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "")
    // The text may hold a password: it is not repeated.
    throw new GableError("E_OPTION_INVALID", "smtpMail(): the address is not of the form smtp://user:password@host:587 or smtps://host.");
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    tls: url.protocol === "smtps:" ? "implicit" : "starttls",
    ...(url.port !== "" && { port: Number(url.port) }),
    ...(url.username !== "" && { user: decodeURIComponent(url.username) }),
    ...(url.password !== "" && { password: decodeURIComponent(url.password) }),
    ...(url.searchParams.has("insecure") && { insecure: url.searchParams.get("insecure")! }),
  };
}

function assertSmtpOptions(options: SmtpOptions): void {
  assertKnownOptions("smtpMail()", options, names);
  const { host, port, tls, insecure, user, password } = options;
  if (typeof host !== "string" || host === "") throw optionInvalid("smtpMail()", "host", host, "the name of a server");
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port <= 65_535))
    throw optionInvalid("smtpMail()", "port", port, "a whole number from 1 to 65535");
  if (tls !== undefined && tls !== "starttls" && tls !== "implicit")
    throw optionInvalid("smtpMail()", "tls", tls, '"starttls" or "implicit"');
  if (insecure !== undefined && (typeof insecure !== "string" || insecure.trim() === ""))
    throw optionInvalid("smtpMail()", "insecure", insecure, "the reason in words");
  if (user === undefined && password !== undefined) throw optionInvalid("smtpMail()", "user", user, "given together with password");
}

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** Sorts a failure: refused for ever, worth another try, or a server that cannot be used. No message repeats the password. */
function toMailError(error: unknown, { host }: SmtpOptions): unknown {
  if (error instanceof GableError) return error;
  const { code, responseCode, response, message } = error as SmtpError; // Only nodemailer throws here.
  const said = response === undefined ? message : response;
  if (code === "EAUTH")
    return new GableError("E_MAIL_LOGIN", `The mail server ${host} refused the user name or the password.`, { cause: error });
  if (code === "ETLS" || /STARTTLS|self-signed|certificate/i.test(message))
    return new GableError("E_MAIL_INSECURE", `The mail server ${host} offers no trusted TLS: ${message}`, { cause: error });
  if (responseCode !== undefined && responseCode >= 500)
    return new GableError("E_MAIL_REFUSED", `The mail server ${host} refused the message: ${said}`, {
      cause: error,
      details: { responseCode },
    });
  return new GableError("E_MAIL_DEFERRED", `The mail server ${host} could not take the message now: ${said}`, { cause: error });
}
