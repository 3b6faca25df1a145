/** Which migrations a database lacks. */
import { readStatus } from "gable/migrations";

/** Returns the names of the migrations that have not run; with the phase "before", without those that wait for the new code. */
export async function listDue({ phase, ...where }: Parameters<typeof readStatus>[0] & { readonly phase: string }): Promise<string[]> {
  const open = (await readStatus(where)).filter(({ state }) => state !== "applied");
  const waiting = phase === "before" ? open.findIndex((each) => each.phase === "after-deploy") : -1;
  return (waiting === -1 ? open : open.slice(0, waiting)).map(({ name }) => name);
}
