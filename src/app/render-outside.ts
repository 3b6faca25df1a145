/** Rendering without a request: for mail and tasks. */
import { render } from "../views/rendering/render.ts";
import type { ContextServices } from "./context-services.ts";
import { publishRender } from "./render-events.ts";

/** What rendering takes from the services of an application. */
type ViewServices = Pick<ContextServices, "findView" | "renderView" | "renderOptions" | "locale" | "timeZone">;

/** Renders a template file as a string; undefined when there is none of that name. */
export function renderOutside(
  services: ViewServices,
  name: string,
  props: Readonly<Record<string, unknown>>,
  locale: string = services.locale,
): Promise<string> | undefined {
  if (services.findView(name) === undefined) return undefined;
  const context = { options: services.renderOptions, locale, timeZone: services.timeZone };
  const view = services.renderView(name, props, context);
  return Promise.resolve(publishRender(view, () => render(view, context)));
}
