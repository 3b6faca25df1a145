/** Sends a request again to its own address, on a new connection. */
import type { RawRequest, Reply } from "./message.ts";

/** Returns a reply that makes the client repeat its request, with its method and its body (RFC 9110 section 15.4.8). */
export function repeatRequest({ path, queryString }: Pick<RawRequest, "path" | "queryString">): Reply {
  // Two slashes at the start would name another host.
  const target = path.startsWith("//") ? `/.${path}` : path;
  const location = queryString === "" ? target : `${target}?${queryString}`;
  return {
    status: 307,
    headers: [
      ["location", location],
      ["cache-control", "no-store"],
    ],
    body: null,
  };
}
