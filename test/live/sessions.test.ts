/** Open connections of people who sign out, or lose access. */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import type { Application, GableOptions, RunningApp, SessionOptions } from "gable";
import { get, middleware, socket } from "gable";
import { livePart } from "gable/live";
import { isSessionDirectory, memorySessions, sessionModel, sessionPart } from "gable/session";
import { SocketClient, serving, until } from "./serving.ts";
import { login, sessionRoutes } from "./session-routes.ts";

const signedIn = async ({ session }: { session: { findUserId(): Promise<string | null> } }): Promise<boolean> =>
  (await session.findUserId()) !== null;

async function* silent(signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  yield* [];
}

const routes = (): GableOptions["routes"] => [
  ...sessionRoutes(),
  socket("/chat", { guard: signedIn }, {}),
  socket("/open", {}),
  get("/feed", { guard: signedIn }, ({ reply, signal }) => reply.events(silent(signal))),
];

const settings = (session: SessionOptions): GableOptions => ({
  secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
  session,
  ...(session.store === "database" ? { models: [sessionModel()], database: "sqlite::memory:" } : {}),
});

async function openAs(server: RunningApp, cookie: string, path: string): Promise<SocketClient> {
  return new SocketClient(server, path, { headers: { cookie, origin: server.url } }).opened();
}

async function prepare(app: Application, session: SessionOptions): Promise<void> {
  if (session.store === "database") await app.database().createTables();
}

for (const store of ["memory", "database", "cookie"] as const)
  describe(`open connections, with sessions in: ${store}`, () => {
    const session: SessionOptions = { store };

    it("refuse who is not signed in", async () => {
      await serving(
        "gable",
        routes()!,
        async (server, app) => {
          await prepare(app, session);
          assert.equal((await new SocketClient(server, "/chat").opened()).status, 403);
        },
        settings(session),
      );
    });

    it("end when their session ends, and no others", async () => {
      await serving(
        "gable",
        routes()!,
        async (server, app) => {
          await prepare(app, session);
          const [first, second] = [await login(server, "1"), await login(server, "2")];
          const mine = [await openAs(server, first, "/chat"), await openAs(server, first, "/open")];
          const other = await openAs(server, second, "/chat");
          const feed = await fetch(`${server.url}/feed`, { headers: { cookie: first } });
          const ended = assert.rejects(feed.text());
          await until(() => app.part(livePart).connectionCount === 4, "the connections");
          await fetch(`${server.url}/logout`, { method: "POST", headers: { cookie: first, origin: server.url } });
          assert.deepEqual(await Promise.all(mine.map((client) => client.closed())), [1008, 1008]);
          await ended;
          assert.equal(other.end, undefined);
          assert.equal(app.part(livePart).connectionCount, 1);
        },
        settings(session),
      );
    });
  });

/** Routes that read who is signed in, and open their connections when the test says so. */
function slowRoutes(): { readonly routes: NonNullable<GableOptions["routes"]>; readonly asked: () => number; readonly open: () => void } {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let asked = 0;
  const slow: typeof signedIn = async (context) => {
    const isSignedIn = await signedIn(context);
    if (++asked <= 3) await opened;
    return isSignedIn;
  };
  const feed = get("/slow-feed", async ({ reply, session, signal }) => {
    await slow({ session });
    return reply.events(silent(signal));
  });
  return { routes: [...routes()!, socket("/slow-chat", { guard: slow }, {}), feed], asked: () => asked, open };
}

type EndSession = (server: RunningApp, app: Application, cookie: string) => Promise<unknown>;
const logout: EndSession = (server, _app, cookie) =>
  fetch(`${server.url}/logout`, { method: "POST", headers: { cookie, origin: server.url } });
const deleteAll: EndSession = async (_server, app) => app.part(sessionPart).directory.deleteForUser("1");
const deleteMany: EndSession = async (server, app, cookie) => {
  await deleteAll(server, app, cookie);
  for (let user = 10; user < 1_011; user++) await app.part(sessionPart).directory.deleteForUser(String(user));
};
const earlyEnds: ReadonlyArray<readonly [title: string, store: "memory" | "database" | "cookie", end: EndSession]> = [
  ["signs out", "memory", logout],
  ["signs out", "database", logout],
  ["signs out", "cookie", logout],
  ["loses all sessions", "memory", deleteAll],
  ["loses all sessions", "database", deleteAll],
  ["loses all sessions, as 1,001 others do", "memory", deleteMany],
];

describe("connections that open slowly", () => {
  for (const [title, store, end] of earlyEnds)
    it(`end when their user meanwhile ${title} (sessions in: ${store})`, async () => {
      const { routes: slow, asked, open } = slowRoutes();
      await serving(
        "gable",
        slow,
        async (server, app) => {
          await prepare(app, { store });
          const [mine, others] = [await login(server, "1"), await login(server, "2")];
          const sockets = [openAs(server, mine, "/slow-chat"), openAs(server, others, "/slow-chat")];
          const feed = fetch(`${server.url}/slow-feed`, { headers: { cookie: mine } });
          await until(() => asked() === 3, "the requests");
          await end(server, app, mine);
          open();
          const [own, other] = await Promise.all(sockets);
          assert.equal(await own!.closed(), 1008);
          await assert.rejects(feed.then((reply) => reply.text()));
          await until(() => app.part(livePart).connectionCount === 1, "the ends");
          assert.equal(other!.end, undefined);
        },
        settings({ store }),
      );
    });
});

describe("open connections", () => {
  it("end when all sessions of their user are deleted, except one", async () => {
    await serving(
      "gable",
      routes()!,
      async (server, app) => {
        const cookies = [await login(server, "1"), await login(server, "1"), await login(server, "2")];
        const [kept, ended, other] = await Promise.all(cookies.map((cookie) => openAs(server, cookie, "/chat")));
        const { directory } = app.part(sessionPart);
        const listed = await directory.listForUser("1", Date.now());
        await directory.deleteForUser("1", { except: listed[0]!.key });
        await until(() => [kept, ended].some((client) => client!.end !== undefined), "the close");
        assert.equal([kept, ended, other].filter((client) => client!.end === undefined).length, 2);
        assert.equal(other!.end, undefined);
      },
      settings({ store: "memory" }),
    );
  });

  it("ask their guards again, and end when one refuses or fails", async () => {
    const options = { live: { times: { tickMs: 5, recheckMs: 20, spreadMs: 0 } } };
    let verdict: boolean | Error = true;
    let asked = 0;
    const guard = (): boolean => {
      asked++;
      if (verdict instanceof Error) throw verdict;
      return verdict;
    };
    const route = socket("/chat", { guard, use: [middleware((_context, next) => next())] }, {});
    await serving(
      "gable",
      [route, socket("/free", {})],
      async (server) => {
        const clients = [await new SocketClient(server, "/chat").opened()];
        const free = await new SocketClient(server, "/free").opened();
        await until(() => asked > 3, "further evaluations");
        assert.equal(clients[0]!.end, undefined);
        verdict = false;
        assert.equal(await clients[0]!.closed(), 1008);
        verdict = true;
        clients.push(await new SocketClient(server, "/chat").opened());
        verdict = new Error("the database is away");
        assert.equal(await clients[1]!.closed(), 1008);
        assert.equal(free.end, undefined);
      },
      options,
    );
  });

  it("end when the session of their user has ended, also without guards", async () => {
    const store = memorySessions();
    const options = { ...settings({ store }), live: { times: { tickMs: 5, recheckMs: 20, spreadMs: 0 } } };
    const feed = get("/open-feed", ({ reply, signal }) => reply.events(silent(signal)));
    await serving(
      "gable",
      [...routes()!, feed],
      async (server) => {
        const cookie = await login(server, "1");
        const [client, anonymous] = [await openAs(server, cookie, "/open"), await new SocketClient(server, "/open").opened()];
        const other = await openAs(server, await login(server, "2"), "/open");
        const stream = await fetch(`${server.url}/open-feed`, { headers: { cookie } });
        await wait(100);
        assert.equal(client.end, undefined);
        const ended = assert.rejects(stream.text());
        // As a command does it: in another process, which announces nothing here.
        assert.ok(isSessionDirectory(store));
        await store.deleteForUser("1");
        assert.equal(await client.closed(), 1008);
        await ended;
        assert.deepEqual([anonymous.end, other.end], [undefined, undefined]);
      },
      options,
    );
  });

  it("run their guards again with a session that is read again", async () => {
    const store = memorySessions();
    const options = { ...settings({ store }), live: { times: { tickMs: 5, recheckMs: 20, spreadMs: 0 } } };
    await serving(
      "gable",
      routes()!,
      async (server) => {
        const client = await openAs(server, await login(server, "1"), "/chat");
        assert.equal(client.end, undefined);
        // Nobody says that it has ended.
        assert.ok(isSessionDirectory(store));
        await store.deleteForUser("1");
        assert.equal(await client.closed(), 1008);
      },
      options,
    );
  });
});
