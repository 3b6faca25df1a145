/** Limits and timeouts of the server, with their defaults; checked when the server starts. */
import type { RequestLimits } from "../http/message.ts";
import { checkLimits } from "../http/request-limits.ts";

/** All limits of a server. Sizes are in bytes, times in milliseconds. */
export interface ServerLimits extends RequestLimits {
  /** Largest request target. Default 8 KiB; above it 414. */
  readonly targetBytesMax?: number;
  /** Largest request line with all fields. Default 16 KiB; above it 431. */
  readonly headBytesMax?: number;
  /** Largest field line. Default 8 KiB; above it 431. */
  readonly fieldBytesMax?: number;
  /** Largest number of fields. Default 100; above it 431. */
  readonly fieldCountMax?: number;
  /** Largest body after decoding. Default 1 MiB; above it 413. */
  readonly bodyBytesMax?: number;
  /** Largest sum of chunk extensions of a request. Default 4 KiB; above it 400. */
  readonly chunkExtensionBytesMax?: number;
  /** Largest trailer section. Default 4 KiB; above it 400. */
  readonly trailerBytesMax?: number;
  /** Largest number of open connections. Default 10,000; above it 503. */
  readonly connectionsMax?: number;
  /** Requests on one connection, after which it closes. Default 1,000. */
  readonly requestsPerConnectionMax?: number;
  /** Largest unread rest of a body after which the connection stays open. Default 64 KiB; above it the reply closes. */
  readonly drainBytesMax?: number;
  /** Longest pause of a client that still sends after its reply. Default 5 s; above it the connection closes. */
  readonly drainIdleMs?: number;
  /** Longest time in which a client may still send after its reply. Default 30 s; above it the connection closes. */
  readonly drainMs?: number;
  /** Largest number of bytes discarded after the last reply of a connection. Default 256 MiB; above it a reset. */
  readonly lingerBytesMax?: number;
  /** Time that a request gets after its client closed its sending side. Default 2 s; above it `signal` aborts. */
  readonly halfCloseMs?: number;
  /** Time for a head from its first byte, and for the first byte from accept. Default 10 s. */
  readonly headMs?: number;
  /** Longest pause between two reads of a body. Default 10 s; above it 408. */
  readonly bodyIdleMs?: number;
  /** Longest time for a whole body. Default 60 s; above it 408. */
  readonly bodyMs?: number;
  /** Least rate of a body after the grace time, in bytes per second. Default 500; below it 408. */
  readonly bodyBytesPerSecondMin?: number;
  /** Time until the least rate holds. Default 20 s. */
  readonly bodyRateGraceMs?: number;
  /** Longest time until the head of the reply. Default 30 s; above it 503. */
  readonly handlerMs?: number;
  /** Longest time without a slice of the reply taken by the client. Default 60 s. */
  readonly replyStallMs?: number;
  /** How long an idle connection is promised to stay. Default 65 s. */
  readonly keepAliveMs?: number;
  /** Time for the TLS handshake. Default 10 s. */
  readonly tlsHandshakeMs?: number;
  /** Time that running requests get when the server stops. Default 30 s. */
  readonly stopGraceMs?: number;
}

/** The defaults of all limits. */
export const defaultLimits: Required<ServerLimits> = Object.freeze({
  targetBytesMax: 8192,
  headBytesMax: 16_384,
  fieldBytesMax: 8192,
  fieldCountMax: 100,
  bodyBytesMax: 1_048_576,
  chunkExtensionBytesMax: 4096,
  trailerBytesMax: 4096,
  connectionsMax: 10_000,
  requestsPerConnectionMax: 1000,
  drainBytesMax: 65_536,
  drainIdleMs: 5000,
  drainMs: 30_000,
  lingerBytesMax: 268_435_456,
  halfCloseMs: 2000,
  headMs: 10_000,
  bodyIdleMs: 10_000,
  bodyMs: 60_000,
  bodyBytesPerSecondMin: 500,
  bodyRateGraceMs: 20_000,
  handlerMs: 30_000,
  replyStallMs: 60_000,
  keepAliveMs: 65_000,
  tlsHandshakeMs: 10_000,
  stopGraceMs: 30_000,
});

/** Checks limits and fills in the defaults. */
export function resolveLimits(limits: ServerLimits = {}, owner = "serve()"): Required<ServerLimits> {
  checkLimits(limits, owner, Object.keys(defaultLimits));
  return Object.freeze({ ...defaultLimits, ...limits });
}
