/** Work before and after replies: in memory, and over each engine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as sendRequest } from "node:http";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Context, GableOptions, RouteOptions } from "gable";
import { gable, get, html, middleware, post, stream } from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../test/silent-logger.ts";

const create = (options: GableOptions): ReturnType<typeof gable> => gable({ mode: "test", logger: silentLogger, ...options });
const anySchema: NonNullable<RouteOptions["form"]> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};

/** Waits until a condition holds. Fails after five seconds. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; !isTrue(); turn++) {
    assert.ok(turn < 500, "it never happened");
    await delay(10);
  }
}

describe("context.beforeReply()", () => {
  it("runs hooks after the body is rendered, the last one first, with the status at hand", async () => {
    const events: string[] = [];
    const app = create({
      routes: [
        get("/", ({ beforeReply, reply, cookies }) => {
          beforeReply(({ status }) => {
            events.push(`first ${status}`);
            cookies.set("a", "1");
          });
          beforeReply(async () => {
            await Promise.resolve();
            events.push("second");
            reply.headers.set("x-hook", "yes");
          });
          reply.status = 201;
          return html`<p>${(events.push("rendered"), "ok")}</p>`;
        }),
      ],
    });
    const reply = await app.request("/");
    assert.deepEqual(events, ["rendered", "second", "first 201"]);
    assert.deepEqual([reply.status, reply.headers.get("x-hook"), reply.headers.get("cache-control")], [201, "yes", "no-store"]);
    assert.match(reply.headers.getSetCookie()[0]!, /^a=1;/);
  });

  it("runs before a 304 is decided, once for a reply that becomes an error", async () => {
    const statuses: number[] = [];
    const count = ({ beforeReply }: Pick<Context, "beforeReply">): void => beforeReply(({ status }) => void statuses.push(status));
    const app = create({
      routes: [
        get("/tagged", { cache: { etag: true } }, (context) => {
          count(context);
          return { a: 1 };
        }),
        get("/fails", (context) => {
          count(context);
          throw new Error("no");
        }),
      ],
    });
    const { headers } = await app.request("/tagged");
    assert.equal((await app.request("/tagged", { headers: { "if-none-match": headers.get("etag")! } })).status, 304);
    assert.equal((await app.request("/fails")).status, 500);
    assert.deepEqual(statuses, [200, 200, 500]);
  });

  it("answers with an error when a hook fails, without the cookies that hooks have set", async () => {
    const statuses: number[] = [];
    const app = create({
      routes: [
        get("/", ({ beforeReply, cookies }) => {
          cookies.set("kept", "1");
          beforeReply(() => {
            throw new Error("the store is down");
          });
          beforeReply(({ status }) => {
            statuses.push(status);
            cookies.set("dropped", "1");
          });
          return "ok";
        }),
      ],
    });
    const reply = await app.request("/");
    assert.equal(reply.status, 500);
    assert.deepEqual(
      reply.headers.getSetCookie().map((line) => line.split("=")[0]),
      ["kept"],
    );
    assert.deepEqual(statuses, [200]);
  });

  it("refuses hooks and cookies after the head is made", async () => {
    const failures: unknown[] = [];
    const note = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        failures.push((error as { code?: string }).code);
      }
    };
    const app = create({
      routes: [
        get("/stream", ({ beforeReply, cookies }) => {
          async function* chunks(): AsyncGenerator<string> {
            note(() => beforeReply(() => undefined));
            note(() => cookies.set("late", "1"));
            yield "ok";
          }
          return stream(chunks());
        }),
        get("/hook", ({ beforeReply }) => {
          beforeReply(() => note(() => beforeReply(() => undefined)));
          return "ok";
        }),
      ],
    });
    assert.equal(await (await app.request("/stream")).text(), "ok");
    assert.equal((await app.request("/hook")).status, 200);
    assert.deepEqual(failures, ["E_HEAD_SENT", "E_HEAD_SENT", "E_HEAD_SENT"]);
  });
});

describe("context.afterReply()", () => {
  for (const engine of ["memory", "gable", "node"] as const) {
    it(`runs work in order after the reply is sent (${engine})`, async () => {
      const events: string[] = [];
      const app = create({
        routes: [
          get("/whole", ({ afterReply }) => {
            afterReply(async () => {
              await delay(5);
              events.push("one");
            });
            afterReply(() => void events.push("two"));
            return { events: [...events] };
          }),
          get("/none", ({ afterReply }) => {
            afterReply(() => void events.push("none"));
            return null;
          }),
          get("/stream", ({ afterReply }) => {
            async function* chunks(): AsyncGenerator<string> {
              afterReply(() => void events.push("after"));
              yield "a";
              events.push("during");
              yield "b";
            }
            return stream(chunks());
          }),
        ],
      });
      const running = engine === "memory" ? undefined : await app.listen({ port: 0, quiet: true, signals: false, engine });
      const send = (path: string): Promise<Response> => (running === undefined ? app.request(path) : fetch(running.url + path));
      assert.deepEqual(await (await send("/whole")).json(), { events: [] });
      await until(() => events.length === 2);
      assert.deepEqual(events.splice(0), ["one", "two"]);
      assert.equal((await send("/none")).status, 204);
      await until(() => events.length === 1);
      assert.equal(await (await send("/stream")).text(), "ab");
      await until(() => events.length === 3);
      assert.deepEqual(events, ["none", "during", "after"]);
      await (running?.stop() ?? app.close());
    });
  }

  for (const engine of ["gable", "node"] as const) {
    it(`runs work when the client leaves early (${engine})`, async () => {
      let isSettled = false;
      let hasBegun = false;
      const app = create({
        routes: [
          get("/", ({ afterReply, signal }) => {
            afterReply(() => void (isSettled = true));
            async function* chunks(): AsyncGenerator<string> {
              hasBegun = true;
              yield "a";
              await once(signal, "abort");
            }
            return stream(chunks());
          }),
        ],
      });
      const running = await app.listen({ port: 0, quiet: true, signals: false, engine });
      const socket = connect(running.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await until(() => hasBegun);
      socket.destroy();
      await until(() => isSettled);
      await running.stop();
    });
  }

  it("gives the work to waitUntil() of the runtime, and close() waits for it", async () => {
    let isDone = false;
    const app = create({
      routes: [
        get("/", ({ afterReply }) => {
          afterReply(async () => {
            await delay(10);
            isDone = true;
          });
          return "ok";
        }),
      ],
    });
    const works: Array<Promise<unknown>> = [];
    await app.fetch(new Request("http://localhost/"), { waitUntil: (work) => void works.push(work) });
    assert.equal(works.length, 1);
    await Promise.all(works);
    assert.equal(isDone, true);
    isDone = false;
    await app.request("/");
    assert.equal(isDone, false);
    await app.close();
    assert.equal(isDone, true);
  });

  it("logs work that fails, and goes on with the next one", async () => {
    const logged: unknown[] = [];
    const logger = {
      ...silentLogger,
      error: (_facts: unknown, message: unknown) => void logged.push(message),
      child: () => logger,
    } as GableOptions["logger"];
    let isDone = false;
    const app = create({
      ...(logger && { logger }),
      routes: [
        get("/", ({ afterReply }) => {
          afterReply(() => Promise.reject(new Error("no")));
          afterReply(() => void (isDone = true));
          return "ok";
        }),
      ],
    });
    await app.request("/");
    await app.close();
    assert.deepEqual([isDone, logged], [true, ["Work after the reply failed."]]);
  });

  it("runs work that is added after the end immediately", async () => {
    let afterReply: Context["afterReply"] | undefined;
    const app = create({
      routes: [
        get("/", (context) => {
          afterReply = context.afterReply;
          return "ok";
        }),
      ],
    });
    await app.request("/");
    let isDone = false;
    afterReply!(() => void (isDone = true));
    assert.equal(isDone, true);
    await app.close();
  });
});

describe("uploads", () => {
  const content = "x".repeat(100_000);
  const body = (): FormData => {
    const form = new FormData();
    form.append("file", new Blob([content]), "a.txt");
    return form;
  };
  const options = { form: anySchema, files: { file: { bytesMax: 200_000 } } };

  it("are readable in the error page, and gone after the reply", async () => {
    let read: unknown;
    let late: (() => Promise<Uint8Array>) | undefined;
    const fileOf = (context: unknown): { bytes(): Promise<Uint8Array> } =>
      (context as { form: { files: Map<string, { bytes(): Promise<Uint8Array> }> } }).form.files.get("file")!;
    const app = create({
      onError: async ({ context }) => {
        read = (await fileOf(context).bytes()).length;
      },
      routes: [
        post("/", options, (context) => {
          late = () => fileOf(context).bytes();
          throw new Error("no");
        }),
      ],
    });
    assert.equal((await app.request("/", { method: "POST", body: body() })).status, 500);
    assert.equal(read, content.length);
    await app.close();
    await assert.rejects(late!(), { code: "EBADF" });
  });

  it("are readable in work after the reply", async () => {
    let read = 0;
    const app = create({
      routes: [
        post("/", options, ({ afterReply, form }) => {
          afterReply(async () => {
            read = (await form.files.get("file")!.bytes()).length;
          });
          return "ok";
        }),
      ],
    });
    await app.request("/", { method: "POST", body: body() });
    await app.close();
    assert.equal(read, content.length);
  });
});

describe("next()", () => {
  it("runs the inner layers once", async () => {
    const use = [
      middleware(async (_context, next) => {
        await next();
        return next();
      }),
    ];
    const client = createTestClient(create({ routes: [get("/", { use }, () => "ok")] }));
    await assert.rejects(client.get("/"), { code: "E_NEXT_REPEATED", message: 'A middleware of GET "/" called next() twice.' });
    await client.close();
  });
});

describe("a status that the handler sets", () => {
  for (const [status, result, body] of [
    [201, null, ""],
    [202, { a: 1 }, '{"a":1}'],
    [205, { a: 1 }, ""],
  ] as const) {
    for (const engine of ["memory", "gable", "node"] as const) {
      it(`is kept: ${status} with ${JSON.stringify(result)} (${engine})`, async () => {
        const app = create({
          routes: [
            get("/", ({ reply }) => {
              reply.status = status;
              return result;
            }),
          ],
        });
        const running = engine === "memory" ? undefined : await app.listen({ port: 0, quiet: true, signals: false, engine });
        if (running === undefined) {
          const reply = await app.request("/");
          assert.deepEqual([reply.status, await reply.text()], [status, body]);
          return app.close();
        }
        const [reply] = await once(sendRequest(`${running.url}/`).end(), "response");
        let text = "";
        for await (const chunk of reply) text += chunk;
        assert.deepEqual([reply.statusCode, text, reply.headers["content-length"]], [status, body, String(body.length)]);
        await running.stop();
      });
    }
  }
});
