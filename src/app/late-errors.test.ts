import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, html, json, redirect } from "gable";
import type { GableOptions, Handler, Logger } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";

/** A line of the log with what it says of the request. */
type Facts = Readonly<Record<string, unknown>>;

/** Starts an application that keeps the errors of its log, asks for a path, and returns the first error. */
async function findLogged(handler: Handler<"/late/:id">, options: GableOptions = {}): Promise<Facts> {
  let onLine: (facts: Facts) => void = () => undefined;
  const logged = new Promise<Facts>((resolve) => (onLine = resolve));
  const logger: Logger = {
    ...silentLogger,
    error: (facts: unknown, message?: string) => onLine({ ...(facts as Facts), message }),
    child: (bindings) => ({
      ...logger,
      error: (facts: unknown, message?: string) => onLine({ ...bindings, ...(facts as Facts), message }),
    }),
  };
  const app = gable({ mode: "test", logger, routes: [get("/late/:id", handler)], ...options });
  const server = await app.listen({ port: 0, quiet: true, signals: false });
  try {
    const reply = await fetch(`${server.url}/late/7`);
    await reply.text().catch(() => undefined);
    return await logged;
  } finally {
    await server.stop({ graceMs: 0 });
  }
}

async function* failing(first: unknown = "a"): AsyncGenerator<unknown> {
  yield first;
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error("too late");
}

describe("an error after the head of a reply", () => {
  const places: ReadonlyArray<readonly [where: string, handler: Handler<"/late/:id">]> = [
    ["in a stream", () => failing()],
    ["in a stream of objects", () => failing({ a: 1 })],
    ["in events", ({ reply }) => reply.events(failing({ data: "a" }) as AsyncIterable<{ data: string }>)],
    ["in a pending value of a view", () => html`<p>${new Promise((_, reject) => setImmediate(() => reject(new Error("too late"))))}</p>`],
    [
      "in the stream of a Response",
      () => {
        let count = 0;
        const pull = (controller: ReadableStreamDefaultController): void => {
          if (++count > 4) throw new Error("too late");
          controller.enqueue(new Uint8Array(10));
        };
        return new Response(new ReadableStream({ pull }));
      },
    ],
  ];
  for (const [where, handler] of places)
    it(`is logged with its request and a fix: ${where}`, async () => {
      const { requestId, code, method, path, route, place, fix, message, error } = await findLogged(handler);
      assert.deepEqual(
        { code, method, path, route, message },
        { code: "E_INTERNAL", method: "GET", path: "/late/7", route: 'GET "/late/:id"', message: "too late" },
      );
      assert.match(String(requestId), /^[0-9a-f]{32}$/);
      assert.match(String(place), /late-errors\.test\.ts:\d+$/);
      assert.equal(fix, "Correct the code that the stack shows.");
      assert.equal((error as Error).message, "too late");
    });

  it("is logged with its request: after the reply", async () => {
    const { method, path, route, message } = await findLogged(({ afterReply }) => {
      afterReply(() => {
        throw new Error("too late");
      });
      return "x";
    });
    assert.deepEqual([method, path, route, message], ["GET", "/late/7", 'GET "/late/:id"', "Work after the reply failed."]);
  });
});

describe("a status that no reply can have", () => {
  for (const status of [0, 99, 100, 101, 199, 201.5, 600, Number.NaN, "201", null])
    it(`is an error of the route: ${String(status)}`, async () => {
      const { code, route, message } = await findLogged(({ reply }) => {
        // What JavaScript can assign.
        reply.status = status as number;
        return "x";
      });
      assert.deepEqual([code, route], ["E_OPTION_INVALID", 'GET "/late/:id"']);
      assert.match(String(message), /^context\.reply: option "status" is .+; it must be a whole number from 200 to 599\.$/);
    });

  it("is refused by json() below 200 and above 599, and by redirect() unless browsers follow it", () => {
    for (const status of [199, 600]) assert.throws(() => json({}, { status }), { code: "E_OPTION_INVALID" });
    for (const status of [200, 599]) assert.equal(json({}, { status }).status, status);
    for (const status of [200, 300, 304, 305, 306, 309, 404, "301"])
      assert.throws(() => redirect("/", { status: status as 301 }), {
        code: "E_OPTION_INVALID",
        message: `redirect(): option "status" is ${JSON.stringify(status)}; it must be 301, 302, 303, 307 or 308.`,
      });
    for (const status of [301, 302, 303, 307, 308] as const) assert.equal(redirect("/", { status }).status, status);
  });
});

describe("a function that returns nothing", () => {
  const nothing = (): never => undefined as never;
  const sources: ReadonlyArray<readonly [source: string, options: object]> = [
    ["A guard", { guard: nothing }],
    ["The second guard", { guard: [() => true, nothing] }],
    ["A middleware", { use: [nothing] }],
    ["A middleware inside another", { use: [(_: unknown, next: () => unknown) => next(), nothing] }],
    ["The handler", {}],
    ["The handler inside a middleware", { use: [(_: unknown, next: () => unknown) => next()] }],
  ];
  for (const [source, options] of sources)
    it(`is named in the message: ${source}`, async () => {
      const handler = source.startsWith("The handler") ? nothing : (): string => "x";
      const { code, message } = await findLogged(() => "", { routes: [get("/late/:id", options, handler)] });
      const named = /^(?:A guard|The second guard)/.test(source) ? "A guard" : source.split(" ", 2).join(" ");
      assert.equal(code, "E_ROUTE_RESULT");
      assert.equal(message, `${named} of GET "/late/:id" returned undefined; did it forget to return?`);
    });
});
