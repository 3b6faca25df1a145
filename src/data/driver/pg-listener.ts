/** A connection to PostgreSQL that receives notifications. */
import type { Client } from "pg";
import { loadClients } from "./pg.ts";
import { reopenDelay } from "./reopen-delay.ts";
import type { ServerOptions } from "./server.ts";
import { readTlsError } from "./tls.ts";

/** What a listener does with what it receives. */
export interface NotificationHandlers {
  /** Called with each notification, in the order of the commits. */
  readonly onNotification: (payload: string) => void;
  /** Called when the connection was lost and is open again: notifications may be missing. */
  readonly onReopened: () => void;
}

/** A connection that receives notifications. */
export interface PgListener {
  /** Closes the connection. */
  close(): Promise<void>;
}

/** How a listener notices that the network has lost its connection without a sign. */
export interface ListenerTimes {
  /** Time between two questions to the server, in ms. */
  readonly checkMs: number;
  /** Longest wait for the answer, in ms. */
  readonly answerMs: number;
}

const defaultTimes: ListenerTimes = { checkMs: 30_000, answerMs: 10_000 };

/**
 * Listens to a channel of notifications, whose name is an identifier that needs no quotes. A lost connection is opened again until
 * `close()`. Throws `E_DRIVER_MISSING`, and the error of the driver where the first connection fails.
 */
export async function openPgListener(
  options: ServerOptions & Partial<ListenerTimes>,
  channel: string,
  handlers: NotificationHandlers,
): Promise<PgListener> {
  const listener = new Listener(await loadClients(options), { channel, ...handlers, ...defaultTimes, ...options });
  await listener.connect();
  return listener;
}

class Listener implements PgListener {
  readonly #makeClient: () => Client;
  readonly #parts: NotificationHandlers & ListenerTimes & { readonly channel: string };
  #client: Client | undefined;
  #attempts = 0;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(makeClient: () => Client, parts: NotificationHandlers & ListenerTimes & { readonly channel: string }) {
    this.#makeClient = makeClient;
    this.#parts = parts;
  }

  async connect(isAgain = false): Promise<void> {
    const client = this.#makeClient();
    this.#client = client;
    let [isOpen, isListening] = [true, false];
    /** What arrives before readers know of the loss: it would look as if it came next. */
    const early: string[] = [];
    const lose = (): void => {
      if (!isOpen) return;
      isOpen = false;
      if (isListening) this.#reopen();
      void end(client);
    };
    client.on("error", lose);
    client.on("end", lose);
    // What is sent from the end of LISTEN on arrives, also before its answer has been read.
    client.on("notification", ({ payload = "" }) => {
      if (!isOpen || this.#isClosed) return;
      if (isListening) this.#parts.onNotification(payload);
      else early.push(payload);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#parts.channel}`);
      if (!isOpen || this.#isClosed) throw new Error("The connection has ended.");
    } catch (error) {
      lose();
      throw readTlsError(error);
    }
    isListening = true;
    this.#attempts = 0;
    this.#checkLater(client, lose);
    if (isAgain) this.#parts.onReopened();
    for (const payload of early) this.#parts.onNotification(payload);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await end(client);
  }

  #reopen(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(
      () => {
        this.connect(true).catch(() => this.#reopen());
      },
      reopenDelay(this.#attempts++),
    );
  }

  #checkLater(client: Client, lose: () => void): void {
    const { checkMs, answerMs } = this.#parts;
    this.#timer = setTimeout(async () => {
      const limit = setTimeout(lose, answerMs);
      try {
        await client.query("SELECT 1");
        if (this.#client === client) this.#checkLater(client, lose);
      } catch {
        lose();
      } finally {
        clearTimeout(limit);
      }
    }, checkMs);
    this.#timer.unref();
  }
}

/** Ends a connection: with the server's knowledge where it answers in time. */
async function end(client: Client): Promise<void> {
  const { connection } = client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }; // Its types lack it.
  const limit = setTimeout(() => connection.stream.destroy(), 1_000);
  await client.end().catch(() => undefined);
  clearTimeout(limit);
}
