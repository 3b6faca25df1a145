/** Where a walk writes: one growing string, and from the first pending value on a list of segments. */
import { GableError } from "../../errors/gable-error.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type { RenderContext } from "./render-context.ts";

/** Writes markup after a string; returns the longer string. */
export type HtmlWriter = (out: Output, body: string) => string;

/** Continues at the place of a value that was awaited. */
export type Resume = (out: Output, body: string, value: unknown) => string;

/** Text, or a value that is not there yet. */
export type Segment =
  | string
  | { readonly promise: Promise<unknown>; readonly resume: Resume }
  | { readonly iterable: AsyncIterable<unknown>; readonly resume: Resume };

/** Deepest nesting of arrays and markup. */
const depthMax = 1000;
/** Deepest nesting of macros, includes and recursive loops. */
const callsMax = 100;

/** The state of one walk. */
export class Output {
  readonly context: RenderContext;
  /** Whether the braces of `{{` in values are separated. */
  readonly isSplit: boolean;
  /** How templates are read; undefined where the application has no options for it. */
  readonly planOptions: PlanOptions | undefined;
  /** Undefined while everything was at hand. */
  segments: Segment[] | undefined = undefined;
  /** Levels of markup and lists that are open. */
  depth = 0;
  /** Macros, includes and recursive loops that are open. */
  calls = 0;

  constructor(context: RenderContext) {
    this.context = context;
    const { options } = context;
    this.isSplit = options?.mustache === "split";
    this.planOptions = options?.plan;
  }

  /** Whether `on*` attributes take a whole `raw()` value. */
  get inlineHandlers(): boolean {
    return this.context.options?.inlineHandlers === true;
  }

  /** Goes one level deeper. Throws `E_VIEW_DEPTH`. */
  enter(): void {
    if (++this.depth > depthMax) throw new GableError("E_VIEW_DEPTH", `Markup or lists are nested deeper than ${depthMax}.`);
  }

  /** Comes back. */
  leave(): void {
    this.depth--;
  }

  /** Goes into a macro, an include, or a recursive loop. Throws `E_VIEW_DEPTH`. */
  enterCall(what: string): void {
    if (++this.calls > callsMax) throw new GableError("E_VIEW_DEPTH", `${what} nests deeper than ${callsMax}.`);
  }

  /** Comes back from it. */
  leaveCall(): void {
    this.calls--;
  }

  /** Keeps the place of a promise; what follows is walked at once, so that no rejection goes unseen. */
  suspend(body: string, promise: Promise<unknown>, resume: Resume): string {
    promise.catch(() => undefined);
    (this.segments ??= []).push(body, { promise, resume });
    return "";
  }

  /** Keeps the place of values that come one by one. */
  stream(body: string, iterable: AsyncIterable<unknown>, resume: Resume): string {
    (this.segments ??= []).push(body, { iterable, resume });
    return "";
  }
}
