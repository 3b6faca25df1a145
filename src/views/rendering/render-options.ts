/** Options that an application sets for everything it renders. They travel with the context: no module keeps them. */
import type { PlanOptions } from "../reading/plan.ts";

/** Options for rendering. */
export interface RenderOptions {
  /** "split" separates the braces of `{{` in values. "keep" by default. */
  readonly mustache?: "keep" | "split";
  /** "strict" rejects strings that `raw()` marked as markup. "any" by default. */
  readonly raw?: "any" | "strict";
  /** Whether `on*` attributes accept a whole `raw()` value. False by default. */
  readonly inlineHandlers?: boolean;
  /** How tagged templates are read. Undefined by default: all applications share one plan per template. */
  readonly plan?: PlanOptions | undefined;
}

/** Returns the options of an application. Plans that no option changes are shared with all other applications. */
export function toRenderOptions(options: Omit<RenderOptions, "plan"> & Omit<PlanOptions, "inlineHandlers" | "isSvg">): RenderOptions {
  const { mustache = "keep", raw = "any", inlineHandlers = false, attributes = {}, keepsComments = false, foldBlanks = false } = options;
  const changesPlans = keepsComments || foldBlanks || Object.keys(attributes).length > 0;
  return { mustache, raw, inlineHandlers, plan: changesPlans ? { attributes, keepsComments, foldBlanks } : undefined };
}
