/** Another process with channels over PostgreSQL: publishes numbers to a topic, then prints all that it has received there. */
import { postgresCarrier } from "gable/live";

const [url, prefix, name, count] = process.argv.slice(2) as [string, string, string, string];
const carrier = postgresCarrier({ url, prefix });
await carrier.open?.();
const received: unknown[] = [];
await carrier.subscribe("/shared", { onMessage: (message) => void received.push(message), onInterrupted: () => received.push("gap") });
await carrier.publish("/ready", name, undefined);
// The test answers when all processes are ready.
await new Promise<void>((resolve) => {
  process.stdin.once("data", () => resolve());
});
for (let index = 0; index < Number(count); index++)
  await carrier.publish("/shared", JSON.stringify(`${name} ${index}`), { seconds: 60, messagesMax: 1_000 });
while (received.length < 2 * Number(count)) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify(received));
process.stdin.destroy();
await carrier.close?.();
