/** Creates a store in a database that has the model. */
export declare function databaseRates(database: Database, model: RateModel): RateStore;

/** Creates a store in memory. It holds at most 100,000 keys, and then forgets those that came first. */
export declare function memoryRates(): RateStore;

/** Creates the model of the table `gable_rates`. Export it from your models: `export const Rate = rateModel();` */
export declare const rateModel: () => import("../../data/model.ts").ModelStatic<{
    key: import("../../data.ts").Column<string, "required", true>;
    paidAtUs: import("../../data.ts").Column<bigint, "required", false>;
    isAllowed: import("../../data.ts").Column<number, "required", false>;
}> & {
    new (): import("../../data/model.ts").RowOf<"gable_rates"> & {
        key: string;
        paidAtUs: bigint;
        isAllowed: number;
    } & {} & import("../../data/model.ts").RelationProperties<{
        key: import("../../data.ts").Column<string, "required", true>;
        paidAtUs: import("../../data.ts").Column<bigint, "required", false>;
        isAllowed: import("../../data.ts").Column<number, "required", false>;
    }> & import("../../data/model.ts").InstanceApi<{
        key: import("../../data.ts").Column<string, "required", true>;
        paidAtUs: import("../../data.ts").Column<bigint, "required", false>;
        isAllowed: import("../../data.ts").Column<number, "required", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_rates";
};

/** Creates a store in Redis, by the package `redis`. */
export declare function redisRates(options: RedisOptions): RateStore;

/** Gives requests `context.rateLimits`, and counts the requests of routes with `limits: { rate }`. */
export declare const ratesPart: import("../../parts/part.ts").Part<"rate-limits", Rates, RateLimitsSetting>;

/** A rate, prepared for the algorithm. */
export interface RateRule {
    /** Time that one request takes up. */
    readonly intervalUs: number;
    /** Time that all requests of a burst take up. */
    readonly burstUs: number;
}

/** Counts requests. `testRateStore()` of gable/testing checks yours. */
export interface RateStore {
    /** Whether other processes do not see what it counts. Default false. */
    readonly isLocal?: boolean;
    /** Counts a request of a key, as one step. */
    take(key: string, rule: RateRule, nowUs: number): RateVerdict | Promise<RateVerdict>;
    /** Forgets a key. */
    reset(key: string): void | Promise<void>;
    /** Forgets keys whose requests are paid off, at most `rowsMax`, and returns how many. Called until it returns 0. */
    deleteExpired(nowUs: number, rowsMax: number): number | Promise<number>;
    /** Opens connections; called at start. */
    open?(): Promise<void>;
    /** Closes what `open()` has opened. */
    close?(): Promise<void>;
}

/** What a store says of a request. */
export interface RateVerdict {
    /** Whether the request may pass. */
    readonly isAllowed: boolean;
    /** The time at which all allowed requests are paid off. */
    readonly paidAtUs: number;
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
