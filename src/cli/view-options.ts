/** The option `views` of an application, for commands that compile its template files without starting it. */
import { resolve } from "node:path";
import type { GableOptions } from "gable";
import type { CheckViewsOptions } from "gable/check";

/** Returns what compiling needs of the option; its folders are absolute. */
export function toCompileOptions(folder: string, views: NonNullable<GableOptions["views"]>): CheckViewsOptions {
  const { directories = ["views"], ...options } = typeof views === "string" ? { directories: [views] } : views;
  // These matter only when a page is rendered.
  const { fragments: _fragments, mustache: _mustache, raw: _raw, ...compiled } = options;
  return { ...compiled, directories: directories.map((each) => resolve(folder, each)) };
}
