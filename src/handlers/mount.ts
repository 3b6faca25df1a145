/** Mounts another application below a path. */
import { assertArguments, describeValue, optionInvalid } from "../errors/option-errors.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { AnyContext } from "./context.ts";
import { HandlerRoute } from "./define-route.ts";
import { Group } from "./group.ts";

/** Anything that handles a web-standard request: another framework's `app.fetch`, a proxy, a test double. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

const mountedMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Passes requests below a prefix to a fetch handler, with the prefix removed. The checks of the application (hosts,
 * cross-site requests, limits) run before it.
 */
export function mount(prefix: string, handler: FetchHandler): Group {
  const owner = `mount(${describeValue(prefix)})`;
  assertArguments(owner, [...arguments], 2, "(prefix, handler)");
  if (typeof handler !== "function") throw optionInvalid(owner, "handler", handler, "a function, such as app.fetch");
  const run = (context: AnyContext): Response | Promise<Response> => handler(withoutPrefix(context));
  const place = findCallerPlace(mount);
  const routes: HandlerRoute[] = [];
  for (const method of mountedMethods)
    // The other application decides what a slash at the end means.
    for (const pattern of ["/", "/*rest"])
      routes.push(new HandlerRoute({ method, pattern, place, hasFolders: pattern === "/*rest" }, {}, run));
  return new Group(prefix, {}, routes);
}

/** The prefix may be longer than that of mount(): groups and the option basePath add theirs. What follows it is the rest of the path. */
function withoutPrefix(context: AnyContext): Request {
  const url = new URL(context.request.url);
  // A parameter of the pattern "/*rest" is a string; the pattern "/" has none.
  const { rest = "" } = context.params as { rest?: string };
  // A folder has the rest of its path without the slash.
  const count = rest.split("/").length + (url.pathname.endsWith("/") ? 1 : 0);
  url.pathname = rest === "" ? "/" : `/${url.pathname.split("/").slice(-count).join("/")}`;
  return new Request(url, context.request);
}
