/** Traces as a part of an application: the option, and its check. */
import { optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import type { Traces } from "./traces.ts";

/** The option of `gable()` for traces. */
export interface TracesSetting {
  /**
   * Whether requests and tasks become spans of OpenTelemetry, and requests of `fetch()` inside them carry `traceparent`. Needs the
   * package `@opentelemetry/api`; throws `E_TRACES_PACKAGE` at start without it. Default false.
   */
  traces?: boolean;
}

/** Makes spans of what the application does. Without the option, its code is never loaded. */
export const tracesPart = definePart({
  name: "traces",
  option: {
    names: { traces: true },
    check: ({ traces }: TracesSetting) => {
      if (traces !== true) throw optionInvalid("gable()", "traces", traces, "true or false");
    },
    isEnabled: ({ traces }) => traces !== undefined && traces !== false,
  },
  start: async (): Promise<Traces> => {
    // Loads modules of Node, and the package of OpenTelemetry, which only this feature needs.
    const { createTraces } = await import("./open-telemetry.ts");
    return createTraces();
  },
});
