/** Parts: order, start and stop, and what they add to requests. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { definePart, gable, get, middleware } from "gable";
import type { AnyPart, PartHooks, PartHost } from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../test/silent-logger.ts";

/** A part that notes what happens to it. */
function noting(events: string[], name: string, needs: readonly AnyPart[] = [], hooks: PartHooks = {}): AnyPart {
  return definePart({
    name,
    needs,
    start: (): PartHooks => {
      events.push(`start ${name}`);
      return { stop: () => void events.push(`stop ${name}`), ...hooks };
    },
  });
}

const create = (parts: readonly AnyPart[], more: object = {}): ReturnType<typeof gable> =>
  gable({ mode: "test", logger: silentLogger, parts, ...more });

describe("parts of gable()", () => {
  it("start in the order of their needs, and stop in reverse", async () => {
    const events: string[] = [];
    const store = noting(events, "store");
    const mail = noting(events, "mail", [store]);
    const accounts = noting(events, "accounts", [mail, store]);
    const app = create([accounts, mail]);
    await app.start();
    await app.close();
    assert.deepEqual(events, ["start store", "start mail", "start accounts", "stop accounts", "stop mail", "stop store"]);
  });

  it("start once, however many callers wait", async () => {
    const events: string[] = [];
    const app = create([noting(events, "store")], { routes: [get("/", () => "ok")] });
    await Promise.all([app.start(), app.start(), app.request("/"), app.request("/")]);
    await Promise.all([app.close(), app.close()]);
    assert.deepEqual(events, ["start store", "stop store"]);
    await app.request("/");
    await app.close();
    assert.deepEqual(events, ["start store", "stop store", "start store", "stop store"]);
  });

  it("stop again when a later one cannot start, and can be started again", async () => {
    const events: string[] = [];
    let isBroken = true;
    const cause = new Error("the port is closed");
    const late = definePart({
      name: "late",
      start: async () => {
        if (isBroken) throw cause;
        return {};
      },
    });
    const app = create([noting(events, "one"), noting(events, "two"), late]);
    await assert.rejects(app.start(), { code: "E_PART_START", message: 'The part "late" cannot start: the port is closed', cause });
    assert.deepEqual(events, ["start one", "start two", "stop two", "stop one"]);
    assert.throws(() => app.part(late), { code: "E_PART_MISSING", message: 'The part "late" is not running in this application.' });
    isBroken = false;
    await app.start();
    assert.deepEqual(app.part(late), {});
    await app.close();
  });

  it("all stop, also when one of them fails", async () => {
    const events: string[] = [];
    const broken = noting(events, "broken", [], {
      stop: () => {
        throw new Error("it hangs");
      },
    });
    const app = create([noting(events, "first"), broken, noting(events, "last")]);
    await app.start();
    await assert.rejects(app.close(), { code: "E_PART_STOP", message: 'These parts failed to stop: "broken": it hangs' });
    assert.deepEqual(events.slice(3), ["stop last", "stop first"]);
    await app.start();
    await assert.rejects(app.close(), { code: "E_PART_STOP" });
  });

  it("close() during a start waits for it, start() during a stop comes after it", async () => {
    const events: string[] = [];
    const slow = definePart({
      name: "slow",
      start: async () => {
        await Promise.resolve();
        events.push("start");
        return {
          stop: async () => {
            await Promise.resolve();
            events.push("stop");
          },
        };
      },
    });
    const app = create([slow]);
    const starting = app.start();
    await app.close();
    await starting;
    assert.deepEqual(events, ["start", "stop"]);
    await app.start();
    const closing = app.close();
    await Promise.resolve();
    await app.start();
    await closing;
    assert.deepEqual(events, ["start", "stop", "start", "stop", "start"]);
    await app.close();
  });

  it("have unique names, known needs and no circles", () => {
    const events: string[] = [];
    const [one, two] = [noting(events, "cache"), noting(events, "cache")];
    assert.throws(
      () => create([one, two]),
      (error: Error & { code: string }) => {
        assert.equal(error.code, "E_PART_DUPLICATE");
        assert.match(error.message, /^Two parts are named "cache": .*parts\.test\.ts:\d+ and .*parts\.test\.ts:\d+\.$/);
        return true;
      },
    );
    assert.throws(() => create([noting(events, "views")], { views: "views" }), { code: "E_PART_DUPLICATE" });
    const needs: AnyPart[] = [];
    const first = noting(events, "first", needs);
    needs.push(noting(events, "second", [first]));
    assert.throws(() => create([first]), { code: "E_PART_NEEDS", message: "Parts need each other in a circle: first -> second -> first." });
    for (const name of ["", "Cache", "1st", "a b"]) assert.throws(() => create([noting(events, name)]), { code: "E_PART_INVALID" });
    // @ts-expect-error A part has a name and start().
    assert.throws(() => gable({ parts: [{}] }), { code: "E_PART_INVALID" });
    // @ts-expect-error The option is a list.
    assert.throws(() => gable({ parts: one }), { code: "E_OPTION_INVALID" });
    assert.doesNotThrow(() => create([one, one]));
  });

  it("may ask only for the parts that they need", async () => {
    const store = definePart({ name: "store", start: () => ({ rows: 3 }) });
    const good = definePart({ name: "good", needs: [store], start: (host) => ({ count: host.part(store).rows }) });
    const app = create([good]);
    await app.start();
    assert.equal(app.part(good).count, 3);
    await app.close();
    const bad = definePart({ name: "bad", start: (host) => ({ count: host.part(store).rows }) });
    await assert.rejects(create([store, bad]).start(), {
      code: "E_PART_NEEDS",
      message: 'The part "bad" asks for "store", which is not in its needs.',
    });
    // @ts-expect-error start() gives an object.
    const empty = definePart({ name: "empty", start: () => undefined });
    await assert.rejects(create([empty]).start(), { code: "E_PART_START" });
  });

  it("run the hook started() after all have started, but not after a failed start", async () => {
    const log: string[] = [];
    const telling = (name: string): PartHooks => ({ started: () => void log.push(`${name} runs started()`) });
    let fails = true;
    const last = definePart({
      name: "last",
      start: () => {
        log.push("last starts");
        if (fails) throw new Error("not yet");
        return telling("last");
      },
    });
    const app = create([noting([], "first", [], telling("first")), last]);
    await assert.rejects(app.start(), { code: "E_PART_START" });
    fails = false;
    await app.start();
    await app.close();
    assert.deepEqual(log, ["last starts", "last starts", "first runs started()", "last runs started()"]);
  });

  it("are entered by requests and by other work, the first outermost", async () => {
    const entered: string[] = [];
    const entering = (name: string): PartHooks => ({
      enter: (work) => {
        entered.push(name);
        return work();
      },
    });
    let host: PartHost | undefined;
    const last = definePart({
      name: "last",
      start: (given) => {
        host = given;
        return {};
      },
    });
    const app = create([noting([], "outer", [], entering("outer")), noting([], "inner", [], entering("inner")), last], {
      routes: [get("/", () => "page")],
    });
    await app.start();
    assert.equal(await (await app.request("/")).text(), "page");
    assert.equal(
      host!.enter(() => 7),
      7,
    );
    assert.deepEqual(entered, ["outer", "inner", "outer", "inner"]);
    await app.close();
    assert.equal(
      host!.enter(() => 8),
      8,
    );
    assert.equal(entered.length, 4);
  });

  it("run around requests, the first outermost, and answer before hosts are checked", async () => {
    const events: string[] = [];
    const around = (name: string): PartHooks => ({
      around: async (request, work) => {
        events.push(`${name} before ${request.path}`);
        const reply = await work();
        events.push(`${name} after ${reply.status}`);
        return reply;
      },
    });
    const app = create([noting([], "outer", [], around("outer")), noting([], "inner", [], around("inner"))], {
      routes: [get("/", () => "ok")],
    });
    assert.equal((await app.request("/")).status, 200);
    assert.deepEqual(events, ["outer before /", "inner before /", "inner after 200", "outer after 200"]);
    await app.close();
  });

  it("add routes, properties and health checks, each with the instance of its application", async () => {
    class Meter {
      count = 0;
      health = (): boolean => this.count < 3;
    }
    let reads = 0;
    const meter = definePart({
      name: "meter",
      properties: {
        meter: (_context, instance: Meter) => {
          reads++;
          return instance;
        },
      },
      routes: (instance: () => Meter) => [get("/count", () => ({ count: instance().count }))],
      start: () => new Meter(),
    });
    const createApp = (): ReturnType<typeof gable> =>
      create([meter], {
        routes: [
          get("/hit", (context) => {
            const { meter: first } = context as never as { meter: Meter };
            first.count++;
            return { isSame: (context as never as { meter: Meter }).meter === first };
          }),
        ],
      });
    const [one, other] = [createApp(), createApp()];
    assert.deepEqual(await (await one.request("/hit")).json(), { isSame: true });
    assert.equal(reads, 1);
    await one.request("/hit");
    assert.deepEqual(await (await one.request("/count")).json(), { count: 2 });
    assert.deepEqual(await (await other.request("/count")).json(), { count: 0 });
    assert.equal((await one.request("/ready")).status, 200);
    await other.start();
    other.part(meter).count = 3;
    const unready = await other.request("/ready");
    assert.deepEqual([unready.status, await unready.text()], [503, "not ready: meter\n"]);
    await Promise.all([one.close(), other.close()]);
  });

  it("cannot take a property of the context or of another part, nor can a middleware", async () => {
    const withProperty = (name: string, property: string): AnyPart =>
      definePart({ name, properties: { [property]: () => 1 }, start: () => ({}) });
    for (const property of ["params", "cookies", "raw", "beforeReply"]) {
      assert.throws(() => create([withProperty("mine", property)]), { code: "E_PART_PROPERTY" });
    }
    assert.throws(
      () => create([withProperty("one", "team"), withProperty("two", "team")]),
      (error: Error) => {
        assert.match(error.message, /^The part "two" \(.*:\d+\) cannot add context\.team: the part "one" \(.*:\d+\) has it already\.$/);
        return true;
      },
    );
    for (const property of ["team", "query", "session"]) {
      const use = [middleware((_context, next) => (next as never as (added: object) => Promise<object>)({ [property]: 1 }))];
      const client = createTestClient(create([withProperty("one", "team")], { routes: [get("/", { use }, () => "ok")] }));
      await assert.rejects(client.get("/"), {
        code: "E_PART_PROPERTY",
        message: `A middleware of GET "/" cannot add context.${property}: the context has it already.`,
      });
      await client.close();
    }
  });

  it("hear about a stop before the server waits for requests", async () => {
    const events: string[] = [];
    const app = create([
      noting(events, "lamp", [], {
        drain: () => void events.push("drain lamp"),
        stop: async () => void events.push("stop lamp"),
      }),
    ]);
    const running = await app.listen({ port: 0, quiet: true, signals: false });
    await running.stop();
    assert.deepEqual(events, ["start lamp", "drain lamp", "stop lamp"]);
  });
});
