/** A stream of server-sent events of a test client. */
import { testError } from "../test-error.ts";
import type { LiveWaitOptions } from "./arrivals.ts";
import { Arrivals } from "./arrivals.ts";
import type { EventFields, TestEvent } from "./event-parser.ts";
import { EventParser } from "./event-parser.ts";
import { parseJson } from "./test-socket.ts";

/** Options for opening a stream of events. */
export interface TestEventsOptions {
  /** Id of the last event that the client knows, as a browser sends it when it connects again. None by default. */
  lastEventId?: string;
  /** Header fields of the request. None by default. */
  headers?: Readonly<Record<string, string>>;
}

/** An open stream of server-sent events. */
export interface TestEvents {
  /** All events so far. */
  readonly received: readonly TestEvent[];
  /** Whether events can still come. */
  readonly isOpen: boolean;
  /** Takes the next event. Throws `E_TEST_LIVE` with what has arrived when the stream ends before, and after the timeout. */
  next(options?: LiveWaitOptions): Promise<TestEvent>;
  /** Waits until the application has ended the stream, and takes the events that are left. Throws `E_TEST_LIVE` after the timeout. */
  ended(options?: LiveWaitOptions): Promise<readonly TestEvent[]>;
  /** Leaves, as a browser that closes the page. */
  close(): Promise<void>;
}

/** A reply that is still being received. */
export interface OpenReply {
  readonly status: number;
  readonly headers: Headers;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the connection. */
  readonly cut: () => void;
  /** Returns what has broken the reply in the application; undefined for nothing. */
  readonly findError: () => unknown;
  /** Waits for work that the application does after the reply. */
  readonly settle: () => Promise<void>;
}

/** Makes the stream of a test. `onClosed` is called once. */
export function createTestEvents(path: string, reply: OpenReply, onClosed: () => void): TestEvents {
  const owner = `The stream ${path}`;
  const arrivals = new Arrivals<TestEvent, undefined>({ owner, noun: "event", show: showEvent });
  const whole = readAll(owner, reply, arrivals)
    // Over a socket, the client knows only that the connection broke.
    .catch((error: unknown) => arrivals.fail(reply.findError() ?? error))
    .then(onClosed);
  return {
    get received() {
      return arrivals.all;
    },
    get isOpen() {
      return !arrivals.isOver;
    },
    next: (options) => arrivals.next("next()", options),
    ended: async (options) => {
      await arrivals.ended("ended()", options);
      await reply.settle();
      return arrivals.takeRest();
    },
    close: async () => {
      arrivals.end(undefined, "was closed by the test");
      reply.cut();
      await whole;
      await reply.settle();
    },
  };
}

async function readAll(owner: string, reply: OpenReply, arrivals: Arrivals<TestEvent, undefined>): Promise<void> {
  const parser = new EventParser();
  for await (const bytes of reply.chunks)
    for (const fields of parser.push(bytes)) if (!arrivals.isOver) arrivals.add({ ...fields, json: () => parseJson(owner, fields.data) });
  arrivals.end(undefined, "ended");
}

function showEvent({ event, data }: EventFields): string {
  return `${event} ${JSON.stringify(data)}`;
}

/** Throws `E_TEST_LIVE` unless a reply is a stream of events. */
export async function assertEventStream(path: string, reply: OpenReply): Promise<void> {
  const type = reply.headers.get("content-type") ?? "no content";
  if (reply.status === 200 && type.startsWith("text/event-stream")) return;
  throw testError("E_TEST_LIVE", `GET ${path} answered ${reply.status} (${type}), not a stream of events.${await readStart(reply)}`);
}

const startCharactersMax = 200;

/** Returns the start of a body that a test did not expect, as a sentence; "" for none. */
async function readStart({ chunks, cut }: OpenReply): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of chunks) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > startCharactersMax) break;
  }
  cut();
  return toStart(text);
}

/** Returns the start of a string as a sentence; "" for none. */
export function toStart(text: string): string {
  const start = text.replaceAll(/\s+/g, " ").trim().slice(0, startCharactersMax);
  return start === "" ? "" : ` It says: ${start}`;
}
