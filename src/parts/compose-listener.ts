/** Composes what runs around every request, once. */
import type { RawRequest, RequestListener } from "../http/message.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { PartHooks, Pending } from "./part.ts";

/** Answers a request that no part has answered early. */
type Early = (request: RawRequest) => Pending<HandlerReply> | undefined;

/** Returns the listener with the `enter` and `around` of all parts, the first part outermost; without any, the listener itself. */
export function composeAround(listener: RequestListener, instances: readonly PartHooks[]): RequestListener {
  return instances.reduceRight<RequestListener>((inner, instance) => {
    const entered: RequestListener = instance.enter === undefined ? inner : (request) => instance.enter!(() => inner(request));
    if (instance.around === undefined) return entered;
    return (request) => instance.around!(request, () => entered(request));
  }, listener);
}

/** Returns a function that asks each part for an early answer; undefined when no part has one. */
export function composeEarly(instances: readonly PartHooks[]): Early | undefined {
  const early = instances.filter((instance) => instance.early !== undefined);
  if (early.length === 0) return undefined;
  const [only] = early;
  if (early.length === 1) return (request) => only!.early!(request);
  return (request) => {
    for (const instance of early) {
      const reply = instance.early!(request);
      if (reply !== undefined) return reply;
    }
    return undefined;
  };
}
