/** Renders views to the bodies of replies as late as possible: they see everything that the request has set until then. */
import type { ReplyBody } from "../http/message.ts";
import type { RenderContext } from "../views/rendering/render-context.ts";
import type { Rendered } from "../views/rendering/render.ts";
import { render, walk } from "../views/rendering/render.ts";
import { contentTypeOfHtml, isHtml, isPlainText, isXml } from "../views/values.ts";
import type { HandlerReply } from "./handler-reply.ts";

/** Returns whether a value is a view. */
export function isRendered(value: unknown): value is Rendered {
  return typeof value === "object" && value !== null && (isHtml(value) || isXml(value) || isPlainText(value));
}

/** Returns the media type of a view. */
export function contentTypeOf(view: Rendered): string {
  return isHtml(view) ? contentTypeOfHtml(view) : view.contentType;
}

/** Renders the view of a reply to its body. Throws what the view throws. */
export function renderBody(reply: HandlerReply, view: Rendered, context: RenderContext): ReplyBody | Promise<ReplyBody> {
  if (reply.isBuffered) return render(view, context);
  const walked = walk(view, context);
  if (typeof walked === "string") return walked;
  // A part that comes later may have a script: the policy is sent before it.
  void context.nonce;
  // A reverse proxy must not wait for the end of a stream.
  reply.headers.set("x-accel-buffering", "no");
  return walked;
}
