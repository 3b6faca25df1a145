/** How sessions travel between requests: an id in a cookie with the values in a store, or the values in the cookie itself. */
import { GableError } from "../errors/gable-error.ts";
import type { Cookies } from "../handlers/context.ts";
import type { SessionChanges, SessionOutcome, SessionRecord } from "./session-store.ts";

/** A session that a request came with. */
export interface CarriedSession {
  /** Key in the store; "" where there is no store. */
  readonly key: string;
  readonly record: SessionRecord;
}

/** Changes, and whether the session gets a new id with them. */
export interface CarriedChanges extends Omit<SessionChanges, "moveTo"> {
  readonly isRotated: boolean;
}

/** Reads and writes the session of one request. */
export interface SessionCarrier {
  /** Whether the sessions of a user can be listed, so that it matters when they were used. */
  readonly hasDirectory: boolean;
  /** Finds the session that the cookies name; undefined when there is none that is valid. */
  load(cookies: Cookies, now: number): Promise<CarriedSession | undefined>;
  /** Stores a new session under a new id, and sets its cookie. Throws `E_SESSION_TOO_LARGE`. */
  create(cookies: Cookies, record: SessionRecord): Promise<void>;
  /** Changes a session, and sets its cookie when that changes. Throws `E_SESSION_TOO_LARGE`. */
  change(cookies: Cookies, session: CarriedSession, changes: CarriedChanges, now: number): Promise<SessionOutcome>;
  /** Deletes the cookie, and the session that it named, if there was one. */
  remove(cookies: Cookies, session: CarriedSession | undefined): Promise<void>;
}

/** Name of the cookie, without the prefix that it has over https. */
export const sessionCookie = "session";

/** Seconds that a cookie is kept. */
export function toMaxAge({ expiresAt }: Pick<SessionRecord, "expiresAt">, now: number): number {
  return Math.max(1, Math.ceil((expiresAt - now) / 1000));
}

/** Most keys of a session: their names do not count for the size. */
const keysMax = 1_000;

/** Checks the number of values, and their sum in bytes of their JSON. Throws `E_SESSION_TOO_LARGE`. */
export function assertSessionSize({ values }: Pick<SessionRecord, "values">, bytesMax: number): void {
  const count = Object.keys(values).length;
  if (count > keysMax) throw new GableError("E_SESSION_TOO_LARGE", `The session has ${count} keys; at most ${keysMax} are stored.`);
  const bytes = Object.values(values).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > bytesMax) throw new GableError("E_SESSION_TOO_LARGE", `The session has ${bytes} bytes; at most ${bytesMax} are stored.`);
}
