/** Tasks that the tests of several queues run. */
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "gable/tasks";

/** A task that counts until somebody stops it. It notes each number, and keeps it as its cursor. */
export const countingTask = (seen: string[]) =>
  task("counting", {}, ({ step }) =>
    step("count", async ({ cursor = 0, advance }) => {
      for (let item = Number(cursor) + 1; ; item++) {
        seen.push(String(item));
        await sleep(5);
        await advance(item);
      }
    }),
  );

/** A task that shows how far it is: after the first of three items it waits until `release()` is called. */
export function showingTask() {
  let released: () => void = () => undefined;
  const showing = task("showing", {}, async ({ progress }) => {
    const waiting = new Promise<void>((resolve) => (released = resolve));
    await progress("Import", { total: 3 }, async (bar) => {
      bar.step("first");
      await waiting;
      bar.step("second");
      bar.step("third");
    });
  });
  return { showing, release: () => released() };
}
