/** What a handler answers, before the application object adds its headers. */
import { HeaderTable } from "../http/header-table.ts";
import type { HeaderInit } from "../http/header-table.ts";
import type { Validators } from "../http/conditions.ts";
import type { ReplyBody } from "../http/message.ts";
import type { Rendered } from "../views/rendering/render.ts";

/** Status and header fields of a reply helper. */
export interface ReplyOptions {
  /** Status. Default 200, or what the helper says. */
  status?: number;
  /** Header fields beside those that every reply has. None by default. */
  headers?: HeaderInit | Readonly<Record<string, string>>;
}

/** A reply with a status, header fields of its own, and a body. */
export class HandlerReply {
  /** Status, 200 to 599. */
  status: number;
  /** Body; a view is rendered when the reply is sent. */
  body: ReplyBody | Rendered;
  /** Media type; "" for none. A `content-type` in `headers` wins. */
  contentType: string;
  /** Whether a view with pending values is sent when it is whole, with its length. */
  isBuffered = false;
  /** What identifies the content: sent with the reply, and held against the conditions of the request. */
  validators: Validators | undefined = undefined;
  #headers: HeaderTable | undefined;

  constructor(status: number, contentType: string, body: ReplyBody | Rendered, headers?: ReplyOptions["headers"]) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    if (headers !== undefined) this.#headers = new HeaderTable(isPairs(headers) ? headers : Object.entries(headers));
  }

  /** Header fields of this reply; they win over those that every reply has. */
  get headers(): HeaderTable {
    this.#headers ??= new HeaderTable();
    return this.#headers;
  }

  /** Whether it has header fields of its own. */
  get hasHeaders(): boolean {
    return this.#headers !== undefined;
  }
}

function isPairs(headers: NonNullable<ReplyOptions["headers"]>): headers is HeaderInit {
  return Symbol.iterator in headers;
}
