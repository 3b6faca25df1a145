/** Sessions in an encrypted cookie: nothing is stored on the server, and so nothing of it can be ended there. */
import { GableError } from "../errors/gable-error.ts";
import type { Cookies } from "../handlers/context.ts";
import type { CarriedChanges, CarriedSession, SessionCarrier } from "./session-carrier.ts";
import { assertSessionSize, sessionCookie, toMaxAge } from "./session-carrier.ts";
import type { SessionOutcome, SessionRecord } from "./session-store.ts";
import { applyChanges } from "./session-store.ts";

const cookieBytesMax = 3_800;

/** Creates the carrier that needs no store. `bytesMax` limits the values of a session, as in every store. */
export function createCookieCarrier(bytesMax: number): SessionCarrier {
  return new CookieCarrier(bytesMax);
}

class CookieCarrier implements SessionCarrier {
  readonly hasDirectory = false;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async load(cookies: Cookies, now: number): Promise<CarriedSession | undefined> {
    const text = cookies.getEncrypted(sessionCookie, { host: true });
    const record = text === null ? undefined : toRecord(text);
    if (record !== undefined && record.expiresAt > now) return { key: "", record };
    // It is worth nothing. One that has expired must not live again when a clock is put back.
    if (cookies.has(sessionCookie, { host: true })) cookies.delete(sessionCookie, { host: true });
    return undefined;
  }

  async create(cookies: Cookies, record: SessionRecord): Promise<void> {
    assertSessionSize(record, this.#bytesMax);
    setRecord(cookies, record, record.seenAt);
  }

  async change(cookies: Cookies, { record }: CarriedSession, changes: CarriedChanges, now: number): Promise<SessionOutcome> {
    const changed = applyChanges(record, changes);
    if (changed === undefined) return "changed";
    assertSessionSize(changed, this.#bytesMax);
    setRecord(cookies, changed, now);
    return "saved";
  }

  async remove(cookies: Cookies): Promise<void> {
    cookies.delete(sessionCookie, { host: true });
  }
}

function setRecord(cookies: Cookies, record: SessionRecord, now: number): void {
  const { values, userId, createdAt, seenAt, expiresAt } = record;
  const text = JSON.stringify([values, userId, createdAt, seenAt, expiresAt] satisfies RecordList);
  // What is encrypted grows by its nonce and tag, and by a third in base64url.
  const bytes = Math.ceil(((new TextEncoder().encode(text).length + 28) * 4) / 3) + 26;
  if (bytes > cookieBytesMax)
    throw new GableError(
      "E_SESSION_TOO_LARGE",
      `The cookie of the session would have ${bytes} bytes; at most ${cookieBytesMax} are sent.`,
      {
        fix: 'Store less in the session, or use another store: gable({ session: { store: "database" } }).',
      },
    );
  cookies.setEncrypted(sessionCookie, text, { host: true, maxAgeSeconds: toMaxAge(record, now) });
}

/** What setRecord() writes: values, user, and times. */
type RecordList = [values: Readonly<Record<string, string>>, userId: string | null, createdAt: number, seenAt: number, expiresAt: number];

function toRecord(text: string): SessionRecord {
  // Nobody else can encrypt such a string.
  const [values, userId, createdAt, seenAt, expiresAt] = JSON.parse(text) as RecordList;
  return { values, userId, createdAt, seenAt, expiresAt };
}
