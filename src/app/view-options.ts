/** Template files of an application: their option, and what rendering one gives. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { AttributeClass } from "../views/reading/attribute-table.ts";
import type { FragmentStore } from "../views/rendering/fragment-cache.ts";

/** How template files are found and read. */
export interface ViewOptions {
  /** Folders of template files; the first that has a name wins. Default `["views"]`. */
  directories?: readonly string[];
  /** Folder of generated files. Default `.gable` beside the first folder. */
  generated?: string;
  /** Whether the line end behind a `{% %}` tag is dropped. Default true. */
  trimBlocks?: boolean;
  /** Whether blanks before a `{% %}` tag at the start of a line are dropped. Default true. */
  lstripBlocks?: boolean;
  /** Whether the line end at the end of a file is kept. Default false. */
  keepTrailingNewline?: boolean;
  /** What happens with files that use names nobody declared: a warning at the start, or an error. Default "warn". */
  untyped?: "warn" | "error";
  /** Whether `on*` attributes take a whole `raw()` value. Default false. */
  inlineHandlers?: boolean;
  /** Whether `{% autoescape false %}` may switch escaping off. Default false. */
  unsafe?: boolean;
  /** Stricter rules for attributes of your own, such as `{ "data-link": "url" }`. None by default. */
  attributes?: Readonly<Record<string, AttributeClass>>;
  /** Packages whose views are found behind those of the folders; a file of the same name replaces one. None by default. */
  packages?: readonly string[];
  /** Whether blanks of static text are folded into one, outside of `pre` and `textarea`. Default false. */
  foldBlanks?: boolean;
  /** Whether, in development, comments with the name stand around what an include brings. Default false. */
  markIncludes?: boolean;
  /** "split" takes `{{` in values apart, for pages that Angular, Vue or Alpine compile. By default it is kept. */
  mustache?: "keep" | "split";
  /** "strict" lets `raw()` take literals alone; text passes through a `sanitizer()` then. Default "any". */
  raw?: "any" | "strict";
  /** Where cached pieces are kept. By default 32 MiB in memory, and nothing in development. */
  fragments?: FragmentStore;
}

const names = [
  "directories",
  "generated",
  "trimBlocks",
  "lstripBlocks",
  "keepTrailingNewline",
  "untyped",
  "inlineHandlers",
  "unsafe",
  "attributes",
  "packages",
  "foldBlanks",
  "markIncludes",
  "mustache",
  "raw",
  "fragments",
];
/** Classes that an attribute may be given: none of them lets more through than "plain". */
const stricterClasses = ["url", "frame-url", "resource-url", "srcset", "style", "handler", "decider"];

/** The option as an object, checked. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function toViewOptions(option: string | ViewOptions): ViewOptions & { directories: readonly string[] } {
  if (typeof option === "string") return { directories: [option] };
  assertKnownOptions("gable() views", option, names);
  const { untyped = "warn", attributes = {}, directories = ["views"] } = option;
  if (untyped !== "warn" && untyped !== "error") throw optionInvalid("gable() views", "untyped", untyped, '"warn" or "error"');
  const { mustache = "keep", raw = "any" } = option;
  if (mustache !== "keep" && mustache !== "split") throw optionInvalid("gable() views", "mustache", mustache, '"keep" or "split"');
  if (raw !== "any" && raw !== "strict") throw optionInvalid("gable() views", "raw", raw, '"any" or "strict"');
  if (directories.length === 0) throw optionInvalid("gable() views", "directories", directories, "a list with a folder");
  for (const attributeClass of Object.values(attributes)) {
    if (!stricterClasses.includes(attributeClass)) {
      throw optionInvalid("gable() views", "attributes", attributeClass, `one of ${stricterClasses.join(", ")}`);
    }
  }
  return { ...option, directories };
}
