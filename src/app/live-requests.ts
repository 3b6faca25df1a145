/** What live connections need of a request: its context, its connection, and its guards once more. */
import type { SocketRoute } from "../handlers/define-socket.ts";
import type { Live, LiveRequest } from "../live/live.ts";
import { livePart } from "../live/part.ts";
import type { Lifecycle } from "../parts/lifecycle.ts";
import type { RouteTable } from "../routing/route-table.ts";
import { toParams } from "../routing/route-table.ts";
import type { SessionIdentity } from "../session/session-identity.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { ContextServices } from "./context-services.ts";
import type { RequestContext } from "./request-context.ts";

/** What evaluating guards again needs of the application. */
export interface LiveRequestSettings {
  readonly table: RouteTable<CompiledRoute>;
  readonly services: () => ContextServices;
  readonly Context: () => typeof RequestContext;
  readonly lifecycle: Pick<Lifecycle, "get">;
}

/** Opens live connections of an application. */
export interface LiveRequests {
  readonly events: ContextServices["events"];
  readonly createSocketHandler: (route: SocketRoute) => (context: RequestContext) => unknown;
}

/** Creates what opens live connections. */
export function createLiveRequests({ table, services, Context, lifecycle }: LiveRequestSettings): LiveRequests {
  const findLive = (): Live => lifecycle.get(livePart);
  /** Evaluates the guards of a request again and looks up its session, with a fresh context that has read nothing yet. */
  async function isAllowed(opened: RequestContext, session: SessionIdentity | undefined): Promise<boolean> {
    const { raw } = opened;
    const match = table.find(raw.method, raw.path);
    if (match === undefined) return true;
    const { authorize } = match.entry.compiled;
    const context = new (Context())(raw, services());
    context.repeatRequestId(opened.ownRequestId());
    context.route = match.entry.route;
    context.params = toParams(match.entry.paramNames, match.values);
    let hasPassed = authorize === undefined;
    try {
      await authorize?.(context, () => (hasPassed = true));
      return hasPassed && (session === undefined || (await findLive().hasSession(context, session)));
    } finally {
      context.closeHead(true);
      context.settle();
    }
  }

  const toLiveRequest = (context: RequestContext): LiveRequest => {
    const raw = context.ownRaw();
    const hasGuards = table.find(raw.method, raw.path)?.entry.compiled.authorize !== undefined;
    const cut = raw.cut === undefined ? undefined : (): void => raw.cut?.();
    // A timer, or a message of a client, belongs to no request by itself.
    const enter: LiveRequest["enter"] = (work) => {
      const { tracker } = services().watch;
      return tracker === undefined ? work() : tracker.run(context, work, context);
    };
    return { context, hasGuards, recheck: (session) => enter(() => isAllowed(context, session)), enter, cut };
  };
  return {
    events: (context, source, options) => findLive().events(toLiveRequest(context), source, options),
    createSocketHandler: (route) => (context) => findLive().openSocket(route, toLiveRequest(context)),
  };
}
