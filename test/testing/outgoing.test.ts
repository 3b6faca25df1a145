/** Outgoing requests and queries of code under test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { gable, get } from "gable";
import { field as f, Model } from "gable/data";
import { assertQueries, createTestClient, fakeFetch, queries, testDatabase } from "gable/testing";

class Writer extends Model("outgoing_writers", { id: f.id(), name: f.text({ max: 20 }) }) {}
const load = async (count: number): Promise<void> => {
  for (let id = 1; id <= count; id++) await Writer.where({ id }).first();
};
const app = gable({
  mode: "test",
  models: [Writer],
  database: "sqlite::memory:",
  routes: [
    get("/rate", async () => (await fetch("https://api.example/rates/eur?at=1")).json() as Promise<object>),
    get("/loop/:count(int)", async ({ params }) => (await load(params.count), "done")),
    get("/changes", async () => {
      for (let count = 0; count < 6; count++) await Writer.create({ name: "x" });
      return "done";
    }),
  ],
});
testDatabase(app);

describe("fakeFetch()", () => {
  it("answers what it names, and keeps the requests", async () => {
    const realFetch = globalThis.fetch;
    const fake = fakeFetch({
      "https://api.example/rates/*": { eur: 1.1 },
      "POST https://api.example/orders": async (request) => new Response(`got ${await request.text()}`, { status: 201 }),
      "https://api.example/text": "plain",
      "https://api.example/gone": new Response(null, { status: 410 }),
    });
    assert.deepEqual((await createTestClient(app).get("/rate")).json(), { eur: 1.1 });
    const ordered = await fetch("https://api.example/orders", { method: "POST", body: "book" });
    assert.deepEqual([ordered.status, await ordered.text()], [201, "got book"]);
    assert.equal(await (await fetch(new URL("https://api.example/text"))).text(), "plain");
    for (let count = 0; count < 2; count++) assert.equal((await fetch(new Request("https://api.example/gone"))).status, 410);
    assert.deepEqual(
      fake.requests.map(({ method, url, body }) => [method, url, body]),
      [
        ["GET", "https://api.example/rates/eur?at=1", ""],
        ["POST", "https://api.example/orders", "book"],
        ["GET", "https://api.example/text", ""],
        ["GET", "https://api.example/gone", ""],
        ["GET", "https://api.example/gone", ""],
      ],
    );
    fake.restore();
    assert.equal(globalThis.fetch, realFetch);
  });

  /** Not AbortSignal.timeout(), whose timer does not keep the process. */
  const abortSoon = (): AbortSignal => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    return controller.signal;
  };
  const never = new Promise<string>(() => undefined);
  for (const [when, signal, name] of [
    ["before", () => AbortSignal.abort(), "AbortError"],
    ["with its own reason", () => AbortSignal.abort(new RangeError("mine")), "RangeError"],
    ["while the answer is awaited", abortSoon, "AbortError"],
  ] as const)
    it(`rejects a request that is aborted ${when}`, async () => {
      fakeFetch({ "https://api.example/text": "plain", "https://api.example/*": () => never });
      await assert.rejects(fetch("https://api.example/slow", { signal: signal() }), { name });
      assert.equal((await fetch("https://api.example/text", { signal: new AbortController().signal })).status, 200);
    });

  it("ends with its test", () => {
    assert.doesNotMatch(globalThis.fetch.toString(), /fakes/);
  });

  it("asks the newest one first", async () => {
    fakeFetch({ "https://api.example/*": "first" });
    fakeFetch({ "https://api.example/a": "second" });
    assert.equal(await (await fetch("https://api.example/a")).text(), "second");
    assert.equal(await (await fetch("https://api.example/b")).text(), "first");
  });

  it("refuses all other requests, however they are sent", async () => {
    fakeFetch({ "https://api.example/a.b": "x" });
    const expected = { code: "E_TEST_OUTGOING", fix: "It answers: https://api.example/a.b." };
    await assert.rejects(fetch("https://api.example/aXb"), { ...expected, message: /sends GET https:\/\/api\.example\/aXb, which/ });
    await assert.rejects(fetch("https://other.example/"), expected);
    await assert.rejects(createTestClient(app).get("/rate"), expected);
    await assert.rejects(once(httpGet("http://other.example/x"), "response"), { ...expected, message: /GET http:\/\/other\.example\/x/ });
    await assert.rejects(once(httpsGet("https://other.example/x"), "response"), expected);
    await assert.rejects(once(connect(80, "192.0.2.1"), "connect"), { ...expected, message: /a connection to 192\.0\.2\.1/ });
  });

  it("lets requests to loopback through", async () => {
    fakeFetch({});
    const client = createTestClient(app, { transport: "socket" });
    assert.equal((await client.get("/loop/1")).body, "done");
    await client.close();
  });

  it("refuses an address that is none", () => {
    assert.throws(() => fakeFetch({ "/rates": "x" }), { code: "E_TEST_OUTGOING", message: /"\/rates" is not an address/ });
  });
});

describe("queries of a request", () => {
  const client = createTestClient(app);

  it("may repeat four times, and not five times, with the line", async () => {
    assert.equal((await client.get("/loop/4")).status, 200);
    await assert.rejects(client.get("/loop/5"), {
      code: "E_TEST_QUERIES",
      message: /^GET \/loop\/5 sends 5 queries that differ only in their values \(test\/testing\/outgoing\.test\.ts:\d+\): SELECT /,
    });
    assert.equal((await createTestClient(app, { nPlusOne: "allow" }).get("/loop/9")).status, 200);
  });

  it("may change rows in a loop", async () => {
    assert.equal((await client.get("/changes")).status, 200);
  });

  it("are listed with their lines", async () => {
    const [first] = await queries(() => load(1));
    assert.match(first!.sql, /^SELECT/);
    assert.match(first!.place ?? "", /^test\/testing\/outgoing\.test\.ts:\d+$/);
    await assert.rejects(
      assertQueries(1, () => load(2)),
      /2 statements instead of 1:\nSELECT .* \(test\/testing\/outgoing\.test\.ts:\d+\)/,
    );
  });
});
