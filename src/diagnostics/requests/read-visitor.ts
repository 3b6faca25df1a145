/** Reads what a request knows about its visitor, and reads nothing that the request has not read itself. */
import { peekProperty } from "../../parts/context-properties.ts";
import { readProperty } from "../../errors/thrown-value.ts";
import type { Visitor } from "./request-record.ts";

/** What `peek()` of a session gives. */
interface PeekedSession {
  readonly userId: string | null;
  readonly values: Record<string, unknown>;
}

/** Returns the session, flash messages and user of a context. What cannot be read is left out. */
export async function readVisitor(context: object | undefined): Promise<Visitor> {
  if (context === undefined) return {};
  const session = await read<PeekedSession>(peekProperty(context, "session"), "peek");
  const flash = await read<readonly unknown[]>(peekProperty(context, "flash"), "toJSON");
  const user = await settle(peekProperty(context, "user"));
  return {
    ...(session !== undefined && { userId: session.userId, session: session.values }),
    ...(flash !== undefined && flash.length > 0 && { flash }),
    ...(user !== undefined && { user }),
  };
}

async function read<Value>(holder: unknown, method: string): Promise<Value | undefined> {
  const call = readProperty(holder, method);
  if (typeof call !== "function") return undefined;
  return settle(async () => (await call.call(holder)) as Value); // The parts of sessions give these.
}

/** Waits for a value. A failure is the request's own, which it has seen itself. */
async function settle<Value>(value: Value | (() => Promise<Value>)): Promise<Awaited<Value> | undefined> {
  try {
    return await (typeof value === "function" ? (value as () => Promise<Value>)() : value); // A user is not a function.
  } catch {
    return undefined;
  }
}
