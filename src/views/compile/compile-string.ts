/** Compiles templates at run time, for tests and tools. It executes code, so never pass it user input. */
import { assertKnownOptions } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { render } from "../rendering/render.ts";
import * as runtime from "../runtime.ts";
import { SourceText } from "../syntax/source-text.ts";
import type { WhitespaceOptions } from "../syntax/template-parser.ts";
import type { AnyProps, View } from "../runtime/view.ts";
import { toRendered } from "../runtime/view-runtime.ts";
import { compileModule } from "./module.ts";
import type { Template } from "./template.ts";
import { TemplateSet } from "./template-set.ts";

/** Options for {@link compileString}. */
export interface CompileStringOptions extends Partial<WhitespaceOptions> {
  /** Name of the template. Its extension decides how values are escaped. Default "string.html". */
  name?: string;
  /** Other templates by name. None by default. */
  templates?: Readonly<Record<string, string>>;
  /** Whether templates may switch escaping off. False by default. */
  unsafe?: boolean;
}

const stringKinds = {
  name: "string",
  templates: "object",
  unsafe: "boolean",
  trimBlocks: "boolean",
  lstripBlocks: "boolean",
  keepTrailingNewline: "boolean",
} as const;

/** A compiled template string. */
export interface CompiledString {
  /** Renders with props. Returns a promise if a value in it is pending. */
  render(props?: AnyProps, context?: RenderContext): string | Promise<string>;
}

/**
 * Compiles a template from a string, untyped, with Jinja's whitespace rules. For tests.
 * Throws the errors of compiling a file, and `E_VIEW_UNSAFE` if the process forbids code generation from strings.
 */
export function compileString(source: string, options: CompileStringOptions = {}): CompiledString {
  assertKnownOptions("compileString()", options, stringKinds);
  // Only own properties: additions to `Object.prototype` do not count.
  const own: CompileStringOptions = Object.assign(Object.create(null), options);
  const set = new StringTemplates(source, own);
  const view = set.view(own.name ?? "string.html");
  return {
    render: (props = {}, context = {}) => {
      const full: RenderContext = { ...context, views: (name) => set.findView(name) };
      return render(toRendered(view, props, full), full);
    },
  };
}

class StringTemplates {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #options: CompileStringOptions;
  readonly #set: TemplateSet;
  readonly #modules = new Map<string, Record<string, unknown>>();

  constructor(source: string, options: CompileStringOptions) {
    this.#options = options;
    this.#texts = new Map([...Object.entries(options.templates ?? {}), [options.name ?? "string.html", source]]);
    const { trimBlocks = false, lstripBlocks = false, keepTrailingNewline = false } = options;
    this.#set = new TemplateSet({
      names: () => [...this.#texts.keys()],
      read: (name) => (this.#texts.has(name) ? new SourceText(name, this.#texts.get(name)!) : undefined),
      whitespace: { trimBlocks, lstripBlocks, keepTrailingNewline },
      plan: { keepsComments: true },
    });
  }

  view(name: string): View {
    return this.#module(this.#set.load(name)).view as View; // Every module has one.
  }

  findView(name: string): View | undefined {
    return this.#set.find(name) === undefined ? undefined : this.view(name);
  }

  #module(template: Template): Record<string, unknown> {
    const known = this.#modules.get(template.name);
    if (known !== undefined) return known;
    const module: Record<string, unknown> = {};
    this.#modules.set(template.name, module);
    const { writer, dependencies } = compileModule(template, this.#set.contextsOf(template), {
      load: (name, from, at) => this.#set.load(name, from, at),
      find: (name, from) => this.#set.find(name, from),
      importPath: (_from, to) => to.name,
      codePath: (_from, specifier) => specifier,
      projectPath: (_from, file) => file,
      projectGlobals: new Set(),
      projectFilters: new Set(),
      projectTests: new Set(),
      projectComponents: new Set(),
      options: { unsafe: this.#options.unsafe ?? false, types: false, runtime: "runtime" },
    });
    const imported = new Map<string, unknown>([
      ["runtime", runtime],
      ...dependencies.map((name) => [name, this.#module(this.#set.load(name))] as const),
    ]);
    evaluate(toFunctionBody(String(writer)), imported, module);
    // Checks unused partials as well.
    if (template.partial === undefined)
      for (const partial of template.partials.keys()) this.#module(this.#set.load(`${template.name}#${partial}`));
    return module;
  }
}

/** Imports become parameters and exports become properties: the same lines, as the body of a function. */
function toFunctionBody(code: string): string {
  const exported: string[] = [];
  const body = code
    // The imports as the writer emits them, one after the other.
    .replace(/^(?:import \* as (\$\w*) from ("[^"]*");\s*)+/, (imports) =>
      imports.replace(/import \* as (\$\w*) from ("[^"]*");/g, "const $1 = $$imports.get($2);"),
    )
    .replace(/\bexport function ([\w$]+)\(/g, (_found, name: string) => {
      exported.push(name);
      return `function ${name}(`;
    })
    .replace(/\bexport const ([\w$]+) = /g, (_found, name: string) => {
      exported.push(name);
      return `const ${name} = `;
    });
  return `"use strict"; ${body} Object.assign($exports, { ${[...new Set(exported)].join(", ")} });`;
}

function evaluate(body: string, imports: ReadonlyMap<string, unknown>, exports: Record<string, unknown>): void {
  let make: (imports: ReadonlyMap<string, unknown>, exports: Record<string, unknown>) => void;
  try {
    // The only place in the framework that runs code from a string. Applications never load this module.
    make = new Function("$imports", "$exports", body) as typeof make;
  } catch (error) {
    if (error instanceof EvalError)
      throw new GableError("E_VIEW_UNSAFE", "This process forbids code generation from strings.", { fix: "Put the template in a file." });
    throw error;
  }
  make(imports, exports);
}
