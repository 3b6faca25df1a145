/** The messages of channels in PostgreSQL: the statements that number, keep, announce and read them. */
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { CarriedMessage, ReplayedMessages, ReplayLimits } from "../channels/carrier.ts";
import { createEpoch, parseId, selectAfter, toId } from "../channels/message-log.ts";
import type { Connection, Driver, StatementResult } from "../data/driver/contract.ts";
import { reopenDelay } from "../data/driver/reopen-delay.ts";
import type { DriverValue } from "../data/schema/driver-value.ts";
import { GableError } from "../errors/gable-error.ts";

/** Longest payload of a notification, in bytes. */
const payloadBytesMax = 7_999;
/** How long a topic without messages remembers its place, and a message that is not replayed can be read, in seconds. */
const [placeSeconds, passingSeconds] = [600, 60];
const readAttemptsMax = 6;
const sweepRowsMax = 100;
/** Messages between two looks for expired rows. */
const sweepEvery = 100;

/** Milliseconds on the clock of the server, which all processes share. */
const nowMs = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/** Numbers a message. The row of its topic stays locked until the commit: numbers are committed in their order, without holes. */
const numberSql = `INSERT INTO gable_channel AS place ("key", text, number, expires_at_ms) VALUES ($1, $2, 1, ${nowMs} + $3::bigint * 1000)
ON CONFLICT ("key") DO UPDATE SET number = place.number + 1, expires_at_ms = greatest(place.expires_at_ms, excluded.expires_at_ms)
RETURNING text, number`;

/** Keeps a message, drops what the limits exclude and what an earlier epoch has left, and announces the message. */
const keepSql = `WITH dropped AS (
  DELETE FROM gable_channel WHERE topic = $1 AND (number <= $3::bigint - $6::bigint OR number >= $3::bigint OR expires_at_ms <= ${nowMs})
), added AS (
  INSERT INTO gable_channel ("key", topic, number, text, expires_at_ms) VALUES ($2, $1, $3::bigint, $4, ${nowMs} + $5::bigint * 1000)
)
SELECT pg_notify($7, $8)`;

const passSql = `WITH added AS (
  INSERT INTO gable_channel ("key", text, expires_at_ms) VALUES ($1, $2, ${nowMs} + ${passingSeconds} * 1000)
)
SELECT pg_notify($3, $4)`;

const placeSql = `SELECT text, number FROM gable_channel WHERE "key" = $1`;

const createPlaceSql = `INSERT INTO gable_channel ("key", text, number, expires_at_ms) VALUES ($1, $2, 0, ${nowMs} + ${placeSeconds} * 1000)
ON CONFLICT ("key") DO NOTHING`;

/** The place and the messages in one statement, so that they agree. */
const replaySql = `SELECT place.text, place.number, message.number, message.text
FROM gable_channel place
LEFT JOIN gable_channel message ON message.topic = place."key" AND message.expires_at_ms > ${nowMs} AND message.number <= place.number
  AND message.number > CASE WHEN place.text = $2 AND $3::bigint <= place.number THEN $3::bigint ELSE 0 END
WHERE place."key" = $1
ORDER BY message.number`;

const textsSql = `SELECT "key", text FROM gable_channel WHERE "key" IN (SELECT jsonb_array_elements_text($1::jsonb))`;

/** Passes over rows that others hold, so that nobody waits for it. */
const sweepSql = `DELETE FROM gable_channel WHERE "key" IN (
  SELECT "key" FROM gable_channel WHERE expires_at_ms <= ${nowMs} ORDER BY expires_at_ms LIMIT ${sweepRowsMax} FOR UPDATE SKIP LOCKED
)`;

/** A message as it is announced: with its text, or with the key of its row. */
export interface Announcement {
  readonly topic: string;
  readonly id: string;
  readonly text: string | undefined;
  readonly key: string;
}

/** Reads a notification. */
export function parsePayload(payload: string): Announcement {
  const end = payload.indexOf("\n");
  const [topic = "", id = "", key = ""] = (end === -1 ? payload : payload.slice(0, end)).split(" ");
  return { topic, id, key, text: end === -1 ? undefined : payload.slice(end + 1) };
}

/** Returns a notification with the text; undefined when it would be too long. */
function toPayload(topic: string, { id, text }: CarriedMessage): string | undefined {
  const payload = `${topic} ${id}\n${text}`;
  return Buffer.byteLength(payload) <= payloadBytesMax ? payload : undefined;
}

/** Names the channel of the notifications of all topics with a prefix. */
export function toNotifyChannel(prefix: string): string {
  return `gable_channel_${hash(prefix).slice(0, 40)}`;
}

/** Names a topic: of any length, whatever characters it has. */
export function toTopicKey(prefix: string, topic: string): string {
  return hash(`${prefix.length} ${prefix}${topic}`);
}

function hash(text: string): string {
  return createHash("sha256").update(text, "utf16le").digest("hex");
}

/** The messages of the topics of one carrier. Topics are named by their keys. */
export class PostgresMessages {
  readonly #driver: Driver;
  readonly #channel: string;
  /** The last message that was sent: the next one waits for it, so that they keep their order. */
  #turn: Promise<unknown> = Promise.resolve();
  #sent = 0;

  /** `channel` names the notifications. */
  constructor(driver: Driver, channel: string) {
    this.#driver = driver;
    this.#channel = channel;
  }

  /** Sends a message to all processes; keeps it where there are limits. */
  publish(topic: string, text: string, limits: ReplayLimits | undefined): Promise<void> {
    const send = (): Promise<void> => (limits === undefined ? this.#pass(topic, text) : this.#keep(topic, text, limits));
    const sent = this.#turn.then(send);
    this.#turn = sent.catch(() => undefined);
    return sent;
  }

  /** Returns what is kept after an id. */
  replay(topic: string, after: string | undefined): Promise<ReplayedMessages> {
    return this.#read(async (connection) => {
      const { epoch, last } = parseId(after ?? "") ?? { epoch: "", last: 0 };
      const read = async (): Promise<StatementResult["rows"]> =>
        after === undefined ? select(connection, placeSql, [topic]) : select(connection, replaySql, [topic, epoch, String(last)]);
      let rows = await read();
      // A sweep may remove it in between, if the process has stood still for minutes.
      while (rows.length === 0) {
        await execute(connection, createPlaceSql, [topic, createEpoch()]);
        rows = await read();
      }
      const place = { epoch: String(rows[0]![0]), last: Number(rows[0]![1]) };
      return selectAfter(place, readKept(place, rows), after);
    });
  }

  /** Returns the texts of rows by their keys; a row that has expired has none. */
  findTexts(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#read(async (connection) => {
      const rows = await select(connection, textsSql, [JSON.stringify(keys)]);
      return new Map(rows.map(([key, text]) => [String(key), String(text)]));
    });
  }

  /** Deletes expired rows. */
  async deleteExpired(): Promise<void> {
    while ((await this.#use((connection) => execute(connection, sweepSql, []))).affected === sweepRowsMax);
  }

  async #pass(topic: string, text: string): Promise<void> {
    const payload = toPayload(topic, { id: "", text });
    await this.#use(async (connection) => {
      if (payload !== undefined) return select(connection, "SELECT pg_notify($1, $2)", [this.#channel, payload]);
      const key = randomUUID();
      await select(connection, passSql, [key, text, this.#channel, `${topic}  ${key}`]);
      return execute(connection, sweepSql, []);
    });
  }

  /** A connection that was lost before the commit has changed nothing: the message is sent again, once. */
  async #keep(topic: string, text: string, limits: ReplayLimits): Promise<void> {
    const progress = { isCommitting: false };
    const keep = (): Promise<void> =>
      this.#use(async (connection) => {
        // Whatever the database is set to: after the wait for the lock, statements must see what the other process has committed.
        await execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", []);
        await this.#keepOn(connection, topic, text, limits);
        progress.isCommitting = true;
        await execute(connection, "COMMIT", []);
      });
    await keep().catch((error: unknown) => {
      if (progress.isCommitting || !isLost(error)) throw error;
      return keep();
    });
    if (++this.#sent % sweepEvery === 0) await this.#use((connection) => execute(connection, sweepSql, []));
  }

  async #keepOn(connection: Connection, ...[topic, text, { seconds, messagesMax }]: [string, string, ReplayLimits]): Promise<void> {
    const [row] = await select(connection, numberSql, [topic, createEpoch(), String(seconds + placeSeconds)]);
    const [epoch, number] = [String(row![0]), Number(row![1])];
    const id = toId({ epoch }, number);
    const key = randomUUID();
    const payload = toPayload(topic, { id, text }) ?? `${topic} ${id} ${key}`;
    await select(connection, keepSql, [topic, key, String(number), text, String(seconds), String(messagesMax), this.#channel, payload]);
  }

  /** Reads again for a few seconds while connections are lost: a server that restarts must not end the readers. */
  async #read<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    for (let attempts = 0; ; attempts++) {
      try {
        return await this.#use(work);
      } catch (error) {
        if (attempts === readAttemptsMax || !isLost(error)) throw error;
        await wait(reopenDelay(attempts));
      }
    }
  }

  async #use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      const connection = await this.#driver.acquire({ write: true });
      try {
        const result = await work(connection);
        connection.release();
        return result;
      } catch (error) {
        connection.release(error);
        throw error;
      }
    } catch (error) {
      throw toCarrierError(error);
    }
  }
}

/** The messages of the latest numbers without holes: limits that were changed can end later messages before earlier ones. */
function readKept(place: { readonly epoch: string; readonly last: number }, rows: StatementResult["rows"]): CarriedMessage[] {
  const kept: CarriedMessage[] = [];
  for (const [, , number, text] of rows.toReversed()) {
    if (Number(number ?? -1) !== place.last - kept.length) break;
    kept.push({ id: toId(place, Number(number)), text: String(text) });
  }
  return kept.toReversed();
}

async function select(connection: Connection, sql: string, parameters: readonly DriverValue[]): Promise<StatementResult["rows"]> {
  return (await connection.run({ sql, parameters, rows: "arrays" })).rows;
}

async function execute(connection: Connection, sql: string, parameters: readonly DriverValue[]): Promise<StatementResult> {
  return connection.run({ sql, parameters, rows: "none" });
}

function stateOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Whether the connection has ended: the server or the system says so, or the driver, whose error has no code. */
function isLost(error: unknown): boolean {
  const { cause } = error as GableError; // As toCarrierError() makes it.
  return /^(?:57P.*|08.*|E[A-Z]+|)$/.test(stateOf(cause));
}

function toCarrierError(error: unknown): GableError {
  if (/^(?:42P01|42703)$/.test(stateOf(error)))
    return new GableError("E_CHANNEL_TABLE", "The database has no table gable_channel as channelModel() describes it.", { cause: error });
  return new GableError("E_CHANNEL_CARRIER", "PostgreSQL did not take a statement of postgresCarrier().", { cause: error });
}
