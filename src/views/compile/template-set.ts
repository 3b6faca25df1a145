/** Manages the files that are compiled together: each is parsed once, found by the names that others use, and read after its parents. */
import { GableError } from "../../errors/gable-error.ts";
import { findNearestName, suggestName } from "../../errors/nearest-name.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type { SourceText } from "../syntax/source-text.ts";
import { parseTemplate } from "../syntax/template-parser.ts";
import type { WhitespaceOptions } from "../syntax/template-parser.ts";
import { findContexts } from "./contexts.ts";
import type { BlockContext, Contexts } from "./context-pass.ts";
import type { Template } from "./template.ts";
import { describeTemplate, fileOf, modeOf, resolveName, toPartialTemplate } from "./template.ts";

/** Where the sources of a set come from. */
export interface TemplateSetOptions {
  /** Names of all files. */
  readonly names: () => readonly string[];
  /** Returns the source of a file; undefined if it does not exist. */
  readonly read: (name: string) => SourceText | undefined;
  readonly whitespace: WhitespaceOptions;
  readonly plan: PlanOptions;
}

/** Files by name, each parsed and read once. */
export class TemplateSet {
  readonly #options: TemplateSetOptions;
  readonly #templates = new Map<string, Template>();
  readonly #contexts = new Map<string, Contexts>();

  constructor(options: TemplateSetOptions) {
    this.#options = options;
  }

  /** Returns a file by its name, or as another file names it; undefined if it does not exist. */
  find(given: string, from?: Template): Template | undefined {
    const name = resolveName(given, from);
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    if (name.includes("#")) return this.#findPartial(name);
    const source = this.#options.read(name);
    if (source === undefined) return undefined;
    const mode = modeOf(name);
    if (mode === undefined || mode === "refused")
      throw new GableError("E_VIEW_NOT_FOUND", `"${name}" does not have the extension of a view.`);
    const template = describeTemplate(name, source, mode, parseTemplate(source, this.#options.whitespace));
    this.#templates.set(name, template);
    return template;
  }

  #findPartial(name: string): Template | undefined {
    const file = this.find(fileOf(name));
    const partial = file?.partials.get(name.slice(name.indexOf("#") + 1));
    if (file === undefined || partial === undefined) return undefined;
    const template = toPartialTemplate(file, partial);
    this.#templates.set(name, template);
    return template;
  }

  /** Like find. Throws `E_VIEW_NOT_FOUND` and `E_VIEW_PARTIAL` with the nearest name. */
  load(given: string, from?: Template, at = 0): Template {
    const found = this.find(given, from);
    if (found !== undefined) return found;
    const file = given.includes("#") ? this.find(fileOf(resolveName(given, from))) : undefined;
    if (file !== undefined) throw this.#unknownPartial(file, given.slice(given.indexOf("#") + 1), from, at);
    const names = this.#options.names();
    const fix = suggestName(resolveName(given, from), names, `There are: ${names.join(", ")}.`);
    if (from === undefined) throw new GableError("E_VIEW_NOT_FOUND", `Unknown view "${given}".`, { fix });
    throw from.source.error("E_VIEW_NOT_FOUND", at, `unknown view "${given}"`, fix);
  }

  #unknownPartial(file: Template, name: string, from: Template | undefined, at: number): GableError {
    const known = [...file.partials.keys()];
    const nearest = findNearestName(name, known);
    const fix = nearest === undefined ? `It has: ${known.join(", ") || "none"}.` : `Write "${file.name}#${nearest}".`;
    if (from === undefined) return new GableError("E_VIEW_PARTIAL", `"${file.name}" has no partial "${name}".`, { fix });
    return from.source.error("E_VIEW_PARTIAL", at, `"${file.name}" has no partial "${name}"`, fix);
  }

  /** Returns the contexts of a file's values. */
  contextsOf(template: Template): Contexts {
    const known = this.#contexts.get(template.name);
    if (known !== undefined) return known;
    this.#assertNoCircle(template);
    const contexts = findContexts(template, { ...this.#options.plan, parentBlocks: this.#parentBlocks(template) });
    this.#contexts.set(template.name, contexts);
    return contexts;
  }

  #parentOf(template: Template): Template | undefined {
    const { parent } = template;
    return parent?.name === undefined ? undefined : this.load(parent.name, template, parent.at);
  }

  #assertNoCircle(template: Template): void {
    const seen = new Set<Template>();
    for (let each: Template | undefined = template; each !== undefined; each = this.#parentOf(each)) {
      if (!seen.has(each)) seen.add(each);
      else
        throw each.source.error(
          "E_VIEW_DEPTH",
          each.parent!.at,
          `"${each.name}" extends itself`,
          "Extend a file that does not lead back to this one.",
        );
    }
  }

  #parentBlocks(template: Template): ReadonlyMap<string, BlockContext> | undefined {
    const parent = this.#parentOf(template);
    return parent === undefined ? undefined : new Map([...(this.#parentBlocks(parent) ?? []), ...this.contextsOf(parent).blocks]);
  }
}
