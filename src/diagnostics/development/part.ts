/** Adds the tools of development to an application. In another mode it does nothing, and loads nothing. */
import type { RawRequest, Reply } from "../../http/message.ts";
import type { PartHooks, Pending } from "../../parts/part.ts";
import { definePart } from "../../parts/part.ts";
import type { RequestTrace } from "../../parts/request-trace.ts";

/** The options of the application that the tools read. */
interface ReadOptions {
  readonly hosts?: readonly string[];
}

/** What the application gets of the tools. */
interface DevelopmentHooks extends PartHooks {
  /** Follows requests; undefined outside of development. */
  readonly trace?: RequestTrace | undefined;
}

/** Inserts scripts into pages, and answers `/_gable/`. */
export const developmentPart = definePart({
  name: "development",
  start: async (host, options: ReadOptions): Promise<DevelopmentHooks> => {
    if (host.mode !== "development") return {};
    const { createDevelopment } = await import("./development.ts");
    const development = createDevelopment(host, options);
    return {
      trace: development.trace,
      early: (request: RawRequest) => development.early(request),
      around: (request: RawRequest, work: () => Pending<Reply>) => development.around(request, work),
      started: () => development.started(),
      drain: () => development.drain(),
      stop: () => development.stop(),
    };
  },
});
