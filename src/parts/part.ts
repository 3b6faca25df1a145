/** The shape that every feature of an application has. A part is a plain value: nothing happens until an application takes it. */
import type { AnyContext } from "../handlers/context.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { Logger } from "../handlers/logger.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import type { Mode } from "./mode.ts";

/** A value, or a promise of it: what is ready is passed on without waiting. */
export type Pending<Value> = Value | Promise<Value>;

/** A feature of an application. */
export interface Part<Name extends string = string, Instance extends PartInstance = PartInstance> {
  /** Name, unique in an application: letters, digits and hyphens, starting with a letter. */
  readonly name: Name;
  /** Parts that start before this one and stop after it. None by default. */
  readonly needs?: readonly AnyPart[];
  /** Routes that the part adds. None by default. Import heavy code inside their handlers. */
  readonly routes?: readonly RouteEntry[];
  /** Properties of the context, computed once per request when a handler reads them. None by default. */
  readonly properties?: Readonly<Record<string, (context: AnyContext, instance: Instance) => unknown>>;
  /** Starts the part for one application. Load modules and open connections here. */
  readonly start: (host: PartHost) => Pending<Instance>;
}

/** What one application gets from a part. All state lives here, so that two applications never share any. */
export interface PartInstance {
  /** Runs around every request: for tracing, or to carry a value through its asynchronous work. */
  readonly around?: (request: RawRequest, work: () => Pending<Reply>) => Pending<Reply>;
  /** Answers requests before hosts and routes are checked; undefined passes a request on. */
  readonly early?: (request: RawRequest) => Pending<Reply> | undefined;
  /** Checks whether the part can serve: it throws, or returns false, when it cannot. */
  readonly health?: () => unknown;
  /** Called when the stop begins: take no new work, and end long replies. */
  readonly drain?: () => void;
  /** Releases what `start` opened. Parts stop in reverse order; one that fails does not keep the others from stopping. */
  readonly stop?: () => Pending<void>;
}

/** What a part may ask of its application. */
export interface PartHost {
  /** Mode of the application. */
  readonly mode: Mode;
  /** Logger of the application. */
  readonly logger: Logger;
  /** Returns the instance of a part that is listed in `needs`. Throws `E_PART_NEEDS` for another one. */
  part<Instance extends PartInstance>(part: Part<string, Instance>): Instance;
}

/** A part, whatever its instance is. */
export type AnyPart = Part<string, never>;
