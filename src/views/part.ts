/** Adds template files to an application: their option, and the project that compiles and renders them. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import type { Reply } from "../http/message.ts";
import type { Pending } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import type { AttributeClass } from "./reading/attribute-table.ts";
import type { ViewProject } from "./files/view-project.ts";
import type { FragmentStore } from "./rendering/fragment-store.ts";
import type { RenderContext } from "./rendering/render-context.ts";
import type { Rendered } from "./rendering/render.ts";

/** Options for finding and reading template files. */
export interface ViewOptions {
  /** Folders of template files; the first folder that has a name wins. Default `["views"]`. */
  directories?: readonly string[];
  /** Folder of generated files. Default: `.gable` next to the first folder. */
  generated?: string;
  /** Whether the line end after a `{% %}` tag is dropped. Default true. */
  trimBlocks?: boolean;
  /** Whether whitespace before a `{% %}` tag at the start of a line is dropped. Default true. */
  lstripBlocks?: boolean;
  /** Whether the line end at the end of a file is kept. Default false. */
  keepTrailingNewline?: boolean;
  /** What to do about files that use undeclared names: a warning at the start, or an error. Default "warn". */
  untyped?: "warn" | "error";
  /** Whether `on*` attributes accept a `raw()` value that is the whole attribute. Default false. */
  inlineHandlers?: boolean;
  /** Whether `{% autoescape false %}` may switch escaping off. Default false. */
  unsafe?: boolean;
  /** Stricter rules for custom attributes, for example `{ "data-link": "url" }`. None by default. */
  attributes?: Readonly<Record<string, AttributeClass>>;
  /** Packages whose views are searched after those of the folders. A file with the same name replaces a package's view. None by default. */
  packages?: readonly string[];
  /** Whether whitespace in static text is collapsed, outside of `pre` and `textarea`. Default false. */
  foldBlanks?: boolean;
  /** Whether, in development, each include is surrounded by comments with its name. Default false. */
  markIncludes?: boolean;
  /** "split" separates the braces of `{{` in values, for pages that Angular, Vue or Alpine compile. By default, they are kept. */
  mustache?: "keep" | "split";
  /** "strict" limits `raw()` to literals; other strings then need a `sanitizer()`. Default "any". */
  raw?: "any" | "strict";
  /** Where cached fragments are stored. By default, 32 MiB in memory, and nothing in development. */
  fragments?: FragmentStore;
}

/** The option of `gable()` for template files. */
export interface ViewSetting {
  /** Folder with template files, or options for them. None by default. */
  views?: string | ViewOptions;
}

const optionNames: OptionKinds<ViewOptions> = {
  directories: "strings",
  generated: "string",
  trimBlocks: "boolean",
  lstripBlocks: "boolean",
  keepTrailingNewline: "boolean",
  untyped: true,
  inlineHandlers: "boolean",
  unsafe: "boolean",
  attributes: "object",
  packages: "strings",
  foldBlanks: "boolean",
  markIncludes: "boolean",
  mustache: true,
  raw: true,
  fragments: "object",
};
/** Classes that an attribute may be given: none of them accepts more than "plain". */
const stricterClasses = ["url", "frame-url", "resource-url", "srcset", "style", "handler", "decider"];

/** Returns the option as a checked object. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function toViewOptions(option: string | ViewOptions): ViewOptions & { directories: readonly string[] } {
  if (typeof option === "string") return { directories: [option] };
  assertKnownOptions("gable() views", option, optionNames);
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

/** Compiles the template files at the start; in development, again when they change. */
export const viewsPart = definePart({
  name: "views",
  option: {
    names: { views: true },
    check: ({ views = "views" }: ViewSetting) => void toViewOptions(views),
  },
  start: async ({ mode, logger }, { views = "views" }) => {
    // Loaded only if the application has template files.
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

  /** Returns the template file with a name computed at run time; undefined if it does not exist. */
  find(name: string): unknown {
    return this.project.find(name);
  }
}

/** The template files in development: updated before each request. */
class WatchedViews extends AppViews {
  /** The reason why the update failed. Only rendering a template file then fails with it. */
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

/** Creates the error of an application without template files. */
export function viewsMissing(name: string, isEnabled: boolean): GableError {
  const [reason, fix] = isEnabled
    ? ["the application has not started", "Wait for app.start() first."]
    : ["the application does not have the option views", 'Pass the folder of your template files: gable({ views: "views" }).'];
  return new GableError("E_VIEW_NOT_FOUND", `Unknown view ${describeValue(name)}: ${reason}.`, { fix });
}
