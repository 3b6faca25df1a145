/** Registration. */
import { optionInvalid } from "../../errors/option-errors.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { findProblemFor } from "../change-password.ts";
import { mailTexts } from "../mails.ts";
import { mailVerification, sendLater } from "../mail-links.ts";
import { findNext } from "../next-page.ts";
import type { AccountsOptions } from "../options.ts";
import { reservedColumns } from "../options.ts";
import type { NewAccount } from "../new-account.ts";
import { toNewRow } from "../new-account.ts";
import { findService } from "../find-service.ts";
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
  const service = findService(context);
  const values = toNewRow(given, service.parts.loginKey);
  if (values.email === null && verifyEmail !== "never")
    throw optionInvalid("register()", "email", values.email, `an address, because it is verified ("${verifyEmail}")`);
  const found = await findProblemFor(context, { password: values.password, owner: values }, options);
  if (found !== undefined) return refuse("password", found.code, found.message);
  if (verifyEmail !== "never") service.routes.assert("verify");
  if (verifyEmail === "before") service.routes.assert("forgot");
  await takeMail(context, values.email);
  const made = await service.create(values);
  if (made === "username") return refuse("username", "unique", "This user name is taken. Choose another one.");
  if (verifyEmail === "before") return mailOwner(context, values.email!, made); // It was checked above.
  if (made === "email") return refuse("email", "unique", "An account with this address exists.");
  if (verifyEmail === "after") mailVerification(context, made);
  await service.signIn(context, made);
  return { next: findNext(context) };
}

/** The answer is the same whether the address is known or not; the mail differs. */
function mailOwner(context: AnyContext, email: string, made: Account | "email"): { readonly next: undefined } {
  if (made !== "email") mailVerification(context, made);
  else sendLater(context, () => mailKnown(context, email));
  return { next: undefined };
}

async function mailKnown(context: AnyContext, email: string): Promise<void> {
  const service = findService(context);
  const owner = await service.findByEmail(email);
  await service.links().mail.send(email, mailTexts.known(service.routes.url("forgot"), owner?.username));
}

/** A form must not set what makes somebody an administrator. */
function assertColumns(values: NewAccount): void {
  for (const name of Object.keys(values))
    if (name !== "email" && name !== "password" && reservedColumns.has(name))
      throw optionInvalid("register()", name, values[name], "a field that your model adds to accountFields()");
}
