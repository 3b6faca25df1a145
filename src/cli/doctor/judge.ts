/** Judges what was measured on a machine: pure functions, so that tests can give any machine. */
import type { Finding } from "./finding.ts";

const gib = 1_073_741_824;
const mib = 1_048_576;
/** Node releases from which on Gable runs, and from which on Node itself has argon2id. */
const [nodeMin, nodeArgon] = [
  [22, 18],
  [24, 7],
] as const;

function isBefore([major = 0, minor = 0]: readonly number[], [otherMajor, otherMinor]: readonly [number, number]): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Judges the version of Node, such as `24.7.0`. */
export function judgeNode(version: string): Finding {
  const parts = version.split(".").map(Number);
  if (isBefore(parts, nodeMin))
    return { check: "node", state: "error", found: version, fix: `Install Node ${nodeMin.join(".")} or later; the current LTS is best.` };
  if (isBefore(parts, nodeArgon))
    return {
      check: "node",
      state: "warning",
      found: `${version}, without argon2id: passwords are hashed with scrypt`,
      fix: `Install Node ${nodeArgon.join(".")} or later.`,
    };
  return { check: "node", state: "ok", found: version };
}

/** Most difference of clocks in ms that changes nothing, and that only blurs times. */
const [clockMs, clockBadMs] = [2_000, 30_000];

/** Judges how far the clock of this machine is from another one: positive when it is ahead. */
export function judgeClock(check: string, other: string, differenceMs: number): Finding {
  const distance = Math.abs(differenceMs);
  if (distance <= clockMs) return { check, state: "ok", found: `agrees with ${other}` };
  return {
    check,
    state: distance <= clockBadMs ? "warning" : "error",
    found: `${Math.round(distance / 1_000)} s ${differenceMs > 0 ? "ahead of" : "behind"} ${other}`,
    fix: "Set the clocks of both by NTP: sessions, links and tokens end by them.",
  };
}

/** Judges free space in bytes, and free entries for files; undefined where the file system has no such limit. */
export function judgeDisk(freeBytes: number, freeFiles: number | undefined): Finding {
  const found = `${freeBytes >= gib ? `${(freeBytes / gib).toFixed(1)} GiB` : `${Math.floor(freeBytes / mib)} MiB`} free`;
  const fix = "Delete what nobody needs, or use a larger disk.";
  if (freeBytes < 100 * mib) return { check: "disk", state: "error", found, fix };
  if (freeFiles !== undefined && freeFiles < 1_000)
    return { check: "disk", state: freeFiles === 0 ? "error" : "warning", found: `${found}, and room for ${freeFiles} more files`, fix };
  return freeBytes < gib ? { check: "disk", state: "warning", found, fix } : { check: "disk", state: "ok", found };
}

/** Time of one password hash in ms that is aimed at: two run at a time, so the last of 32 that wait is answered after 2 seconds. */
const hashAimMs = 100;

/** Judges the time of one password hash in ms with a cost: proposes a higher one where this machine stays within the aim with it. */
export function judgeHashing(ms: number, cost: number, costMax: number): Finding {
  const check = "hashing";
  const takes = `one password takes ${Math.round(ms)} ms`;
  const affordable = Math.min(costMax, Math.floor((hashAimMs * cost) / ms));
  const found =
    affordable > cost
      ? `${takes}; hashCost: ${affordable} of the accounts would make it ${Math.round((ms / cost) * affordable)} ms`
      : takes;
  if (ms <= 500) return { check, state: "ok", found };
  return {
    check,
    state: ms <= 2_000 ? "warning" : "error",
    found,
    fix: `${cost > 1 ? "Lower hashCost of the accounts, or give" : "Give"} the machine a faster or a less busy processor: each login takes this long, and two run at a time.`,
  };
}

/** Judges a port by the code of the error that listening gave; undefined when it is free. */
export function judgePort(port: number, code: string | undefined): Finding {
  const check = `port ${port}`;
  if (code === undefined) return { check, state: "ok", found: "is free" };
  if (code === "EADDRINUSE")
    return {
      check,
      state: "warning",
      found: "is in use",
      fix: "Nothing to do if this is your application. Otherwise pass --port with another one.",
    };
  if (code === "EACCES")
    return { check, state: "error", found: "may not be opened by this user", fix: "Use a port from 1024 on, behind a proxy." };
  return { check, state: "error", found: `cannot be opened: ${code}`, fix: "Look at the network settings of the machine." };
}

/** Judges the permissions of a file of settings by its mode. */
export function judgeSecretFile(name: string, mode: number): Finding {
  const check = `file ${name}`;
  const shared = mode & 0o077;
  if (shared === 0) return { check, state: "ok", found: "only its owner can read it" };
  const isForAll = (mode & 0o007) !== 0;
  return {
    check,
    state: "warning",
    found: `${isForAll ? "every user" : "its group"} can ${(mode & 0o022) === 0 ? "read" : "change"} it`,
    fix: `Run: chmod 600 ${name}. It can have secrets.`,
  };
}
