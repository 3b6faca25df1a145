/** Options of the transport for mail servers: as an object, or as an address. */
import { GableError } from "../../errors/gable-error.ts";
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";

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

/** Reads the address of a mail server: `smtp://user:password@host:587` or `smtps://host`. Throws `E_OPTION_INVALID`. */
export function parseSmtpUrl(text: string): SmtpOptions {
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

/** Checks the options. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertSmtpOptions(options: SmtpOptions): void {
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
