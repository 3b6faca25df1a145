/** Options for the views of a project. */
import type { PlanOptions } from "../reading/plan.ts";
import type { WhitespaceOptions } from "../syntax/template-parser.ts";

/** Options for finding and compiling views. */
export interface ViewProjectOptions extends Partial<WhitespaceOptions>, PlanOptions {
  /** Folders, absolute or below the working directory; the first that has a name wins. */
  readonly directories: readonly string[];
  /** Folder of generated files. By default `.gable` beside the first views folder. */
  readonly generated?: string;
  /** Packages whose views are found behind those of the folders. */
  readonly packages?: readonly string[];
  /** Whether comments with the name stand around what an include brings. */
  readonly markIncludes?: boolean;
  /** Whether escaping may be switched off in files. */
  readonly unsafe?: boolean;
  /** What happens with files that use names nobody declared. "warn" by default. */
  readonly untyped?: "warn" | "error";
  /** Told of what is no error. */
  readonly onWarning?: (facts: object, message: string) => void;
  /** Whether files are compiled again when they change. */
  readonly watches: boolean;
}
