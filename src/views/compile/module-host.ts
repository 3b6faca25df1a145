/** What compiling a file needs of the project around it. */
import type { PlanOptions } from "../reading/plan.ts";
import type { FileFinder } from "./analysis.ts";
import type { Template } from "./template.ts";

/** The project around a file. */
export interface ModuleHost extends FileFinder {
  /** Returns a file by its name, or by a path relative to the file that names it. Throws `E_VIEW_NOT_FOUND`. */
  readonly load: (name: string, from: Template, at: number) => Template;
  /** Returns the specifier under which a module imports another one. */
  readonly importPath: (from: Template, to: Template) => string;
  /** Returns the specifier of project code that a template names relative to itself. */
  readonly codePath: (from: Template, specifier: string) => string;
  /** Returns the specifier of globals.ts, filters.ts, tests.ts or components.ts of the views folder. */
  readonly projectPath: (from: Template, file: "globals" | "filters" | "tests" | "components") => string;
  readonly projectGlobals: ReadonlySet<string>;
  readonly projectFilters: ReadonlySet<string>;
  readonly projectTests: ReadonlySet<string>;
  /** Components in code: exports of views/components.ts. */
  readonly projectComponents: ReadonlySet<string>;
  readonly options: ModuleOptions;
}

/** Options for compiling. */
interface ModuleOptions extends PlanOptions {
  /** Whether escaping may be switched off. */
  readonly unsafe: boolean;
  /** Whether types are written; without them the module is JavaScript. */
  readonly types: boolean;
  /** Whether comments with the name are written around each include. */
  readonly marksIncludes?: boolean;
  /** Specifier of the run time. */
  readonly runtime: string;
}
