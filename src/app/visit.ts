/** Work with the context of a request that belongs to no route: how tests sign users in, and read sessions. */
import type { Context } from "../handlers/context.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import { composeAround } from "../parts/compose-listener.ts";
import type { PartHooks } from "../parts/part.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { ContextServices } from "./context-services.ts";
import type { FinishSettings } from "./finish-reply.ts";
import { finishReply } from "./finish-reply.ts";
import type { RequestContext } from "./request-context.ts";

/** What visits need of the application. */
export interface VisitSettings extends FinishSettings {
  readonly services: ContextServices;
  readonly Context: typeof RequestContext;
  readonly instances: readonly PartHooks[];
}

/** Runs work with the context of a request. The reply has the cookies that the work sets, and no content. */
export type Visit = (raw: RawRequest, work: (context: Context) => unknown) => Promise<Reply>;

/** Creates the function that runs visits. */
export function createVisit({ services, Context, instances, ...finish }: VisitSettings): Visit {
  return async (raw, work) => {
    const visited = composeAround(async (request) => {
      const context = new Context(request, services);
      // The public type hides what only the framework uses.
      await work(context as unknown as Context);
      return finishReply(context, new HandlerReply(204, "", null), undefined, finish);
    }, instances);
    return visited(raw);
  };
}
