/** Browsers that stay signed in: a cookie begins a new session when the last one is over. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext, BeforeReplyHook, ReplyFacts } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import type { AccountService } from "../service.ts";
import { readKey, rememberKey, writeKey } from "../session-values.ts";
import type { RememberedBrowser, RememberTokens } from "./remember-tokens.ts";

const cookieName = "remember";

/** Signs a user in by the cookie, and returns it; null without a cookie that counts. */
export async function restoreUser(context: AnyContext, service: AccountService): Promise<Account | null> {
  const tokens = service.parts.remember;
  const text = findCookie(context, service);
  if (tokens === undefined || text === null) return null;
  let restored: Restored | undefined;
  let isOver = false;
  const replace = async ({ status }: ReplyFacts): Promise<void> => {
    isOver = true;
    if (restored !== undefined && status < 500) await replaceToken(context, service, tokens, restored);
  };
  // A page that asks for the user while it is sent can begin no session.
  if (!addHook(context, replace)) return null;
  context.markPersonal();
  const verdict = await service.run(() => tokens.find(text));
  const user = verdict && (await service.findById(verdict.isReused ? verdict.userId : verdict.browser.userId));
  if (user !== undefined && verdict?.isReused === true) {
    context.log.warn({ userId: verdict.userId }, "An old token of a remembered browser was used again: all sessions of its user end.");
    await service.endAllSessions(user);
  }
  // A login or the token of a program may have decided meanwhile.
  if (isOver || service.findLoadedUser(context) !== undefined || service.isForgotten(context)) return null;
  if (user === undefined || verdict === undefined || verdict.isReused) return dropCookie(context);
  const { browser } = verdict;
  if (browser.createdAt < (user.sessionsValidFrom?.getTime() ?? 0)) return dropCookie(context);
  if (!user.active || !service.mayEnter(user)) return null;
  restored = { user, browser };
  service.beginRemembered(context, user, browser.id);
  return user;
}

interface Restored {
  readonly user: Account;
  readonly browser: RememberedBrowser;
}

function addHook(context: AnyContext, hook: BeforeReplyHook): boolean {
  try {
    context.beforeReply(hook);
    return true;
  } catch (error) {
    if (error instanceof GableError && error.code === "E_HEAD_SENT") return false;
    throw error;
  }
}

/** The token is replaced with the session: a request that fails changes neither, so that its browser can try again. */
async function replaceToken(
  context: AnyContext,
  service: AccountService,
  tokens: RememberTokens,
  { user, browser }: Restored,
): Promise<void> {
  if (service.findLoadedUser(context)?.id !== user.id || service.isForgotten(context)) return;
  const next = await service.run(() => tokens.replace(browser));
  if (next !== undefined) setCookie(context, next, tokens.maxAgeSeconds);
}

/** Remembers the browser of a user who has just signed in with everything that is asked for. */
export async function rememberUser(context: AnyContext, service: AccountService, user: Account): Promise<void> {
  const tokens = service.parts.remember;
  if (tokens === undefined) return;
  const { id, text } = await service.run(() => tokens.issue(String(user.id), service.provenAt(user)));
  writeKey(context.session, rememberKey, id);
  setCookie(context, text, tokens.maxAgeSeconds);
}

/** Forgets the browser of a request: its cookie goes, and its token before the reply. */
export function forgetBrowser(context: AnyContext, service: AccountService): void {
  const tokens = service.parts.remember;
  const text = findCookie(context, service);
  if (tokens === undefined || text === null) return;
  dropCookie(context);
  context.beforeReply(() => service.run(() => tokens.voidText(text)));
}

/** Returns the token that the session of a request began with; undefined without one. */
export async function findRememberId({ session }: AnyContext): Promise<number | undefined> {
  const id = await readKey(session, rememberKey);
  return typeof id === "number" ? id : undefined;
}

function findCookie({ cookies }: AnyContext, { parts }: AccountService): string | null {
  return parts.remember === undefined ? null : cookies.get(cookieName, { host: true });
}

function setCookie({ cookies }: AnyContext, text: string, maxAgeSeconds: number): void {
  cookies.set(cookieName, text, { host: true, maxAgeSeconds });
}

function dropCookie({ cookies }: AnyContext): null {
  cookies.delete(cookieName, { host: true });
  return null;
}
