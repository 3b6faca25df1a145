/** How often open connections are looked after, and how long they may be silent. All times in milliseconds. */
export interface LiveTimes {
  /** Between two looks at all connections. */
  readonly tickMs: number;
  /** Between two comments of an event stream that has nothing else to send. */
  readonly commentMs: number;
  /** Between two pings of a WebSocket. */
  readonly pingMs: number;
  /** Silence after which the other end of a WebSocket counts as gone. */
  readonly deadMs: number;
  /** Between two evaluations of the guards of an open connection; each is up to a tenth earlier. */
  readonly recheckMs: number;
  /** Time in which a client must take something of a full queue. */
  readonly stallMs: number;
  /** Time for the answer to a close frame. */
  readonly closeMs: number;
  /** Time over which connections are closed when the application stops. */
  readonly spreadMs: number;
}

/** The times of an application in production. */
export const defaultTimes: LiveTimes = Object.freeze({
  tickMs: 1_000,
  commentMs: 15_000,
  pingMs: 30_000,
  deadMs: 60_000,
  recheckMs: 300_000,
  stallMs: 5_000,
  closeMs: 5_000,
  spreadMs: 10_000,
});

/** Largest message that a client may send, in bytes. */
export const messageBytesMax = 1_048_576;

/** Bytes that may wait for one client. */
export const queuedBytesMax = 1_048_576;
