/** The context of the walk that is under way: markup that it turns into text, for an attribute or a filter, sees the same one. */
import { escapeText } from "../escape/text.ts";
import type { RenderContext } from "./render-context.ts";

/** Walks are synchronous: there is one at a time. */
let currentContext: RenderContext = {};

/** The context of the walk that is under way. */
export function contextOfWalk(): RenderContext {
  return currentContext;
}

/** Escapes text for markup that is made during a walk, with the options of that walk. */
export function escapeInWalk(text: string): string {
  return escapeText(text, currentContext.options?.mustache === "split");
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
