/** The devices where a user is signed in. */
import type { AnyContext } from "../../handlers/context.ts";
import { currentUser } from "../current-password.ts";
import type { UserSessions } from "../user-sessions.ts";
import { endOtherSessions, endSession, findUserSessions } from "../user-sessions.ts";

/** Lists and ends the sessions of the user of a request. */
export interface SessionActions {
  /** Returns the sessions that can be used; undefined where the store cannot list them, as with sessions in cookies. */
  list(context: AnyContext): Promise<UserSessions | undefined>;
  /** Ends one of the other sessions by its key, and forgets its browser. Returns false when the user has no such session. */
  end(context: AnyContext, key: string): Promise<boolean>;
  /** Ends all sessions except that of the request, with any store, and forgets all other browsers. */
  endOthers(context: AnyContext): Promise<void>;
}

export const sessionActions: SessionActions = {
  list: async (context) => findUserSessions(context, await currentUser(context)),
  end: async (context, key) => {
    const user = await currentUser(context);
    const found = (await findUserSessions(context, user))?.others.find((session) => session.key === key);
    if (found === undefined) return false;
    await endSession(context, user, found);
    return true;
  },
  endOthers: async (context) => endOtherSessions(context, await currentUser(context)),
};
