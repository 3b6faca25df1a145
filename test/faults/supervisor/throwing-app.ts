/** An application in which every place that can throw does so, for the tests of exceptions. */
import { setTimeout as wait } from "node:timers/promises";
import { definePart, gable, get, middleware, post, stream } from "gable";
import "./deploy.ts";

async function* failing(): AsyncGenerator<string> {
  yield "part";
  await wait(1);
  throw new Error("inside a stream");
}

function fail(where: string): never {
  throw new Error(where);
}

const before = middleware(() => fail("middleware before the handler"));
const after = middleware(async (_context, next) => {
  await next();
  return fail("middleware after the handler");
});

/** Fails in the hooks that parts have for requests. */
const failingPart = definePart({
  name: "failing",
  start: () => ({
    early: ({ path }: { path: string }) => (path === "/throw-early" ? fail("early() of a part") : undefined),
    around: <Result>({ path }: { path: string }, work: () => Result): Result =>
      path === "/throw-around" ? fail("around() of a part") : work(),
    health: () => fail("health() of a part"),
  }),
  properties: { broken: () => fail("a property of the context") },
});

export default gable({
  mode: "test",
  parts: [failingPart],
  health: { checks: { failing: () => fail("a health check") } },
  onError: ({ context }) => (context?.path === "/throw-on-error" ? fail("onError") : undefined),
  routes: [
    get("/echo/:nonce", ({ params }) => params.nonce),
    post("/echo", async ({ request }) => await request.text()),
    get("/throw", () => {
      throw new Error("at once");
    }),
    get("/throw-later", async () => {
      await wait(1);
      throw new Error("later");
    }),
    get("/throw-guard", { guard: () => fail("guard") }, () => "not reached"),
    get("/throw-middleware", { use: [before] }, () => "not reached"),
    get("/throw-middleware-after", { use: [after] }, () => "lost"),
    get("/throw-before-reply", ({ beforeReply }) => {
      beforeReply(() => fail("beforeReply"));
      return "lost";
    }),
    get("/throw-on-error", () => fail("a handler, and onError after it")),
    get("/throw-result", () => ({ toJSON: () => fail("toJSON() of a result") })),
    get(
      "/throw-rate",
      { limits: { rate: { requestsMax: 5, windowSeconds: 60, by: () => fail("the key of a rate limit") } } },
      () => "not reached",
    ),
    get("/throw-property", (context) => String(Reflect.get(context, "broken"))),
    get("/throw-early", () => "not reached"),
    get("/throw-around", () => "not reached"),
    get("/throw-value", () => {
      // oxlint-disable-next-line typescript/only-throw-error -- programs throw such values
      throw null;
    }),
    get("/throw-inside", () => stream(failing())),
    get("/throw-after", ({ afterReply }) => {
      afterReply(() => {
        throw new Error("after the reply");
      });
      return "answered";
    }),
  ],
});
