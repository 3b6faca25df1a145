/** The sessions of one application. */
import { assertKnownOptions } from "../errors/option-errors.ts";
import { everyHour } from "../parts/hourly.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Flash } from "../handlers/session.ts";
import type { Logger } from "../handlers/logger.ts";
import { GableError } from "../errors/gable-error.ts";
import { addVary } from "../http/fields.ts";
import { createFlash } from "./flash.ts";
import type { SessionTimes } from "./request-session.ts";
import { RequestSession } from "./request-session.ts";
import type { SessionCarrier } from "./session-carrier.ts";
import type { EndedSessions, ReadSession, SessionIdentity } from "./session-identity.ts";
import type { SessionDirectory, SessionStore } from "./session-store.ts";
import { isSessionDirectory } from "./session-store.ts";

/** What the sessions need of their application. */
export interface SessionsParts {
  readonly carrier: SessionCarrier;
  /** Where the sessions are; undefined when cookies carry them. */
  readonly store: SessionStore | undefined;
  readonly times: SessionTimes;
  readonly logger: Logger;
  /** Ids of the secret keys, with spaces between them. They say nothing about the keys. */
  readonly keyIds: () => string;
}

const batchRowsMax = 1_000;

/** Opens the session and the flash messages of each request, and clears expired sessions every hour. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #listeners = new Set<(ended: EndedSessions) => void>();
  readonly #stopClearing: (() => void) | undefined;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
    if (parts.store !== undefined)
      this.#stopClearing = everyHour(
        () => this.deleteExpired(),
        (error) => parts.logger.error({ error }, "Expired sessions could not be deleted."),
      );
  }

  /** @internal Ids of the secret keys: applications with a key in common have the same visitors. */
  get keyIds(): readonly string[] {
    return this.#parts.keyIds().split(" ");
  }

  /** Whether the sessions of a user can be listed, and ended one by one. */
  get hasDirectory(): boolean {
    const { store } = this.#parts;
    return store !== undefined && isSessionDirectory(store);
  }

  /** Finds and ends the sessions of a user. Throws `E_SESSION_STORE` when the store cannot list them. */
  get directory(): SessionDirectory {
    const { store } = this.#parts;
    if (store !== undefined && isSessionDirectory(store))
      return {
        listForUser: (userId, now) => store.listForUser(userId, now),
        deleteForUser: async (userId, options) => {
          if (options !== undefined) assertKnownOptions("deleteForUser()", options, { except: "string" });
          const count = await store.deleteForUser(userId, options);
          this.announceEnd({ userId, except: options?.except });
          return count;
        },
      };
    const reason = store === undefined ? "Sessions in cookies cannot be listed." : "The store of sessions cannot list those of a user.";
    throw new GableError("E_SESSION_STORE", reason);
  }

  /** Calls a listener when sessions have ended. Returns the function that removes it. */
  onEnded(listener: (ended: EndedSessions) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Says that sessions have ended, so that connections which they opened end as well. */
  announceEnd(ended: EndedSessions): void {
    for (const listener of this.#listeners) listener(ended);
  }

  /** Returns which session a request came with; undefined without one. */
  async identify(context: AnyContext): Promise<SessionIdentity | undefined> {
    return this.identifyRead(context);
  }

  /** @internal Returns which session a request came with, and when it was read. */
  identifyRead(context: AnyContext): Promise<ReadSession | undefined> {
    // It is the one that openSession() has made.
    return (context.session as RequestSession).identify();
  }

  /** @internal Removes a value from the session of a request, whatever the status of the reply. */
  useUp(context: AnyContext, key: string): void {
    (context.session as RequestSession).useUp(key); // As in identify().
  }

  /** Returns the session of a request. */
  openSession(context: AnyContext): RequestSession {
    const { carrier, times } = this.#parts;
    const session = new RequestSession({
      carrier,
      times,
      cookies: context.cookies,
      now: Date.now,
      onTouch: (isPersonal) => touch(context, isPersonal),
      onEnded: ({ key }) => this.announceEnd({ key }),
      onDropped: (reason) => context.log.info({}, reason),
    });
    context.beforeReply(({ status }) => session.save(status));
    return session;
  }

  /** Returns the flash messages of a request. */
  openFlash(context: AnyContext): Flash {
    const { flash, save } = createFlash({
      cookies: context.cookies,
      method: context.method,
      onTouch: (hasMessages) => touch(context, hasMessages),
    });
    context.beforeReply(({ status }) => save(status));
    return flash;
  }

  /** Deletes expired sessions, 1,000 at a time, and returns how many there were. */
  async deleteExpired(): Promise<number> {
    let total = 0;
    for (let count = -1; count !== 0; total += count) count = (await this.#parts.store?.deleteExpired(Date.now(), batchRowsMax)) ?? 0;
    return total;
  }

  /**
   * Deletes the sessions that were last used before a time, in ms since 1970, and returns how many. Throws `E_SESSION_STORE` when they
   * are in cookies, or when the store cannot do it.
   */
  async deleteUnused(before: number): Promise<number> {
    const { store } = this.#parts;
    if (store?.deleteUnused !== undefined) return store.deleteUnused(before);
    if (store === undefined) throw inCookies();
    throw new GableError("E_SESSION_STORE", "The store of sessions cannot delete those that are unused.", {
      fix: "Give it the method deleteUnused(), or use another store.",
    });
  }

  /** Checks that this process can delete sessions for others. Throws `E_SESSION_STORE` when they are in cookies or in the memory of a process. */
  assertShared(): void {
    const { store } = this.#parts;
    if (store === undefined) throw inCookies();
    if (store.isLocal === true)
      throw new GableError("E_SESSION_STORE", "The sessions are in the memory of the process that serves.", {
        fix: "Restart that process: it forgets all sessions. Or choose the store of a database or of Redis.",
      });
  }

  /** Deletes one session by its key. Throws `E_SESSION_STORE` when they are in cookies. */
  async deleteOne(key: string): Promise<void> {
    const { store } = this.#parts;
    if (store === undefined) throw inCookies();
    await store.delete(key);
    this.announceEnd({ key });
  }

  /** Stops the timer and closes the store. */
  async stop(): Promise<void> {
    this.#stopClearing?.();
    await this.#parts.store?.close?.();
  }
}

function inCookies(): GableError {
  return new GableError("E_SESSION_STORE", "The sessions are in cookies, in the browsers of their users: nothing here can delete them.", {
    fix: "Set sessionsValidFrom of a user to now to end the sessions of that user, or replace secretKeys to end all.",
  });
}

/** A page that found no session and no messages is the same for everybody who has none: it only varies by cookies. */
function touch(context: AnyContext, isPersonal: boolean): void {
  if (isPersonal) context.markPersonal();
  else addVary(context.reply.headers, "Cookie");
}
