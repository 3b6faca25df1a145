/** /up and /ready: what they show to whom, and which route answers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Application, GableOptions } from "gable";
import { gable, get } from "gable";
import { silentLogger } from "../silent-logger.ts";

const token = "0123456789abcdef0123456789abcdef";
const bearer = { headers: { authorization: `Bearer ${token}` } };

async function withApp(options: GableOptions, work: (app: Application) => Promise<void>): Promise<void> {
  const app = gable({ mode: "production", hosts: ["shop.example"], logger: silentLogger, ...options });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

const checks = {
  disk: () => true,
  queue: () => false,
  search: () => {
    throw new Error("refused");
  },
  slow: () => wait(1_500),
};

describe("/ready", () => {
  it("shows only its status in production, and the failed checks in development", async () => {
    const read = (mode: GableOptions["mode"]): Promise<void> =>
      withApp({ mode: mode!, health: { checks: { disk: checks.disk, queue: checks.queue } } }, async (app) => {
        const reply = await app.request("/ready");
        assert.deepEqual([reply.status, await reply.text()], [503, mode === "production" ? "not ready\n" : "not ready: queue\n"]);
      });
    await read("production");
    await read("development");
  });

  it("shows each check with its time to those who have the token", () =>
    withApp({ health: { checks, token } }, async (app) => {
      const reply = await app.request("/ready", bearer);
      assert.deepEqual([reply.status, reply.headers.get("cache-control")], [503, "no-store"]);
      const { status, checks: found } = (await reply.json()) as {
        status: string;
        checks: Record<string, { ok: boolean; ms: number; reason?: string }>;
      }; // The format of the guide.
      assert.equal(status, "not ready");
      assert.deepEqual(
        Object.entries(found).map(([name, { ok, reason }]) => [name, ok, reason]),
        [
          ["disk", true, undefined],
          ["queue", false, undefined],
          ["search", false, "refused"],
          ["slow", false, "It took longer than 1000 ms."],
        ],
      );
      assert.ok(found["slow"]!.ms >= 990 && found["disk"]!.ms < 500, JSON.stringify(found));
    }));

  for (const authorization of [undefined, `Bearer ${token}x`, `Basic ${token}`])
    it(`shows only its status for ${authorization ?? "no token"}`, () =>
      withApp({ health: { checks: { queue: checks.queue }, token } }, async (app) => {
        const reply = await app.request("/ready", authorization === undefined ? {} : { headers: { authorization } });
        assert.deepEqual([reply.status, await reply.text()], [503, "not ready\n"]);
      }));

  it("is an object with the token while it is ready and while it stops", () =>
    withApp({ health: { checks: { disk: checks.disk }, token } }, async (app) => {
      const ready = await app.request("/ready", bearer);
      assert.equal(ready.status, 200);
      assert.equal(((await ready.json()) as { status: string }).status, "ready"); // As above.
      app.drain();
      const stopping = await app.request("/ready", bearer);
      assert.deepEqual([stopping.status, await stopping.json()], [503, { status: "stopping", checks: {} }]);
    }));

  it("logs once why it is not ready, until all checks pass again", async () => {
    const lines: unknown[] = [];
    const logger = { ...silentLogger, warn: (facts: unknown, message?: string) => void lines.push([facts, message]), child: () => logger };
    let isFailing = true;
    const search = (): boolean => (isFailing ? checks.search() : true) ?? false;
    await withApp({ logger, health: { checks: { search } } }, async (app) => {
      for (const state of [true, true, false, true]) {
        isFailing = state;
        await app.request("/ready");
        await wait(1_050);
      }
    });
    const line = [{ checks: { search: "refused" } }, "Not ready: search."];
    assert.deepEqual(lines, [line, line]);
  });

  it("gives way to a route of the application with the same pattern, and to no other", () =>
    withApp({ routes: [get("/up", () => "mine"), get("/:page", () => "any")], hosts: ["localhost"] }, async (app) => {
      assert.equal(await (await app.request("/up")).text(), "mine");
      assert.equal(await (await app.request("/ready")).text(), "ready\n");
    }));
});

describe("the option health.token", () => {
  for (const wrong of ["short", " ".repeat(40), 7])
    it(`refuses ${JSON.stringify(wrong)}, and does not show it`, () =>
      assert.throws(
        () => gable({ health: { token: wrong as string } }), // Wrong on purpose.
        (error: Error & { code?: string }) => error.code === "E_OPTION_INVALID" && !error.message.includes(`"${wrong}"`),
      ));
});
