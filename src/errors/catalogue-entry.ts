/** The rows of the catalogue of error codes. */

/** One row of the catalogue. */
export interface CatalogueEntry {
  /** HTTP status of the reply. */
  readonly status: number;
  /** What happened, in a few words that are safe to show to a client. */
  readonly title: string;
  /** One imperative sentence that fixes it. */
  readonly fix: string;
  /** Version that introduced the code. */
  readonly since: string;
}

/** Makes a row of the catalogue. */
export function entry(status: number, title: string, fix: string): CatalogueEntry {
  return Object.freeze({ status, title, fix, since: "0.1.0" });
}
