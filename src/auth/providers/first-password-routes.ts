/** The first password of an account that a provider created. Its user has none to type: the guard sudo asks for a new sign-in instead. */
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import { redirect } from "../../replies/replies.ts";
import type { AccountGuards } from "../accounts.ts";
import { changePassword, findProblemFor } from "../change-password.ts";
import { currentUser } from "../current-password.ts";
import { resetForm } from "../forms.ts";
import type { AccountsOptions } from "../options.ts";
import { showPage } from "../pages/show-page.ts";
import { findService } from "../service.ts";
import { findConfirmationWays } from "./confirm-with-provider.ts";

/** Creates the routes. A user who has a password changes it at `/password`, which asks for it. */
export function createFirstPasswordRoutes({ passwordMin }: AccountsOptions, { sudo }: AccountGuards<unknown>) {
  const form = resetForm(passwordMin);
  const guard = sudo();
  const view = { name: "password-first", title: "Set a password", submit: "Set the password" };
  const show = get("/password/first", { guard }, async (context) =>
    (await findFirstPassword(context)) === undefined
      ? redirect(findService(context).parts.routes.password.url())
      : showPage(context, { ...view, form: form.blank() }),
  );
  const set = post("/password/first", { guard, form }, async (context) => {
    if ((await findFirstPassword(context)) === undefined) return redirect(findService(context).parts.routes.password.url());
    const sent = context.form;
    const user = await currentUser(context);
    const problem = sent.valid && findProblemFor(user, sent.data.password, passwordMin);
    if (problem) sent.addError("password", problem.message, { code: problem.code });
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    return changePassword(context, user, sent.data.password);
  });
  return { routes: [show, set], named: { firstPassword: show } };
}

/** Returns the path where the user of a request sets a first password; undefined for a user who has one. */
export async function findFirstPassword(context: Context): Promise<string | undefined> {
  const { firstPassword } = findService(context).parts.routes;
  if (firstPassword === undefined) return undefined;
  const { hasPassword } = await findConfirmationWays(context, await currentUser(context));
  return hasPassword ? undefined : firstPassword.url();
}
