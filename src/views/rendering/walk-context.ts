/** The context of the walk that is under way: markup that it turns into text, for an attribute or a filter, sees the same one. */
import type { RenderContext } from "./render-context.ts";

/** Walks are synchronous: there is one at a time. */
let currentContext: RenderContext = {};

/** The context of the walk that is under way. */
export function contextOfWalk(): RenderContext {
  return currentContext;
}

/** Runs a walk in its context. */
export function walkIn(context: RenderContext, run: () => string): string {
  const outer = currentContext;
  currentContext = context;
  try {
    return run();
  } finally {
    currentContext = outer;
  }
}
