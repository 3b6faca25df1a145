/** The way back: the path that `next` in the address asks for. */
import type { AnyContext, Context } from "../handlers/context.ts";
import { isSafeRedirectTarget, safeRedirectTarget } from "../http/redirect-target.ts";
import { findService } from "./find-service.ts";
import { isShortEnough, withNext } from "./with-next.ts";

/** Returns the path that `next` asks for if it is of this site and not too long, else the page after a login. */
export function findNext(context: AnyContext): string {
  const { afterLogin } = findService(context);
  const next = safeRedirectTarget(context.url.searchParams.get("next"), afterLogin);
  return isShortEnough(next) ? next : afterLogin;
}

/** Returns the query that carries `next` on; "" without it. */
export function toNextQuery(context: AnyContext): string {
  return context.url.searchParams.has("next") ? withNext("", findNext(context)) : "";
}

/** Returns the path of the page that had the form, when the browser names it and it is of this site. */
export function findFormPath({ headers, url }: Context): string | undefined {
  const referer = headers.get("referer");
  if (referer === null || !URL.canParse(referer)) return undefined;
  const { origin, pathname, search } = new URL(referer);
  const path = pathname + search;
  return origin === url.origin && isSafeRedirectTarget(path) ? path : undefined;
}
