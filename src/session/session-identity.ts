/** Which session it is, for what outlives a request. */

/** A session and its user. */
export interface SessionIdentity {
  /** Names the session. It is not secret: nobody can sign in with it. */
  readonly key: string;
  /** The user that it belongs to; null for nobody. */
  readonly userId: string | null;
}

/** Sessions that have ended: one by its key, or those of a user except one. */
export interface EndedSessions {
  readonly key?: string | undefined;
  readonly userId?: string | undefined;
  /** Key of the session of the user that goes on. */
  readonly except?: string | undefined;
}
