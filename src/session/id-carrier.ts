/** Sessions in a store, found by a random id in a cookie. The store holds a hash of the id: who reads it can sign in nowhere. */
import type { Cookies } from "../handlers/context.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";
import type { CarriedChanges, CarriedSession, SessionCarrier } from "./session-carrier.ts";
import { assertSessionSize, sessionCookie, toMaxAge } from "./session-carrier.ts";
import type { SessionOutcome, SessionRecord, SessionStore } from "./session-store.ts";
import { applyChanges, isSessionDirectory } from "./session-store.ts";

/** Returns the key under which a store holds the session with an id: SHA-256, in hex. */
function toSessionKey(id: string): string {
  return getNodeCrypto().createHash("sha256").update(id).digest("hex");
}

/** Creates the carrier of a store. `bytesMax` limits the values of a session. */
export function createIdCarrier(store: SessionStore, bytesMax: number): SessionCarrier {
  return new IdCarrier(store, bytesMax);
}

class IdCarrier implements SessionCarrier {
  readonly hasDirectory: boolean;
  readonly #store: SessionStore;
  readonly #bytesMax: number;

  constructor(store: SessionStore, bytesMax: number) {
    this.#store = store;
    this.#bytesMax = bytesMax;
    this.hasDirectory = isSessionDirectory(store);
  }

  async load(cookies: Cookies, now: number): Promise<CarriedSession | undefined> {
    const id = cookies.get(sessionCookie, { host: true });
    // What cannot be an id costs no statement.
    if (id === null || !/^[\w-]{43}$/.test(id)) return undefined;
    const key = toSessionKey(id);
    const record = await this.#store.read(key, now);
    return record === undefined ? undefined : { key, record };
  }

  async create(cookies: Cookies, record: SessionRecord): Promise<void> {
    assertSessionSize(record, this.#bytesMax);
    const id = createId();
    await this.#store.create(toSessionKey(id), record);
    setId(cookies, id, toMaxAge(record, record.seenAt));
  }

  async change(cookies: Cookies, session: CarriedSession, changes: CarriedChanges, now: number): Promise<SessionOutcome> {
    const { isRotated, ...stored } = changes;
    const changed = applyChanges(session.record, stored);
    if (changed === undefined) return "changed";
    assertSessionSize(changed, this.#bytesMax);
    if (!isRotated) {
      const outcome = await this.#store.patch(session.key, stored, now);
      const sent = cookies.get(sessionCookie, { host: true });
      // A browser forgets the cookie at the end that it was told: a session that lives longer says so.
      if (outcome === "saved" && sent !== null && changed.expiresAt > session.record.expiresAt)
        setId(cookies, sent, toMaxAge(changed, now));
      return outcome;
    }
    const id = createId();
    const outcome = await this.#store.patch(session.key, { ...stored, moveTo: toSessionKey(id) }, now);
    if (outcome === "saved") setId(cookies, id, toMaxAge(changed, now));
    return outcome;
  }

  async remove(cookies: Cookies, session: CarriedSession | undefined): Promise<void> {
    if (session !== undefined) await this.#store.delete(session.key);
    cookies.delete(sessionCookie, { host: true });
  }
}

function createId(): string {
  return getNodeCrypto().randomBytes(32).toString("base64url");
}

function setId(cookies: Cookies, id: string, maxAgeSeconds: number): void {
  cookies.set(sessionCookie, id, { host: true, maxAgeSeconds });
}
