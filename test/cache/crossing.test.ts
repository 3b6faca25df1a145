/** Processes that need values which the others compute, over every store. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Cache, CacheStore } from "gable/cache";
import { createCache } from "gable/cache";
import type { OpenStore } from "./pages/stores.ts";
import { storeKinds } from "./pages/stores.ts";

const minute = { ttlSeconds: 60 };
/** Less than a process waits for another one. */
const limits = { timeout: 20_000 };

/** Opens when so many have come. */
function gate(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  return async () => {
    if (--count === 0) resolve();
    await promise;
  };
}

for (const { name, skip, open } of storeKinds)
  describe(`computations of several processes, with values in: ${name}`, { skip }, () => {
    let opened: OpenStore;
    before(async () => void (opened = await open()));
    after(() => opened.remove());
    /** Caches of processes, and how often each value was computed. `onWait` is called when a lease says that it waits for another one. */
    const create = (prefix: string, count: number, onWait: () => unknown = () => undefined) => {
      const computed: Record<string, number> = {};
      const leases = new Set<string>();
      const { store } = opened;
      const watched: CacheStore = {
        read: (keys) => store.read(keys),
        write: async (key, text, options) => {
          if (key.startsWith("l:")) leases.add(key);
          const isWritten = await store.write(key, text, options);
          if (isWritten && /^\["[^"]*","l:/.test(text)) onWait();
          return isWritten;
        },
        delete: (key, onlyText) => store.delete(key, onlyText),
        increment: (key, by, ttlMs) => store.increment(key, by, ttlMs),
      };
      const logger = { warn: () => undefined };
      const processes = Array.from({ length: count }, () => createCache({ store: watched, logger }));
      const read = (own: Cache, key: string, compute: () => Promise<unknown>): Promise<unknown> =>
        own.remember(`${prefix}-${key}`, minute, () => {
          computed[key] = (computed[key] ?? 0) + 1;
          return compute();
        });
      const assertReleased = async (): Promise<void> => {
        assert.ok(leases.size > 0);
        for (const text of await store.read([...leases])) assert.equal(text, undefined);
      };
      return { processes, computed, read, assertReleased };
    };

    for (const count of [2, 3])
      it(`do not wait for each other when ${count} cross`, limits, async () => {
        const { processes, computed, read } = create(`cross-${count}`, count);
        const allBegan = gate(count);
        const results = processes.map((own, index) =>
          read(own, String(index), async () => {
            await allBegan();
            return read(own, String((index + 1) % count), async () => "inner");
          }),
        );
        assert.deepEqual(
          await Promise.all(results),
          processes.map(() => "inner"),
        );
        assert.ok(Object.values(computed).every((times) => times >= 1 && times <= 2));
      });

    it("do not wait for each other when one joins a computation that waits", limits, async () => {
      const { processes, read, assertReleased } = create("join", 2);
      const [one, other] = [processes[0]!, processes[1]!];
      const allBegan = gate(3);
      const results = [
        read(one, "a", async () => {
          await allBegan();
          return read(one, "c", async () => "c");
        }),
        read(one, "b", async () => {
          await allBegan();
          return read(one, "c", async () => "c");
        }),
        read(other, "c", async () => {
          await allBegan();
          return Promise.all([read(other, "a", async () => "a"), read(other, "b", async () => "b")]);
        }),
      ];
      assert.ok((await Promise.all(results)).every((value) => /^[abc](?:,[abc])?$/.test(String(value))));
      await assertReleased();
    });

    it("compute once what a process needs from another one that does not wait for it", limits, async () => {
      let waits = 0;
      const bothWaited = Promise.withResolvers<void>();
      const { processes, computed, read, assertReleased } = create("once", 2, () => ++waits === 2 && bothWaited.resolve());
      const [one, other] = [processes[0]!, processes[1]!];
      const [began, goOn] = [gate(2), Promise.withResolvers<void>()];
      const first = read(one, "a", () => began().then(() => read(one, "b", async () => "never")));
      const second = read(other, "b", async () => {
        await began();
        goOn.resolve();
        await bothWaited.promise;
        return "b";
      });
      await goOn.promise;
      const third = read(other, "c", () => read(other, "a", async () => "never"));
      assert.deepEqual(await Promise.all([first, second, third]), ["b", "b", "b"]);
      assert.deepEqual(computed, { a: 1, b: 1, c: 1 });
      await assertReleased();
    });

    it("release their leases although a write got no answer", limits, async () => {
      const lost = new Error("The connection was lost.");
      let isLost = false;
      const { processes, read, assertReleased } = create("lost", 2, () => {
        if (isLost) return;
        isLost = true;
        throw lost;
      });
      const [one, other] = [processes[0]!, processes[1]!];
      const [began, ended] = [gate(2), Promise.withResolvers<void>()];
      const second = read(other, "b", async () => {
        await began();
        await ended.promise;
        return "b";
      });
      const value = await read(one, "a", async () => {
        await began();
        return read(one, "b", async () => "alone");
      });
      assert.equal(value, "alone");
      ended.resolve();
      assert.equal(await second, "b");
      await assertReleased();
    });
  });
