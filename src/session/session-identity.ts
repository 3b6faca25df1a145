/** Which session it is, for what outlives a request. */

/** A session and its user. */
export interface SessionIdentity {
  /** Names the session. It is not secret: nobody can sign in with it. */
  readonly key: string;
  /** The user that it belongs to; null for nobody. */
  readonly userId: string | null;
}

/** The session that a request came with. */
export interface ReadSession extends SessionIdentity {
  /** When the request began to read it, in ms of performance.now(): it may have ended since. */
  readonly readAt: number;
}

/** Sessions that have ended: one by its key, or those of a user except one. */
export interface EndedSessions {
  readonly key?: string | undefined;
  readonly userId?: string | undefined;
  /** Key of the session of the user that goes on. */
  readonly except?: string | undefined;
}
