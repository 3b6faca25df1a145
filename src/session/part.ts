/** Sessions and flash messages as a part of an application: the option `session` brings them. */
import type { AppDatabases } from "../data/application/app-databases.ts";
import { databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import { secretsPart } from "../security/secrets-part.ts";
import { createCookieCarrier } from "./cookie-carrier.ts";
import { createIdCarrier } from "./id-carrier.ts";
import { memorySessions } from "./memory-store.ts";
import type { SessionStore } from "./session-store.ts";
import { Sessions } from "./sessions.ts";

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

/** The option of `gable()` for sessions. */
export interface SessionSetting {
  /** Sessions and flash messages; `{}` for the defaults. None by default. */
  session?: SessionOptions;
}

const optionNames: Readonly<Record<keyof SessionOptions, true>> = { store: true, absoluteSeconds: true, idleSeconds: true, bytesMax: true };
const absoluteSecondsDefault = 1_209_600;
const absoluteSecondsMax = 400 * 86_400;
const bytesMaxDefault = 65_536;
const storeRule = '"cookie", "database", "memory", or a store such as redisSessions()';

/** Gives requests `context.session` and `context.flash`. */
export const sessionPart = definePart({
  name: "session",
  option: {
    names: { session: true },
    check: ({ session = {} }: SessionSetting) => assertOptions(session),
  },
  needs: [secretsPart],
  properties: {
    session: (context, sessions: Sessions) => sessions.openSession(context),
    flash: (context, sessions: Sessions) => sessions.openFlash(context),
  },
  start: async (host, { session = {} }): Promise<Sessions> => {
    const { absoluteSeconds = absoluteSecondsDefault, idleSeconds = null, bytesMax = bytesMaxDefault } = session;
    const secrets = host.part(secretsPart);
    secrets.assertKeys("The option session is set");
    const store = await findStore(session.store, host.find(databasesPart));
    await store?.open?.();
    return new Sessions({
      store,
      carrier: store === undefined ? createCookieCarrier(bytesMax) : createIdCarrier(store, bytesMax),
      times: { absoluteMs: absoluteSeconds * 1000, idleMs: idleSeconds === null ? undefined : idleSeconds * 1000 },
      logger: host.logger,
      keyIds: () => secrets.keyring().ids,
    });
  },
});

async function findStore(store: SessionOptions["store"], databases: AppDatabases | undefined): Promise<SessionStore | undefined> {
  if (typeof store === "object") return store;
  if (store === "memory") return memorySessions();
  const found = store === "cookie" ? undefined : databases?.findModel("gable_sessions");
  if (found !== undefined) {
    const { databaseSessions } = await import("./database-store.ts");
    // The table is that of sessionModel().
    return databaseSessions(found.database, found.model as Parameters<typeof databaseSessions>[1]);
  }
  if (store !== "database") return undefined;
  throw new GableError("E_SESSION_STORE", `The sessions are to be in the database, and no model has the table gable_sessions.`, {
    fix: 'Export one from your models: export const Session = sessionModel(); import it from "gable/session".',
  });
}

function assertOptions(session: SessionOptions): void {
  if (typeof session !== "object" || session === null) throw optionInvalid("gable()", "session", session, "an object, such as {}");
  assertKnownOptions("gable() session", session, Object.keys(optionNames));
  const { store, absoluteSeconds = 1, idleSeconds = null, bytesMax = 1 } = session;
  assertSeconds("absoluteSeconds", absoluteSeconds);
  if (idleSeconds !== null) assertSeconds("idleSeconds", idleSeconds);
  if (!Number.isSafeInteger(bytesMax) || bytesMax < 1)
    throw optionInvalid("gable() session", "bytesMax", bytesMax, "a whole number above 0");
  const isStore = typeof store === "object" && store !== null && "read" in store && typeof store.read === "function";
  if (!isStore && !storeNames.includes(store)) throw optionInvalid("gable() session", "store", store, storeRule);
}

const storeNames: readonly unknown[] = [undefined, "cookie", "database", "memory"];

/** Browsers keep no cookie for longer than 400 days. */
function assertSeconds(name: string, seconds: unknown): void {
  if (Number.isSafeInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= absoluteSecondsMax) return;
  throw optionInvalid("gable() session", name, seconds, "a whole number of seconds above 0, at most 400 days");
}
