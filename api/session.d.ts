/** Creates a store in memory. A restart ends all sessions. */
export declare function memorySessions(): SessionStore & SessionDirectory;

/** Creates a store in a database that has the model. */
export declare function databaseSessions(database: Database, model: SessionModel): SessionStore & SessionDirectory;

/**
 * Creates a store in Redis, by the package `redis`: one server with its replicas, not a cluster.
 *
 * @example
 * gable({ session: { store: redisSessions({ url: "redis://localhost:6379" }) } });
 */
export declare function redisSessions(options: RedisOptions): SessionStore & SessionDirectory;

/**
 * Creates the model of the table `gable_sessions`. Export it from your models: `export const Session = sessionModel();`
 */
export declare const sessionModel: () => import("../data/model.ts").ModelStatic<{
    key: import("../data.ts").Column<string, "required", true>;
    data: import("../data.ts").Column<string, "required", false> & {
        readonly access: "secret";
    };
    userId: import("../data.ts").Column<string | null, "optional", false>;
    createdAt: import("../data.ts").Column<Date, "required", false>;
    seenAt: import("../data.ts").Column<Date, "required", false>;
    expiresAt: import("../data.ts").Column<Date, "required", false>;
    version: import("../data.ts").Column<number, "optional", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_sessions"> & {
        key: string;
        data: string;
        userId: string | null;
        createdAt: Date;
        seenAt: Date;
        expiresAt: Date;
        version: number;
    } & {} & import("../data/model.ts").RelationProperties<{
        key: import("../data.ts").Column<string, "required", true>;
        data: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        userId: import("../data.ts").Column<string | null, "optional", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        seenAt: import("../data.ts").Column<Date, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        version: import("../data.ts").Column<number, "optional", false>;
    }> & import("../data/model.ts").InstanceApi<{
        key: import("../data.ts").Column<string, "required", true>;
        data: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        userId: import("../data.ts").Column<string | null, "optional", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        seenAt: import("../data.ts").Column<Date, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        version: import("../data.ts").Column<number, "optional", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_sessions";
};

/** Gives requests `context.session` and `context.flash`. */
export declare const sessionPart: import("../parts/part.ts").Part<"session", Sessions, SessionSetting>;

/** Whether a store can list the sessions of a user. */
export declare function isSessionDirectory(store: SessionStore): store is SessionStore & SessionDirectory;

/** A session of a user, in a list. */
export interface ListedSession extends SessionRecord {
    /** Key of the session in its store. */
    readonly key: string;
}

/** Changes to a session that exists. What is left out stays as it is. */
export interface SessionChanges {
    /** Values to set by key, each as a JSON text. */
    readonly set?: Readonly<Record<string, string>>;
    /** Keys to remove. */
    readonly delete?: readonly string[];
    /** Texts that these keys must still have, null for none. When one differs, nothing is changed. */
    readonly expected?: Readonly<Record<string, string | null>>;
    /** The user that it belongs to from now on. */
    readonly userId?: string | null;
    /** When it began, for a session that starts again. */
    readonly createdAt?: number;
    /** When it was used. */
    readonly seenAt?: number;
    /** When it ends. */
    readonly expiresAt?: number;
    /** The key under which it is found from now on, and no longer under the old one. */
    readonly moveTo?: string;
}

/** Finds the sessions of a user: for a list of devices, and to sign out everywhere. */
export interface SessionDirectory {
    /** Returns the sessions of a user that have not expired, the one that was used last first. */
    listForUser(userId: string, now: number): Promise<readonly ListedSession[]>;
    /** Deletes the sessions of a user, except the one with the key `except`, and returns how many. */
    deleteForUser(userId: string, options?: {
        readonly except?: string | undefined;
    }): Promise<number>;
}

/** What became of changes: stored, refused because an expected text differs, or there is no such session any more. */
export type SessionOutcome = "saved" | "changed" | "missing";

/** The stored form of a session. Times are milliseconds since 1970. */
export interface SessionRecord {
    /** Values by key, each as a JSON text. */
    readonly values: Readonly<Record<string, string>>;
    /** The user that it belongs to; null for nobody. */
    readonly userId: string | null;
    /** When it began. */
    readonly createdAt: number;
    /** When it was last used, to a few minutes. */
    readonly seenAt: number;
    /** When it ends. */
    readonly expiresAt: number;
}

/**
 * Stores sessions under keys.
 *
 * A key is the SHA-256 of an id, as 64 hex digits. A session whose `expiresAt` is not above `now` counts as missing everywhere.
 */
export interface SessionStore {
    /** Stores a new session. */
    create(key: string, record: SessionRecord): Promise<void>;
    /** Returns a session; undefined when there is none. Deletes it when it has expired: a clock that is put back revives nothing. */
    read(key: string, now: number): Promise<SessionRecord | undefined>;
    /** Changes a session as one step: parallel changes to other keys are kept, and a session that was deleted stays so. */
    patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome>;
    /** Deletes a session, if it is there. */
    delete(key: string): Promise<void>;
    /** Deletes sessions that have expired, at most `rowsMax` of them, and returns how many. Called until it returns 0. */
    deleteExpired(now: number, rowsMax: number): Promise<number>;
    /** Deletes the sessions that were last used before a time, and returns how many. None by default: then nobody can ask for it. */
    deleteUnused?(before: number): Promise<number>;
    /** Whether the sessions are in the memory of this process, where other processes cannot see them. Default false. */
    readonly isLocal?: boolean;
    /** Opens connections; called at start. */
    open?(): Promise<void>;
    /** Closes what `open()` has opened. */
    close?(): Promise<void>;
}

/** How sessions are stored, and how long they live. */
export interface SessionOptions {
    /**
     * Where sessions are: in an encrypted cookie, in the table of `sessionModel()`, in memory, or in another store such as
     * `redisSessions()`. Default: "database" when the models have a `sessionModel()`, else "cookie".
     */
    readonly store?: "cookie" | "database" | "memory" | SessionStore;
    /** Seconds until a session ends, however much it is used. Default 1,209,600 (14 days). */
    readonly absoluteSeconds?: number;
    /** Seconds without a request until a session ends; null for no such limit. Default null. */
    readonly idleSeconds?: number | null;
    /** Largest sum of all values of a session, in bytes of JSON. A cookie holds 3,800 in any case. Default 65,536 (64 KiB). */
    readonly bytesMax?: number;
}

/** Opens the session and the flash messages of each request, and clears expired sessions every hour. */
export declare class Sessions {
    #private;
    constructor(parts: SessionsParts);
    /** Whether the sessions of a user can be listed, and ended one by one. */
    get hasDirectory(): boolean;
    /** Finds and ends the sessions of a user. Throws `E_SESSION_STORE` when the store cannot list them. */
    get directory(): SessionDirectory;
    /** Calls a listener when sessions have ended. Returns the function that removes it. */
    onEnded(listener: (ended: EndedSessions) => void): () => void;
    /** Says that sessions have ended, so that connections which they opened end as well. */
    announceEnd(ended: EndedSessions): void;
    /** Returns which session a request came with; undefined without one. */
    identify(context: AnyContext): Promise<SessionIdentity | undefined>;
    /** Returns the session of a request. */
    openSession(context: AnyContext): RequestSession;
    /** Returns the flash messages of a request. */
    openFlash(context: AnyContext): Flash;
    /** Deletes expired sessions, 1,000 at a time, and returns how many there were. */
    deleteExpired(): Promise<number>;
    /**
     * Deletes the sessions that were last used before a time, in ms since 1970, and returns how many. Throws `E_SESSION_STORE` when they
     * are in cookies, or when the store cannot do it.
     */
    deleteUnused(before: number): Promise<number>;
    /** Checks that this process can delete sessions for others. Throws `E_SESSION_STORE` when they are in cookies or in the memory of a process. */
    assertShared(): void;
    /** Deletes one session by its key. Throws `E_SESSION_STORE` when they are in cookies. */
    deleteOne(key: string): Promise<void>;
    /** Stops the timer and closes the store. */
    stop(): Promise<void>;
}

/** A client of Redis, as far as the stores use it. The clients of the package `redis` are such clients. */
export interface RedisClient {
    /** Runs a script as one step. */
    eval(script: string, options: {
        keys: string[];
        arguments: string[];
    }): Promise<unknown>;
}

/** Where stores find Redis. */
export interface RedisOptions {
    /** Address, such as `redis://localhost:6379`. Needed without `client`. */
    readonly url?: string;
    /** Your own connected client, which you close. None by default. */
    readonly client?: RedisClient;
    /** What the names of all keys start with. Default "gable:". */
    readonly prefix?: string;
}
