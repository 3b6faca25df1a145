/** Values that JavaScript may give to a reply, a middleware or a limit: refused with a fix, and never sent as something else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, middleware, stream } from "gable";
import { createCache, memoryCache } from "gable/cache";
import { field as f } from "gable/forms";
import { serve } from "gable/server";
import { task } from "gable/tasks";
import { describeValue } from "../../src/errors/option-errors.ts";
import { toEventText } from "../../src/http/event-stream.ts";
import { silentLogger } from "../silent-logger.ts";

const bytes = new Uint8Array([65, 66, 67, 68]);
const pieces: ReadonlyArray<readonly [piece: unknown, text: string | undefined]> = [
  ["text ü", "text ü"],
  [bytes, "ABCD"],
  [bytes.buffer, "ABCD"],
  [new Uint16Array(bytes.buffer), "ABCD"],
  [new DataView(bytes.buffer, 1, 2), "BC"],
  [5, undefined],
  [null, undefined],
  [undefined, undefined],
  [[65, 66], undefined],
  [{ a: 1 }, undefined],
  [true, undefined],
];

describe("a piece of a stream", () => {
  for (const engine of ["gable", "node", "memory"] as const)
    for (const [piece, text] of pieces)
      it(`${describeValue(piece)} on ${engine} ${text === undefined ? "is refused" : "is sent whole"}`, async () => {
        const errors: unknown[] = [];
        const app = gable({
          mode: "test",
          logger: silentLogger,
          routes: [
            get("/", () =>
              stream(
                (async function* () {
                  yield "begin ";
                  yield piece as string;
                  yield " end";
                })(),
              ),
            ),
          ],
        });
        await app.start();
        const onError = (error: unknown): void => void errors.push(error);
        const server = engine === "memory" ? undefined : await serve(app.listener, { port: 0, engine, onError });
        try {
          const read = async (): Promise<string> =>
            (server === undefined ? await app.request("/") : await fetch(`http://localhost:${server.port}/`)).text();
          if (text === undefined) {
            await assert.rejects(read());
            if (engine !== "memory") assert.match(String((errors[0] as { code?: string } | undefined)?.code), /^E_ROUTE_RESULT$/);
          } else assert.equal(await read(), `begin ${text} end`);
        } finally {
          await server?.stop();
          await app.close();
        }
      });
});

describe("next()", () => {
  const refused = [new Error("not allowed"), 5, [1], null, "text", JSON.parse('{"__proto__":{"x":1}}')];
  for (const added of refused)
    it(`refuses ${describeValue(added)} instead of going on`, async () => {
      let isReached = false;
      const wrong = middleware((_context, next) => (next as (added: unknown) => ReturnType<typeof next>)(added)); // What JavaScript may pass.
      const app = gable({
        mode: "test",
        logger: silentLogger,
        routes: [
          get("/", { use: [wrong] }, () => {
            isReached = true;
            return "secret";
          }),
        ],
      });
      const reply = await app.request("/");
      assert.deepEqual([reply.status, isReached], [500, false]);
      await app.close();
    });
});

describe("rateLimits", () => {
  const rate = { requestsMax: 1, windowSeconds: 60 };
  const calls: ReadonlyArray<readonly [key: unknown, given: unknown, code: string]> = [
    [{ id: 1 }, rate, "E_OPTION_INVALID"],
    [null, rate, "E_OPTION_INVALID"],
    [1, rate, "E_OPTION_INVALID"],
    [["a", "b"], rate, "E_OPTION_INVALID"],
    ["\ud800", rate, "E_OPTION_INVALID"],
    ["key", undefined, "E_OPTION_INVALID"],
    ["key", { ...rate, by: "ip" }, "E_OPTION_UNKNOWN"],
    ["key", { requestsMax: 1 }, "E_OPTION_INVALID"],
  ];
  for (const [key, given, code] of calls)
    it(`refuse the key ${describeValue(key)} with ${JSON.stringify(given)}`, async () => {
      const app = gable({
        mode: "test",
        logger: silentLogger,
        routes: [
          get("/", async ({ rateLimits }) => {
            const codes: unknown[] = [];
            const note = (error: { code?: string }): unknown => codes.push(error.code);
            await rateLimits.take(key as never, given as never).catch(note); // What JavaScript may pass.
            if (given === rate) await rateLimits.reset(key as never).catch(note);
            return codes;
          }),
        ],
      });
      assert.deepEqual(await (await app.request("/")).json(), given === rate ? [code, code] : [code]);
      await app.close();
    });
});

describe("a server-sent event", () => {
  for (const event of ["hello", 5, [1, 2], {}, null, undefined, { name: "tick", payload: 1 }])
    it(`refuses ${JSON.stringify(event) ?? "undefined"}, which clients would not see`, () => {
      assert.throws(() => toEventText(event as never), { code: "E_EVENT_INVALID" }); // What JavaScript may give.
    });

  it("may have an id alone", () => {
    assert.equal(toEventText({ id: "5", data: undefined }), "id: 5\n\n");
  });
});

describe("options", () => {
  it("of cache.increment() are required", async () => {
    await assert.rejects(createCache({ store: memoryCache() }).increment("hits", undefined as never), { code: "E_OPTION_INVALID" }); // What JavaScript may pass.
  });

  for (const field of [5, null, "int"])
    it(`refuse ${JSON.stringify(field)} as a field of a task`, () => {
      assert.throws(() => task("x", { input: { a: field as never, b: f.int() } }, () => undefined), {
        code: "E_OPTION_INVALID",
        message: /input\.a/,
      }); // As above.
    });
});
