/** Mounts another application below a path. */
import type { AnyContext } from "./context.ts";
import type { HandlerRoute } from "./define-route.ts";
import { createRoute } from "./define-route.ts";
import { Group } from "./group.ts";

/** Anything that handles a web-standard request: another framework's `app.fetch`, a proxy, a test double. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

const mountedMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Passes requests below a prefix to a fetch handler, with the prefix removed. The checks of the application (hosts,
 * cross-site requests, limits) run before it.
 */
export function mount(prefix: string, handler: FetchHandler): Group {
  const run = (context: AnyContext): Response | Promise<Response> => handler(withoutPrefix(context, prefix));
  const routes: HandlerRoute[] = [];
  for (const method of mountedMethods) {
    for (const pattern of ["/", "/*rest"]) routes.push(createRoute(method, [pattern, run], mount));
  }
  return new Group(prefix, {}, routes);
}

function withoutPrefix(context: AnyContext, prefix: string): Request {
  const url = new URL(context.request.url);
  url.pathname = url.pathname.slice(prefix.length) || "/";
  return new Request(url, context.request);
}
