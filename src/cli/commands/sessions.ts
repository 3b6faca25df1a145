/** `gable sessions clear`: deletes sessions that have expired, that nobody uses, or that belong to a user. */
import { GableError } from "gable";
import type { Sessions } from "gable/session";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { parseDuration } from "../duration.ts";
import { guardWrites } from "../shell/guard-writes.ts";

const flags = {
  olderThan: { type: "string", help: "Deletes sessions that nobody has used for this time, such as 30d" },
  dryRun: { type: "boolean", help: "Counts what it would delete, and deletes nothing" },
  user: { type: "string", help: "Deletes the sessions of the account with this address or user name" },
} as const;

type Context = BuiltInContext<{}, typeof flags>;

/** Deletes sessions. */
export const sessionsClear = builtIn({
  examples: ["sessions clear", "sessions clear --older-than 30d --dry-run", "sessions clear --user ann@example.com"],
  flags,
  async run(context: Context) {
    const { olderThan, user, dryRun: isDry } = context.flags;
    const before = olderThan === undefined ? undefined : Math.max(0, Date.now() - parseDuration("--older-than", olderThan));
    const { sessionPart } = await import("gable/session");
    const app = await context.project.loadApp();
    const { options } = app.describe();
    // Accounts bring sessions as well.
    if (options.session === undefined && options.accounts === undefined)
      throw new GableError("E_SESSION_STORE", "This application has no sessions.", {
        fix: "Pass session to gable(), such as session: {}.",
      });
    // A transaction rolls back what a database has deleted.
    if (isDry && typeof options.session?.store === "object")
      throw new GableError("E_COMMAND_USAGE", "--dry-run counts sessions in a database only.", { fix: "Leave --dry-run out." });
    return context.project.withApp(async (started) => {
      const sessions = started.part(sessionPart);
      sessions.assertShared();
      const userId = user === undefined ? undefined : await findUserId(started, user);
      const end = await guardWrites(started, { isSandbox: isDry, isReadOnly: false, ask: undefined });
      const deleted = await clear(sessions, userId, before).finally(end);
      const which = `${before === undefined ? "" : " unused"}${before === undefined && user === undefined ? " expired" : ""}`;
      context.print(
        `${isDry ? "Would delete" : "Deleted"} ${deleted}${which} ${deleted === 1 ? "session" : "sessions"}${user === undefined ? "" : ` of ${user}`}.`,
      );
      return { deleted, isDry };
    });
  },
});

async function findUserId(app: Parameters<(typeof import("gable/auth"))["manageAccounts"]>[0], name: string): Promise<string> {
  const { manageAccounts } = await import("gable/auth");
  return String((await manageAccounts(app).getByName(name)).id);
}

async function clear(sessions: Sessions, userId: string | undefined, before: number | undefined): Promise<number> {
  if (userId === undefined) return before === undefined ? sessions.deleteExpired() : sessions.deleteUnused(before);
  if (before === undefined) return sessions.directory.deleteForUser(userId);
  const unused = (await sessions.directory.listForUser(userId, Date.now())).filter(({ seenAt }) => seenAt < before);
  for (const { key } of unused) await sessions.deleteOne(key);
  return unused.length;
}
