/** Answers for paths and methods that no route has: 404, 405, OPTIONS, and the trailing slash. */
import { GableError } from "../errors/gable-error.ts";
import type { RequestContext } from "./request-context.ts";
import type { RouteFinder } from "./trace-steps.ts";
import { HandlerReply } from "../replies/handler-reply.ts";

/** The reply, or the error. */
export function answerUnmatched(context: RequestContext, table: RouteFinder, trailingSlash: "redirect" | "strict"): HandlerReply {
  const { method } = context;
  const { path, queryString } = context.ownRaw();
  if (path === "*")
    return new HandlerReply(204, "", null, [["allow", [...new Set(["GET", "HEAD", "OPTIONS", ...table.methods])].sort().join(", ")]]);
  const allow = table.allowOf(path);
  if (allow !== undefined) {
    if (method === "OPTIONS") return new HandlerReply(204, "", null, [["allow", allow]]);
    throw new GableError("E_METHOD_NOT_ALLOWED", `${method} is not allowed here.`, { headers: [["allow", allow]], details: { allow } });
  }
  const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
  const found = other === "" || other.startsWith("//") ? undefined : (table.find(method, other) ?? table.findFolder(method, other));
  const hasOther = found !== undefined || (other !== "" && !other.startsWith("//") && table.allowOf(other) !== undefined);
  if (found !== undefined && trailingSlash === "redirect" && (method === "GET" || method === "HEAD")) {
    return new HandlerReply(308, "", null, [["location", queryString === "" ? other : `${other}?${queryString}`]]);
  }
  throw new GableError(
    "E_ROUTE_NOT_FOUND",
    `No route matches ${method} ${context.path}.`,
    hasOther ? { fix: `Use the path "${other}".` } : {},
  );
}
