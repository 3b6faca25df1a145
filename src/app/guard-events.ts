/** Publishes what guards decide, on the channel `gable.guard.check` of node:diagnostics_channel. */
import type { Guard } from "../handlers/handler.ts";
import { openChannel } from "../parts/event-channel.ts";
import { patternOf } from "../parts/follow-request.ts";
import type { RequestContext } from "./request-context.ts";

/** The event on the channel `gable.guard.check` when a guard has decided, or has thrown. */
interface GuardEvent {
  /** Name of the function; undefined for a function without a name. */
  readonly guard: string | undefined;
  /** Pattern of the route. */
  readonly route: string | undefined;
  /** `refused` when it returned false, `replied` when it returned a reply. */
  readonly outcome: "passed" | "refused" | "replied" | "threw";
  readonly durationMs: number;
  /** What it threw; undefined without an error. */
  readonly error: unknown;
}

type Verdict = Awaited<ReturnType<Guard>>;

/** JavaScript calls a function after the option that it is written in, which says nothing. */
const namelessNames: ReadonlySet<string> = new Set(["", "guard"]);

const checks = openChannel<GuardEvent>("gable.guard.check");

/** Asks a guard, and publishes its decision where somebody listens. */
export function askGuard(guard: Guard, context: RequestContext): ReturnType<Guard> {
  return checks.hasSubscribers ? measureGuard(guard, context) : runGuard(guard, context);
}

function runGuard(guard: Guard, context: RequestContext): ReturnType<Guard> {
  // A guard is typed with what its group's middleware added; here they are all one type.
  return guard(context as never);
}

async function measureGuard(guard: Guard, context: RequestContext): Promise<Verdict> {
  const startedMs = performance.now();
  const end = (outcome: GuardEvent["outcome"], error?: unknown): void =>
    checks.publish({
      guard: namelessNames.has(guard.name) ? undefined : guard.name,
      route: patternOf(context),
      outcome,
      durationMs: performance.now() - startedMs,
      error,
    });
  let verdict: Verdict;
  try {
    verdict = await runGuard(guard, context);
  } catch (error) {
    end("threw", error);
    throw error;
  }
  end(verdict === true ? "passed" : verdict === false ? "refused" : "replied");
  return verdict;
}
