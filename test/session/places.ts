/** Where tests keep sessions: each kind of store, in a separate application. */
import type { Application, GableOptions, RouteEntry, SessionOptions } from "gable";
import { gable } from "gable";
import { memorySessions, redisSessions, sessionModel } from "gable/session";
import type { DatabaseKind } from "../data/databases.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "./redis.ts";

/** A place of sessions, and an application that uses it. */
export interface SessionPlace {
  readonly name: string;
  readonly skip: string | false;
  /** Whether sessions are in a store, so that they can be ended and changed in parallel. */
  readonly isStored: boolean;
  /** Creates an application; `remove` closes it, and removes what it stored. */
  readonly open: (routes: readonly RouteEntry[], session?: SessionOptions) => Promise<{ app: Application; remove: () => Promise<void> }>;
}

const base: GableOptions = { mode: "test", logger: silentLogger };

async function start(options: GableOptions, remove: () => Promise<unknown> = async () => undefined): ReturnType<SessionPlace["open"]> {
  const app = gable({ ...base, ...options });
  await app.start();
  return {
    app,
    remove: async () => {
      await app.close();
      await remove();
    },
  };
}

const onDatabase = ({ name, skip, place }: DatabaseKind): SessionPlace => ({
  name: `database, ${name}`,
  skip,
  isStored: true,
  async open(routes, session) {
    const { url, remove } = await place();
    const Session = sessionModel();
    const started = await start({ routes, database: url, models: [Session], session: { ...session } }, remove);
    await started.app.database().createTables();
    return started;
  },
});

/** All places. */
export const sessionPlaces: readonly SessionPlace[] = [
  {
    name: "cookie",
    skip: false,
    isStored: false,
    open: (routes, session) => start({ routes, session: { ...session } }),
  },
  {
    name: "memory",
    skip: false,
    isStored: true,
    open: (routes, session) => start({ routes, session: { store: memorySessions(), ...session } }),
  },
  ...databaseKinds.map(onDatabase),
  {
    name: "Redis",
    skip: skipRedis,
    isStored: true,
    open(routes, session) {
      const prefix = createPrefix();
      return start({ routes, session: { store: redisSessions({ url: redisUrl, prefix }), ...session } }, () => removeKeys(prefix));
    },
  },
];
