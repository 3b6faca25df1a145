/** Answers to preflights, from the routing table: no code of a route runs. */
import { HandlerReply } from "../replies/handler-reply.ts";
import type { RouteFinder } from "./trace-steps.ts";
import type { RequestContext } from "./request-context.ts";

/** Answers a preflight; undefined when no route has the path and the method, or when the one that has them allows no other origin. */
export function answerPreflight(context: RequestContext, table: RouteFinder): HandlerReply | undefined {
  const { path, headers } = context.ownRaw();
  const allow = table.allowOf(path);
  const cors = table.find(headers.get("access-control-request-method") ?? "", path)?.entry.compiled.cors;
  if (allow === undefined || cors === undefined) return undefined;
  const methods = allow.split(", ").filter((method) => table.find(method, path)?.entry.compiled.cors === cors);
  const reply = new HandlerReply(204, "", null, [["allow", allow]]);
  cors.applyPreflight(reply.headers, headers, methods);
  return reply;
}
