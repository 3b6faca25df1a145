/** The forms of accounts. */
import { field as f } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { charactersMin } from "./passwords/password-rules.ts";
import type { FieldRecord } from "../forms/field-values.ts";
import type { LoginKey } from "./login-key.ts";
import { findLoginKey, typedUsername, usernameLengthMax } from "./login-key.ts";
import type { AccountsOptions } from "./options.ts";

const email = () => f.email({ label: "E-mail address", autocomplete: "username", max: 254 });
/** What users sign in with, at the login: of any form, because a form that refuses some would say which accounts there are. */
const login = (key: LoginKey): FieldRecord =>
  key === "email"
    ? { email: email() }
    : { username: f.text({ label: "User name", autocomplete: "username", max: 254, attributes: plain }) };
/** Keyboards of phones begin with a capital letter, and correct words. */
const plain = { autocapitalize: "none", spellcheck: "false" };
const newUsername = () =>
  f.text({
    label: "User name",
    autocomplete: "username",
    max: usernameLengthMax,
    pattern: typedUsername,
    help: "Letters from a to z, digits, and . _ - after the first character.",
    attributes: plain,
    messages: { pattern: "Use letters from a to z, digits, and . _ - after the first character." },
  });
const currentPassword = () => f.password({ label: "Password" });
const newPassword = (label: string, min: number | undefined) =>
  f.password({ label, purpose: "new", min: min ?? charactersMin, help: `At least ${min ?? charactersMin} characters.` });

/** Asks for an address or a user name, and a password, and whether the browser is to be remembered. */
export const loginForm = (key: LoginKey, remembers: boolean) =>
  form(
    { ...login(key), password: currentPassword(), ...(remembers ? { remember: f.boolean({ label: "Keep me signed in" }) } : {}) },
    { name: "login" },
  );

/** Asks whether the browser is to be remembered, where a button of the login form leads to a provider. */
export const rememberForm = () => form({ remember: f.boolean() }, { name: "remember" });

/** Asks for what a new account needs, and for the fields of the application. */
export const registerForm = ({ user, registrationFields = {}, passwordMin, verifyEmail }: AccountsOptions) =>
  form(
    {
      ...(findLoginKey(user.$fields) === "email"
        ? { email: email() }
        : { username: newUsername(), email: contactEmail("E-mail address", verifyEmail === "never") }),
      ...registrationFields,
      password: newPassword("Password", passwordMin),
    },
    { name: "register" },
  );

/** An address that nobody signs in with. */
const contactEmail = (label: string, optional = false) => f.email({ label, autocomplete: "email", max: 254, optional });

/** Asks for the address that gets the mail. */
export const forgotForm = (key: LoginKey) =>
  form({ email: key === "email" ? email() : contactEmail("E-mail address") }, { name: "forgot" });

/** Asks for a new password, behind a link. */
export const resetForm = (passwordMin: number | undefined) =>
  form({ password: newPassword("New password", passwordMin) }, { name: "reset" });

/** Asks for the current and a new password. */
export const passwordForm = (passwordMin: number | undefined) =>
  form({ current: f.password({ label: "Current password" }), password: newPassword("New password", passwordMin) }, { name: "password" });

/** Asks for the current password again. */
export const confirmForm = () => form({ current: f.password({ label: "Password" }) }, { name: "confirm" });

/** Asks which of the other sessions is to end: labels by key. */
export const sessionListForm = (choices: Readonly<Record<string, string>>) =>
  form(
    {
      end: f.choice(choices, {
        label: "Other devices",
        widget: "radio",
        messages: { required: "Choose a device.", choice: "Choose a device from the list. It may be signed out already." },
      }),
    },
    { name: "sessions" },
  );

/** Reads what that form sends. The page compares it with the sessions of the user. */
export const endSessionForm = () => form({ end: f.text({ max: 64, optional: true }) }, { name: "sessions" });

/** Asks for the current password and a new address. */
export const emailForm = () =>
  form(
    {
      current: f.password({ label: "Current password" }),
      email: contactEmail("New e-mail address"),
    },
    { name: "email" },
  );
