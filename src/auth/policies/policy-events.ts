/** Publishes what policies decide, on the channel `gable.policy.check` of node:diagnostics_channel. */
import { openChannel } from "../../parts/event-channel.ts";
import type { Verdict } from "./policy.ts";

/** The event on the channel `gable.policy.check` when a rule has decided. It has no values of the record. */
interface PolicyEvent {
  /** Name of the model. */
  readonly model: string;
  readonly action: string;
  /** `missing` when the policy has no rule for the action, which denies it. */
  readonly outcome: "allowed" | "denied" | "missing";
  /** Why it was denied; undefined when the rule gave no reason. */
  readonly reason: string | undefined;
}

const checks = openChannel<PolicyEvent>("gable.policy.check");

/** Publishes a decision where somebody listens. `verdict` is undefined without a rule. */
export function publishVerdict(model: string, action: string, verdict: Verdict | undefined): void {
  if (!checks.hasSubscribers) return;
  const outcome = verdict === undefined ? "missing" : verdict === true ? "allowed" : "denied";
  checks.publish({ model, action, outcome, reason: typeof verdict === "string" && verdict !== "" ? verdict : undefined });
}
