/** Adds diagnostics to an application: in development, the log reports what requests do too often or too slowly. */
import type { PartHooks } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import type { QueryFinding } from "./query-report.ts";

/** Watches the database queries of requests, in development. */
export const diagnosticsPart = definePart({
  name: "diagnostics",
  start: async ({ mode, logger }): Promise<PartHooks> => {
    if (mode !== "development") return {};
    const { createQueryWatch } = await import("./query-report.ts");
    const watch = createQueryWatch();
    return {
      around: (request, work) =>
        watch(work, ({ text, facts }: QueryFinding) => logger.warn(facts, `${request.method} ${request.path} ${text}.`)),
    };
  },
});
