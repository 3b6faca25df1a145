/** Links that are mailed after the reply: the time of an answer does not say whether a mail was sent. */
import type { AnyContext } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import type { AccountMailText } from "./mails.ts";
import { mailTexts } from "./mails.ts";
import { findService } from "./find-service.ts";
import type { TokenPurpose } from "./tokens.ts";

/** Mails a notice to the owner of an account after the reply, where the site sends mail and the account has an address. */
export function mailNotice(context: AnyContext, { email }: Pick<Account, "email">, text: AccountMailText): void {
  const { mail } = findService(context).parts;
  if (mail !== undefined && email !== null) sendLater(context, () => mail.send(email, text));
}

/** Runs work after the reply. Errors go to the log. */
export function sendLater(context: AnyContext, work: () => Promise<void>): void {
  context.afterReply(work);
}

/** Mails the link that confirms the address of an account, if it has one. */
export function mailVerification(context: AnyContext, user: Account): void {
  const { routes } = findService(context);
  const { email } = user;
  if (email === null) return;
  sendLater(context, () =>
    mailToken(context, { user, purpose: "verify", to: email, write: (token) => mailTexts.verify(routes.url("verify", token)) }),
  );
}

/** A link with a token, and where it goes. */
export interface MailedToken {
  readonly user: Account;
  readonly purpose: TokenPurpose;
  readonly to: string;
  readonly write: (token: string) => AccountMailText;
}

/** Makes a token and mails it. */
export async function mailToken(context: AnyContext, { user, purpose, to, write }: MailedToken): Promise<void> {
  const service = findService(context);
  const { tokens, mail } = service.links();
  const secret = await service.run(() => tokens.issue({ purpose, userId: String(user.id), email: to }));
  await mail.send(to, write(secret));
}
