/** Channels over a Redis that goes away and comes back. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import type { CarriedMessage, LiveCarrier } from "gable/live";
import { channel, redisCarrier } from "gable/live";
import { gable, get, socket } from "gable";
import { z } from "zod";
import { canStartRedis, findFreePort, startRedis, stopRedis } from "../session/redis-server.ts";
import { skipRedis } from "../session/redis.ts";
import { silentLogger } from "../silent-logger.ts";
import { SocketClient, serving, until } from "./serving.ts";

const skip = skipRedis === false && canStartRedis() ? false : "no redis-server here";
const replay = { seconds: 300, messagesMax: 1_000 };
const numbers = channel("numbers", { message: z.number(), replay });

/** A Redis that keeps what it was given, and can be stopped. */
class StoppableRedis {
  readonly #folder: string;
  readonly port: number;
  #server: Awaited<ReturnType<typeof startRedis>> | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async run(work: (redis: StoppableRedis) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "gable-live-redis-"));
    const redis = new StoppableRedis(folder, await findFreePort());
    try {
      await redis.start();
      await work(redis);
    } finally {
      await redis.stop();
      await rm(folder, { recursive: true });
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#server = await startRedis(this.port, ["--appendonly", "yes", "--appendfsync", "always", "--dir", this.#folder]);
  }

  async stop(): Promise<void> {
    if (this.#server !== undefined) await stopRedis(this.#server);
  }
}

class Collector {
  readonly messages: CarriedMessage[] = [];
  interruptions = 0;
  readonly onMessage = (message: CarriedMessage): void => void this.messages.push(message);
  readonly onInterrupted = (): void => void this.interruptions++;
}

/** Publishes until Redis takes it. */
async function publishAgain(carrier: LiveCarrier, topic: string, text: string): Promise<void> {
  await until(() =>
    carrier.publish(topic, text, undefined).then(
      () => true,
      () => false,
    ),
  );
}

describe("redisCarrier() and its Redis", { skip }, () => {
  it("fails for publishers while Redis is away, and reaches all listeners when it is back", async () => {
    await StoppableRedis.run(async (redis) => {
      const [publisher, reader] = [redisCarrier({ url: redis.url }), redisCarrier({ url: redis.url })];
      const [kept, removed, late] = [new Collector(), new Collector(), new Collector()];
      try {
        for (const carrier of [publisher, reader]) await carrier.open?.();
        await reader.subscribe("/a", kept);
        const remove = await reader.subscribe("/a", removed);
        for (const outage of [1, 2]) {
          await publisher.publish("/a", `before ${outage}`, undefined);
          await until(() => kept.messages.some(({ text }) => text === `before ${outage}`), "the message before the outage");
          await redis.stop();
          for (const limits of [undefined, replay])
            await assert.rejects(publisher.publish("/a", "lost", limits), { code: "E_REDIS_COMMAND", status: 503 });
          await assert.rejects(publisher.replay("/a", undefined), { code: "E_REDIS_COMMAND" });
          // A listener can leave, and another one can come, while Redis is away.
          if (outage === 1) remove();
          const subscribing = outage === 1 ? reader.subscribe("/late", late) : undefined;
          subscribing?.catch(() => undefined);
          await wait(100);
          await redis.start();
          await until(() => kept.interruptions === outage, "the news of the interruption");
          await subscribing;
          await publishAgain(publisher, "/a", `after ${outage}`);
          await publisher.publish("/late", `late ${outage}`, undefined);
          await until(() => kept.messages.some(({ text }) => text === `after ${outage}`), "the message after the outage");
          await until(() => late.messages.length === outage, "the message of the late listener");
        }
        assert.deepEqual(
          kept.messages.map(({ text }) => text),
          ["before 1", "after 1", "before 2", "after 2"],
        );
        assert.deepEqual(
          removed.messages.map(({ text }) => text),
          ["before 1"],
        );
      } finally {
        for (const carrier of [publisher, reader]) await carrier.close?.();
      }
    });
  });

  it("loses and doubles no message of a replayed channel that Redis has taken", async () => {
    await StoppableRedis.run(async (redis) => {
      const app = gable({ mode: "test", logger: silentLogger, live: { carrier: redisCarrier({ url: redis.url }) } });
      const publisher = redisCarrier({ url: redis.url });
      const reading = new AbortController();
      const received: number[] = [];
      const taken: number[] = [];
      let failures = 0;
      try {
        await app.start();
        await publisher.open?.();
        const reads = (async () => {
          for await (const message of numbers.subscribe({}, { signal: reading.signal })) received.push(message);
        })();
        // The reader begins at the place of its subscription.
        await wait(300);
        let isOver = false;
        const publishing = (async () => {
          for (let number = 1; !isOver; number++) {
            try {
              await publisher.publish("/numbers", String(number), replay);
              taken.push(number);
            } catch {
              failures++;
            }
            await wait(2);
          }
        })();
        for (const outage of [1, 2]) {
          const count = taken.length;
          await until(() => taken.length > count + 20, "messages before the outage");
          await redis.stop();
          const failed = failures;
          await until(() => failures > failed + 5, "failures");
          await redis.start();
          const before = taken.length;
          await until(() => taken.length > before + 20, `messages after outage ${outage}`);
        }
        isOver = true;
        await publishing;
        await until(() => received.includes(taken.at(-1)!), "the last message");
        const unexpected = received.filter((number) => !taken.includes(number));
        assert.deepEqual(
          taken.filter((number) => !received.includes(number)),
          [],
        );
        assert.equal(new Set(received).size, received.length);
        // One that was taken just before the end may have failed for its publisher.
        assert.ok(unexpected.length <= 2, unexpected.join(", "));
        reading.abort();
        await reads;
      } finally {
        reading.abort();
        await publisher.close?.();
        await app.close();
      }
    });
  });

  for (const limits of [undefined, { seconds: 60, messagesMax: 100 }])
    it(`keeps sockets ${limits === undefined ? "without" : "with"} replay that were open before or opened while Redis was away`, () =>
      StoppableRedis.run(async (redis) => {
        const changes = channel("changes/:id", limits === undefined ? {} : { replay: limits });
        const route = socket("/:id", { open: (connection) => void changes.pipe(connection.params, connection) });
        const live = { carrier: redisCarrier({ url: redis.url }), times: { spreadMs: 0 } };
        await serving(
          "gable",
          [route, get("/", () => "fine")],
          async (server) => {
            const publishUntilRead = async (client: SocketClient, text: string): Promise<void> =>
              until(async () => {
                await changes.publish({ id: "a" }, text).catch(() => undefined);
                return client.end !== undefined || client.messages.some((message) => message.includes(text));
              }, text);
            const before = await new SocketClient(server, "/a").opened();
            await publishUntilRead(before, "first");
            await redis.stop();
            const during = await new SocketClient(server, "/a").opened();
            await wait(500);
            assert.equal(await (await fetch(server.url)).text(), "fine");
            await redis.start();
            for (const client of [before, during]) await publishUntilRead(client, "second");
            assert.deepEqual([before.end, during.end], [undefined, undefined]);
          },
          { live },
        );
      }));
});
