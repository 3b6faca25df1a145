/** Defines what reading input needs from a request. */
import type { Logger } from "../handlers/logger.ts";
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";

/** A request whose input is read. */
export interface InputSource {
  readonly headers: HeaderReader;
  readonly body: BodySource;
  /** Not a getter: reading one counts as read by the handler where replies are stored. */
  ownQueryString(): string;
  readonly log: Pick<Logger, "debug">;
  /** Folder of temporary files; undefined for that of the system. */
  readonly uploadDirectory: string | undefined;
  /** Runs work after the request has ended, however it ended. */
  onEnd(work: () => void | Promise<void>): void;
}
