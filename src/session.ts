export { memorySessions } from "./session/memory-store.ts";
export { databaseSessions } from "./session/database-store.ts";
export { redisSessions } from "./session/redis-store.ts";
export { sessionModel } from "./session/session-model.ts";
export { sessionPart } from "./session/part.ts";
export { isSessionDirectory } from "./session/session-store.ts";
export type {
  ListedSession,
  SessionChanges,
  SessionDirectory,
  SessionOutcome,
  SessionRecord,
  SessionStore,
} from "./session/session-store.ts";
export type { SessionOptions } from "./session/part.ts";
export type { Sessions } from "./session/sessions.ts";
export type { RedisClient, RedisOptions } from "./redis/connect-redis.ts";
