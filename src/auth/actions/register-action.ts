/** Registration. */
import { optionInvalid } from "../../errors/option-errors.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { findProblemFor } from "../change-password.ts";
import { normalizeEmail } from "../email-address.ts";
import { mailTexts } from "../mails.ts";
import { mailVerification, sendLater } from "../mail-links.ts";
import { findNext } from "../next-page.ts";
import type { AccountsOptions } from "../options.ts";
import { reservedColumns } from "../options.ts";
import type { NewAccount } from "../service.ts";
import { findService } from "../service.ts";
import { takeMail } from "../throttle.ts";
import type { AccountResult } from "./results.ts";
import { refuse } from "./results.ts";

export async function registerAccount(
  context: AnyContext,
  given: NewAccount,
  options: AccountsOptions,
): Promise<AccountResult<{ readonly next: string | undefined }>> {
  const { verifyEmail = "before" } = options;
  assertColumns(given);
  const values: NewAccount = { ...given, email: normalizeEmail(given.email) };
  const found = await findProblemFor(context, { password: values.password, owner: values }, options);
  if (found !== undefined) return refuse("password", found.code, found.message);
  const service = findService(context);
  if (verifyEmail !== "never") service.routes.assert("verify");
  if (verifyEmail === "before") service.routes.assert("forgot");
  await takeMail(context, values.email);
  const user = await service.create(values);
  if (verifyEmail === "before") return mailOwner(context, values.email, user);
  if (user === undefined) return refuse("email", "unique", "An account with this address exists.");
  if (verifyEmail === "after") mailVerification(context, user);
  await service.signIn(context, user);
  return { next: findNext(context) };
}

/** The answer is the same whether the address is known or not; the mail differs. */
function mailOwner(context: AnyContext, email: string, user: Account | undefined): { readonly next: undefined } {
  const service = findService(context);
  if (user !== undefined) mailVerification(context, user);
  else sendLater(context, () => service.links().mail.send(email, mailTexts.known(service.routes.url("forgot"))));
  return { next: undefined };
}

/** A form must not set what makes somebody an administrator. */
function assertColumns(values: NewAccount): void {
  for (const name of Object.keys(values))
    if (name !== "email" && name !== "password" && reservedColumns.has(name))
      throw optionInvalid("register()", name, values[name], "a field that your model adds to accountFields()");
}
