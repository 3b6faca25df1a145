import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLogger } from "../../test/silent-logger.ts";
import { createCookieCarrier } from "./cookie-carrier.ts";
import { createIdCarrier } from "./id-carrier.ts";
import { memorySessions } from "./memory-store.ts";
import type { SessionStore } from "./session-store.ts";
import { isSessionDirectory } from "./session-store.ts";
import { Sessions } from "./sessions.ts";

const now = Date.now();
const record = { values: {}, userId: "7", createdAt: now, seenAt: now, expiresAt: now + 60_000 };

function open(store: SessionStore | undefined): Sessions {
  const carrier = store === undefined ? createCookieCarrier(1000) : createIdCarrier(store, 1000);
  return new Sessions({ store, carrier, times: { absoluteMs: 60_000, idleMs: undefined }, logger: silentLogger, keyIds: () => "a" });
}

describe("what others may do with sessions", () => {
  const inCookies = {
    code: "E_SESSION_STORE",
    message: "The sessions are in cookies, in the browsers of their users: nothing here can delete them.",
  };

  it("is nothing where they are in cookies", async (test) => {
    const sessions = open(undefined);
    test.after(() => sessions.stop());
    assert.equal(sessions.hasDirectory, false);
    assert.throws(() => sessions.directory, { code: "E_SESSION_STORE", message: "Sessions in cookies cannot be listed." });
    assert.throws(() => sessions.assertShared(), inCookies);
    await assert.rejects(sessions.deleteOne("k"), inCookies);
    await assert.rejects(sessions.deleteUnused(now), inCookies);
    assert.equal(await sessions.deleteExpired(), 0);
  });

  it("is to list and to delete, and to hear of it", async (test) => {
    const store = memorySessions();
    const sessions = open(store);
    test.after(() => sessions.stop());
    const heard: unknown[] = [];
    const forget = sessions.onEnded((ended) => void heard.push(ended));
    for (const key of ["a", "b", "c"]) await store.create(key, record);
    assert.equal(sessions.hasDirectory, true);
    await sessions.deleteOne("a");
    assert.equal(await sessions.directory.deleteForUser("7", { except: "c" }), 1);
    assert.deepEqual(
      (await sessions.directory.listForUser("7", now)).map(({ key }) => key),
      ["c"],
    );
    await store.create("d", record);
    await store.create("e", { ...record, userId: "8" });
    assert.equal(await sessions.directory.deleteForUser("7"), 2);
    assert.equal(await sessions.directory.deleteForUser("8", {}), 1);
    assert.deepEqual(heard, [
      { key: "a" },
      { userId: "7", except: "c" },
      { userId: "7", except: undefined },
      { userId: "8", except: undefined },
    ]);
    await store.create("c", record);
    forget();
    assert.equal(await sessions.deleteUnused(now + 1), 1);
    await sessions.deleteOne("c");
    assert.equal(heard.length, 4);
    await assert.rejects(sessions.directory.deleteForUser("7", { but: "c" } as object), { code: "E_OPTION_UNKNOWN" });
    assert.throws(() => sessions.assertShared(), { code: "E_SESSION_STORE", message: /in the memory of the process that serves/ });
  });

  it("is what the store can do", async (test) => {
    const read = async (): Promise<undefined> => undefined;
    // Less than a store of Gable has.
    const sessions = open({ read } as object as SessionStore);
    test.after(() => sessions.stop());
    for (const partial of [
      { read, listForUser: read },
      { read, deleteForUser: read },
      { read, listForUser: 1, deleteForUser: read },
    ])
      assert.equal(isSessionDirectory(partial as object as SessionStore), false); // As above.
    assert.equal(isSessionDirectory(memorySessions()), true);
    assert.equal(sessions.hasDirectory, false);
    assert.throws(() => sessions.directory, { code: "E_SESSION_STORE", message: "The store of sessions cannot list those of a user." });
    await assert.rejects(sessions.deleteUnused(now), { code: "E_SESSION_STORE", fix: /deleteUnused\(\)/ });
    assert.doesNotThrow(() => sessions.assertShared());
  });

  it("is to delete expired ones, 1,000 at a time, until there are none", async (test) => {
    const [store, asked] = [memorySessions(), [] as number[]];
    const deleteExpired = store.deleteExpired.bind(store);
    store.deleteExpired = (at, rowsMax) => (asked.push(rowsMax), deleteExpired(at, rowsMax));
    const sessions = open(store);
    test.after(() => sessions.stop());
    for (let index = 0; index < 1001; index++) await store.create(`k${index}`, { ...record, expiresAt: now - 1 });
    assert.equal(await sessions.deleteExpired(), 1001);
    assert.deepEqual(asked, [1000, 1000, 1000]);
  });
});
