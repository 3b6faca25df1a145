/** Defines what reading input needs from a request. */
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";

/** A request whose input is read. */
export interface InputSource {
  readonly headers: HeaderReader;
  readonly body: BodySource;
  readonly queryString: string;
  /** Runs work after the request has ended, however it ended. */
  onEnd(work: () => void | Promise<void>): void;
}
