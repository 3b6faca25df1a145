/** The forms of accounts. */
import { field as f } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { charactersMin } from "./passwords/password-rules.ts";
import type { FieldRecord } from "../forms/field-values.ts";

const email = () => f.email({ label: "E-mail address", autocomplete: "username", max: 254 });
const currentPassword = () => f.password({ label: "Password" });
const newPassword = (label: string, min: number | undefined) =>
  f.password({ label, purpose: "new", min: min ?? charactersMin, help: `At least ${min ?? charactersMin} characters.` });

/** Asks for an address and a password, and whether the browser is to be remembered. */
export const loginForm = (remembers: boolean) =>
  form(
    { email: email(), password: currentPassword(), ...(remembers ? { remember: f.boolean({ label: "Keep me signed in" }) } : {}) },
    { name: "login" },
  );

/** Asks whether the browser is to be remembered, where a button of the login form leads to a provider. */
export const rememberForm = () => form({ remember: f.boolean() }, { name: "remember" });

/** Asks for what a new account needs, and for the fields of the application. */
export const registerForm = (extra: FieldRecord, passwordMin: number | undefined) =>
  form({ email: email(), ...extra, password: newPassword("Password", passwordMin) }, { name: "register" });

/** Asks for the address that gets the mail. */
export const forgotForm = () => form({ email: email() }, { name: "forgot" });

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
      email: f.email({ label: "New e-mail address", autocomplete: "email", max: 254 }),
    },
    { name: "email" },
  );
