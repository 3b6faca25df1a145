/** Holds the context of the current render: markup that it converts to a string, for an attribute or a filter, gets the same one. */
import { escapeText } from "../escape/text.ts";
import type { RenderContext } from "./render-context.ts";

/** Rendering is synchronous: there is one at a time. */
let currentContext: RenderContext = {};

/** Returns the context of the current render. */
export function contextOfWalk(): RenderContext {
  return currentContext;
}

/** Escapes text for markup that is created during a render, with the options of that render. */
export function escapeInWalk(text: string): string {
  return escapeText(text, currentContext.options?.mustache === "split");
}

/** Makes a context the current one; returns the one before. Pass that to this function in a `finally`. */
export function switchContext(context: RenderContext): RenderContext {
  const outer = currentContext;
  currentContext = context;
  return outer;
}

/** Runs a function in a render context. */
export function walkIn(context: RenderContext, run: () => string): string {
  const outer = currentContext;
  currentContext = context;
  try {
    return run();
  } finally {
    currentContext = outer;
  }
}
