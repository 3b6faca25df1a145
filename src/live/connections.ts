/** The open event streams and WebSockets of one application: looked after by one timer, closed in order. */
import type { Logger } from "../handlers/logger.ts";
import type { EndedSessions, ReadSession, SessionIdentity } from "../session/session-identity.ts";
import type { LiveTimes } from "./times.ts";

/** Why a connection ends: the application stops, or its visitor lost access. */
export type LeaveReason = "stopping" | "denied";

/** A connection that stays open. */
export interface LiveConnection {
  /** Session of the request that opened it; undefined without one. */
  readonly session: ReadSession | undefined;
  /** Evaluates the guards of its route and looks for its session again; undefined without both. */
  readonly recheck: (() => Promise<boolean>) | undefined;
  /** Logger of the request that opened it. */
  readonly log: Logger;
  /** Sends signs of life, and ends what is dead. */
  tick(now: number): void;
  /** Ends the connection. */
  leave(reason: LeaveReason): void;
}

/** Connections that are closed per second when few are open, so that a stop does not wait for the whole spread. */
const closesPerSecondMin = 20;
/** Sessions that have ended, of which a connection that opens may have read one before. */
const endsMax = 1_000;

/** The connections. */
export class Connections {
  readonly times: LiveTimes;
  /** Each with the time of its next check of access. */
  readonly #open = new Map<LiveConnection, number>();
  readonly #closing = new Set<ReturnType<typeof setTimeout>>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #isDraining = false;
  /** Sessions that ended lately, the latest last, with the time. */
  readonly #ends: Array<{ readonly ended: EndedSessions; readonly at: number }> = [];
  /** Until when sessions may have ended without a place in the list, in ms of performance.now(). */
  #unknownUntil = -Infinity;

  constructor(times: LiveTimes) {
    this.times = times;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether the application is stopping. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Adds a connection; the first one starts the timer. Ends it if its session has ended since its request read it. */
  add(connection: LiveConnection): void {
    this.#open.set(connection, this.#nextCheck());
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), this.times.tickMs);
      // The timer must not keep a process running. In other runtimes than Node, it is a number.
      if (typeof this.#timer === "object") this.#timer.unref();
    }
    const { session, recheck } = connection;
    if (session === undefined) return;
    if (this.#ends.some(({ ended, at }) => at >= session.readAt && isEnded(session, ended))) connection.leave("denied");
    else if (session.readAt <= this.#unknownUntil && recheck !== undefined) void this.#check(connection, recheck);
  }

  /** Removes a connection that has ended; the last one stops the timer. */
  delete(connection: LiveConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Says that sessions may have ended until now of which it has not heard. */
  missEnds(): void {
    this.#unknownUntil = performance.now();
  }

  /** Ends the connections of sessions that have ended. */
  endSessions(ended: EndedSessions): void {
    this.#ends.push({ ended, at: performance.now() });
    if (this.#ends.length > endsMax) this.#unknownUntil = Math.max(this.#unknownUntil, this.#ends.shift()!.at);
    for (const connection of this.#open.keys())
      if (connection.session !== undefined && isEnded(connection.session, ended)) connection.leave("denied");
  }

  /** Closes all connections, at random times over a few seconds: their clients come back spread over as long. */
  drain(): void {
    this.#isDraining = true;
    const spreadMs = Math.min(this.times.spreadMs, (this.#open.size / closesPerSecondMin) * 1_000);
    for (const connection of this.#open.keys()) {
      const timer = setTimeout(() => {
        this.#closing.delete(timer);
        connection.leave("stopping");
      }, Math.random() * spreadMs);
      this.#closing.add(timer);
    }
  }

  /** Closes what is still open. */
  stop(): void {
    this.#isDraining = true;
    for (const timer of this.#closing) clearTimeout(timer);
    this.#closing.clear();
    for (const connection of this.#open.keys()) connection.leave("stopping");
  }

  #tick(): void {
    const now = performance.now();
    for (const [connection, checkAt] of this.#open) {
      connection.tick(now);
      if (now < checkAt || !this.#open.has(connection)) continue;
      this.#open.set(connection, this.#nextCheck());
      if (connection.recheck !== undefined) void this.#check(connection, connection.recheck);
    }
  }

  /** Connections that opened together do not ask together. */
  #nextCheck(): number {
    return performance.now() + this.times.recheckMs * (1 - Math.random() / 10);
  }

  async #check(connection: LiveConnection, recheck: () => Promise<boolean>): Promise<void> {
    try {
      if (await recheck()) return;
    } catch (error) {
      connection.log.warn({ error }, "The guards of an open connection failed: it was closed.");
    }
    if (this.#open.has(connection)) connection.leave("denied");
  }
}

function isEnded(session: SessionIdentity, { key, userId, except }: EndedSessions): boolean {
  if (key !== undefined) return session.key === key;
  return userId !== undefined && session.userId === userId && session.key !== except;
}
