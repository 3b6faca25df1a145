/** The page of a link that was used, has expired or never existed. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext } from "../../handlers/context.ts";
import { preferredType } from "../../http/negotiation.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { findService } from "../find-service.ts";
import { showPage } from "./show-page.ts";

/** Answers 410 with a link to where a new mail can be asked for. Throws `E_LINK_EXPIRED` for clients that take no pages. */
export function expiredPage(context: AnyContext): HandlerReply {
  if (preferredType(context.headers.get("accept"), ["application/json", "text/html"]) !== "text/html")
    throw new GableError("E_LINK_EXPIRED", "This link was used already, or it has expired.");
  const { routes } = findService(context);
  return showPage(context, {
    name: "link-expired",
    title: "This link no longer works",
    text: "It was used already, or it has expired. Request a new email, or sign in: you get a new link there.",
    links: { "Send a new mail": routes.url("forgot"), "Sign in": routes.url("login") },
    status: 410,
  });
}
