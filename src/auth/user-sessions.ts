/** The sessions of a user: a list of devices, and the end of others than the one that asks. */
import type { AnyContext } from "../handlers/context.ts";
import type { ListedSession } from "../session/session-store.ts";
import type { Account } from "./account-fields.ts";
import { unknownDevice } from "./device-name.ts";
import { findService } from "./find-service.ts";
import { findRememberId } from "./remember/remember-me.ts";
import { addressKey, deviceKey, rememberKey, signedInKey } from "./session-values.ts";

/** A session, as its user sees it. */
export interface UserSession {
  /** Key of the session in its store. Nobody can sign in with it. */
  readonly key: string;
  /** Name of the device, such as "Firefox on Linux". */
  readonly device: string;
  /** Address of the client that signed in. */
  readonly address: string;
  /** When the user signed in. */
  readonly createdAt: Date;
  /** When it was last used, to five minutes. */
  readonly seenAt: Date;
  /** Token by which its browser is remembered; undefined without one. */
  readonly rememberId: number | undefined;
}

/** The session of a request, and the others of its user. */
export interface UserSessions {
  /** Undefined when another request has just ended it. */
  readonly current: UserSession | undefined;
  /** The one that was used last comes first. */
  readonly others: readonly UserSession[];
  /** How many browsers have no session, and would begin one by themselves. */
  readonly rememberedCount: number;
}

/** Finds the sessions of a user that can still be used; undefined where the store cannot list them. */
export async function findUserSessions(context: AnyContext, user: Account): Promise<UserSessions | undefined> {
  const service = findService(context);
  const { sessions, remember, now } = service.parts;
  if (!sessions.hasDirectory) return undefined;
  const currentKey = (await sessions.identify(context))?.key;
  const listed = await sessions.directory.listForUser(String(user.id), now());
  const validFrom = user.sessionsValidFrom?.getTime() ?? 0;
  const found = listed.filter((session) => isValid(session, validFrom)).map(toUserSession);
  const remembered = remember === undefined ? [] : await service.run(() => remember.list(String(user.id), validFrom));
  const known = new Set([...found.map(({ rememberId }) => rememberId), await findRememberId(context)]);
  const rememberedCount = remembered.filter((id) => !known.has(id)).length;
  return { rememberedCount, current: found.find(({ key }) => key === currentKey), others: found.filter(({ key }) => key !== currentKey) };
}

/** Ends all sessions of a user except that of the request, with any store, and forgets all other browsers. */
export async function endOtherSessions(context: AnyContext, user: Account): Promise<void> {
  const service = findService(context);
  const { sessions } = service.parts;
  const except = (await sessions.identify(context))?.key;
  const userId = String(user.id);
  const rememberId = await findRememberId(context);
  if (sessions.hasDirectory) {
    await service.forgetBrowsers(user, rememberId);
    return void (await sessions.directory.deleteForUser(userId, { except }));
  }
  await service.voidOtherSessions(context, user);
  await service.forgetBrowsers(user, rememberId, user.sessionsValidFrom?.getTime());
  sessions.announceEnd({ userId, except });
}

/** Ends one session of a user, and forgets its browser. */
export async function endSession(context: AnyContext, user: Account, { key, rememberId }: UserSession): Promise<void> {
  const service = findService(context);
  const { sessions, remember } = service.parts;
  if (remember !== undefined && rememberId !== undefined) await service.run(() => remember.voidOne(String(user.id), rememberId));
  await sessions.deleteOne(key);
}

function isValid({ values }: ListedSession, validFrom: number): boolean {
  const signedInAt = readValue(values, signedInKey);
  return typeof signedInAt === "number" && signedInAt >= validFrom;
}

function toUserSession({ key, values, createdAt, seenAt }: ListedSession): UserSession {
  const device = readValue(values, deviceKey);
  const address = readValue(values, addressKey);
  const rememberId = readValue(values, rememberKey);
  return {
    key,
    device: typeof device === "string" ? device : unknownDevice,
    address: typeof address === "string" ? address : "unknown address",
    createdAt: new Date(createdAt),
    seenAt: new Date(seenAt),
    rememberId: typeof rememberId === "number" ? rememberId : undefined,
  };
}

function readValue(values: ListedSession["values"], name: string): unknown {
  const text = values[name];
  return text === undefined ? undefined : JSON.parse(text);
}
