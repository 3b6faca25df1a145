/** Sessions in Redis. */
import type { RedisOptions } from "../redis/connect-redis.ts";
import { RedisLink } from "../redis/redis-link.ts";
import {
  createScript,
  deleteForUserScript,
  deleteScript,
  deleteUnusedScript,
  listScript,
  patchScript,
  readScript,
} from "./redis-scripts.ts";
import type { ListedSession, SessionChanges, SessionDirectory, SessionOutcome, SessionRecord, SessionStore } from "./session-store.ts";

/**
 * Creates a store in Redis, by the package `redis`: one server with its replicas, not a cluster.
 *
 * @example
 * gable({ session: { store: redisSessions({ url: "redis://localhost:6379" }) } });
 */
export function redisSessions(options: RedisOptions): SessionStore & SessionDirectory {
  return new RedisSessions(new RedisLink("redisSessions()", options));
}

class RedisSessions implements SessionStore, SessionDirectory {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  async create(key: string, record: SessionRecord): Promise<void> {
    await this.#run(createScript, [String(record.seenAt), key, ...toFields(record).flat()]);
  }

  async read(key: string, now: number): Promise<SessionRecord | undefined> {
    // The script returns a list of texts.
    return toRecord((await this.#run(readScript, [String(now), key])) as string[]);
  }

  async patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome> {
    // The script returns one of the outcomes.
    return (await this.#run(patchScript, [String(now), key, toScriptChanges(changes)])) as SessionOutcome;
  }

  async delete(key: string): Promise<void> {
    await this.#run(deleteScript, ["0", key]);
  }

  /** Redis deletes them on its own. */
  async deleteExpired(): Promise<number> {
    return 0;
  }

  /** Looks at the keys of the server in steps, so that other commands run in between. */
  async deleteUnused(before: number): Promise<number> {
    let total = 0;
    let cursor = "0";
    do {
      // The script returns where the next step begins, and how many it has deleted.
      const [next, count] = (await this.#run(deleteUnusedScript, [String(before), cursor])) as [string, number];
      total += Number(count);
      cursor = next;
    } while (cursor !== "0");
    return total;
  }

  async listForUser(userId: string, now: number): Promise<readonly ListedSession[]> {
    // As in read(), for each session with its key.
    const found = (await this.#run(listScript, [String(now), userId])) as Array<[string, string[]]>;
    const sessions = found.flatMap(([key, fields]) => {
      const record = toRecord(fields);
      return record === undefined ? [] : [{ key, ...record }];
    });
    return sessions.sort((first, second) => second.seenAt - first.seenAt);
  }

  async deleteForUser(userId: string, { except = "" }: { readonly except?: string | undefined } = {}): Promise<number> {
    return Number(await this.#run(deleteForUserScript, ["0", userId, except]));
  }

  #run(script: string, values: readonly string[]): Promise<unknown> {
    return this.#link.run(script, [], [this.#link.prefix, ...values]);
  }
}

function toFields({ values, userId, createdAt, seenAt, expiresAt }: SessionRecord): Array<[field: string, value: string]> {
  const user: Array<[string, string]> = userId === null ? [] : [["u", userId]];
  const texts = Object.entries(values).map(([key, text]): [string, string] => [`v:${key}`, text]);
  return [...texts, ...user, ["c", String(createdAt)], ["s", String(seenAt)], ["e", String(expiresAt)]];
}

/** Numbers go as texts: Lua would round them. */
function toScriptChanges({ set = {}, delete: removed = [], expected = {}, userId, moveTo, ...moved }: SessionChanges): string {
  const { createdAt, seenAt, expiresAt } = moved;
  const moments: Array<[string, number | undefined]> = [
    ["c", createdAt],
    ["s", seenAt],
    ["e", expiresAt],
  ];
  return JSON.stringify({
    expected: Object.entries(expected).map(([key, text]) => (text === null ? [key] : [key, text])),
    set: [
      ...Object.entries(set).map(([key, text]) => [`v:${key}`, text]),
      ...moments.flatMap(([field, moment]) => (moment === undefined ? [] : [[field, String(moment)]])),
    ],
    delete: removed.map((key) => `v:${key}`),
    ...(userId === undefined ? {} : { user: userId === null ? [] : [userId] }),
    ...(moveTo === undefined ? {} : { moveTo }),
  });
}

function toRecord(fields: readonly string[]): SessionRecord | undefined {
  if (fields.length === 0) return undefined;
  const found = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2) found.set(fields[index]!, fields[index + 1]!);
  const values = [...found].filter(([field]) => field.startsWith("v:")).map(([field, text]) => [field.slice(2), text] as const);
  return {
    values: Object.fromEntries(values),
    userId: found.get("u") ?? null,
    createdAt: Number(found.get("c")),
    seenAt: Number(found.get("s")),
    expiresAt: Number(found.get("e")),
  };
}
