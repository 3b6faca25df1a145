/**
 * 100 parallel requests on one session, in each store: no change is lost, and a session that has ended or has moved to another id is not
 * revived by those that still write to it. `GABLE_FAULTS=long npm run faults -- session-rounds` is the long form: 10,000 rounds in
 * memory, and 100 in each database (decision 048).
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Application } from "gable";
import { get, post } from "gable";
import { sessionPart } from "gable/session";
import { sessionRoutes } from "../live/session-routes.ts";
import { sessionPlaces } from "../session/places.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
/** In a database, a round takes up to two seconds. */
const roundsIn = (store: string): number => (isLong ? (store === "memory" ? 10_000 : 100) : 3);
const requests = 100;

const createRoutes = () => [
  get("/read", async ({ session }) => ({ user: await session.findUserId(), count: (await session.find("count")) ?? null })),
  get("/find/:key", async ({ session, params }) => ({ value: (await session.find(params.key)) ?? null })),
  ...sessionRoutes(),
  post("/set/:key", ({ session, params }) => {
    session.set(params.key, params.key);
    return null;
  }),
  post("/count", async ({ session }) => {
    await session.update("count", (count) => Number(count ?? 0) + 1);
    return null;
  }),
];

/** Requests with the cookie of one session. */
function open(app: Application) {
  const send = async (path: string, cookie = ""): Promise<string> => {
    const response = await app.request(path, { method: "POST", headers: { cookie, "sec-fetch-site": "same-origin" } });
    assert.equal(response.status, 204, path);
    return response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
  };
  const read = async (path: string, cookie: string): Promise<unknown> => (await app.request(path, { headers: { cookie } })).json();
  /** Sends 100 requests that write, and one more among them. Returns the cookie that this one answers with. */
  const race = async (cookie: string, round: number, path?: string): Promise<string> => {
    const writes = Array.from({ length: requests }, (_, index) => (index % 2 === 0 ? `/set/k${index}` : "/count"));
    const place = (round * 37) % requests;
    const sent = [...writes.slice(0, place), ...(path === undefined ? [] : [path]), ...writes.slice(place)].map((each) =>
      send(each, cookie),
    );
    return (await Promise.all(sent))[place]!;
  };
  const count = async (user: string): Promise<number> => (await app.part(sessionPart).directory.listForUser(user, Date.now())).length;
  return { send, read, race, count };
}

const nobody = { user: null, count: null };

for (const { name, skip, isStored, open: openPlace } of sessionPlaces)
  // Sessions in cookies cannot merge what parallel requests write.
  if (isStored)
    describe(`${requests} parallel requests on one session, ${name}`, { skip }, () => {
      let app: Application;
      let remove: () => Promise<void>;
      const rounds = roundsIn(name);
      before(async () => ({ app, remove } = await openPlace(createRoutes())));
      after(() => remove());

      it("lose no change, and count exactly", async () => {
        const { send, read, race, count } = open(app);
        for (let round = 0; round < rounds; round++) {
          const cookie = await send(`/login/kept-${round}`);
          await race(cookie, round);
          assert.deepEqual(await read("/read", cookie), { user: `kept-${round}`, count: requests / 2 });
          for (let index = 0; index < requests; index += 2) assert.deepEqual(await read(`/find/k${index}`, cookie), { value: `k${index}` });
          assert.equal(await count(`kept-${round}`), 1);
        }
      });

      it("revive no session that one of them ends", async () => {
        const { send, read, race, count } = open(app);
        for (let round = 0; round < rounds; round++) {
          const cookie = await send(`/login/ended-${round}`);
          await race(cookie, round, "/logout");
          assert.deepEqual(await read("/read", cookie), nobody);
          assert.equal(await count(`ended-${round}`), 0);
        }
      });

      it("put nothing under the old id while one of them signs in", async () => {
        const { send, read, race, count } = open(app);
        for (let round = 0; round < rounds; round++) {
          const cookie = await send(`/login/before-${round}`);
          const later = await race(cookie, round, `/login/after-${round}`);
          assert.notEqual(later, cookie);
          assert.deepEqual(await read("/read", cookie), nobody);
          for (const index of [0, requests / 2, requests - 2]) assert.deepEqual(await read(`/find/k${index}`, cookie), { value: null });
          assert.deepEqual([await count(`before-${round}`), await count(`after-${round}`)], [0, 1]);
          assert.equal(((await read("/read", later)) as { user: string }).user, `after-${round}`); // The route answers so.
        }
      });
    });
