/** Stores whole replies of a route, as long as they are the same for every visitor. */
import { addVary } from "../http/fields.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { encodeValue } from "../cache/cache-value.ts";
import type { CacheKeyPart } from "../cache/cache-key.ts";
import type { PageCache, PagePlace } from "../cache/page-cache.ts";
import type { StoredPage } from "../cache/stored-page.ts";
import { findPrivateField, fromStoredPage, toStoredPage } from "../cache/stored-page.ts";
import type { CacheOptions } from "../handlers/handler.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { toHandlerReply } from "../replies/handler-result.ts";
import { isRendered } from "../replies/render-reply.ts";
import { render } from "../views/rendering/render.ts";
import { statusOf } from "./finish-reply.ts";
import type { RequestContext } from "./request-context.ts";
import { RequestRenderContext } from "./request-render-context.ts";
import type { VisitorReads } from "./visitor-watch.ts";
import { findReads, watchVisitor } from "./visitor-watch.ts";

/** What storing needs of its route. */
export interface StoredPagesSettings {
  /** Method and whole pattern. */
  readonly label: string;
  readonly cache: CacheOptions & { readonly storeSeconds: number };
  readonly csp: ContentSecurityPolicy | undefined;
  /** Whether the query has a schema. */
  readonly hasQuery: boolean;
  /** Finds where the replies are; undefined in development, where nothing is stored. */
  readonly findPages: () => PageCache | undefined;
}

type Run = (context: RequestContext) => unknown;

/** What stores the replies of one route. */
export interface StoredPages {
  /** Returns middleware, guards and handler, which are watched: what they read of the visitor is noted. */
  readonly watch: (run: Run) => Run;
  /** Returns the handler that answers with a stored reply where there is one. */
  readonly store: (handler: Run) => Run;
}

/** Creates what stores the replies of one route. */
export function createStoredPages({ label, cache, csp, hasQuery, findPages }: StoredPagesSettings): StoredPages {
  const { storeSeconds, tags = [], vary = [] } = cache;
  const fields = new Set(vary.map((name) => name.toLowerCase()));
  const declared = { hasQuery, fields };

  const watch = (run: Run): Run => {
    return (context) => {
      watchVisitor(context, declared);
      return run(context);
    };
  };

  const store = (handler: Run): Run => {
    return async (context) => {
      const personal = findPersonal(context, findReads(context)!);
      const key = personal === undefined ? toKey(context, hasQuery, fields) : undefined;
      if (key === undefined) {
        tellReason(context, label, personal ?? "its query has values that a cache cannot keep");
        return handler(context);
      }
      const make = createMaker(context, handler);
      const reply = await findOrMake({ label, key, storeSeconds, tags }, context, make);
      if (vary.length > 0) addVary(reply.headers, ...vary);
      return reply;
    };
  };

  async function findOrMake(place: PagePlace, context: RequestContext, make: () => Promise<Made>): Promise<HandlerReply> {
    let made: Made | undefined;
    const maker = {
      make: async () => (made = await make()).page,
      hasLeft: () => context.ownRaw().signal.aborted,
    };
    const pages = findPages();
    const page = pages === undefined ? undefined : await pages.share(place, maker);
    if (page !== undefined) return fromStoredPage(page, () => context.nonce);
    return (made ?? (await make())).reply;
  }

  function createMaker(context: RequestContext, handler: Run): () => Promise<Made> {
    return async () => {
      const before = toDraftState(context);
      const reply = await toHandlerReply(await handler(context), `The handler of ${label}`);
      if (isRendered(reply.body)) reply.body = await render(reply.body, new RequestRenderContext(context, csp));
      const page = toPage(context, reply, before);
      if (typeof page !== "string") return { reply, page };
      tellReason(context, label, page);
      return { reply, page: undefined };
    };
  }

  function toPage(context: RequestContext, reply: HandlerReply, before: DraftState): StoredPage | string {
    const reads = findReads(context)!;
    const cut = reads.hasSignal && context.ownRaw().signal.aborted ? "its client has left" : undefined;
    const reason = findPersonal(context, reads) ?? cut ?? takeDraft(context, reply, before);
    return reason ?? toStoredPage({ reply, status: statusOf(context, reply), nonce: context.usedNonce, vary: fields });
  }

  return { watch, store };
}

/** A reply that a request has made, and its stored form; undefined when it is not stored. */
interface Made {
  readonly reply: HandlerReply;
  readonly page: StoredPage | undefined;
}

/** Why the reply is for one visitor; undefined while it is for everybody. */
function findPersonal(context: RequestContext, reads: VisitorReads): string | undefined {
  if (context.ownRaw().headers.has("authorization")) return "the request has Authorization";
  if (context.setCookies !== null) return "it sets a cookie";
  return reads.first ?? (context.isPersonal ? "it was marked as personal" : undefined);
}

/** Everything that the reply may depend on; undefined when the query has values that a cache cannot keep. */
function toKey(context: RequestContext, hasQuery: boolean, fields: ReadonlySet<string>): CacheKeyPart[] | undefined {
  const { services } = context;
  const raw = context.ownRaw();
  let query: string | null = null;
  try {
    if (hasQuery) {
      // Throws for what sorting leaves out.
      encodeValue(context.query);
      query = encodeValue(toSorted(context.query));
    }
  } catch {
    return undefined;
  }
  return [
    context.method,
    context.scheme,
    context.authority,
    context.path,
    query,
    services.locale,
    services.timeZone,
    ...[...fields].flatMap((name): CacheKeyPart[] => {
      const lines = raw.headers.all(name);
      return [name, lines.length, ...lines];
    }),
  ];
}

/** Sorts the keys of plain objects: the order of a query does not matter. */
function toSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSorted);
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, toSorted(item)]));
}

/** What `context.reply` has before the handler runs: a rate limit or a middleware writes it for each request. */
interface DraftState {
  readonly status: number | undefined;
  readonly fields: ReadonlyArray<readonly [string, string]>;
}

function toDraftState({ draft }: RequestContext): DraftState {
  return { status: draft?.status, fields: draft === undefined ? [] : [...draft.headers] };
}

/** Copies what the handler has added to `context.reply` to its reply, which replaces it. Returns the reason why that is impossible. */
function takeDraft({ draft }: RequestContext, reply: HandlerReply, before: DraftState): string | undefined {
  if (draft === undefined) return undefined;
  const fields = [...draft.headers];
  const isKept = before.fields.every(([name, value], index) => fields[index]?.[0] === name && fields[index]?.[1] === value);
  const added = fields.slice(before.fields.length);
  const isApart = added.every(([name]) => !before.fields.some(([other]) => other === name));
  if (!isKept || !isApart || (before.status !== undefined && before.status !== draft.status))
    return "the handler changed what a middleware or a rate limit wrote to context.reply";
  const own = new Set(reply.hasHeaders ? [...reply.headers].map(([name]) => name) : []);
  for (const [name, value] of added) if (!own.has(name)) reply.headers.append(name, value);
  return findPrivateField(draft.headers);
}

/** Says why a reply is not stored: in the log of development, and in the panel of the request. */
function tellReason(context: RequestContext, label: string, reason: string): void {
  context.log.debug({ event: "cache.page.skipped", reason }, `The reply of ${label} is not stored: ${reason}.`);
}
