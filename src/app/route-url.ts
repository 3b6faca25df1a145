/** Paths of named routes. */
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import { describeValue } from "../errors/option-errors.ts";
import type { Route } from "../routing/route.ts";

/** Creates the function that returns the path of a named route. It throws `E_ROUTE_NAME_UNKNOWN`. */
export function createRouteFinder(findRoutes: () => readonly Route[]): (name: string, params: Readonly<Record<string, unknown>>) => string {
  return (name, params) => {
    const routes = findRoutes();
    const route = routes.find((each) => each.name === name);
    if (route !== undefined) return route.url(params as never); // The signature of a route found by name is not known here.
    const names = routes.map((each) => each.name).filter((each) => each !== undefined);
    const nearest = findNearestName(name, names);
    throw new GableError("E_ROUTE_NAME_UNKNOWN", `There is no route named ${describeValue(name)}.`, {
      fix: nearest === undefined ? "Give the route a name, or import it and call its url()." : `Write "${nearest}" instead of "${name}".`,
    });
  };
}
