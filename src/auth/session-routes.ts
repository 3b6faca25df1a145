/** The page of sessions: which devices are signed in, and a way to sign out others. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuards } from "./accounts.ts";
import { currentUser } from "./current-password.ts";
import { endSessionForm, sessionListForm } from "./forms.ts";
import { showPage } from "./pages/show-page.ts";
import type { UserSession, UserSessions } from "./user-sessions.ts";
import { endOtherSessions, endSession, findUserSessions } from "./user-sessions.ts";

const listedMax = 100;
/** What the form sends for all other devices. Keys of sessions have 64 characters. */
const allOthers = "others";
const view = { name: "sessions", title: "Your devices" };

/** Creates the routes. */
export function createSessionRoutes({ signedIn }: AccountGuards<unknown>) {
  const show = get("/sessions", { guard: signedIn }, async (context) => {
    const sessions = await findUserSessions(context, await currentUser(context));
    return sessions === undefined ? showUnlisted(context) : showSessions(context, sessions, createListForm(sessions).blank());
  });
  const end = post("/sessions", { guard: signedIn, form: endSessionForm() }, async (context) => {
    const user = await currentUser(context);
    const sessions = await findUserSessions(context, user);
    if (sessions === undefined) return endOthers(context, user);
    const sent = await createListForm(sessions).parse({ end: context.form.value("end") });
    if (!sent.valid) return showSessions(context, sessions, sent, sent.status);
    if (sent.data.end === allOthers) return endOthers(context, user);
    await endSession(
      context,
      user,
      sessions.others.find(({ key }) => key === sent.data.end)!,
    ); // The form has the keys of others.
    context.flash("success", "The device is signed out.");
    return redirect(show.url());
  });
  const endOthers = async (context: AnyContext, user: Account): Promise<HandlerReply> => {
    await endOtherSessions(context, user);
    context.flash("success", "All other devices are signed out.");
    return redirect(show.url());
  };
  return { routes: [show, end] };
}

function showSessions(
  context: AnyContext,
  { current, others, rememberedCount }: UserSessions,
  form: DisplayForm,
  status = 200,
): HandlerReply {
  const text = [current === undefined ? "This device was signed out." : `This device: ${describe(current)}.`];
  if (others.length === 0) text.push("No other device is signed in.");
  if (rememberedCount > 0) text.push(`Browsers that stay signed in and are not in use now: ${rememberedCount}.`);
  if (others.length > listedMax) text.push(`The list has ${listedMax} of ${others.length} other devices: those that were used last.`);
  const list = others.length + rememberedCount === 0 && status === 200 ? {} : { form, submit: "Sign out" };
  return showPage(context, { ...view, text: text.join(" "), ...list, status });
}

/** Sessions in cookies are nowhere but in browsers. */
function showUnlisted(context: AnyContext): HandlerReply {
  const text =
    "This site cannot list the devices where you are signed in: it keeps sessions in the browsers only. It can sign out all of them except this one.";
  return showPage(context, { ...view, text, submit: "Sign out all other devices" });
}

function createListForm({ others }: UserSessions) {
  const listed = others.slice(0, listedMax).map((session): [string, string] => [session.key, describe(session)]);
  return sessionListForm(Object.fromEntries([...listed, [allOthers, "All other devices"]]));
}

function describe({ device, address, createdAt, seenAt }: UserSession): string {
  return `${device}, ${address}, signed in ${toText(createdAt)}, last seen ${toText(seenAt)}`;
}

function toText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
