/** The errors of mail servers: codes follow from the reply code and the phase, never from the words of a reply. */
import { constants } from "node:os";
import { GableError } from "../../errors/gable-error.ts";
import type { SmtpOptions } from "./smtp-options.ts";

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The code of the system or of TLS that `code` replaces. */
  readonly originalCode?: string;
  readonly responseCode?: number | false;
  readonly response?: string;
  readonly command?: string;
  /** The address, in the error of one recipient. */
  readonly recipient?: string;
  /** The errors of all recipients, when the server took none. */
  readonly rejectedErrors?: readonly SmtpError[];
}

/** What nodemailer returns for a message that the server took. */
export interface SentInfo {
  readonly accepted: readonly string[];
  readonly rejectedErrors?: readonly SmtpError[];
}

type Server = Pick<SmtpOptions, "host">;

/** Whether the failure is that of one message, and the connection can go on. */
export function isOfMessage(error: unknown): boolean {
  const { code, responseCode } = error as SmtpError; // Only nodemailer throws here.
  return (code === "EENVELOPE" || code === "EMESSAGE") && responseCode !== 421;
}

/** Whether the connection failed, and not the message. A server that does not answer in time still has the connection. */
export function isLost(error: unknown): boolean {
  const { code, responseCode, command } = error as SmtpError; // Only nodemailer throws here.
  return responseCode === 421 || code === "ECONNECTION" || code === "ESOCKET" || command === "RSET";
}

/** Sorts a failure: refused for ever, worth another try, or a server that cannot be used. No message repeats the password. */
export function toMailError(error: unknown, server: Server, phase: "connect" | "send"): GableError {
  if (error instanceof GableError) return error;
  const failure = error as SmtpError; // Only nodemailer throws here.
  const { code, response, message, rejectedErrors } = failure;
  const { host } = server;
  if (rejectedErrors !== undefined && rejectedErrors.length > 0) return toRecipientsError([], rejectedErrors, server);
  const said = response ?? message;
  const options = { cause: error };
  const replyCode = failure.responseCode || undefined;
  const isDeferred = replyCode !== undefined && replyCode >= 400 && replyCode < 500;
  if (code === "EAUTH" && !isDeferred)
    return new GableError("E_MAIL_LOGIN", `The mail server ${host} refused the user name or the password.`, options);
  if (phase === "connect" && !isDeferred && isWithoutTls(failure, replyCode))
    return new GableError("E_MAIL_INSECURE", `The mail server ${host} offers no trusted TLS: ${message}`, options);
  if (replyCode !== undefined && replyCode >= 500)
    return new GableError("E_MAIL_REFUSED", `The mail server ${host} refused the message: ${said}`, {
      ...options,
      details: { responseCode: replyCode },
    });
  return new GableError("E_MAIL_DEFERRED", `The mail server ${host} could not take the message now: ${said}`, options);
}

/** Throws when the server did not take the message for everyone: `E_MAIL_DEFERRED` if it may take it later for one of them. */
export function assertAllAccepted({ accepted, rejectedErrors = [] }: SentInfo, server: Server): void {
  if (rejectedErrors.length > 0) throw toRecipientsError(accepted, rejectedErrors, server);
}

function toRecipientsError(accepted: readonly string[], errors: readonly SmtpError[], { host }: Server): GableError {
  const details = toDetails(accepted, errors);
  const say = (list: readonly string[] = []): string =>
    list.map((address) => `${address} (${errors.find(({ recipient }) => recipient === address)?.response})`).join(", ");
  const parts = [
    accepted.length > 0 && `took the message for ${accepted.join(", ")}`,
    details.deferred && `could not take the message now for ${say(details.deferred)}`,
    details.rejected && `refused the message for ${say(details.rejected)}`,
  ].filter((part) => typeof part === "string");
  const text = `The mail server ${host} ${parts.join("; it ")}.`;
  if (details.deferred !== undefined) return new GableError("E_MAIL_DEFERRED", text, { details, cause: errors[0] });
  const responseCode = accepted.length === 0 && { responseCode: errors.at(-1)!.responseCode };
  return new GableError("E_MAIL_REFUSED", text, { details: { ...responseCode, ...details }, cause: errors[0] });
}

/** Who got the message, who may get it later, and who never gets it. Lists that would be empty are left out. */
interface RecipientDetails {
  readonly accepted?: readonly string[];
  readonly deferred?: readonly string[];
  readonly rejected?: readonly string[];
}

function toDetails(accepted: readonly string[], errors: readonly SmtpError[]): RecipientDetails & Record<string, unknown> {
  const isFinal = ({ responseCode }: SmtpError): boolean => typeof responseCode === "number" && responseCode >= 500;
  const named = (list: readonly SmtpError[]): string[] => list.flatMap(({ recipient }) => recipient ?? []);
  const lists = { accepted, deferred: named(errors.filter((error) => !isFinal(error))), rejected: named(errors.filter(isFinal)) };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

/** Whether a failure to connect is one of TLS: the server has none, or its certificate is not trusted. */
function isWithoutTls({ code, originalCode, command }: SmtpError, replyCode: number | undefined): boolean {
  // nodemailer only gives up at EHLO if TLS is required: a server that does not know this command has no STARTTLS.
  if (replyCode !== undefined) return command === "STARTTLS" || (command === "EHLO" && (replyCode === 500 || replyCode === 502));
  if (code === "ETLS") return true;
  // Errors of the network have a code of the system; those of TLS have their own. EPROTO is what the system calls a failed handshake.
  return code === "ESOCKET" && originalCode !== undefined && (originalCode === "EPROTO" || !Object.hasOwn(constants.errno, originalCode));
}
