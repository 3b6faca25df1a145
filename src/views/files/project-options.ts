/** Options for the views of a project. */
import type { PlanOptions } from "../reading/plan.ts";
import type { WhitespaceOptions } from "../syntax/template-parser.ts";

/** Options for finding and compiling views. */
export interface ViewProjectOptions extends Partial<WhitespaceOptions>, PlanOptions {
  /** Folders, absolute or below the working directory; the first that has a name wins. */
  readonly directories: readonly string[];
  /** Folder of generated files. By default `.gable` next to the first views folder. */
  readonly generated?: string;
  /** Packages whose views are searched after those of the folders. */
  readonly packages?: readonly string[];
  /** Whether each include is surrounded by comments with its name. */
  readonly markIncludes?: boolean;
  /** Whether files may switch escaping off. */
  readonly unsafe?: boolean;
  /** What to do about files that use undeclared names. "warn" by default. */
  readonly untyped?: "warn" | "error";
  /** Receives warnings. */
  readonly onWarning?: (facts: object, message: string) => void;
  /** Whether changed files are compiled again. */
  readonly watches: boolean;
}
