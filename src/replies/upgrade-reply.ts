/** The reply that lets a connection leave HTTP. */
import type { TakenConnection } from "../http/message.ts";
import { HandlerReply } from "./handler-reply.ts";

/** A reply with status 101. */
export class UpgradeReply extends HandlerReply {
  /** Takes the connection over, and writes the head of the reply. */
  readonly takeOver: (connection: TakenConnection) => void;

  constructor(takeOver: (connection: TakenConnection) => void) {
    super(101, "", null);
    this.takeOver = takeOver;
  }
}
