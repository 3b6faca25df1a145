/** The page of sessions: which devices are signed in, and a way to sign out others. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { endSessionForm, sessionListForm } from "./forms.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";
import type { UserSession, UserSessions } from "./user-sessions.ts";

const listedMax = 100;
/** What the form sends for all other devices. Keys of sessions have 64 characters. */
const allOthers = "others";
const view = { name: "sessions", title: "Your devices" };

/** Creates the routes. */
export function createSessionRoutes({ guards: { signedIn }, actions: { sessions } }: RouteMakings) {
  const show = get("/sessions", { guard: signedIn }, async (context) => {
    const listed = await sessions.list(context);
    return listed === undefined ? showUnlisted(context) : showSessions(context, listed, createListForm(listed).blank());
  });
  const end = post("/sessions", { guard: signedIn, form: endSessionForm() }, async (context) => {
    const listed = await sessions.list(context);
    if (listed === undefined) return endOthers(context);
    const sent = await createListForm(listed).parse({ end: context.form.value("end") });
    if (!sent.valid) return showSessions(context, listed, sent, sent.status);
    if (sent.data.end === allOthers) return endOthers(context);
    await sessions.end(context, sent.data.end);
    context.flash("success", "The device is signed out.");
    return redirect(show.url());
  });
  const endOthers = async (context: AnyContext): Promise<HandlerReply> => {
    await sessions.endOthers(context);
    context.flash("success", "All other devices are signed out.");
    return redirect(show.url());
  };
  return [show, end];
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

function toText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
