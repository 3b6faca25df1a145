/** The end of a session reaches the other processes of an application. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Application, GableOptions, RunningApp } from "gable";
import { gable, socket } from "gable";
import type { LiveCarrier } from "gable/live";
import { memoryCarrier } from "gable/live";
import { isSessionDirectory, memorySessions, sessionPart } from "gable/session";
import { silentLogger } from "../silent-logger.ts";
import { SocketClient, serving } from "./serving.ts";
import { login, sessionRoutes } from "./session-routes.ts";

const routes = (): NonNullable<GableOptions["routes"]> => [...sessionRoutes(), socket("/open", {})];

const openAs = (server: RunningApp, cookie: string): Promise<SocketClient> =>
  new SocketClient(server, "/open", { headers: { cookie, origin: server.url } }).opened();

const key = "0123456789abcdefABCDEFghijklmnopqrstuvwxyz_";
const otherKey = "abcdefABCDEFghijklmnopqrstuvwxyz_0123456789";
const settings = (carrier: LiveCarrier, store = memorySessions(), secretKeys = [key]): GableOptions => ({
  secretKeys,
  session: { store },
  live: { carrier },
});

describe("the end of a session", () => {
  it("closes its sockets in another application with the same carrier", async () => {
    const options = settings(memoryCarrier());
    const one = async (first: RunningApp): Promise<void> =>
      serving(
        "gable",
        routes(),
        async (second, app) => {
          const cookies = [await login(first, "1"), await login(first, "1"), await login(first, "2")];
          const [mine, mineElsewhere, other] = await Promise.all(cookies.map((cookie) => openAs(second, cookie)));
          await fetch(`${first.url}/logout`, { method: "POST", headers: { cookie: cookies[0]!, origin: first.url } });
          assert.equal(await mine!.closed(), 1008);
          assert.deepEqual([mineElsewhere!.end, other!.end], [undefined, undefined]);
          const away = await openAs(first, cookies[1]!);
          await app.part(sessionPart).directory.deleteForUser("1");
          assert.deepEqual([await mineElsewhere!.closed(), await away.closed()], [1008, 1008]);
          assert.equal(other!.end, undefined);
        },
        options,
      );
    await serving("gable", routes(), one, options);
  });

  /** Keys of the application in which the session of a user ends, those of another one, and whether the socket there closes. */
  const rows: ReadonlyArray<readonly [title: string, here: readonly string[], there: readonly string[], isClosed: boolean]> = [
    ["leaves sockets of a user with the same id in another site alone", [key], [otherKey], false],
    ["closes sockets of a process that has a new key already", [key], [otherKey, key], true],
    ["closes sockets of a process that does not have the new key yet", [otherKey, key], [key], true],
  ];
  for (const [title, here, there, isClosed] of rows)
    it(title, async () => {
      const carrier = memoryCarrier();
      const end = async (first: RunningApp, app: Application): Promise<void> =>
        serving(
          "gable",
          routes(),
          async (second) => {
            const [foreign, own] = [await openAs(second, await login(second, "1")), await openAs(first, await login(first, "1"))];
            await app.part(sessionPart).directory.deleteForUser("1");
            assert.equal(await own.closed(), 1008);
            if (isClosed) assert.equal(await foreign.closed(), 1008);
            else {
              await new Promise((resolve) => setTimeout(resolve, 50));
              assert.equal(foreign.end, undefined);
            }
          },
          settings(carrier, memorySessions(), [...there]),
        );
      await serving("gable", routes(), end, settings(carrier, memorySessions(), [...here]));
    });

  it("closes a socket that opens while the announcement is lost", async () => {
    const store = memorySessions();
    const [asked, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let interrupt = (): void => undefined;
    const inner = memoryCarrier();
    const carrier: LiveCarrier = {
      ...inner,
      publish: (...given) => inner.publish(...given),
      subscribe: async (topic, listener) => ((interrupt = listener.onInterrupted), inner.subscribe(topic, listener)),
    };
    const guard = async ({ session }: { session: { findUserId(): Promise<string | null> } }): Promise<boolean> => {
      if ((await session.findUserId()) === null) return false;
      asked.resolve();
      await opened.promise;
      return true;
    };
    await serving(
      "gable",
      [...sessionRoutes(), socket("/slow", { guard }, {})],
      async (server) => {
        const cookie = await login(server, "1");
        const client = new SocketClient(server, "/slow", { headers: { cookie, origin: server.url } });
        await asked.promise;
        // Another process ends the session.
        assert.ok(isSessionDirectory(store));
        await store.deleteForUser("1");
        interrupt();
        opened.resolve();
        assert.equal(await client.closed(), 1008);
      },
      settings(carrier, store),
    );
  });

  it("is announced before the application that ended it closes its carrier", async () => {
    const events: string[] = [];
    const carrier: LiveCarrier = {
      ...memoryCarrier(),
      publish: async (topic, text) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push(`${topic} ${text}`);
      },
      close: async () => void events.push("closed"),
    };
    const app = gable({ ...settings(carrier), mode: "test", logger: silentLogger });
    await app.start();
    await app.part(sessionPart).directory.deleteForUser("1");
    await app.close();
    assert.deepEqual([events.length, events[1]], [2, "closed"]);
    assert.match(events[0]!, /^sessions-[\w-]{8} \{"userId":"1"\}$/);
  });
});
