/** Error codes of sessions, flash messages, rate limits and their stores. */
import { entry } from "./catalogue-entry.ts";

/** What sessions and rate limits refuse, and why their stores cannot be used. */
export const sessionErrors = {
  E_SESSION_VALUE: entry(
    500,
    "A value cannot be stored in the session",
    "Store plain objects, arrays, strings, numbers, booleans and null.",
  ),
  E_SESSION_SEALED: entry(500, "The session has already been stored", "Change the session before the reply begins."),
  E_SESSION_TOO_LARGE: entry(500, "The session is too large", "Store a key in the session, and the data in the database."),
  E_SESSION_CONFLICT: entry(503, "Other requests keep changing the same key of the session", "Send the request again."),
  E_SESSION_STORE: entry(500, "The session store cannot be used", "Choose another store in gable({ session: { store } })."),
  E_FLASH_TOO_LONG: entry(500, "The flash messages are too long", "Write shorter messages, or show them on the page."),
  E_RATE_LIMITED: entry(429, "Too many requests", "Wait as long as Retry-After says, or raise limits.rate."),
  E_RATE_STORE: entry(503, "The rate limit store cannot be used", "Start the store, or choose another one in gable({ rateLimits })."),
  E_REDIS_MISSING: entry(500, "The package redis is not installed", "Run: npm install redis."),
  E_REDIS_CONNECT: entry(500, "Cannot connect to Redis", "Start Redis, or correct the address."),
  E_REDIS_COMMAND: entry(503, "Redis did not answer", "Send the request again."),
} as const;
