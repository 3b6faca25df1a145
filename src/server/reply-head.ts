/** The one place that writes heads of replies. */
import { GableError } from "../errors/gable-error.ts";
import type { HeaderInit } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import { reasonPhrase } from "../http/problem.ts";

const statusLines: string[] = Array.from({ length: 600 }, (_, status) => `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`);

/** Writes the status line; 1xx and invalid statuses are errors of the program. */
export function toStatusLine(status: number): string {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return statusLines[status]!;
  throw new GableError("E_REPLY_INVALID", `The reply has the status ${String(status)}.`);
}

/** Writes an interim reply with links (RFC 8297). */
export function toEarlyHints(links: readonly string[]): string {
  const table = new HeaderTable(links.map((link) => ["link", link]));
  return `HTTP/1.1 103 Early Hints\r\n${table.toWire()}\r\n`;
}

/** The fields of a reply as a table; pairs are checked here. */
export function toHeaderTable(headers: HeaderInit): HeaderTable {
  return headers instanceof HeaderTable ? headers : new HeaderTable(headers);
}

/** Field that ends a connection. */
export const closeLine = "connection: close\r\n";

/** Fields that promise a kept connection. */
export function toKeepAliveLines(keepAliveMs: number): string {
  return `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
}
