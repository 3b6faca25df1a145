/** Whole replies of routes: which of them are stored, over every store. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Application, Handler, Logger } from "gable";
import { definePart, gable, get } from "gable";
import { silentLogger } from "../../silent-logger.ts";
import type { Condition } from "./conditions.ts";
import { storedConditions, unstoredConditions } from "./conditions.ts";
import type { OpenStore } from "./stores.ts";
import { storeKinds } from "./stores.ts";

const views = mkdtempSync(join(tmpdir(), "gable-pages-"));
before(() => {
  writeFileSync(join(views, "user.html"), "<p>{{ user }}</p>");
  writeFileSync(join(views, "flash.html"), "<p>{{ flash.render() }}</p>");
  writeFileSync(join(views, "cookie.html"), '<p>{{ request.cookies.get("a") }}</p>');
  writeFileSync(join(views, "query.html"), '<a href="{{ query(page=2) }}">x</a>');
});
after(() => rmSync(views, { recursive: true }));

/** A part that gives requests a user and a tenant. */
const visitorPart = definePart({
  name: "visitor",
  properties: { user: () => "visitor", tenant: () => "tenant" },
  start: () => ({}),
});

interface Run {
  readonly path: string;
  readonly app: Application;
  readonly reasons: string[];
  readonly runs: () => number;
}

function create({ options, handle }: Condition, { store }: OpenStore): Run {
  const place = randomUUID();
  const reasons: string[] = [];
  let count = 0;
  const logger: Logger = {
    ...silentLogger,
    debug: (facts: object | string) => {
      if (typeof facts === "object" && "reason" in facts) reasons.push(String(facts.reason));
    },
    child: () => logger,
  };
  const handler = ((context) => handle(context as never, ++count)) as Handler;
  // Each application has its own place in the store.
  const route = get(`/${place}/:name`, { ...options, cache: { storeSeconds: 60, ...options?.cache } }, handler);
  const keys = ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"];
  const app = gable({
    mode: "test",
    logger,
    cache: { store },
    session: {},
    secretKeys: keys,
    views,
    parts: [visitorPart],
    routes: [route],
  });
  return { app, path: `/${place}/page`, reasons, runs: () => count };
}

async function send({ app, path }: Run, { headers = {}, search = "" }: Condition): Promise<{ response: Response; body: string }> {
  const response = await app.request(`${path}${search}`, { headers, redirect: "manual" });
  return { response, body: Buffer.from(await response.arrayBuffer()).toString("base64") };
}

const ownFields = ({ headers }: Response): unknown =>
  [...headers].filter(([name]) => name !== "x-request-id" && name !== "content-security-policy" && name !== "date");

for (const { name, skip, open } of storeKinds)
  describe(`replies in ${name}`, { skip }, () => {
    let opened: OpenStore;
    before(async () => {
      opened = await open();
    });
    after(() => opened.remove());

    for (const condition of storedConditions)
      it(`stores ${condition.title}`, async (t) => {
        const run = create(condition, opened);
        t.after(() => run.app.close());
        const [first, second] = [await send(run, condition), await send(run, condition)];
        assert.deepEqual(run.reasons, []);
        assert.equal(run.runs(), 1);
        assert.deepEqual([first.response.status, second.response.status], Array(2).fill(condition.status ?? 200));
        assert.deepEqual(ownFields(second.response), ownFields(first.response));
        if (!condition.title.includes("nonce")) assert.equal(second.body, first.body);
      });

    for (const condition of unstoredConditions)
      it(`does not store ${condition.title}`, async (t) => {
        const run = create(condition, opened);
        t.after(() => run.app.close());
        const replies = [await send(run, condition), await send(run, condition)];
        assert.equal(run.runs(), 2);
        assert.deepEqual(run.reasons, condition.reason === "" ? [] : Array(2).fill(condition.reason));
        for (const { response } of replies) assert.equal(response.status, condition.status ?? 200);
      });
  });
