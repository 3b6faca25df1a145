/** The page of an error for visitors: a template file of the application, else the built-in page. */
import { reasonPhrase } from "../http/problem.ts";
import type { RenderContext } from "../views/rendering/render-context.ts";
import { render } from "../views/rendering/render.ts";
import type { ErrorPageFacts } from "./error-page.ts";
import { renderErrorPage } from "./error-page.ts";
import type { RequestContext } from "./request-context.ts";
import { publishRender } from "./render-events.ts";
import { RequestRenderContext } from "./request-render-context.ts";

/**
 * Renders `errors/404.html`, else `errors/4xx.html` of the views, else the built-in page. The template gets no session, no user and no
 * request: what caused the error may be what they need. A template that fails is logged, and the built-in page takes its place.
 */
export async function renderStatusPage(context: RequestContext, facts: Omit<ErrorPageFacts, "nonce">): Promise<string> {
  const { status, code, message, requestId } = facts;
  const name = [`errors/${status}.html`, `errors/${Math.floor(status / 100)}xx.html`].find((each) => hasView(context, each));
  if (name !== undefined) {
    try {
      const renderContext = toOutsideContext(context);
      const props = { status, title: reasonPhrase(status), code, message, requestId };
      const view = context.services.renderView(name, props, renderContext);
      return await publishRender(view, () => render(view, renderContext));
    } catch (error) {
      context.log.error({ error, view: name, fix: "Use only what the page of an error gets." }, `The page ${name} of an error failed.`);
    }
  }
  return renderErrorPage({ ...facts, nonce: context.nonce }).toString();
}

/** Whether there is a template file. One that cannot be compiled is none: the visitor gets the built-in page. */
function hasView({ services }: RequestContext, name: string): boolean {
  try {
    return services.findView(name) !== undefined;
  } catch {
    return false;
  }
}

/** What a page of an error may ask of its request: addresses and the nonce. */
function toOutsideContext(context: RequestContext): RenderContext {
  const full = new RequestRenderContext(context);
  return {
    get nonce() {
      return full.nonce;
    },
    isOwnOriginAllowed: full.isOwnOriginAllowed,
    options: full.options,
    locale: full.locale,
    timeZone: full.timeZone,
    now: () => full.now(),
    asset: (name) => full.asset(name),
    route: (name, params) => full.route(name, params),
    views: full.views,
  };
}
