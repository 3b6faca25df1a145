/** What `gable doctor` says about one thing. */

/** A finding. */
export interface Finding {
  /** What was looked at, such as `disk` or `database default`. */
  readonly check: string;
  readonly state: "ok" | "warning" | "error";
  /** What was found, in one line. */
  readonly found: string;
  /** What to do; undefined when all is well. */
  readonly fix?: string;
}
