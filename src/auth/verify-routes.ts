/** Confirming an address: opening the link shows a button, because mail scanners open links; the button confirms. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import { redirect } from "../replies/replies.ts";
import { expiredPage } from "./pages/expired-page.ts";
import { showPage } from "./pages/show-page.ts";
import { findService } from "./service.ts";
import type { TokenFacts, TokenPurpose } from "./tokens.ts";

const purposes: readonly TokenPurpose[] = ["verify", "email"];

/** Creates the routes. */
export function createVerifyRoutes() {
  const verify = get("/verify/:token", async (context) => {
    const service = findService(context);
    const facts = await service.run(() => service.links().tokens.find(context.params.token, purposes));
    if (facts === undefined) return expiredPage(context);
    return showPage(context, { name: "verify", title: "Confirm your address", text: facts.email, submit: "Confirm this address" });
  });
  const confirm = post("/verify/:token", async (context) => {
    const service = findService(context);
    const { tokens } = service.links();
    const facts = await service.run(() => tokens.find(context.params.token, purposes));
    const isUsed = facts !== undefined && (await service.run(() => tokens.consume(context.params.token)));
    if (!isUsed || !(await applyToken(context, facts))) return expiredPage(context);
    context.flash("success", "Your address is confirmed.");
    return redirect((await service.loadUser(context)) === null ? service.parts.routes.login.url() : service.afterLogin);
  });
  return { routes: [verify, confirm], named: { verify } };
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
