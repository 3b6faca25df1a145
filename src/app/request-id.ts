/** Ids of requests: short, unique in the process and very likely beyond it. */
import { isToken } from "../http/byte-classes.ts";
import type { RequestContext } from "./context.ts";

const idLengthMax = 64;

/** Makes the function that names requests. A trusted proxy may name them. */
export function createRequestIds(): (context: RequestContext) => string {
  const prefix = [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join("");
  let count = 0;
  return (context) => {
    if (context.services.hasProxies && context.forwarded.isTrusted) {
      const given = context.headers.get("x-request-id");
      if (given !== null && given.length <= idLengthMax && isToken(given)) return given;
    }
    return `${prefix}-${(++count).toString(36)}`;
  };
}
