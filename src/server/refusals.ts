/** Fixed replies of the engine, made once per code: they never repeat input. */
import type { ErrorCode } from "../errors/catalogue.ts";
import { catalogue } from "../errors/catalogue.ts";
import { HeaderTable } from "../http/header-table.ts";

/** A fixed reply. */
export interface RefusalReply {
  readonly status: number;
  readonly headers: HeaderTable;
  readonly body: string;
}

const refusals = new Map<ErrorCode, RefusalReply>();

/** The reply of a code: plain text with its title and the code. */
export function refusalReply(code: ErrorCode): RefusalReply {
  let reply = refusals.get(code);
  if (reply === undefined) {
    const headers = new HeaderTable([
      ["content-type", "text/plain; charset=utf-8"],
      ["x-content-type-options", "nosniff"],
      ["cache-control", "no-store"],
    ]);
    if (code === "E_METHOD_TRACE") headers.set("allow", "GET, HEAD, OPTIONS");
    if (code === "E_SERVER_FULL" || code === "E_SERVER_STOPPING") headers.set("retry-after", "1");
    reply = Object.freeze({ status: catalogue[code].status, headers: headers.freeze(), body: `${catalogue[code].title} (${code})\n` });
    refusals.set(code, reply);
  }
  return reply;
}
