/** Template files as a part of an application: their option, and the project that compiles and renders them. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import type { Reply } from "../http/message.ts";
import type { Pending } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import type { AttributeClass } from "./reading/attribute-table.ts";
import type { ViewProject } from "./files/view-project.ts";
import type { FragmentStore } from "./rendering/fragment-store.ts";
import type { RenderContext } from "./rendering/render-context.ts";
import type { Rendered } from "./rendering/render.ts";

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

/** The option of `gable()` for template files. */
export interface ViewSetting {
  /** Folder with template files, or more about them. None by default. */
  views?: string | ViewOptions;
}

const optionNames: Readonly<Record<keyof ViewOptions, true>> = {
  directories: true,
  generated: true,
  trimBlocks: true,
  lstripBlocks: true,
  keepTrailingNewline: true,
  untyped: true,
  inlineHandlers: true,
  unsafe: true,
  attributes: true,
  packages: true,
  foldBlanks: true,
  markIncludes: true,
  mustache: true,
  raw: true,
  fragments: true,
};
/** Classes that an attribute may be given: none of them accepts more than "plain". */
const stricterClasses = ["url", "frame-url", "resource-url", "srcset", "style", "handler", "decider"];

/** The option as an object, checked. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function toViewOptions(option: string | ViewOptions): ViewOptions & { directories: readonly string[] } {
  if (typeof option === "string") return { directories: [option] };
  assertKnownOptions("gable() views", option, Object.keys(optionNames));
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

/** Compiles the template files at start; in development again when they change. */
export const viewsPart = definePart({
  name: "views",
  option: {
    names: { views: true },
    check: ({ views = "views" }: ViewSetting) => void toViewOptions(views),
  },
  start: async ({ mode, logger }, { views = "views" }) => {
    // Loaded only where there are template files.
    const { ViewProject } = await import("./files/view-project.ts");
    const { fragments: _fragments, mustache: _mustache, raw: _raw, markIncludes = false, ...compiled } = toViewOptions(views);
    const isDevelopment = mode === "development";
    const project = new ViewProject({
      ...compiled,
      markIncludes: markIncludes && isDevelopment,
      watches: isDevelopment,
      keepsComments: isDevelopment,
      onWarning: (facts, message) => logger.warn(facts, message),
    });
    await project.start();
    return isDevelopment ? new WatchedViews(project) : new AppViews(project);
  },
});

/** The template files of an application. */
class AppViews {
  protected readonly project: ViewProject;

  constructor(project: ViewProject) {
    this.project = project;
  }

  /** Renders a template file. Throws `E_VIEW_NOT_FOUND`. */
  render(name: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered {
    return this.project.render(name, props, context);
  }

  /** Returns the template file of a name that is a value; undefined when there is none. */
  find(name: string): unknown {
    return this.project.find(name);
  }
}

/** Template files in development: brought up to date before each request. */
class WatchedViews extends AppViews {
  /** Why they could not be brought up to date: only what renders a template file fails with it. */
  #failure: { readonly error: unknown } | undefined;

  async around(_request: unknown, work: () => Pending<Reply>): Promise<Reply> {
    try {
      await this.project.refresh();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error };
    }
    return work();
  }

  override render(name: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered {
    if (this.#failure !== undefined) throw this.#failure.error;
    return super.render(name, props, context);
  }
}

/** The error of an application without template files. */
export function viewsMissing(name: string, isEnabled: boolean): GableError {
  const reason = isEnabled ? "the application has not started" : "the application has no option views";
  return new GableError("E_VIEW_NOT_FOUND", `There is no view ${describeValue(name)}: ${reason}.`);
}
