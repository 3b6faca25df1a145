/** The page of a reader's own account. */
import { get, group, post, redirect } from "gable";
import { modelForm } from "gable/forms";
import { Reader } from "../models.ts";
import { accounts, maybeSignedIn, signedIn } from "./accounts.ts";

const profileForm = modelForm(Reader, { fields: ["name"], name: "profile", override: { name: { autocomplete: "name" } } });

export const showProfile = get("/account", { guard: signedIn }, async ({ user, view }) =>
  view("readers/profile.html", { account: user, form: await profileForm.from(user) }),
);

export const saveProfile = post("/account", { guard: signedIn, form: profileForm }, async ({ user, form, view, flash }) => {
  const saved = form.valid && (await form.saveTo(user));
  if (!saved) return view("readers/profile.html", { account: user, form }, { status: form.status });
  flash("success", "Your name is saved.");
  return redirect(showProfile.url());
});

/** Login, logout, registration and everything around passwords and addresses. */
export const accountRoutes = group("/account", accounts.routes, { guard: maybeSignedIn });
