/** Groups errors, and limits how often each group is reported: an error of every request must not become a flood of reports. */
import { isApplicationFile, parseStackLine } from "../errors/source-place.ts";

/** Reports of one fingerprint in a window. */
const reportsMax = 10;
const windowMs = 60_000;
/** Fingerprints that are counted at the same time. */
const fingerprintsMax = 1_000;

/** Returns the fingerprint of an error: its code, the frame of the application that threw it, and its route. */
export function toFingerprint(error: unknown, code: string, route: string | undefined): string {
  return [code, findTopFrame(error) ?? "-", route ?? "-"].join(" | ");
}

function findTopFrame(error: unknown): string | undefined {
  try {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    for (const line of stack.split("\n", 100)) {
      const place = /^\s+at /.test(line) ? parseStackLine(line) : undefined;
      if (place !== undefined && isApplicationFile(place.file)) return `${place.file}:${place.line}`;
    }
  } catch {
    // An error whose stack throws has no frame.
  }
  return undefined;
}

/** Decides whether an error should be reported: at most 10 times a minute for each fingerprint. */
export class ReportLimit {
  readonly #now: () => number;
  readonly #counts = new Map<string, { readonly startedAt: number; count: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts an error. Returns whether it should be reported. */
  take(fingerprint: string): boolean {
    const moment = this.#now();
    const known = this.#counts.get(fingerprint);
    if (known !== undefined && moment - known.startedAt < windowMs && moment >= known.startedAt) return ++known.count <= reportsMax;
    this.#counts.delete(fingerprint);
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined && this.#counts.size >= fingerprintsMax) this.#counts.delete(oldest);
    this.#counts.set(fingerprint, { startedAt: moment, count: 1 });
    return true;
  }
}
