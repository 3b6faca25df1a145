/** `gable` for the tests of accounts: applications have the views of the generated pages. */
import { join } from "node:path";
import type { Application, GableOptions } from "gable";
import { gable as createReal } from "gable";
import { viewsOf } from "./auth.ts";

export * from "gable";

/** Creates an application with the views of its accounts. */
export function gable(options: GableOptions = {}): Application {
  const place = viewsOf.get(options.accounts ?? {});
  const views = place === undefined ? {} : { views: { directories: [join(place, "views")], generated: join(place, ".gable") } };
  return createReal({ ...options, ...views });
}
