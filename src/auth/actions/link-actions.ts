/** What links in emails do: they confirm an address, and let users who have forgotten their password set a new one. */
import type { AnyContext } from "../../handlers/context.ts";
import { logAccountEvent } from "../account-events.ts";
import type { Account } from "../account-fields.ts";
import { findProblemFor } from "../change-password.ts";
import { confirmFirst } from "../held-account.ts";
import { normalizeEmail } from "../email-address.ts";
import { mailTexts } from "../mails.ts";
import { mailNotice, mailToken, sendLater } from "../mail-links.ts";
import type { AccountsOptions } from "../options.ts";
import { hideAddress } from "../secret-address.ts";
import { findService } from "../find-service.ts";
import { keepResetToken, readResetToken } from "../session-values.ts";
import { takeMail } from "../throttle.ts";
import type { TokenFacts, TokenPurpose } from "../tokens.ts";
import type { SentOn } from "./results.ts";
import { refuse } from "./results.ts";

const purposes: readonly TokenPurpose[] = ["verify", "email"];

export async function findVerification(context: AnyContext, token: string): Promise<{ readonly email: string } | undefined> {
  hideAddress(context);
  const service = findService(context);
  const facts = await service.run(() => service.links().tokens.find(token, purposes));
  return facts && { email: facts.email };
}

export async function verifyAddress(context: AnyContext, token: string): Promise<{ readonly next: string } | undefined> {
  hideAddress(context);
  const service = findService(context);
  const { tokens } = service.links();
  const facts = await service.run(() => tokens.find(token, purposes));
  const isUsed = facts !== undefined && (await service.run(() => tokens.consume(token)));
  if (!isUsed || !(await applyToken(context, facts))) return undefined;
  return { next: (await service.loadUser(context)) === null ? service.routes.url("login") : service.afterLogin };
}

async function applyToken(context: AnyContext, { purpose, userId, email }: TokenFacts): Promise<boolean> {
  const service = findService(context);
  const user = await service.findById(userId);
  if (user === undefined || !user.active) return false;
  if (purpose === "email") return service.setEmail(user, email);
  // A link to an address that the account no longer has confirms nothing.
  if (user.email !== email) return false;
  await service.update(user, { emailVerifiedAt: new Date(service.parts.now()) });
  return true;
}

export async function mailReset(context: AnyContext, values: { readonly email: string }): Promise<void> {
  const service = findService(context);
  service.links();
  service.routes.assert("openReset");
  const email = normalizeEmail(values.email);
  await takeMail(context, email);
  sendLater(context, () => mailResetLink(context, email));
}

async function mailResetLink(context: AnyContext, email: string): Promise<void> {
  const service = findService(context);
  const user = await service.findByEmail(email);
  if (user?.active !== true || user.email === null) return;
  // The stored address gets the mail, not the one that was typed.
  const write = (token: string) => mailTexts.reset(service.routes.url("openReset", token), user.username);
  await mailToken(context, { user, purpose: "reset", to: user.email, write });
}

export function openReset(context: AnyContext, token: string): void {
  hideAddress(context);
  // Programs that look at links before a browser opens them get no session.
  if (context.method !== "HEAD") keepResetToken(context, token);
}

export async function findReset(context: AnyContext): Promise<{ readonly email: string } | undefined> {
  const found = await findResetAccount(context);
  return found && { email: found.email };
}

export async function resetPassword(
  context: AnyContext,
  { password }: { readonly password: string },
  options: AccountsOptions,
): Promise<SentOn | undefined> {
  const found = await findResetAccount(context);
  if (found === undefined) return undefined;
  const { user, secret } = found;
  const problem = await findProblemFor(context, { password, owner: user }, options);
  if (problem !== undefined) return refuse("password", problem.code, problem.message);
  const service = findService(context);
  const { tokens } = service.links();
  const [login, forgot] = [service.routes.url("login"), service.routes.url("forgot")];
  if (!(await service.run(() => tokens.consume(secret)))) return undefined;
  await service.setPassword(user, password);
  logAccountEvent(context, "password-changed", user.id);
  // Whoever has read the mail owns the address.
  const isCleared = user.emailVerifiedAt === null && (await confirmFirst(service, user));
  context.session.end();
  mailNotice(context, user, mailTexts.passwordChanged(forgot, isCleared));
  return { next: login };
}

/** Finds the account of the link that the visitor has opened; undefined when the link is not valid. */
async function findResetAccount(
  context: AnyContext,
): Promise<{ readonly user: Account; readonly email: string; readonly secret: string } | undefined> {
  hideAddress(context);
  const service = findService(context);
  const { tokens } = service.links();
  const secret = await readResetToken(context);
  const facts = await service.run(() => tokens.find(secret, ["reset"]));
  const user = facts === undefined ? undefined : await service.findById(facts.userId);
  return facts === undefined || !user?.active || user.email !== facts.email ? undefined : { user, email: facts.email, secret };
}
