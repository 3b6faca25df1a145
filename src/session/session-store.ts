/** What a store of sessions does. `testSessionStore()` of gable/testing checks yours. */

/** The stored form of a session. Times are milliseconds since 1970. */
export interface SessionRecord {
  /** Values by key, each as a JSON text. */
  readonly values: Readonly<Record<string, string>>;
  /** The user that it belongs to; null for nobody. */
  readonly userId: string | null;
  /** When it began. */
  readonly createdAt: number;
  /** When it was last used, to a few minutes. */
  readonly seenAt: number;
  /** When it ends. */
  readonly expiresAt: number;
}

/** Changes to a session that exists. What is left out stays as it is. */
export interface SessionChanges {
  /** Values to set by key, each as a JSON text. */
  readonly set?: Readonly<Record<string, string>>;
  /** Keys to remove. */
  readonly delete?: readonly string[];
  /** Texts that these keys must still have, null for none. When one differs, nothing is changed. */
  readonly expected?: Readonly<Record<string, string | null>>;
  /** The user that it belongs to from now on. */
  readonly userId?: string | null;
  /** When it began, for a session that starts again. */
  readonly createdAt?: number;
  /** When it was used. */
  readonly seenAt?: number;
  /** When it ends. */
  readonly expiresAt?: number;
  /** The key under which it is found from now on, and no longer under the old one. */
  readonly moveTo?: string;
}

/** What became of changes: stored, refused because an expected text differs, or there is no such session any more. */
export type SessionOutcome = "saved" | "changed" | "missing";

/**
 * Stores sessions under keys.
 *
 * A key is the SHA-256 of an id, as 64 hex digits. A session whose `expiresAt` is not above `now` counts as missing everywhere.
 */
export interface SessionStore {
  /** Stores a new session. */
  create(key: string, record: SessionRecord): Promise<void>;
  /** Returns a session; undefined when there is none. Deletes it when it has expired: a clock that is put back revives nothing. */
  read(key: string, now: number): Promise<SessionRecord | undefined>;
  /** Changes a session as one step: parallel changes to other keys are kept, and a session that was deleted stays so. */
  patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome>;
  /** Deletes a session, if it is there. */
  delete(key: string): Promise<void>;
  /** Deletes sessions that have expired, at most `rowsMax` of them, and returns how many. Called until it returns 0. */
  deleteExpired(now: number, rowsMax: number): Promise<number>;
  /** Deletes the sessions that were last used before a time, and returns how many. None by default: then nobody can ask for it. */
  deleteUnused?(before: number): Promise<number>;
  /** Whether the sessions are in the memory of this process, where other processes cannot see them. Default false. */
  readonly isLocal?: boolean;
  /** Opens connections; called at start. */
  open?(): Promise<void>;
  /** Closes what `open()` has opened. */
  close?(): Promise<void>;
}

/** A session of a user, in a list. */
export interface ListedSession extends SessionRecord {
  /** Key of the session in its store. */
  readonly key: string;
}

/** Finds the sessions of a user: for a list of devices, and to sign out everywhere. */
export interface SessionDirectory {
  /** Returns the sessions of a user that have not expired, the one that was used last first. */
  listForUser(userId: string, now: number): Promise<readonly ListedSession[]>;
  /** Deletes the sessions of a user, except the one with the key `except`, and returns how many. */
  deleteForUser(userId: string, options?: { readonly except?: string | undefined }): Promise<number>;
}

/** Whether a store can list the sessions of a user. */
export function isSessionDirectory(store: SessionStore): store is SessionStore & SessionDirectory {
  return "listForUser" in store && typeof store.listForUser === "function" && "deleteForUser" in store;
}

/** Returns the record with changes; undefined when an expected text differs. For stores that change whole records. */
export function applyChanges(record: SessionRecord, changes: SessionChanges): SessionRecord | undefined {
  for (const [key, text] of Object.entries(changes.expected ?? {})) if ((findText(record.values, key) ?? null) !== text) return undefined;
  const values = new Map(Object.entries(record.values));
  for (const [key, text] of Object.entries(changes.set ?? {})) values.set(key, text);
  for (const key of changes.delete ?? []) values.delete(key);
  return {
    values: Object.fromEntries(values),
    userId: changes.userId === undefined ? record.userId : changes.userId,
    createdAt: changes.createdAt ?? record.createdAt,
    seenAt: changes.seenAt ?? record.seenAt,
    expiresAt: changes.expiresAt ?? record.expiresAt,
  };
}

/** Returns the text of a key. Names such as `constructor` are keys like all others. */
export function findText(values: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
