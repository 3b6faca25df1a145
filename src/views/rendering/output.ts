/** Holds the output of a render: one growing string and, after the first pending value, a list of segments. */
import { GableError } from "../../errors/gable-error.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type { RenderContext } from "./render-context.ts";

/** Writes markup after a string; returns the longer string. */
export type HtmlWriter = (out: Output, body: string) => string;

/** Continues at the position of a value that was awaited. */
export type Resume = (out: Output, body: string, value: unknown) => string;

/** Text, or a pending value. */
export type Segment =
  | string
  | { readonly promise: Promise<unknown>; readonly resume: Resume }
  | { readonly iterable: AsyncIterable<unknown>; readonly resume: Resume };

/** Deepest nesting of arrays and markup. */
const depthMax = 1000;
/** Deepest nesting of macros, includes and recursive loops. */
const callsMax = 100;

/** The state of one render. */
export class Output {
  readonly context: RenderContext;
  /** Whether the braces of `{{` in values are separated. */
  readonly isSplit: boolean;
  /** How templates are read; undefined if the application has no options for it. */
  readonly planOptions: PlanOptions | undefined;
  /** Undefined until a value is pending. */
  segments: Segment[] | undefined = undefined;
  /** Number of open levels of markup and lists. */
  depth = 0;
  /** Number of open macros, includes and recursive loops. */
  calls = 0;

  constructor(context: RenderContext) {
    this.context = context;
    const { options } = context;
    this.isSplit = options?.mustache === "split";
    this.planOptions = options?.plan;
  }

  /** Whether `on*` attributes accept a whole `raw()` value. */
  get inlineHandlers(): boolean {
    return this.context.options?.inlineHandlers === true;
  }

  /** Goes one level deeper. Throws `E_VIEW_DEPTH`. */
  enter(): void {
    if (++this.depth > depthMax) throw new GableError("E_VIEW_DEPTH", `Markup or lists are nested deeper than ${depthMax}.`);
  }

  /** Goes back one level. */
  leave(): void {
    this.depth--;
  }

  /** Enters a macro, an include or a recursive loop. Throws `E_VIEW_DEPTH`. */
  enterCall(what: string): void {
    if (++this.calls > callsMax) throw new GableError("E_VIEW_DEPTH", `${what} nests deeper than ${callsMax}.`);
  }

  /** Leaves it. */
  leaveCall(): void {
    this.calls--;
  }

  /** Reserves the position of a promise. Rendering continues immediately, so that no rejection is missed. */
  suspend(body: string, promise: Promise<unknown>, resume: Resume): string {
    promise.catch(() => undefined);
    (this.segments ??= []).push(body, { promise, resume });
    return "";
  }

  /** Reserves the position of values from an async iterable. */
  stream(body: string, iterable: AsyncIterable<unknown>, resume: Resume): string {
    (this.segments ??= []).push(body, { iterable, resume });
    return "";
  }
}
