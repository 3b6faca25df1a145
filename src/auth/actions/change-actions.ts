/** Changes that a signed-in user makes, and the confirmation that this is the user. */
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { changePassword, findProblemFor } from "../change-password.ts";
import { confirmedUser, currentUser, isCurrentPassword } from "../current-password.ts";
import { normalizeEmail } from "../email-address.ts";
import { mailTexts } from "../mails.ts";
import { mailToken, sendLater } from "../mail-links.ts";
import { findNext } from "../next-page.ts";
import type { AccountsOptions } from "../options.ts";
import { hasNoPassword } from "../providers/providers.ts";
import { findService } from "../find-service.ts";
import { takeMail } from "../throttle.ts";
import { assertCode } from "../two-factor/code-question.ts";
import type { AccountResult, SentOn } from "./results.ts";
import { refuse } from "./results.ts";

const wrongPassword = () => refuse("current", "wrong", "This is not your password.");

export async function findFirstPassword(context: AnyContext): Promise<string | undefined> {
  return (await hasPassword(context)) ? undefined : findService(context).routes.url("firstPassword");
}

async function hasPassword(context: AnyContext): Promise<boolean> {
  const service = findService(context);
  const { providers } = service.parts;
  const user = await currentUser(context);
  return providers === undefined || !hasNoPassword(user, await service.run(() => providers.list(String(user.id))));
}

export async function changeOwnPassword(
  context: AnyContext,
  { current, password }: { readonly current: string; readonly password: string },
  options: AccountsOptions,
): Promise<SentOn> {
  const user = await currentUser(context);
  await assertCode(context, user);
  if (!(await isCurrentPassword(context, user, current))) return wrongPassword();
  return storePassword(context, { user, password }, options);
}

export async function setFirstPassword(
  context: AnyContext,
  { password }: { readonly password: string },
  options: AccountsOptions,
): Promise<SentOn | undefined> {
  const user = await confirmedUser(context);
  return (await hasPassword(context)) ? undefined : storePassword(context, { user, password }, options);
}

async function storePassword(
  context: AnyContext,
  { user, password }: { readonly user: Account; readonly password: string },
  options: AccountsOptions,
): Promise<SentOn> {
  const problem = await findProblemFor(context, { password, owner: user }, options);
  if (problem !== undefined) return refuse("password", problem.code, problem.message);
  if (!(await changePassword(context, user, password))) return wrongPassword();
  return { next: findService(context).afterLogin };
}

export async function changeOwnEmail(
  context: AnyContext,
  { current, email: typed }: { readonly current: string; readonly email: string },
): Promise<AccountResult> {
  const service = findService(context);
  service.links();
  service.routes.assert("verify");
  const user = await currentUser(context);
  await assertCode(context, user);
  if (!(await isCurrentPassword(context, user, current))) return wrongPassword();
  const email = normalizeEmail(typed);
  await takeMail(context, email);
  sendLater(context, () => mailChange(context, user, email));
  return {};
}

/** The new address confirms, unless another account has it. The old one gets a notice in both cases: it reveals no account. */
async function mailChange(context: AnyContext, user: Account, email: string): Promise<void> {
  const service = findService(context);
  if ((await service.findByEmail(email)) === undefined) {
    const write = (token: string) => mailTexts.newEmail(service.routes.url("verify", token));
    await mailToken(context, { user, purpose: "email", to: email, write });
  }
  if (user.email !== null) await service.links().mail.send(user.email, mailTexts.emailChanging());
}

export async function confirmPassword(context: AnyContext, { current }: { readonly current: string }): Promise<SentOn> {
  if (!(await isCurrentPassword(context, await currentUser(context), current))) return wrongPassword();
  findService(context).confirm(context);
  return { next: findNext(context) };
}
