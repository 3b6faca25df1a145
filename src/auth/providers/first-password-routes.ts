/** The first password of an account that a provider created. Its user has none to type: the guard sudo asks for a new sign-in instead. */
import { get, post } from "../../handlers/define-route.ts";
import { redirect } from "../../replies/replies.ts";
import { resetForm } from "../forms.ts";
import { addProblem } from "../pages/add-problem.ts";
import { showPage } from "../pages/show-page.ts";
import type { RouteMakings } from "../routes.ts";
import { findService } from "../find-service.ts";

/** Creates the routes. A user who has a password changes it at `/password`, which asks for it. */
export function createFirstPasswordRoutes({ options: { passwordMin }, guards: { sudo }, actions }: RouteMakings) {
  const form = resetForm(passwordMin);
  const guard = sudo();
  const view = { name: "password-first", title: "Set a password", submit: "Set the password" };
  const show = get("/password/first", { guard, name: "accounts.firstPassword" }, async (context) =>
    (await actions.findFirstPassword(context)) === undefined
      ? redirect(findService(context).routes.url("password"))
      : showPage(context, { ...view, form: form.blank() }),
  );
  const set = post("/password/first", { guard, form }, async (context) => {
    if ((await actions.findFirstPassword(context)) === undefined) return redirect(findService(context).routes.url("password"));
    const sent = context.form;
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    const done = await actions.setFirstPassword(context, sent.data);
    if (done === undefined) return redirect(findService(context).routes.url("password"));
    if (done.problem !== undefined) {
      addProblem(sent, done.problem);
      return showPage(context, { ...view, form: sent, status: sent.status });
    }
    context.flash("success", "Your password is changed. All other devices are signed out.");
    return redirect(done.next);
  });
  return [show, set];
}
