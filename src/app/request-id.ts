/** Ids of requests: short, unique in the process and very likely beyond it. */
import { isToken } from "../http/byte-classes.ts";
import type { RequestContext } from "./request-context.ts";

const idLengthMax = 64;

/** Makes the function that names requests. A trusted proxy may name them. */
export function createRequestIds(): (context: RequestContext) => string {
  // Unique, not secret: an id gives no access, and loading the cryptography of the runtime would slow the start.
  const prefix = `${Date.now().toString(36)}${Math.floor(Math.random() * 2 ** 32).toString(36)}`;
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  let count = 0;
  let head = `${prefix}-`;
  return (context) => {
    if (context.services.hasProxies && context.forwarded.isTrusted) {
      const given = context.headers.get("x-request-id");
      if (given !== null && given.length <= idLengthMax && isToken(given)) return given;
    }
    // The count in base 36: converting all of it for each request is slower.
    const digit = ++count % digits.length;
    if (digit === 0) head = `${prefix}-${(count / digits.length).toString(36)}`;
    return head + digits[digit];
  };
}
