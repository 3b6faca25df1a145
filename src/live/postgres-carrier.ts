/** Channels of all processes and machines that share one PostgreSQL, by its notifications. */
import { setTimeout as wait } from "node:timers/promises";
import type { LiveCarrier, ReplayedMessages } from "../channels/carrier.ts";
import { Listeners } from "../channels/listeners.ts";
import { assertReachable } from "../data/driver/assert-reachable.ts";
import type { Driver } from "../data/driver/contract.ts";
import type { PgListener } from "../data/driver/pg-listener.ts";
import { reopenDelay } from "../data/driver/reopen-delay.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { everyHour } from "../parts/hourly.ts";
import type { Announcement } from "./postgres-messages.ts";
import { PostgresMessages, parsePayload, toNotifyChannel, toTopicKey } from "./postgres-messages.ts";

/** Where the messages travel. */
export interface PostgresCarrierOptions {
  /**
   * Address, such as `postgres://user:password@host:5432/name`. Not that of a pooler in transaction mode, which loses notifications. Required.
   */
  readonly url: string;
  /** Keeps applications apart that share the database: the same for all processes of one. Default "gable:". */
  readonly prefix?: string;
  /** How connections are encrypted, as for the database. Default "verify", and "off" for a server on this machine. */
  readonly tls?: "verify" | "encrypt" | "off";
}

const optionNames: Readonly<Record<keyof PostgresCarrierOptions, true>> = { url: true, prefix: true, tls: true };
const owner = "postgresCarrier()";
/** Connections for statements; one more listens. Milliseconds of a wait for one of them, and of a statement. */
const limits = { poolMax: 3, acquireTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
/** How long the first notification may take, in milliseconds. */
const probeMs = 5_000;
const batchMax = 100;

/**
 * Creates a carrier for several machines, over notifications of PostgreSQL.
 * Messages that are kept for replays, and those above 7,900 bytes, are in the table of `channelModel()`. It has up to four connections.
 * Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_DRIVER_MISSING`, `E_DATABASE_OPEN`, `E_DATABASE_TLS`, and
 * `E_CHANNEL_CARRIER` where notifications do not arrive; using it throws `E_CHANNEL_TABLE`.
 * @example
 * gable({ live: { carrier: postgresCarrier({ url: "postgres://localhost/shop" }) } });
 */
export function postgresCarrier(options: PostgresCarrierOptions): LiveCarrier {
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { url, prefix, tls } = options;
  // No message shows the address: it may have a password.
  if (typeof url !== "string" || !/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url))
    throw optionInvalid(owner, "url", typeof url === "string" ? "(hidden)" : url, 'an address such as "postgres://localhost/shop"');
  if (prefix !== undefined && typeof prefix !== "string") throw optionInvalid(owner, "prefix", prefix, "a string");
  if (tls !== undefined && !["verify", "encrypt", "off"].includes(tls))
    throw optionInvalid(owner, "tls", tls, '"verify", "encrypt" or "off"');
  return new PostgresCarrier(options);
}

/** What an open carrier has. */
interface Opened {
  readonly driver: Driver;
  readonly messages: PostgresMessages;
  readonly listener: PgListener;
  readonly stopClearing: () => void;
}

class PostgresCarrier implements LiveCarrier {
  readonly #options: PostgresCarrierOptions;
  readonly #prefix: string;
  readonly #listeners = new Listeners();
  #opened: Opened | undefined;
  /** Notifications that wait for the texts of earlier ones. */
  #waiting: Announcement[] = [];
  #isReading = false;

  constructor(options: PostgresCarrierOptions) {
    this.#options = options;
    this.#prefix = options.prefix ?? "gable:";
  }

  async open(): Promise<void> {
    const [{ createPg }, { openPgListener }] = await Promise.all([import("../data/driver/pg.ts"), import("../data/driver/pg-listener.ts")]);
    const { url, tls } = this.#options;
    const options = { url, tls, ...limits };
    const driver = await createPg(options);
    let listener: PgListener | undefined;
    try {
      await assertReachable(driver, url);
      const channel = toNotifyChannel(this.#prefix);
      const messages = new PostgresMessages(driver, channel);
      listener = await openPgListener(options, channel, {
        onNotification: (payload) => this.#receive(parsePayload(payload)),
        onReopened: () => this.#listeners.interrupt(),
      });
      await this.#probe(messages);
      // The next hour tries again, and each message that is kept.
      const stopClearing = everyHour(
        () => messages.deleteExpired(),
        () => undefined,
      );
      this.#opened = { driver, messages, listener, stopClearing };
    } catch (error) {
      await listener?.close();
      await driver.close();
      throw error;
    }
  }

  async publish(...[topic, text, replay]: Parameters<LiveCarrier["publish"]>): Promise<void> {
    await this.#messages.publish(toTopicKey(this.#prefix, topic), text, replay);
  }

  async subscribe(...[topic, listener]: Parameters<LiveCarrier["subscribe"]>): Promise<() => void> {
    return this.#listeners.add(toTopicKey(this.#prefix, topic), listener);
  }

  async replay(topic: string, after: string | undefined): Promise<ReplayedMessages> {
    return this.#messages.replay(toTopicKey(this.#prefix, topic), after);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    opened.stopClearing();
    await opened.listener.close();
    await opened.driver.close();
  }

  get #messages(): PostgresMessages {
    if (this.#opened === undefined) throw new GableError("E_CHANNEL_CARRIER", "The carrier postgresCarrier() is not open.");
    return this.#opened.messages;
  }

  /** Sends itself a notification: a pooler in transaction mode takes LISTEN without an error, and passes nothing on. */
  async #probe(messages: PostgresMessages): Promise<void> {
    const topic = toTopicKey(this.#prefix, `probe ${Math.random()}`);
    const { promise: arrived, resolve } = Promise.withResolvers<boolean>();
    const remove = this.#listeners.add(topic, { onMessage: () => resolve(true), onInterrupted: () => undefined });
    const timer = setTimeout(() => resolve(false), probeMs);
    try {
      await messages.publish(topic, "", undefined);
      if (await arrived) return;
    } finally {
      clearTimeout(timer);
      remove();
    }
    throw new GableError("E_CHANNEL_CARRIER", "Notifications of PostgreSQL do not arrive at postgresCarrier().", {
      fix: "Pass the address of the server itself, or of a pooler in session mode.",
    });
  }

  #receive(announcement: Announcement): void {
    if (!this.#listeners.has(announcement.topic)) return;
    this.#waiting.push(announcement);
    if (!this.#isReading) void this.#deliverAll();
  }

  /** Delivers in order. It waits only for texts of the table. */
  async #deliverAll(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, batchMax);
        const keys = batch.filter(({ text, topic }) => text === undefined && this.#listeners.has(topic)).map(({ key }) => key);
        const texts = keys.length === 0 ? undefined : await this.#readTexts(keys);
        for (const announcement of batch) this.#deliver(announcement, announcement.text ?? texts?.get(announcement.key));
      }
    } finally {
      this.#isReading = false;
    }
  }

  #deliver({ topic, id }: Announcement, text: string | undefined): void {
    if (text === undefined) this.#listeners.interruptTopic(topic);
    else this.#listeners.deliver(topic, { id, text });
  }

  /** Tries until it is closed: the messages wait for it. */
  async #readTexts(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    for (let attempts = 0; this.#opened !== undefined; attempts++) {
      try {
        return await this.#opened.messages.findTexts(keys);
      } catch {
        await wait(reopenDelay(attempts), undefined, { ref: false });
      }
    }
    return new Map();
  }
}
