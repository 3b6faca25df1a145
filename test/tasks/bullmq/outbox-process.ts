/** Commits tasks of transactions, and is killed before one of them reaches BullMQ. */
import { gable } from "gable";
import { transaction } from "gable/data";
import { bullmqQueue } from "gable/tasks";
import { silentLogger } from "../../silent-logger.ts";
import { Effect, record, TaskRow } from "./outbox-tasks.ts";

const [url = "", redisUrl = "", prefix = ""] = process.argv.slice(2);
const queue = bullmqQueue({ url: redisUrl, prefix });
let count = 0;
// The commit is over, and the delivery begins: the test kills the process here.
queue.add = () => {
  if (++count === 3) console.log("committed");
  return new Promise(() => undefined);
};
const app = gable({
  mode: "test",
  logger: silentLogger,
  database: url,
  models: [Effect, TaskRow],
  tasks: { tasks: [record], queue, run: "elsewhere" },
});
await app.start();
const work = [1, 2, 3].map((number) => transaction(() => record.enqueue({ number }), { database: app.database() }));
await transaction(
  async () => {
    await record.enqueue({ number: 8 });
    throw new Error("no");
  },
  { database: app.database() },
).catch(() => undefined);
setInterval(() => undefined, 60_000);
await Promise.all(work);
