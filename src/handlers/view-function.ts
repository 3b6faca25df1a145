/** Defines the function that renders template files in handlers. */
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { PageOptions } from "../replies/replies.ts";
import type { ViewArguments, ViewName, ViewOutput, ViewProps } from "../views/registry.ts";

/** Renders a template file by its name; its props are type-checked against the generated views. */
export interface ViewFunction {
  /** Returns the output of the file: markup, XML or text. Throws `E_VIEW_NOT_FOUND`. */
  <Name extends ViewName>(name: Name, ...props: ViewArguments<Name>): ViewOutput<Name>;
  /** Returns a reply with a custom status or headers. */
  <Name extends ViewName>(name: Name, props: ViewProps<Name>, options: PageOptions): HandlerReply;
}
