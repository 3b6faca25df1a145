/** Names the request that failed, for lines of the log. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { toPlaceText } from "../errors/source-place.ts";
import type { Route } from "../routing/route.ts";

/** What is read of a context. */
interface RunningRequest {
  readonly method: string;
  readonly shownPath: string;
  readonly route: Route | undefined;
}

/** What the log says of the request that failed. */
export interface FailedRequest {
  readonly method: string;
  readonly path: string;
  /** Method and whole pattern of the route; undefined when none matched. */
  readonly route: string | undefined;
  /** File and line that define the route. */
  readonly place: string | undefined;
}

/** Returns the facts of a request for a line of the log that has the id of the request. */
export function toFailedRequest(context: RunningRequest): FailedRequest {
  const { method, shownPath, route } = context;
  return { method, path: shownPath, route: labelOf(context), place: route?.place === undefined ? undefined : toPlaceText(route.place) };
}

/** Returns an error that names the path without its secrets: the server, which knows no routes, names it in messages. */
export function replacePath(error: unknown, path: string | undefined, shown: string | undefined): unknown {
  if (path === undefined || shown === undefined || path === shown || !isGableError(error)) return error;
  const { code, message, fix, details, cause, stack } = error;
  const copy = new GableError(code, message.replaceAll(path, shown), { fix, details, cause });
  if (stack !== undefined) copy.stack = stack.replaceAll(path, shown);
  return copy;
}

/** Method and whole pattern of the matched route; undefined when none matched. */
export function labelOf({ route }: Pick<RunningRequest, "route">): string | undefined {
  return route === undefined ? undefined : `${route.method} "${route.binding?.pattern ?? route.pattern}"`;
}
