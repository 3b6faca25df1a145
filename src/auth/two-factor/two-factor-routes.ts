/** The pages of two-factor sign-in: turn it on and off, and make new recovery codes. All of them ask for the password first. */
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { DisplayForm } from "../../handlers/form.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuard, AccountGuards } from "../accounts.ts";
import { currentUser } from "../current-password.ts";
import { sendLater } from "../mail-links.ts";
import { mailTexts } from "../mails.ts";
import { showPage } from "../pages/show-page.ts";
import { findService } from "../service.ts";
import { newSecretKey, readKey, writeKey } from "../session-values.ts";
import { resetCodes, takeCode } from "../throttle.ts";
import { endOtherSessions } from "../user-sessions.ts";
import { addCodeError, codeForm } from "./code-routes.ts";
import { recoveryCodesMax } from "./recovery-codes.ts";
import { toOtpauth } from "./totp.ts";

const title = "Two-factor sign-in";

/** Creates the routes. */
export function createTwoFactorRoutes({ sudo }: AccountGuards<unknown>) {
  const guard = sudo();
  const codes = createRecoveryRoutes(guard);
  const off = createOffRoutes(guard);
  const firstCode = codeForm("The six digits that the app shows.");
  const show = get("/two-factor", { guard }, async (context) => {
    const service = findService(context);
    const { id } = await currentUser(context);
    const state = await service.run(() => service.twoFactors().describe(String(id)));
    if (state === undefined) return showEnrolment(context, firstCode.blank());
    const text = `It is on since ${state.enabledAt.toISOString().slice(0, 10)}. ${state.codesLeft} of ${recoveryCodesMax} recovery codes are left.`;
    const links = { "Make new recovery codes": codes.show.url(), "Turn it off": off.show.url() };
    return showPage(context, { name: "two-factor", title, text, links });
  });
  const turnOn = post("/two-factor", { guard, form: firstCode }, async (context) => {
    const sent = context.form;
    const user = await currentUser(context);
    if (!(await isOff(context))) return redirect(toBack(context));
    const made = sent.valid ? await enrol(context, user, sent.data.code) : undefined;
    if (made !== undefined) return showRecoveryCodes(context, made);
    if (sent.valid) addCodeError(sent);
    return showEnrolment(context, sent, sent.status);
  });
  return { routes: [show, turnOn, codes.show, codes.make, off.show, off.turnOff], named: { twoFactor: show } };
}

function createRecoveryRoutes(guard: AccountGuard<{ readonly user: unknown }>) {
  const page = {
    name: "recovery-codes-new",
    title: "Make new recovery codes",
    text: "The codes that you have now will stop working.",
    submit: "Make new codes",
  };
  const show = get("/two-factor/codes", { guard }, async (context) =>
    (await isOff(context)) ? redirect(toBack(context)) : showPage(context, { ...page, links: { [title]: toBack(context) } }),
  );
  const make = post("/two-factor/codes", { guard }, async (context) => {
    const service = findService(context);
    const { id } = await currentUser(context);
    const codes = await service.run(() => service.twoFactors().replaceCodes(String(id)));
    return codes === undefined ? redirect(toBack(context)) : showRecoveryCodes(context, codes);
  });
  return { show, make };
}

function createOffRoutes(guard: AccountGuard<{ readonly user: unknown }>) {
  const page = {
    name: "two-factor-off",
    title: "Turn two-factor sign-in off",
    text: "From then on, your password is enough to sign in.",
    submit: "Turn it off",
  };
  const show = get("/two-factor/off", { guard }, async (context) =>
    (await isOff(context)) ? redirect(toBack(context)) : showPage(context, { ...page, links: { [title]: toBack(context) } }),
  );
  const turnOff = post("/two-factor/off", { guard }, async (context) => {
    const service = findService(context);
    const { id, email } = await currentUser(context);
    if (await service.run(() => service.twoFactors().turnOff(String(id)))) {
      notify(context, email, "turned off");
      context.flash("success", "Two-factor sign-in is off.");
    }
    return redirect(toBack(context));
  });
  return { show, turnOff };
}

/** Turns it on with the first code, and returns the recovery codes; undefined for a wrong code. */
async function enrol(context: Context, user: Account, code: string): Promise<readonly string[] | undefined> {
  const service = findService(context);
  const userId = String(user.id);
  const secret = await readNewSecret(context, userId);
  await takeCode(context, userId);
  const codes = secret && (await service.run(() => service.twoFactors().turnOn(userId, secret, code)));
  if (!codes) return undefined;
  await resetCodes(context.rateLimits, userId);
  // Whoever knew the password may be signed in elsewhere.
  await endOtherSessions(context, user);
  service.noteSecondFactor(context);
  notify(context, user.email, "turned on");
  return codes;
}

function toBack(context: Context): string {
  return findService(context).namedRoute("twoFactor").url();
}

async function isOff(context: Context): Promise<boolean> {
  const service = findService(context);
  const { id } = await currentUser(context);
  return !(await service.run(() => service.twoFactors().isOn(String(id))));
}

/** The secret stays in the session, encrypted, until the user confirms it: a page that is loaded again shows the same one. */
async function showEnrolment(context: Context, form: DisplayForm, status = 200): Promise<HandlerReply> {
  const twoFactors = findService(context).twoFactors();
  const { id, email } = await currentUser(context);
  let secret = await readNewSecret(context, String(id));
  if (secret === undefined) {
    const made = twoFactors.createSecret(String(id));
    writeKey(context.session, newSecretKey, made.sealed);
    secret = made.secret;
  }
  const key = secret.match(/.{4}/g)!.join(" "); // It has 32 letters.
  return showPage(context, {
    name: "two-factor-new",
    title,
    text: `After your password, an authenticator app gives you a code to type. Add this key to the app, then type the code that it shows: ${key}`,
    form,
    submit: "Turn it on",
    links: { "Open an authenticator app on this device": toOtpauth(secret, { issuer: twoFactors.parts.issuer, email }) },
    status,
  });
}

async function readNewSecret(context: Context, userId: string): Promise<string | undefined> {
  return findService(context)
    .twoFactors()
    .openNewSecret(userId, await readKey(context.session, newSecretKey));
}

function showRecoveryCodes(context: Context, codes: readonly string[]): HandlerReply {
  return showPage(context, {
    name: "recovery-codes",
    title: "Your recovery codes",
    text: `Each of them replaces a code of the app once. Keep them in a safe place: no page shows them again. ${codes.join(", ")}`,
    links: { [title]: toBack(context) },
  });
}

function notify(context: Context, email: string, what: string): void {
  const { mail, routes } = findService(context).parts;
  if (mail !== undefined) sendLater(context, () => mail.send(email, mailTexts.twoFactor(what, routes.forgot.url())));
}
