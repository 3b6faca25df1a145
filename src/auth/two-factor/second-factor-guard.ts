/** The guards of codes: secondFactor needs one, fullySignedIn only if the user has a second factor. */
import type { Context } from "../../handlers/context.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuard } from "../accounts.ts";
import { isPage, refuseVisitor } from "../guards.ts";
import { findService } from "../find-service.ts";
import { askForCode, codeRequired, lacksCode } from "./code-question.ts";

/** A page leads to the question and back. */
export const secondFactor: AccountGuard<{ readonly user: Account }> = async (context) => {
  const service = findService(context);
  const user = await service.loadUser(context);
  if (user === null) return refuseVisitor(context);
  const hasFactor = await service.run(() => service.twoFactors().isOn(String(user.id)));
  if (hasFactor && (await service.findSecondFactorAt(context)) > 0) return true;
  const path = hasFactor ? service.confirmCodeUrl(toPath(context)) : service.routes.url("twoFactor");
  if (isPage(context) && (context.method === "GET" || context.method === "HEAD")) return redirect(path);
  const at = hasFactor ? service.confirmCodeUrl() : path;
  throw codeRequired(at);
};

/** As above, for users who have a second factor. */
export const fullySignedIn: AccountGuard<{ readonly user: Account }> = async (context) => {
  const user = await findService(context).loadUser(context);
  if (user === null) return refuseVisitor(context);
  return (await lacksCode(context, user)) ? askForCode(context) : true;
};

function toPath({ url }: Context): string {
  return url.pathname + url.search;
}
