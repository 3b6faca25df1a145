/** Confirming an address: opening the link shows a button, because mail scanners open links; the button confirms. */
import { get, post } from "../handlers/define-route.ts";
import { redirect } from "../replies/replies.ts";
import { expiredPage } from "./pages/expired-page.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";

/** Creates the routes. */
export function createVerifyRoutes({ actions }: RouteMakings) {
  const verify = get("/verify/:token", { name: "accounts.verify" }, async (context) => {
    const found = await actions.findVerification(context, context.params.token);
    if (found === undefined) return expiredPage(context);
    return showPage(context, { name: "verify", title: "Confirm your address", text: found.email, submit: "Confirm this address" });
  });
  const confirm = post("/verify/:token", async (context) => {
    const done = await actions.verify(context, context.params.token);
    if (done === undefined) return expiredPage(context);
    context.flash("success", "Your address is confirmed.");
    return redirect(done.next);
  });
  return [verify, confirm];
}
