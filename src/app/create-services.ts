/** The services that all contexts of an application share. */
import { cachePart } from "../cache/part.ts";
import { assetsMissing, staticFilesPart } from "../files/part.ts";
import { createForwardedReader } from "../http/proxies.ts";
import type { Mode } from "../parts/mode.ts";
import type { PartInstance, TypedPart } from "../parts/part.ts";
import { ratesPart } from "../security/rates/part.ts";
import { secretsPart } from "../security/secrets-part.ts";
import { uploadsPart } from "../storage/uploads-part.ts";
import { MemoryFragments } from "../views/rendering/fragment-cache.ts";
import { toRenderOptions } from "../views/rendering/render-options.ts";
import { toViewOptions, viewsMissing, viewsPart } from "../views/part.ts";
import type { ContextServices } from "./context-services.ts";
import { toFetchRequest } from "./fetch-request.ts";
import type { GableOptions } from "./options.ts";
import { areRendersWatched, noteView } from "./render-events.ts";
import { createRequestIds } from "./request-id.ts";
import { RequestRenderContext } from "./request-render-context.ts";

/** What the services need of their application. */
export interface ServiceSettings extends Pick<ContextServices, "logger" | "routeUrl" | "hidePath" | "onWork" | "events" | "observers"> {
  readonly mode: Mode;
  /** Finds the running instance of a part. */
  readonly find: <Instance extends PartInstance>(part: TypedPart<Instance>) => Instance | undefined;
}

/** Creates the services of an application. */
export function createServices(
  options: GableOptions,
  { mode, logger, routeUrl, hidePath, onWork, events, find, observers }: ServiceSettings,
): ContextServices {
  const readForwarded = createForwardedReader(options.proxies ?? { trust: [] });
  const views = toViewOptions(options.views ?? "views");
  const ownFragments = mode === "development" ? undefined : new MemoryFragments();
  return {
    isProduction: mode === "production",
    // Requests run only while all parts are running.
    secrets: () => find(secretsPart)!,
    rateLimits: () => find(ratesPart)!,
    uploadDirectory: () => find(uploadsPart)?.directory,
    sendsEarlyHints: options.earlyHints ?? false,
    hasSessions: options.session !== undefined,
    logger,
    observers,
    watch: { log: undefined, tracker: undefined, replies: new WeakMap() },
    routeUrl,
    hidePath,
    onWork,
    events,
    assetUrl: (name) => {
      const files = find(staticFilesPart);
      if (files === undefined) throw assetsMissing(name, options.static !== undefined);
      return (options.basePath ?? "") + files.assetUrl(name);
    },
    renderView: (name, props, context) => {
      const views = find(viewsPart);
      if (views === undefined) throw viewsMissing(name, options.views !== undefined);
      return areRendersWatched() ? noteView(views, name, props, context) : views.render(name, props, context);
    },
    findView: (name) => find(viewsPart)?.find(name),
    renderOptions: toRenderOptions({ ...views, keepsComments: mode === "development" }),
    get fragments() {
      return views.fragments ?? (options.cache === undefined ? ownFragments : find(cachePart)?.fragments);
    },
    csp: options.security?.csp ?? {},
    cspReportOnly: options.security?.cspReportOnly,
    locale: options.locale ?? "en",
    timeZone: options.timeZone ?? "UTC",
    origin: options.origin,
    defaultAuthority: options.hosts?.find((name) => !name.startsWith(".")) ?? "localhost",
    hasProxies: (options.proxies?.trust.length ?? 0) > 0,
    readForwarded: (raw) =>
      readForwarded({ address: raw.remote.address, scheme: raw.scheme, authority: raw.authority, headers: raw.headers }),
    createRequestId: createRequestIds(),
    createRequest: toFetchRequest,
    createRenderContext: (context) => new RequestRenderContext(context),
  };
}
