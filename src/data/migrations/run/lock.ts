/** The migration lock. If two deployments run at the same time, one waits. The lock ends with the process that holds it. */
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../../../errors/gable-error.ts";
import type { Session } from "./session.ts";

/** Time between two attempts to take a lock that another process holds, in ms. */
const askMs = 200;

/** Takes the lock. Returns a function that releases it. Throws `E_MIGRATION_LOCKED` if another process holds it for too long. */
export async function lockMigrations(session: Session, waitSeconds: number): Promise<() => Promise<void>> {
  const until = performance.now() + waitSeconds * 1_000;
  const attempt = await session.kind.prepareLock(session);
  for (;;) {
    const free = await attempt.take();
    if (free !== undefined) return free;
    if (performance.now() >= until)
      throw new GableError("E_MIGRATION_LOCKED", `Another process is migrating the database${await attempt.holder()}.`, {
        details: { waitSeconds },
      });
    await wait(Math.min(askMs, Math.max(1, until - performance.now())));
  }
}
