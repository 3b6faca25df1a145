/** Lines of the log that an open connection causes have the id of the request that opened it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Logger, RouteEntry, RunningApp } from "gable";
import { get, socket } from "gable";
import { field as f, Model } from "gable/data";
import { channel, livePart } from "gable/live";
import { z } from "zod";
import { SocketClient, engines, serving, until } from "./serving.ts";

class Note extends Model("live_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
/** What another process with other code may send. */
const loose = channel("request-id/numbers");
const numbers = channel("request-id/numbers", { message: z.number() });

interface Line {
  readonly message: string;
  readonly requestId?: string;
  readonly [fact: string]: unknown;
}

/** Keeps lines with the facts of their children. */
function keepLines(lines: Line[], facts: object = {}): Logger {
  const write = (first: string | object, message = ""): void =>
    void lines.push({ ...facts, ...(typeof first === "string" ? { message: first } : { ...first, message }) });
  return { debug: write, info: write, warn: write, error: write, child: (more) => keepLines(lines, { ...facts, ...more }) };
}

async function noteDown(text: string): Promise<void> {
  await Note.create({ text });
}

/** A statement in the log: its values are not shown. */
const statement = "a statement";

/** How often the guard of `/guarded` was asked. */
let asked = 0;
const createRoutes = (): readonly RouteEntry[] => [
  socket("/socket", {
    open: () => noteDown("open"),
    message: (_connection, message) => noteDown(String(message)),
    close: () => noteDown("close"),
  }),
  socket("/failing", {
    message: () => {
      throw new Error("no message is good enough");
    },
  }),
  get("/stream", ({ reply }) =>
    reply.events(
      (async function* () {
        await noteDown("first event");
        yield { data: 1 };
        await noteDown("second event");
        yield { data: 2 };
      })(),
    ),
  ),
  get("/channel", ({ reply, signal }) =>
    reply.events(
      (async function* () {
        for await (const message of numbers.subscribe({}, { signal })) {
          await noteDown(`message ${message}`);
          yield { data: message };
        }
      })(),
    ),
  ),
  socket(
    "/guarded",
    {
      guard: async ({ log }) => {
        const turn = ++asked;
        // A busy machine asks again before the third answer.
        if (turn > 3) return true;
        await noteDown(`guard ${turn}`);
        log.info(`The guard was asked: ${turn}.`);
        if (turn === 3) throw new Error("the guard is broken");
        return true;
      },
    },
    { message: () => undefined },
  ),
];

/** What each connection does, and what its lines are. */
const cases: ReadonlyArray<{
  readonly path: string;
  readonly act: (server: RunningApp, id: string) => Promise<void>;
  readonly lines: readonly string[];
}> = [
  {
    path: "/socket",
    act: async (server, id) => {
      const client = await new SocketClient(server, "/socket", { headers: { "x-request-id": id } }).opened();
      client.socket.send("hello");
      client.socket.close();
    },
    lines: [statement, statement, statement],
  },
  {
    path: "/failing",
    act: async (server, id) => {
      const client = await new SocketClient(server, "/failing", { headers: { "x-request-id": id } }).opened();
      client.socket.send("hello");
    },
    lines: ['A handler of the WebSocket "/failing" failed: no message is good enough'],
  },
  {
    path: "/stream",
    act: async (server, id) => void (await (await fetch(`${server.url}/stream`, { headers: { "x-request-id": id } })).text()),
    lines: [statement, statement],
  },
  {
    path: "/channel",
    act: async (server, id) => {
      const leaving = new AbortController();
      const stream = await fetch(`${server.url}/channel`, { headers: { "x-request-id": id }, signal: leaving.signal });
      const reader = stream.body!.getReader();
      // The field for the time until the next try: the source is read.
      await reader.read();
      await loose.publish({}, "no number");
      await numbers.publish({}, 7);
      for (let text = ""; !text.includes("7");) text += new TextDecoder().decode((await reader.read()).value);
      leaving.abort();
    },
    lines: ['A message of the channel "request-id/numbers" was skipped: its schema refuses it.', statement],
  },
  {
    path: "/guarded",
    act: async (server, id) => {
      asked = 0;
      await new SocketClient(server, "/guarded", { headers: { "x-request-id": id } }).closed();
    },
    lines: [
      ...[1, 2, 3].flatMap((turn) => [statement, `The guard was asked: ${turn}.`]),
      "The guards of an open connection failed: it was closed.",
    ],
  },
];

for (const engine of engines)
  describe(`the id of the request that opened a connection, on the server "${engine}"`, () => {
    for (const { path, act, lines: expected } of cases)
      it(`is in the lines of ${path}`, async () => {
        const lines: Line[] = [];
        const options = {
          // In the mode test, nobody asks which request runs.
          mode: "production",
          logger: keepLines(lines),
          log: { "gable.sql": "debug" },
          proxies: { trust: ["127.0.0.1"] },
          models: [Note],
          database: "sqlite::memory:",
          live: { times: { spreadMs: 0, recheckMs: 50, tickMs: 20 } },
        } as const;
        await serving(
          engine,
          createRoutes(),
          async (server, app) => {
            await app.database().createTables();
            lines.length = 0;
            const ids = [`${engine}-1`, `${engine}-2`];
            for (const id of ids) {
              await act(server, id);
              // A reader that has not left yet gets the messages of the next one.
              await until(() => app.part(livePart).connectionCount === 0, "the end of the connection");
            }
            const textOf = ({ message }: Line): string => (message === "A statement ran." ? statement : message);
            const shownOf = (id: string | undefined): string[] =>
              lines
                .filter(({ requestId }) => requestId === id)
                .map(textOf)
                .filter((text) => expected.includes(text));
            for (const id of ids) {
              await until(() => shownOf(id).length >= expected.length, `the lines of ${id}: ${JSON.stringify(lines)}`, 5000);
              assert.deepEqual(shownOf(id).sort(), expected.toSorted(), id);
            }
            assert.deepEqual(shownOf(undefined), []);
          },
          options,
        );
      });
  });
