/** The way back: the path that `next` in the address asks for. */
import type { AnyContext } from "../handlers/context.ts";
import { safeRedirectTarget } from "../http/redirect-target.ts";
import { findService } from "./service.ts";

/** Returns the path that `next` asks for if it is of this site, else the page after a login. */
export function findNext(context: AnyContext): string {
  return safeRedirectTarget(context.url.searchParams.get("next"), findService(context).afterLogin);
}

/** Returns the query that carries `next` on; "" without it. */
export function toNextQuery(context: AnyContext): string {
  return context.url.searchParams.has("next") ? `?next=${encodeURIComponent(findNext(context))}` : "";
}
