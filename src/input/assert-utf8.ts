/** Refuses bodies in other charsets than UTF-8: their bytes would be read as other characters. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import type { MediaType } from "../http/media-type.ts";
import { isUtf8 } from "../http/media-type.ts";

/** Throws `E_BODY_ENCODING` for a media type that names another charset than UTF-8. */
export function assertUtf8(mediaType: MediaType): void {
  if (isUtf8(mediaType)) return;
  const charset = describeValue(mediaType.params.get("charset"));
  throw new GableError("E_BODY_ENCODING", `The Content-Type of the body names the charset ${charset}; only UTF-8 is read.`, {
    status: 400,
    fix: "Send the body in UTF-8, and leave the charset out.",
  });
}
