import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { publishVerdict } from "./policy-events.ts";
import type { Verdict } from "./policy.ts";

describe("the channel of policies", () => {
  const rows: ReadonlyArray<readonly [verdict: Verdict | undefined, outcome: string, reason?: string]> = [
    [true, "allowed"],
    [false, "denied"],
    ["Only its author may.", "denied", "Only its author may."],
    ["", "denied"],
    [undefined, "missing"],
  ];
  for (const [verdict, outcome, reason] of rows)
    it(`tells what ${JSON.stringify(verdict)} means`, () => {
      const events: unknown[] = [];
      const listen = (event: unknown): void => void events.push(event);
      subscribe("gable.policy.check", listen);
      publishVerdict("Post", "edit", verdict);
      unsubscribe("gable.policy.check", listen);
      publishVerdict("Post", "edit", verdict);
      assert.deepEqual(events, [{ model: "Post", action: "edit", outcome, reason }]);
    });
});
