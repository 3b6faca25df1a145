/** The shape of what development adds to an application: scripts in its pages, and addresses below `/_gable/`. */
import type { RawRequest, Reply } from "../../http/message.ts";
import type { PartHost, Pending } from "../../parts/part.ts";
import type { RequestTrace } from "../../parts/request-trace.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import type { ClientFile } from "./client-files.ts";

/** A tool of development, for one application. */
export interface DevelopmentTool {
  /** Script that pages load. None by default. */
  readonly script?: ClientFile;
  /** Follows requests. At most one tool has it. */
  readonly trace?: RequestTrace;
  /** Returns the query of the script's address, for the page that a reply holds. None by default. */
  scriptQuery?(request: RawRequest, reply: Reply): string;
  /** Runs around each request to an address outside of `/_gable/`. */
  around?(request: RawRequest, work: () => Pending<Reply>): Pending<Reply>;
  /** Answers an address below `/_gable/`; undefined passes it on. Host and origin have been checked. */
  answer?(request: RawRequest): Pending<HandlerReply> | undefined;
  /** Called when all parts have started. */
  started?(): void;
  /** Ends replies without an end: the application is about to stop. */
  drain?(): void;
  stop?(): Pending<void>;
}

/** Creates a tool; undefined when it has nothing to do in this process. */
export type CreateDevelopmentTool = (host: PartHost, options: object) => DevelopmentTool | undefined;
