/** Keys and tags of a cache that differ: each has its own value, in every store. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CacheKey } from "gable/cache";
import { createCache } from "gable/cache";
import type { OpenStore } from "./pages/stores.ts";
import { storeKinds } from "./pages/stores.ts";

/** Strings that some encodings make equal. */
const strings = ["\ud800", "\ud801", "\udc00", "\ufffd", "?", '"\\ud800"', "\\ud800"];
const long = "x".repeat(300);
const keys: readonly CacheKey[] = strings.flatMap((text) => [text, [text], `${long}${text}`, [long, text], [text, long]]);
const minute = { ttlSeconds: 60 };

for (const { name, skip, open } of storeKinds)
  describe(`keys in ${name}`, { skip }, () => {
    let opened: OpenStore;
    before(async () => {
      opened = await open();
    });
    after(() => opened.remove());

    it("are kept apart although they only differ in lone surrogates", async () => {
      const own = createCache({ store: opened.store });
      for (const [index, key] of keys.entries()) await own.set(key, index, minute);
      assert.deepEqual(await Promise.all(keys.map((key) => own.find(key))), [...keys.keys()]);
    });

    it("have tags that are kept apart, too", async () => {
      const own = createCache({ store: opened.store });
      for (const tag of strings) await own.set(["tag", tag], tag, { ...minute, tags: [tag] });
      for (const [index, tag] of strings.entries()) {
        await own.invalidate({ tags: [tag] });
        const found = await Promise.all(strings.map((each) => own.find(["tag", each])));
        assert.deepEqual(found, [...Array<undefined>(index + 1).fill(undefined), ...strings.slice(index + 1)]);
      }
    });
  });
