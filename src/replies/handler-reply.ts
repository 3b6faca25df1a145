/** Defines what a handler replies, before the application adds its headers. */
import { HeaderTable } from "../http/header-table.ts";
import type { HeaderInit } from "../http/header-table.ts";
import type { Validators } from "../http/conditions.ts";
import type { ReplyBody } from "../http/message.ts";
import type { Rendered } from "../views/rendering/render.ts";

/** Options for the status and header fields of a reply. */
export interface ReplyOptions {
  /** Status. Default 200, or the default of the helper. */
  status?: number;
  /** Header fields in addition to those of every reply. None by default. */
  headers?: HeaderInit | Readonly<Record<string, string>>;
}

/** A reply with a status, its own header fields, and a body. */
export class HandlerReply {
  /** Status, 200 to 599. */
  status: number;
  /** Body; a view is rendered when the reply is sent. */
  body: ReplyBody | Rendered;
  /** Media type; "" for none. A `content-type` in `headers` wins. */
  contentType: string;
  /** Whether a view with pending values is sent only when it is complete, with its length. */
  isBuffered = false;
  /** Identifies the content: sent with the reply, and compared with the conditions of the request. */
  validators: Validators | undefined = undefined;
  #headers: HeaderTable | undefined;

  constructor(status: number, contentType: string, body: ReplyBody | Rendered, headers?: ReplyOptions["headers"]) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    if (headers !== undefined) this.#headers = new HeaderTable(isPairs(headers) ? headers : Object.entries(headers));
  }

  /** Header fields of this reply; they override those of every reply. */
  get headers(): HeaderTable {
    this.#headers ??= new HeaderTable();
    return this.#headers;
  }

  /** Whether it has its own header fields. */
  get hasHeaders(): boolean {
    return this.#headers !== undefined;
  }
}

function isPairs(headers: NonNullable<ReplyOptions["headers"]>): headers is HeaderInit {
  return Symbol.iterator in headers;
}
