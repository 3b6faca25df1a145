/** Defines what compiling a file needs from its project. */
import type { PlanOptions } from "../reading/plan.ts";
import type { FileFinder } from "./analysis.ts";
import type { Template } from "./template.ts";

/** The project of a file. */
export interface ModuleHost extends FileFinder {
  /** Returns a file by its name, or by a path relative to the file that names it. Throws `E_VIEW_NOT_FOUND`. */
  readonly load: (name: string, from: Template, at: number) => Template;
  /** Returns the specifier that a module uses to import another one. */
  readonly importPath: (from: Template, to: Template) => string;
  /** Returns the specifier of project code that a template names by a relative path. */
  readonly codePath: (from: Template, specifier: string) => string;
  /** Returns the specifier of globals.ts, filters.ts, tests.ts or components.ts of the views folder. */
  readonly projectPath: (from: Template, file: "globals" | "filters" | "tests" | "components") => string;
  readonly projectGlobals: ReadonlySet<string>;
  readonly projectFilters: ReadonlySet<string>;
  readonly projectTests: ReadonlySet<string>;
  /** Exports of views/components.ts. */
  readonly projectComponents: ReadonlySet<string>;
  readonly options: ModuleOptions;
}

/** Options for compiling. */
interface ModuleOptions extends PlanOptions {
  /** Whether templates may switch escaping off. */
  readonly unsafe: boolean;
  /** Whether types are written; without them the module is JavaScript. */
  readonly types: boolean;
  /** Whether each include is surrounded by comments with its name. */
  readonly marksIncludes?: boolean;
  /** Specifier of the runtime. */
  readonly runtime: string;
}
