/** WebSocket routes, with the client of `ws` as the outside judge, on both servers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { RouteEntry } from "gable";
import { gable, get, group, middleware, notFound, socket } from "gable";
import { field as f } from "gable/forms";
import { livePart } from "gable/live";
import { WebSocket } from "ws";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";
import { thrownValues } from "../thrown-values.ts";
import { SocketClient, WireClient, closeCodeOf, engines, handshake, readFrames, serving, until } from "./serving.ts";

const echo = (): RouteEntry => socket("/echo", { message: (connection, message) => connection.send(message) });

for (const engine of engines)
  describe(`socket() on the server "${engine}"`, () => {
    it("opens, takes messages in order and sends back, with typed parameters", async () => {
      const log: unknown[] = [];
      const chat = socket(
        "/rooms/:room(int)",
        {},
        {
          open: ({ params, send }) => void log.push(params.room, typeof send),
          message: async (connection, message) => {
            // The first one takes longest.
            await wait(message === "0" ? 20 : 0);
            connection.send(`echo ${String(message)}`);
          },
          close: (_connection, end) => void log.push(end),
        },
      );
      await serving(engine, [chat], async (server, app) => {
        const client = await new SocketClient(server, "/rooms/7").opened();
        for (let index = 0; index < 20; index++) client.socket.send(String(index));
        assert.deepEqual(
          await client.received(20),
          Array.from({ length: 20 }, (_, index) => `echo ${index}`),
        );
        assert.equal(app.part(livePart).connectionCount, 1);
        client.socket.close(4000, "done");
        assert.equal(await client.closed(), 4000);
        await until(() => log.length === 3, "the close handler");
        assert.deepEqual(log, [7, "function", { code: 4000, reason: "done" }]);
        assert.equal(app.part(livePart).connectionCount, 0);
      });
    });

    it("keeps a byte order mark at the start of a message", async () => {
      const lengths: number[] = [];
      const route = socket("/mark", {
        message: (connection, message) => {
          lengths.push(message.length);
          connection.send(message);
        },
      });
      await serving(engine, [route], async (server) => {
        const client = await new SocketClient(server, "/mark").opened();
        const texts = ["\ufeffabc", "\ufeff", "\ufeff\ufeff", "a\ufeff"];
        for (const text of texts) client.socket.send(text);
        assert.deepEqual(await client.received(4), texts);
        assert.deepEqual(lengths, [4, 1, 2, 2]);
      });
    });

    it("sends texts, bytes and JSON", async () => {
      const kinds = socket("/kinds", {
        open: (connection) => {
          connection.send("text");
          connection.send(new Uint8Array([1, 2]));
          connection.sendJson({ at: new Date(0) });
        },
      });
      await serving(engine, [kinds], async (server) => {
        const client = new SocketClient(server, "/kinds");
        const isBinary: boolean[] = [];
        client.socket.on("message", (_data, binary) => isBinary.push(binary));
        assert.deepEqual(await client.received(3), ["text", "\u0001\u0002", '{"at":"1970-01-01T00:00:00.000Z"}']);
        assert.deepEqual(isBinary, [false, true, false]);
      });
    });

    it("gives bytes as bytes and texts as texts", async () => {
      const received: unknown[] = [];
      await serving(engine, [socket("/raw", { message: (_connection, message) => void received.push(message) })], async (server) => {
        const client = await new SocketClient(server, "/raw").opened();
        client.socket.send(new Uint8Array([1, 255]));
        client.socket.send("a\u20ac");
        await until(() => received.length === 2, "the messages");
        assert.deepEqual([...(received[0] as Uint8Array)], [1, 255]);
        assert.equal(received[1], "a\u20ac");
      });
    });

    it("takes what comes with the handshake in one packet", async () => {
      await serving(engine, [echo()], async ({ port }) => {
        const client = new WireClient(port);
        client.socket.write(Buffer.concat([Buffer.from(handshake("/echo")), Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61])]));
        assert.match(await client.head(), /^HTTP\/1\.1 101 Switching Protocols\r\n/);
        await until(() => readFrames(client.received).length === 1, "the echo");
        assert.equal(String(readFrames(client.received)[0]!.payload), "a");
        client.socket.destroy();
      });
    });

    it("computes the answer of RFC 6455 section 1.3, offers no extension, and sends the fields of middleware", async () => {
      const adds = middleware((context, next) => {
        context.reply.headers.set("x-room", "blue");
        return next();
      });
      const route = socket("/echo", { use: [adds] }, {});
      await serving(engine, [route], async ({ port }) => {
        const client = new WireClient(port);
        const head = await client.open("/echo", ["Sec-WebSocket-Extensions: permessage-deflate"]);
        assert.match(head, /\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i);
        assert.match(head, /\r\nx-room: blue\r\n/);
        assert.doesNotMatch(head, /sec-websocket-extensions|content-length|transfer-encoding/i);
        client.socket.destroy();
      });
    });

    const refusals: ReadonlyArray<readonly [title: string, request: string, status: number, code?: string]> = [
      ["a plain GET", "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 426, "E_SOCKET_UPGRADE"],
      [
        "another protocol",
        "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: chat\r\nConnection: upgrade\r\n\r\n",
        426,
        "E_SOCKET_UPGRADE",
      ],
      ["Upgrade without Connection", handshake("/echo").replace("Connection: Upgrade\r\n", ""), 426, "E_SOCKET_UPGRADE"],
      ["version 8", handshake("/echo").replace("Version: 13", "Version: 8"), 426, "E_SOCKET_UPGRADE"],
      ["version 13 with a blank zero", handshake("/echo").replace("Version: 13", "Version: 013"), 426, "E_SOCKET_UPGRADE"],
      ["no version", handshake("/echo").replace("Sec-WebSocket-Version: 13\r\n", ""), 426, "E_SOCKET_UPGRADE"],
      ["no key", handshake("/echo").replace(/Sec-WebSocket-Key.*\r\n/, ""), 400, "E_SOCKET_HANDSHAKE"],
      ["a key of 15 bytes", handshake("/echo").replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j"), 400, "E_SOCKET_HANDSHAKE"],
      ["a key of 17 bytes", handshake("/echo").replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZXg="), 400, "E_SOCKET_HANDSHAKE"],
      [
        "a key that is not base64",
        handshake("/echo").replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub2!jZQ=="),
        400,
        "E_SOCKET_HANDSHAKE",
      ],
      ["two keys", handshake("/echo", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]), 400],
      ["a body", `${handshake("/echo", ["Content-Length: 2"])}ab`, 400, "E_SOCKET_HANDSHAKE"],
      ["HTTP/1.0", handshake("/echo").replace("HTTP/1.1", "HTTP/1.0"), 400, "E_SOCKET_HANDSHAKE"],
      ["POST", handshake("/echo").replace("GET", "POST"), 405],
      ["an unknown path", handshake("/nothing"), 404],
      ["an unknown host", handshake("/echo").replace("127.0.0.1", "foreign.test"), 400],
    ];
    it("rejects what is not a handshake, and continues with other requests", async () => {
      await serving(engine, [echo()], async ({ port, url }) => {
        for (const [title, request, status, code] of refusals) {
          const client = new WireClient(port);
          client.socket.write(request);
          const head = await client.head();
          assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), title);
          if (code !== undefined) await until(() => client.received.includes(code), `${code} for ${title}`);
          if (status === 426) assert.match(head, /\r\nupgrade: websocket\r\n/i, title);
          if (/version/.test(title)) assert.match(head, /\r\nsec-websocket-version: 13\r\n/, title);
          client.socket.destroy();
        }
        assert.equal((await fetch(`${url}/echo`)).status, 426);
      });
    });

    it("answers an upgrade for a route without sockets as a plain request", async () => {
      await serving(engine, [get("/page", () => "page")], async ({ port }) => {
        const client = new WireClient(port);
        assert.match(await client.open("/page"), /^HTTP\/1\.1 200 /);
        client.socket.destroy();
      });
    });

    it("runs guards and checks the query before it opens", async () => {
      const routes = [
        socket("/closed", { guard: () => false }, {}),
        socket(
          "/missing",
          {
            guard: () => {
              throw notFound();
            },
          },
          {},
        ),
        socket(
          "/query",
          { query: z.object({ page: z.coerce.number() }) },
          { open: (connection) => connection.sendJson(connection.context.query) },
        ),
      ];
      await serving(engine, routes, async (server) => {
        const statuses = async (path: string): Promise<number | undefined> => (await new SocketClient(server, path).opened()).status;
        assert.equal(await statuses("/closed"), 403);
        assert.equal(await statuses("/missing"), 404);
        assert.equal(await statuses("/query?page=x"), 400);
        assert.deepEqual(await new SocketClient(server, "/query?page=3").received(1), ['{"page":3}']);
      });
    });

    it("gives messages to the schema, and closes with 1003, 1007 or 1008", async () => {
      const sums = socket(
        "/sums",
        { message: z.object({ add: z.number() }) },
        { message: (connection, { add }) => connection.sendJson(add + 1) },
      );
      await serving(engine, [sums], async (server) => {
        const send = async (data: string | Uint8Array): Promise<number | string> => {
          const client = await new SocketClient(server, "/sums").opened();
          client.socket.send(data);
          await until(() => client.messages.length === 1 || client.end !== undefined, "an answer");
          client.socket.terminate();
          return client.messages[0] ?? client.end!.code;
        };
        assert.equal(await send('{"add":1}'), "2");
        assert.equal(await send('{"add":'), 1007);
        assert.equal(await send(""), 1007);
        assert.equal(await send(`${"[".repeat(65)}${"]".repeat(65)}`), 1007);
        assert.equal(await send('{"__proto__":1}'), 1007);
        assert.equal(await send('{"add":"1"}'), 1008);
        assert.equal(await send(new TextEncoder().encode('{"add":1}')), 1003);
      });
    });

    it("closes with 1008 at a message that nobody takes, and with 1011 when a handler fails", async () => {
      const fails = (): never => {
        throw new Error("broken");
      };
      const routes = [socket("/deaf", {}), socket("/open", { open: fails }), socket("/message", { message: async () => fails() })];
      await serving(engine, routes, async (server) => {
        for (const [path, code] of [
          ["/deaf", 1008],
          ["/open", 1011],
          ["/message", 1011],
        ] as const) {
          const client = await new SocketClient(server, path).opened();
          if (client.end === undefined) client.socket.send("x");
          assert.equal(await client.closed(), code, path);
        }
      });
    });

    it("closes with 1011 whatever a handler throws, and goes on serving", async () => {
      const throws = (index: string): never => {
        throw thrownValues[Number(index)]![1]();
      };
      const routes = [
        socket("/open/:index", { open: ({ params }) => throws(params.index) }),
        socket("/message/:index", { message: async ({ params }) => throws(params.index) }),
        get("/events/:index", ({ params, reply }) =>
          reply.events(
            (async function* () {
              yield { data: "first" };
              throws(params.index);
            })(),
          ),
        ),
        get("/ok", () => "ok"),
      ];
      await serving(engine, routes, async (server) => {
        for (const [index, [name]] of thrownValues.entries()) {
          for (const path of [`/open/${index}`, `/message/${index}`]) {
            const client = await new SocketClient(server, path).opened();
            if (client.end === undefined) client.socket.send("x");
            assert.equal(await client.closed(), 1011, `${path}: ${name}`);
          }
          await assert.rejects(fetch(`http://127.0.0.1:${server.port}/events/${index}`).then((reply) => reply.text()));
        }
        assert.equal(await (await fetch(`http://127.0.0.1:${server.port}/ok`)).text(), "ok");
      });
    });

    it("chooses the client's first protocol that the route speaks", async () => {
      await serving(engine, [socket("/p", { protocols: ["b", "c"] }, { open: (each) => each.send(each.protocol) })], async (server) => {
        assert.deepEqual(await new SocketClient(server, "/p", { protocols: ["a", "c", "b"] }).received(1), ["c"]);
        // `ws` and browsers end a socket whose server speaks none of their protocols.
        assert.equal(await new SocketClient(server, "/p", { protocols: ["a"] }).closed(), 1006);
      });
    });

    it("closes with 1013 when a client reads too slowly, and sends nothing more", async () => {
      let isOver = false;
      const flood = socket("/flood", {
        open: async (connection) => {
          const text = "x".repeat(65_536);
          for (let count = 0; count < 2_000 && connection.isOpen; count++) {
            connection.send(text);
            if (count % 16 === 0) await wait(1);
          }
          isOver = !connection.isOpen;
          assert.ok(connection.queuedBytes < 2 * 1_048_576);
        },
      });
      await serving(engine, [flood], async ({ port }) => {
        const client = new WireClient(port);
        await client.open("/flood");
        client.socket.pause();
        await until(() => isOver, "the close");
        client.socket.resume();
        await until(() => client.isClosed || closeCodeOf(readFrames(client.received)) !== undefined, "the close frame");
        assert.equal(closeCodeOf(readFrames(client.received)), 1013);
        client.socket.destroy();
      });
    });

    it("pings a client, and ends one that is silent", async () => {
      const options = { live: { times: { tickMs: 10, pingMs: 30, deadMs: 300, spreadMs: 0 } } };
      const ends: number[] = [];
      const route = socket("/echo", { close: (_connection, { code }) => void ends.push(code) });
      const run = async (server: Parameters<Parameters<typeof serving>[2]>[0]): Promise<void> => {
        const lively = await new SocketClient(server, "/echo").opened();
        const silent = new WireClient(server.port);
        await silent.open("/echo");
        await until(() => ends.length === 1, "the end of the silent client");
        assert.ok(readFrames(silent.received).some(({ opcode }) => opcode === 9));
        assert.deepEqual(ends, [1006]);
        assert.equal(lively.socket.readyState, WebSocket.OPEN);
      };
      await serving(engine, [route], run, options);
    });

    it("closes with 1012 when the application stops", async () => {
      let client: SocketClient | undefined;
      let isAborted = false;
      const route = socket("/echo", { open: ({ signal }) => signal.addEventListener("abort", () => (isAborted = true)) });
      await serving(engine, [route], async (server) => {
        client = await new SocketClient(server, "/echo").opened();
        await wait(20);
      });
      assert.equal(await client!.closed(), 1012);
      assert.equal(isAborted, true);
    });

    it("ends a client that does not answer, when the grace time is over", async () => {
      const client: WireClient[] = [];
      await serving(engine, [echo()], async ({ port }) => {
        client.push(new WireClient(port));
        await client[0]!.open("/echo");
      });
      await until(() => client[0]!.isClosed, "the end of the connection");
    });

    it("answers 503 to a socket that comes while the application stops", async () => {
      await serving(engine, [echo()], async (server, app) => {
        app.drain();
        const client = await new SocketClient(server, "/echo").opened();
        assert.deepEqual([client.status, client.headers["retry-after"]], [503, "1"]);
      });
    });
  });

describe("socket()", () => {
  it("has the prefix, the guards and the middleware of its group", async () => {
    const named = middleware<{ team: string }>((_context, next) => next({ team: "blue" }));
    const teams = group("/teams/:team(int)", { use: [named] });
    teams.socket("/chat/:room", {
      open: ({ params, context }) => assert.deepEqual([params.team, params.room, context.team], [3, "a", "blue"]),
    });
    await serving("gable", [teams, group("/closed", [socket("/x", {})], { guard: () => false })], async (server) => {
      const client = await new SocketClient(server, "/teams/3/chat/a").opened();
      client.socket.close();
      assert.equal(await client.closed(), 1005);
      assert.equal((await new SocketClient(server, "/closed/x").opened()).status, 403);
    });
  });

  it("is a route: it has a URL, is listed, and collides with another GET", () => {
    const chat = socket("/chat/:room", { name: "chat" }, {});
    assert.deepEqual(
      gable({ mode: "test", routes: [chat] }).routes.map(({ method, name }) => [method, name]),
      [["GET", "chat"]],
    );
    assert.equal(chat.url({ room: "a b" }), "/chat/a%20b");
    assert.throws(() => gable({ mode: "test", routes: [socket("/a", {}), get("/a", () => "")] }), { code: "E_ROUTE_DUPLICATE" });
  });

  it("can be added with app.socket()", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    app.socket("/late", {});
    assert.equal((await app.request("/late")).status, 426);
    assert.throws(() => app.socket("/later", {}), { code: "E_APP_STARTED" });
    await app.close();
  });

  it("answers 501 in memory, where there is no connection", async () => {
    const app = gable({ mode: "test", logger: silentLogger, routes: [echo()] });
    const headers = {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const reply = await app.request("/echo", { headers });
    assert.equal(reply.status, 501);
    assert.match(await reply.text(), /E_SOCKET_UNSUPPORTED/);
    await app.close();
  });

  it("refuses close codes and reasons that no server may send", async () => {
    const failures: unknown[] = [];
    const route = socket("/x", {
      open: (connection) => {
        for (const [code, reason] of [
          [1002, ""],
          [1005, ""],
          [1006, ""],
          [1015, ""],
          [2999, ""],
          [5000, ""],
          [1000.5, ""],
          [1000, "\u00e4".repeat(62)],
        ] as const)
          try {
            connection.close(code, reason);
          } catch (error) {
            assert.equal((error as { code?: string }).code, "E_SOCKET_CLOSE");
            failures.push((error as Error).message);
          }
        connection.close(1000, `${"\u00e4".repeat(61)}a`);
      },
    });
    await serving("gable", [route], async (server) => {
      const client = new SocketClient(server, "/x");
      assert.equal(await client.closed(), 1000);
      assert.equal(client.end!.reason, `${"\u00e4".repeat(61)}a`);
    });
    assert.equal(failures.length, 8);
    assert.equal(failures[0], "A WebSocket cannot be closed with the code 1002.");
    assert.equal(failures[7], "The reason for closing a WebSocket has 124 bytes; at most 123 are sent.");
  });

  const form = { a: f.text() };
  for (const [title, args, message] of [
    ["a missing pattern", [undefined, {}], 'socket(): option "pattern" is undefined'],
    ["an unknown handler", ["/x", { opened: () => undefined }], 'socket("/x") handlers has no option "opened"'],
    ["a handler that is not a function", ["/x", { open: 1 }], 'socket("/x") handlers: option "open" is 1'],
    ["an unknown option", ["/x", { form }, {}], 'socket("/x") has no option "form"'],
    ["a schema that is none", ["/x", { message: form }, {}], 'socket("/x"): option "message" is '],
    ["protocols that are not tokens", ["/x", { protocols: ["a b"] }, {}], 'socket("/x"): option "protocols" is '],
    ["handlers that are a function", ["/x", {}, () => undefined], 'socket("/x"): option "handlers" is '],
  ] as const)
    it(`refuses ${title}`, () =>
      assert.throws(
        () => (socket as (...values: readonly unknown[]) => unknown)(...args),
        (error: Error) => error.message.startsWith(message) || assert.fail(error.message),
      ));
});
