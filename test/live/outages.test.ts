/** Each way to use a channel while its carrier is away. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteEntry } from "gable";
import { GableError, get, socket } from "gable";
import type { LiveCarrier } from "gable/live";
import { channel, memoryCarrier } from "gable/live";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";
import { SocketClient, serving, until } from "./serving.ts";

/** A carrier that a test can take away. Other processes reach `inner`. */
class FailingCarrier implements LiveCarrier {
  readonly inner: LiveCarrier = memoryCarrier();
  /** What it throws while it is away; undefined while it answers. */
  failure: unknown;

  async publish(...args: Parameters<LiveCarrier["publish"]>): Promise<void> {
    return this.#answer(() => this.inner.publish(...args));
  }

  async subscribe(...args: Parameters<LiveCarrier["subscribe"]>): Promise<() => void> {
    return this.#answer(() => this.inner.subscribe(...args));
  }

  async replay(...args: Parameters<LiveCarrier["replay"]>): ReturnType<LiveCarrier["replay"]> {
    return this.#answer(() => this.inner.replay(...args));
  }

  #answer<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    return this.failure === undefined ? ask() : Promise.reject(this.failure as Error); // A carrier may reject with anything.
  }
}

const message = z.object({ n: z.number() });
const plain = channel("plain/:id", { message });
const kept = channel("kept/:id", { message, replay: { seconds: 60, messagesMax: 100 } });
const params = { id: "a" };

/** What a reader has received: gaps, and messages. */
type Received = Array<number | "gap">;
/** Reads until the signal aborts. */
type Read = (received: Received, signal: AbortSignal, url: string) => Promise<void>;

const note = (received: Received, json: string): void => {
  const { hasGap, n, message: inner } = JSON.parse(json) as { hasGap?: true; n?: number; message?: { n: number } };
  if (hasGap === true) received.push("gap");
  const number = n ?? inner?.n;
  if (number !== undefined) received.push(number);
};

const ways = (name: "plain" | "kept", source: typeof plain): Readonly<Record<string, Read>> => ({
  pipe: async (received, signal, url) => {
    const client = new SocketClient({ url } as ConstructorParameters<typeof SocketClient>[0], `/${name}/socket`);
    client.socket.on("message", (data) => note(received, String(data)));
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    client.socket.close();
    assert.equal(await client.closed(), 1005);
  },
  events: async (received, signal, url) => {
    const { status, body } = await fetch(`${url}/${name}/events`, { signal });
    assert.equal(status, 200);
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of body!) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        if (event.includes("event: resync")) received.push("gap");
        else if (event.includes("data: ")) note(received, /^data: (.*)$/m.exec(event)![1]!);
      }
    }
  },
  entries: async (received, signal) => {
    for await (const entry of source.entries(params, { signal })) received.push(entry.hasGap ? "gap" : entry.message!.n);
  },
  subscribe: async (received, signal) => {
    for await (const { n } of source.subscribe(params, { signal })) received.push(n);
  },
});

const routes = (): RouteEntry[] => [
  // As in the guide: nobody waits for the promise.
  socket("/plain/socket", { open: (connection) => void plain.pipe(params, connection) }),
  socket("/kept/socket", { open: (connection) => void kept.pipe(params, connection) }),
  get("/plain/events", (context) => context.reply.events(plain.events(params, context))),
  get("/kept/events", (context) => context.reply.events(kept.events(params, context))),
  get("/", () => "fine"),
];

interface Outage {
  readonly url: string;
  readonly carrier: FailingCarrier;
  readonly logged: string[];
}

async function withCarrier(run: (outage: Outage) => Promise<void>): Promise<void> {
  const carrier = new FailingCarrier();
  const logged: string[] = [];
  const logger = { ...silentLogger, error: (_facts: object | string, text?: string) => void logged.push(String(text)) };
  const options = { logger, live: { carrier, times: { spreadMs: 0 } } };
  await serving("gable", routes(), async ({ url }) => run({ url, carrier, logged }), options);
}

for (const [name, source] of [
  ["plain", plain],
  ["kept", kept],
] as const)
  for (const [way, read] of Object.entries(ways(name, source)))
    describe(`${way}() of a channel ${name === "kept" ? "with" : "without"} replay`, () => {
      const reading = async (url: string, run: (received: Received) => Promise<void>): Promise<void> => {
        const controller = new AbortController();
        const received: Received = [];
        const end = read(received, controller.signal, url).catch((error: unknown) => {
          if (!controller.signal.aborted) throw error;
        });
        try {
          await Promise.race([run(received), end.then(() => assert.fail("the reader has ended"))]);
        } finally {
          controller.abort();
          await end;
        }
      };
      /** Publishes until the reader has a message: it may not listen yet. */
      const publishUntilRead = (received: Received, n: number): Promise<void> =>
        until(async () => {
          await source.publish(params, { n });
          return received.includes(n);
        });

      for (const failure of [new Error("away"), "away"])
        it(`waits for a carrier that is away when it begins (${typeof failure}), and logs that once`, () =>
          withCarrier(async ({ url, carrier, logged }) => {
            carrier.failure = failure;
            await reading(url, async (first) =>
              reading(url, async (second) => {
                await until(() => logged.length > 0, "the line of the log");
                await assert.rejects(source.publish(params, { n: 0 }), { code: "E_CHANNEL_CARRIER" });
                assert.equal(await (await fetch(url)).text(), "fine");
                carrier.failure = undefined;
                for (const received of [first, second]) await publishUntilRead(received, 1);
                // What was sent before is lost: the reader hears of that, if it can.
                for (const received of [first, second]) assert.equal(received[0], way === "subscribe" ? 1 : "gap");
              }),
            );
            assert.deepEqual(logged, ["Readers of channels wait for the carrier: The carrier of the channels did not answer a reader."]);
          }));

      it("goes on after an outage", () =>
        withCarrier(async ({ url, carrier, logged }) => {
          const { subscribe } = carrier.inner;
          let interrupt = (): void => undefined;
          carrier.inner.subscribe = (topic, listener) => {
            interrupt = () => listener.onInterrupted();
            return subscribe(topic, listener);
          };
          await reading(url, async (received) => {
            await publishUntilRead(received, 1);
            carrier.failure = new Error("away");
            interrupt();
            if (name === "kept") await until(() => logged.length > 0, "the line of the log");
            carrier.failure = undefined;
            await publishUntilRead(received, 2);
            await source.publish(params, { n: 3 });
            await until(() => received.includes(3));
            const hearsOfGap = name === "plain" && way !== "subscribe";
            assert.equal(received.includes("gap"), hearsOfGap);
          });
          assert.equal(logged.length, name === "kept" ? 1 : 0);
        }));
    });

describe("pipe() of a channel that cannot be read", () => {
  it("closes its socket with 1011 and logs the error once, and the server goes on", () =>
    withCarrier(async ({ url, carrier, logged }) => {
      carrier.failure = new GableError("E_CHANNEL_TABLE", "The database has no table.");
      const client = new SocketClient({ url } as ConstructorParameters<typeof SocketClient>[0], "/kept/socket");
      assert.equal(await client.closed(), 1011);
      assert.deepEqual(logged, ['A socket no longer gets the messages of the channel "kept/:id": The database has no table.']);
      assert.equal(await (await fetch(url)).text(), "fine");
    }));
});
