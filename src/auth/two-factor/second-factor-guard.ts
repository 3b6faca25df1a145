/** The guard secondFactor: lets users pass who have given a code in this session. */
import { GableError } from "../../errors/gable-error.ts";
import type { Context } from "../../handlers/context.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuard } from "../accounts.ts";
import { isPage, refuseVisitor } from "../guards.ts";
import { findService } from "../service.ts";

/** A page leads to the question and back. */
export const secondFactor: AccountGuard<{ readonly user: Account }> = async (context) => {
  const service = findService(context);
  const user = await service.loadUser(context);
  if (user === null) return refuseVisitor(context);
  const hasFactor = await service.run(() => service.twoFactors().isOn(String(user.id)));
  if (hasFactor && (await service.hasSecondFactor(context))) return true;
  const path = hasFactor ? service.confirmCodeUrl(toPath(context)) : service.routes.url("twoFactor");
  if (isPage(context) && (context.method === "GET" || context.method === "HEAD")) return redirect(path);
  const at = hasFactor ? service.confirmCodeUrl() : path;
  throw new GableError("E_SECOND_FACTOR_REQUIRED", `Give a second factor at ${at} first.`, { details: { confirmAt: at } });
};

function toPath({ url }: Context): string {
  return url.pathname + url.search;
}
