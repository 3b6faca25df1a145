/** Replies with a file: conditions, ranges, and the file's own headers. */
import { evaluateConditions, holdsIfRange } from "../http/conditions.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { toHttpDate } from "../http/http-date.ts";
import type { ReplyBody } from "../http/message.ts";
import { parseRange } from "../http/ranges.ts";

/** A file that can be sent. */
export interface SendableFile {
  readonly type: string;
  readonly sizeBytes: number;
  readonly modified: Date;
  /** `modified` as an HTTP date, if it was formatted before. */
  readonly modifiedText?: string;
  /** ETag with its quotes. */
  readonly etag: string;
  /** Returns a part of it; called at most once. */
  body(start: number, lengthBytes: number): ReplyBody;
  /** Called if none of it is sent. */
  close(): void | Promise<void>;
}

/** A reply without the headers of the application. */
export interface PlainReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: ReplyBody;
}

/** Creates the reply to a request for a file (RFC 9110 sections 13 and 14). */
export function createFileReply(
  method: string,
  requestHeaders: HeaderReader,
  file: SendableFile,
  headers: ReadonlyArray<readonly [string, string]> = [],
): PlainReply {
  const common: Array<readonly [string, string]> = [
    ["etag", file.etag],
    ["last-modified", file.modifiedText ?? toHttpDate(file.modified)],
    ["accept-ranges", "bytes"],
    ...headers,
  ];
  const without = (status: number, extra: ReadonlyArray<readonly [string, string]> = []): PlainReply => {
    void file.close();
    return { status, contentType: "", headers: [...common, ...extra], body: null };
  };
  const result = evaluateConditions(method, requestHeaders, { etag: file.etag, lastModified: file.modified });
  if (result === "not-modified") return without(304);
  if (result === "failed") return without(412);
  const range =
    method === "GET" && holdsIfRange(requestHeaders, { etag: file.etag, lastModified: file.modified })
      ? parseRange(requestHeaders.get("range"), file.sizeBytes)
      : undefined;
  if (range === "unsatisfiable") return without(416, [["content-range", `bytes */${file.sizeBytes}`]]);
  if (range === undefined) return { status: 200, contentType: file.type, headers: common, body: file.body(0, file.sizeBytes) };
  const contentRange = `bytes ${range.start}-${range.end}/${file.sizeBytes}`;
  return {
    status: 206,
    contentType: file.type,
    headers: [...common, ["content-range", contentRange]],
    body: file.body(range.start, range.end - range.start + 1),
  };
}
