/** The session of one request: read when it is asked for, stored before the reply begins. */
import { assertFunction, assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Cookies } from "../handlers/context.ts";
import type { RotateOptions, Session } from "../handlers/session.ts";
import { toStrictJson } from "../http/strict-json.ts";
import { PendingChanges } from "./pending-changes.ts";
import type { ReadSession, SessionIdentity } from "./session-identity.ts";
import type { CarriedChanges, CarriedSession, SessionCarrier } from "./session-carrier.ts";
import { sessionCookie } from "./session-carrier.ts";
import type { SessionRecord } from "./session-store.ts";

/** How long sessions live, in ms. */
export interface SessionTimes {
  /** From their beginning. */
  readonly absoluteMs: number;
  /** Without a request; undefined for no such limit. */
  readonly idleMs: number | undefined;
}

/** What a session needs of its request. */
export interface RequestSessionParts {
  readonly carrier: SessionCarrier;
  readonly cookies: Cookies;
  readonly times: SessionTimes;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** Called when the session is first read, with whether the request has the cookie of one, and when it is first changed. */
  readonly onTouch: (isPersonal: boolean) => void;
  /** Called when the session has ended. */
  readonly onEnded: (session: SessionIdentity) => void;
  /** Called with what was not stored, for the log. */
  readonly onDropped: (reason: string) => void;
}

const noValues: SessionRecord["values"] = Object.freeze({});
const rotateNames = kindsOf<RotateOptions>({ userId: "text" });
/** The column of the user in the table of sessions has this length. */
const keyLengthMax = 255;
const keyRule = `a string of at most ${keyLengthMax} characters without lone surrogates`;
const touchMsMax = 5 * 60_000;
const attemptsMax = 50;
/** Clocks of machines differ by seconds. A session that began later than that was made by a clock that was wrong. */
const skewMsMax = 5 * 60_000;

/** The one implementation of {@link Session}. */
export class RequestSession implements Session {
  readonly #parts: RequestSessionParts;
  readonly #pending = new PendingChanges();
  #loading: Promise<CarriedSession | undefined> | undefined;
  /** When loading began, in ms of performance.now(). */
  #readAt = 0;
  #rotation: RotateOptions | undefined;
  readonly #usedUp = new Set<string>();
  /** The session that `end()` has ended: what comes after belongs to a new one. */
  #ended: Promise<CarriedSession | undefined> | undefined;
  #isRead = false;
  #isPersonal = false;
  #isSealed = false;

  constructor(parts: RequestSessionParts) {
    this.#parts = parts;
  }

  // Session types its values by AppTypes; here they are what was stored under those keys.
  async find(key: string): Promise<never> {
    assertText("session.find()", key);
    const text = this.#pending.isKnown(key) ? this.#pending.textOf(key, noValues) : this.#pending.textOf(key, await this.#readValues());
    return (text === undefined ? undefined : JSON.parse(text)) as never; // As above.
  }

  set(key: string, value: unknown): void {
    assertKey("session.set()", key);
    this.#assertOpen(`session.set("${key}")`);
    this.#pending.set(key, toText(key, value));
  }

  delete(key: string): void {
    assertText("session.delete()", key);
    this.#assertOpen(`session.delete("${key}")`);
    // No store has a key with a lone surrogate.
    if (key.isWellFormed()) this.#pending.delete(key);
  }

  /** Removes a value whatever the status of the reply: a secret that counts once does not count again after an error. */
  useUp(key: string): void {
    this.delete(key);
    this.#usedUp.add(key);
  }

  async update(key: string, change: (value: never) => unknown): Promise<never> {
    assertKey("session.update()", key);
    assertFunction("session.update()", change);
    this.#assertOpen(`session.update("${key}")`);
    const stored = await this.#readValues();
    this.#assertOpen(`session.update("${key}")`);
    const changeText = (text: string | undefined): string =>
      toText(key, change((text === undefined ? undefined : JSON.parse(text)) as never)); // As for find().
    return JSON.parse(this.#pending.update(key, changeText, stored)) as never; // As for find().
  }

  async findUserId(): Promise<string | null> {
    if (this.#rotation?.userId !== undefined) return this.#rotation.userId;
    return (await this.#load())?.record.userId ?? null;
  }

  rotate(options: RotateOptions = {}): void {
    assertKnownOptions("session.rotate()", options, rotateNames);
    const { userId } = options;
    if (typeof userId === "string" && (userId === "" || !isKey(userId) || userId.includes("\0")))
      throw optionInvalid("session.rotate()", "userId", userId, `${keyRule} and NUL, not empty; null stands for nobody`);
    this.#assertOpen("session.rotate()");
    this.#rotation = userId === undefined ? { ...this.#rotation } : { userId };
  }

  end(): void {
    this.#assertOpen("session.end()");
    this.#ended ??= this.#loadOnce();
    this.#loading = Promise.resolve(undefined);
    this.#pending.clear();
    this.#rotation = undefined;
  }

  /** Returns the values for the tools of development, and touches nothing; undefined when the request has not used the session. */
  async peek(): Promise<{ readonly userId: string | null; readonly values: Record<string, unknown> } | undefined> {
    if (!this.#isRead && this.#pending.isEmpty && this.#rotation === undefined) return undefined;
    const record = (await this.#loading)?.record;
    const stored = this.#valuesOf(record);
    const { set, delete: removed } = this.#pending.toChanges(stored);
    const texts = Object.entries({ ...stored, ...set }).filter(([key]) => !removed.includes(key));
    const values = Object.fromEntries(texts.map(([key, text]): [string, unknown] => [key, JSON.parse(text)]));
    return { userId: this.#rotation?.userId ?? record?.userId ?? null, values };
  }

  /** Stores what has changed; at a status of 500 or above, only that the session was ended, or that values were used up. */
  async save(status: number): Promise<void> {
    this.#isSealed = true;
    if (this.#ended !== undefined) await this.#remove(await this.#ended);
    if (status >= 500) {
      this.#keepUsedUp();
      if (this.#pending.isEmpty) return;
    }
    const session = await this.#loading;
    if (this.#pending.isEmpty && this.#rotation === undefined) return session === undefined ? undefined : this.#saveUse(session);
    const carried = session ?? (await this.#loadOnce());
    if (carried === undefined) return this.#create();
    if (!this.#isLeft(carried.record)) return this.#change(carried);
    await this.#remove(carried);
    return this.#create();
  }

  #keepUsedUp(): void {
    this.#rotation = undefined;
    this.#pending.clear();
    for (const key of this.#usedUp) this.#pending.delete(key);
  }

  /** Returns which session the request came with, without marking the reply as private; undefined without one. */
  async identify(): Promise<ReadSession | undefined> {
    const session = await this.#loadOnce();
    return session === undefined ? undefined : { ...toIdentity(session), readAt: this.#readAt };
  }

  async #remove(session: CarriedSession | undefined): Promise<void> {
    await this.#parts.carrier.remove(this.#parts.cookies, session);
    if (session !== undefined) this.#parts.onEnded(toIdentity(session));
  }

  async #create(): Promise<void> {
    const { set } = this.#pending.toChanges(noValues);
    const userId = this.#rotation?.userId ?? null;
    if (Object.keys(set).length === 0 && userId === null) return;
    const { cookies, carrier, now } = this.#parts;
    const moment = now();
    await carrier.create(cookies, { values: set, userId, createdAt: moment, seenAt: moment, expiresAt: this.#expiry(moment, moment) });
  }

  async #change(session: CarriedSession): Promise<void> {
    const { carrier, cookies, now } = this.#parts;
    let current = session;
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const outcome = await carrier.change(cookies, current, this.#toChanges(current.record), now());
      if (outcome === "saved") return;
      const reread = outcome === "missing" ? undefined : await this.#reload(attempt);
      if (reread === undefined) return this.#afterMissing();
      current = reread;
    }
    throw new GableError(
      "E_SESSION_CONFLICT",
      `The session could not be stored: other requests changed it ${attemptsMax} times meanwhile.`,
    );
  }

  /** Another request was faster: reads what it has stored, after a short wait when that happens again and again. */
  async #reload(attempt: number): Promise<CarriedSession | undefined> {
    if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt));
    this.#loading = undefined;
    return this.#loadOnce();
  }

  /** The session was ended by another request: it must not live again. A user who signs in gets a new one. */
  async #afterMissing(): Promise<void> {
    if (typeof this.#rotation?.userId === "string") return this.#create();
    this.#parts.onDropped("The session was ended while this request ran: its changes were dropped.");
  }

  #toChanges(record: SessionRecord): CarriedChanges {
    const moment = this.#parts.now();
    const userId = this.#rotation?.userId;
    // Who signs in begins a session of full length.
    const createdAt = typeof userId === "string" ? moment : record.createdAt;
    return {
      ...this.#pending.toChanges(record.values),
      ...(userId === undefined ? {} : { userId }),
      createdAt,
      ...this.#toUse(createdAt, record, moment),
      isRotated: this.#rotation !== undefined,
    };
  }

  /** Notes that the session is used, every few minutes. */
  async #saveUse(session: CarriedSession): Promise<void> {
    const { carrier, cookies, times, now } = this.#parts;
    const { record } = session;
    const moment = now();
    const isNoted = times.idleMs !== undefined || (carrier.hasDirectory && record.userId !== null);
    if (!isNoted || moment - record.seenAt < Math.min(touchMsMax, (times.idleMs ?? Number.POSITIVE_INFINITY) / 10)) return;
    await carrier.change(cookies, session, { ...this.#toUse(record.createdAt, record, moment), isRotated: false }, moment);
  }

  /** A clock that was put back takes nothing away. */
  #toUse(createdAt: number, record: SessionRecord, moment: number): Pick<SessionRecord, "seenAt" | "expiresAt"> {
    const seenAt = Math.max(record.seenAt, moment);
    return { seenAt, expiresAt: this.#expiry(createdAt, seenAt) };
  }

  #expiry(createdAt: number, seenAt: number): number {
    const { absoluteMs, idleMs } = this.#parts.times;
    return Math.min(createdAt + absoluteMs, idleMs === undefined ? Number.POSITIVE_INFINITY : seenAt + idleMs);
  }

  async #readValues(): Promise<SessionRecord["values"]> {
    return this.#valuesOf((await this.#load())?.record);
  }

  #valuesOf(record: SessionRecord | undefined): SessionRecord["values"] {
    return record === undefined || this.#isLeft(record) ? noValues : record.values;
  }

  /** Whether the session of a user goes on without that user: then it is a new one, because the values belong to the old one. */
  #isLeft({ userId }: SessionRecord): boolean {
    const next = this.#rotation?.userId;
    return userId !== null && next !== undefined && next !== userId;
  }

  #load(): Promise<CarriedSession | undefined> {
    if (this.#loading === undefined && this.#isSealed) throw sealed("The session was first read");
    this.#noteRead();
    return this.#loadOnce();
  }

  #loadOnce(): Promise<CarriedSession | undefined> {
    this.#loading ??= this.#loadValid();
    return this.#loading;
  }

  async #loadValid(): Promise<CarriedSession | undefined> {
    const { carrier, cookies, now } = this.#parts;
    const moment = now();
    this.#readAt = performance.now();
    const session = await carrier.load(cookies, moment);
    if (session === undefined) return undefined;
    const { createdAt, seenAt } = session.record;
    // The limits may be shorter than when the session was stored.
    const isValid = createdAt <= moment + skewMsMax && this.#expiry(createdAt, seenAt) > moment;
    return isValid ? session : undefined;
  }

  /** A visitor without a session gets the same reply as everybody else without one. */
  #noteRead(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const { cookies, onTouch } = this.#parts;
    this.#isPersonal ||= cookies.has(sessionCookie, { host: true });
    onTouch(this.#isPersonal);
  }

  #noteChange(): void {
    if (this.#isPersonal) return;
    this.#isPersonal = true;
    this.#parts.onTouch(true);
  }

  #assertOpen(what: string): void {
    if (this.#isSealed) throw sealed(`${what} was called`);
    this.#noteChange();
  }
}

/** A session in a cookie has no key: its user and its beginning name it. */
function toIdentity({ key, record }: CarriedSession): SessionIdentity {
  const { userId, createdAt } = record;
  return { key: key === "" ? `cookie:${createdAt}:${userId ?? ""}` : key, userId };
}

/** Whether every store can hold a string as a key. */
function isKey(text: string): boolean {
  return text.length <= keyLengthMax && text.isWellFormed();
}

/** TypeScript knows that keys are strings; JavaScript callers and names from requests are not always ones. */
function assertText(what: string, key: unknown): asserts key is string {
  if (typeof key !== "string") throw optionInvalid(what, "key", key, "a string");
}

function assertKey(what: string, key: unknown): void {
  assertText(what, key);
  if (!isKey(key)) throw optionInvalid(what, "key", key, keyRule);
}

function sealed(what: string): GableError {
  return new GableError("E_SESSION_SEALED", `${what} after the session was stored, before the head of the reply.`);
}

function toText(key: string, value: unknown): string {
  return toStrictJson(
    value,
    (path, reason) => new GableError("E_SESSION_VALUE", `The value of "${key}" cannot be stored in the session: value${path} ${reason}.`),
  );
}
