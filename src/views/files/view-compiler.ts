/** Parses and compiles the files of one state of the views folders. */
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { compileModule } from "../compile/module.ts";
import type { ModuleHost } from "../compile/module-host.ts";
import type { ModuleResult } from "../compile/module.ts";
import type { Template } from "../compile/template.ts";
import { fileOf } from "../compile/template.ts";
import { TemplateSet } from "../compile/template-set.ts";
import { SourceText } from "../syntax/source-text.ts";
import type { ProjectCode, ViewFile } from "./view-folder.ts";
import type { ViewProjectOptions } from "./project-options.ts";

/** What compiling needs from the project: its options, and where generated files are. */
interface CompiledProject {
  readonly options: ViewProjectOptions;
  readonly pathOf: (name: string) => string;
}

/** The compiler of one state: each file is parsed once. */
export class ViewCompiler {
  readonly #files: ReadonlyMap<string, ViewFile>;
  readonly #code: ProjectCode;
  readonly #project: CompiledProject;
  readonly #set: TemplateSet;

  constructor(files: ReadonlyMap<string, ViewFile>, code: ProjectCode, project: CompiledProject) {
    this.#files = files;
    this.#code = code;
    this.#project = project;
    const { trimBlocks = true, lstripBlocks = true, keepTrailingNewline = false } = project.options;
    const { attributes = {}, inlineHandlers = false, keepsComments = false, foldBlanks = false } = project.options;
    this.#set = new TemplateSet({
      names: () => [...files.keys()],
      read: (name) => {
        const file = files.get(name);
        if (file?.failure !== undefined) throw file.failure;
        return file === undefined ? undefined : new SourceText(toShownName(file), file.text);
      },
      whitespace: { trimBlocks, lstripBlocks, keepTrailingNewline },
      plan: { attributes, inlineHandlers, keepsComments, foldBlanks },
    });
  }

  /** Compiles one file. */
  compile(name: string): ModuleResult {
    const template = this.load(name);
    return compileModule(template, this.#set.contextsOf(template), this.#host());
  }

  /** Returns a parsed file. */
  load(name: string): Template {
    return this.#set.load(name);
  }

  /** Returns a parsed file by the name that another file uses. */
  find(name: string, from: Template): Template | undefined {
    return this.#set.find(name, from);
  }

  #host(): ModuleHost {
    const project = this.#project;
    const toSpecifier = (from: Template, path: string): string => {
      const specifier = relative(dirname(project.pathOf(from.name)), path).replaceAll("\\", "/");
      return specifier.startsWith(".") ? specifier : `./${specifier}`;
    };
    return {
      load: (name, from, at) => this.#set.load(name, from, at),
      find: (name, from) => this.#set.find(name, from),
      importPath: (from, to) => toSpecifier(from, project.pathOf(to.name)),
      codePath: (from, specifier) =>
        specifier.startsWith(".") ? toSpecifier(from, resolve(dirname(this.#files.get(fileOf(from.name))!.path), specifier)) : specifier,
      projectPath: (from, file) => toSpecifier(from, join(this.#code.folders.get(file)!, `${file}.ts`)),
      projectGlobals: this.#code.globals,
      projectFilters: this.#code.filters,
      projectTests: this.#code.tests,
      projectComponents: this.#code.components,
      options: {
        unsafe: project.options.unsafe ?? false,
        marksIncludes: project.options.markIncludes ?? false,
        types: true,
        runtime: "gable/views/runtime",
      },
    };
  }
}

/** Returns the name of a file as errors show it. */
export function toShownName({ path }: ViewFile): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith("..") || isAbsolute(shown) ? path : shown.replaceAll("\\", "/");
}
