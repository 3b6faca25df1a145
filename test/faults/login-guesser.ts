/** One of several processes at which somebody guesses the password of one account. Prints when each guess was evaluated, in ms since 1970. */
import { setTimeout as wait } from "node:timers/promises";
import { gable, group } from "gable";
import { accountFields, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";
import { silentLogger } from "../silent-logger.ts";

const [url = "", client = "", guesses = "0", pauseMs = "0"] = process.argv.slice(2);
const evaluatedAt: number[] = [];
class User extends Model("users", accountFields()) {}
const accounts = defineAccounts({
  user: User,
  foreignHashes: [{ prefix: "counted$", verify: () => (evaluatedAt.push(Date.now()), false) }],
});
const app = gable({
  mode: "production",
  logger: silentLogger,
  database: url,
  models: [User, sessionModel(), rateModel()],
  secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
  proxies: { trust: ["loopback"] },
  accounts,
  routes: [group("/account", accounts.routes)],
});
await app.start();
const running = await app.listen({ port: 0, quiet: true, signals: false });

async function guess(index: number): Promise<number> {
  const { status, body } = await fetch(`${running.url}/account/login`, {
    method: "POST",
    // Another client each time: only the account slows the guesses down.
    headers: { "x-forwarded-for": `2001:db8:${client}:${index.toString(16)}::1`, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ email: "ann@example.com", password: `guess-number-${index}` }),
  });
  await body?.cancel();
  return status;
}

const answers: Array<Promise<number>> = [];
for (let index = 0; index < Number(guesses); index++) {
  answers.push(guess(index));
  if (Number(pauseMs) > 0) await wait(Number(pauseMs));
}
const statuses = await Promise.all(answers);
console.log(JSON.stringify({ evaluatedAt, statuses }));
await running.stop();
await app.close();
