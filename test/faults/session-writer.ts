/** One of several processes that change the same sessions, one after the other: counts up, and sets its own keys. */
import { gable, post } from "gable";
import { redisSessions, sessionModel } from "gable/session";
import { silentLogger } from "../silent-logger.ts";

const [kind, url = "", prefix = "", cookies = "", name = "", rounds = "0"] = process.argv.slice(2);
const app = gable({
  mode: "production",
  logger: silentLogger,
  secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
  ...(kind === "redis" ? {} : { models: [sessionModel()], database: url }),
  session: kind === "redis" ? { store: redisSessions({ url, prefix }) } : {},
  routes: [
    post("/change/:round", async ({ session, params }) => {
      await session.update("count", (count) => Number(count ?? 0) + 1);
      session.set(`${name}-${params.round}`, true);
      return null;
    }),
  ],
});
await app.start();
for (const cookie of cookies.split(","))
  for (let round = 0; round < Number(rounds); round++) {
    const response = await app.request(`/change/${round}`, { method: "POST", headers: { cookie, "sec-fetch-site": "same-origin" } });
    if (response.status !== 204) throw new Error(`Round ${round} was answered with ${response.status}.`);
  }
await app.close();
