/** JSON bodies: strict UTF-8, a depth found before parsing, no `__proto__` keys. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";

const depthMax = 64;
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses a JSON body. Throws `E_JSON_MALFORMED`, `E_JSON_DEPTH` above 64 levels, and `E_JSON_KEY_FORBIDDEN` for a
 * key `__proto__`, however it is escaped.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  assertDepth(bytes);
  // A key can be written with \u escapes, so the check looks at parsed keys, and only when one could be there.
  const isSuspect = text.includes("__proto__") || text.includes("\\u");
  try {
    return isSuspect ? JSON.parse(text, refuseProto) : JSON.parse(text);
  } catch (error) {
    if (error instanceof GableError) throw error;
    throw new GableError("E_JSON_MALFORMED", `The body is not JSON: ${toErrorText(error)}.`, { cause: error });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    // The decoder removes one byte order mark; a second one is a syntax error of JSON.
    return strictDecoder.decode(bytes);
  } catch (error) {
    throw new GableError("E_JSON_MALFORMED", "The body is not UTF-8.", { cause: error });
  }
}

function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new GableError("E_JSON_KEY_FORBIDDEN", "The body has a key named __proto__.");
  return value;
}

/**
 * Finds the nesting by a scan that knows strings, so that a hostile text never reaches the recursive parser. In UTF-8, a byte of one of these
 * characters is never a part of another character; bytes are read faster than characters of a string.
 */
function assertDepth(bytes: Uint8Array): void {
  let depth = 0;
  let isString = false;
  for (let index = 0; index < bytes.length; index++) {
    const code = bytes[index];
    if (isString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) isString = false;
    } else if (code === 0x22) isString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthMax) throw new GableError("E_JSON_DEPTH", `The body has more than ${depthMax} levels.`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}
