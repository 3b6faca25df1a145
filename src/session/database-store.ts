/** Sessions in a table of the application's database. */
import type { Database } from "../data/database.ts";
import { joinDatabase } from "../data/run/context.ts";
import { transaction } from "../data/run/transaction.ts";
import type { sessionModel } from "./session-model.ts";
import type { ListedSession, SessionChanges, SessionDirectory, SessionOutcome, SessionRecord, SessionStore } from "./session-store.ts";
import { applyChanges } from "./session-store.ts";

/** The model of the table of sessions. */
type SessionModel = ReturnType<typeof sessionModel>;
/** A row of it. */
type SessionRow = InstanceType<SessionModel>;

const optimisticMax = 5;
const deleteRowsMax = 1_000;

/** Creates a store in a database that has the model. */
export function databaseSessions(database: Database, model: SessionModel): SessionStore & SessionDirectory {
  return new DatabaseSessions(database, model);
}

class DatabaseSessions implements SessionStore, SessionDirectory {
  readonly #database: Database;
  readonly #model: SessionModel;
  /** The last change of each session in this process: the next one waits for it, and the database sees no conflict. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(database: Database, model: SessionModel) {
    this.#database = database;
    this.#model = model;
  }

  create(key: string, record: SessionRecord): Promise<void> {
    return this.#run(async () => void (await this.#model.create({ key, ...toColumns(record) })));
  }

  read(key: string, now: number): Promise<SessionRecord | undefined> {
    return this.#run(async () => {
      // A replica may not know the session yet, or still know one that has ended.
      const row = await this.#model.where({ key }).on("primary").first();
      if (row === undefined || row.expiresAt.getTime() > now) return row === undefined ? undefined : toRecord(row);
      await this.#model.where({ key, expiresAt: { lte: new Date(now) } }).delete();
      return undefined;
    });
  }

  async patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(() => this.#run(() => this.#patch(key, changes, now)));
    // The next one must come, whatever becomes of this one.
    const settled = turn.catch(() => undefined);
    this.#turns.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }

  delete(key: string): Promise<void> {
    return this.#run(async () => void (await this.#model.where({ key }).delete()));
  }

  deleteExpired(now: number, rowsMax: number): Promise<number> {
    return this.#run(async () => {
      const isExpired = { expiresAt: { lte: new Date(now) } };
      const rows = await this.#model.where(isExpired).orderBy("expiresAt").limit(rowsMax).select({ key: true });
      if (rows.length === 0) return 0;
      // Asked again: a session may have been prolonged meanwhile.
      return this.#model.where({ key: { in: rows.map(({ key }) => key) } }, isExpired).delete();
    });
  }

  async deleteUnused(before: number): Promise<number> {
    const isUnused = { seenAt: { lt: new Date(before) } };
    let total = 0;
    // Many small deletes: one for all would lock the table while it runs.
    for (let keys: string[] | undefined; keys?.length !== 0;) {
      total += await this.#run(async () => {
        keys = (await this.#model.where(isUnused).orderBy("key").limit(deleteRowsMax).select({ key: true })).map(({ key }) => key);
        return keys.length === 0 ? 0 : this.#model.where({ key: { in: keys } }, isUnused).delete();
      });
    }
    return total;
  }

  listForUser(userId: string, now: number): Promise<readonly ListedSession[]> {
    return this.#run(async () => {
      const rows = await this.#model
        .where({ userId, expiresAt: { gt: new Date(now) } })
        .orderBy("-seenAt")
        .on("primary");
      return rows.map((row) => ({ key: row.key, ...toRecord(row) }));
    });
  }

  deleteForUser(userId: string, { except }: { readonly except?: string | undefined } = {}): Promise<number> {
    return this.#run(() => this.#model.where(except === undefined ? { userId } : { userId, key: { ne: except } }).delete());
  }

  /** In a transaction of the handler, if there is one: with SQLite, another connection would wait for its end. */
  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    return joinDatabase(this.#database.$core, work);
  }

  /** Reads and writes under a check of the version; when other processes are always faster, under a lock. */
  async #patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome> {
    for (let attempt = 0; attempt <= optimisticMax; attempt++) {
      const outcome = await this.#tryPatch(key, changes, now);
      if (outcome !== undefined) return outcome;
    }
    return transaction(() => this.#patchLocked(key, changes, now), { database: this.#database, retries: optimisticMax });
  }

  /** Undefined when another request was faster. */
  async #tryPatch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome | undefined> {
    const row = await this.#model
      .where({ key, expiresAt: { gt: new Date(now) } })
      .on("primary")
      .first();
    return row === undefined ? "missing" : this.#write(row, changes);
  }

  async #patchLocked(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome> {
    const row = await this.#model
      .where({ key, expiresAt: { gt: new Date(now) } })
      .lock("update")
      .first();
    // Nobody else can write the row while it is locked.
    return row === undefined ? "missing" : ((await this.#write(row, changes)) ?? "changed");
  }

  async #write(row: SessionRow, changes: SessionChanges): Promise<SessionOutcome | undefined> {
    const changed = applyChanges(toRecord(row), changes);
    if (changed === undefined) return "changed";
    const { key, version } = row;
    const count = await this.#model
      .where({ key, version })
      .update({ ...toColumns(changed), key: changes.moveTo ?? key, version: version + 1 });
    return count === 1 ? "saved" : undefined;
  }
}

function toColumns({ values, userId, createdAt, seenAt, expiresAt }: SessionRecord): {
  data: string;
  userId: string | null;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
} {
  return { data: JSON.stringify(values), userId, createdAt: new Date(createdAt), seenAt: new Date(seenAt), expiresAt: new Date(expiresAt) };
}

function toRecord({ data, userId, createdAt, seenAt, expiresAt }: SessionRow): SessionRecord {
  return {
    values: JSON.parse(data),
    userId,
    createdAt: createdAt.getTime(),
    seenAt: seenAt.getTime(),
    expiresAt: expiresAt.getTime(),
  };
}
