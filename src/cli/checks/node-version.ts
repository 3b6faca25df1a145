/** Whether the version of Node still gets fixes. */
import type { CheckFinding } from "gable";
import type { Check } from "./check.ts";

/** A line of releases. */
interface NodeLine {
  /** First release with the security fixes of June 2026; none for a line that ended before. */
  readonly fixed?: readonly [minor: number, patch: number];
  /** Last day with fixes. */
  readonly until: string;
}

/** Lines that Gable runs on. A release of Gable raises the numbers after a security release of Node. */
const lines: Readonly<Record<number, NodeLine>> = {
  22: { fixed: [23, 0], until: "2027-04-30" },
  23: { until: "2025-06-01" },
  24: { fixed: [17, 0], until: "2028-04-30" },
  25: { until: "2026-06-01" },
  26: { fixed: [3, 1], until: "2029-04-30" },
};

const install = "Install the newest release of an LTS line, such as Node 24 or 26.";

/** Judges a version such as `24.7.0` on a day. Returns undefined for one that gets fixes. */
export function judgeNodeVersion(
  version: string,
  now: Date,
): { readonly level: "error" | "warning"; readonly message: string } | undefined {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18))
    return { level: "error", message: `Gable needs Node 22.18 or later; this is ${version}.` };
  const line = lines[major];
  if (line === undefined) return undefined;
  if (now.toISOString().slice(0, 10) > line.until)
    return { level: "warning", message: `Node ${major} has had no security fixes since ${line.until}; this is ${version}.` };
  const [minorFixed, patchFixed] = line.fixed ?? [0, 0];
  return minor < minorFixed || (minor === minorFixed && patch < patchFixed)
    ? { level: "warning", message: `Node ${version} lacks the security fixes of ${major}.${minorFixed}.${patchFixed}.` }
    : undefined;
}

function ofLevel(level: "error" | "warning"): Check {
  const run: Check["run"] = ({ machine }): readonly CheckFinding[] => {
    const found = machine === undefined ? undefined : judgeNodeVersion(machine.nodeVersion, machine.now);
    return found?.level === level ? [{ message: found.message, fix: install }] : [];
  };
  return { id: "node.version", level, run };
}

/** The checks: two levels of one id. */
export const nodeChecks: readonly Check[] = [ofLevel("error"), ofLevel("warning")];
