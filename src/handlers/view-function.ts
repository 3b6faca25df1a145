/** The function that renders template files, as handlers see it. */
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { PageOptions } from "../replies/replies.ts";
import type { ViewArguments, ViewName, ViewOutput, ViewProps } from "../views/registry.ts";

/** Renders a template file by its name; its props are checked when the views were generated. */
export interface ViewFunction {
  /** Gives what the file makes: markup, XML or text. Throws `E_VIEW_NOT_FOUND`. */
  <Name extends ViewName>(name: Name, ...props: ViewArguments<Name>): ViewOutput<Name>;
  /** Gives a reply with a status or headers of its own. */
  <Name extends ViewName>(name: Name, props: ViewProps<Name>, options: PageOptions): HandlerReply;
}
