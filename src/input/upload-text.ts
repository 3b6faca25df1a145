/** Reads uploads as text: limited, and strictly UTF-8. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { UploadedFile, UploadTextOptions } from "../handlers/uploaded-file.ts";

/** Returns the content as text. Throws `E_UPLOAD_TOO_LARGE`, `E_UPLOAD_NOT_TEXT` and `E_OPTION_INVALID`. */
export async function readUploadText(file: UploadedFile, options: UploadTextOptions): Promise<string> {
  assertKnownOptions("text()", options, { bytesMax: true });
  const { bytesMax } = options;
  if (!(Number.isSafeInteger(bytesMax) && bytesMax > 0)) throw optionInvalid("text()", "bytesMax", bytesMax, "a whole number above 0");
  if (file.sizeBytes > bytesMax)
    throw new GableError("E_UPLOAD_TOO_LARGE", `The upload has ${file.sizeBytes} bytes; text() reads at most ${bytesMax}.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.bytes());
  } catch (error) {
    // Only the decoder throws a TypeError here.
    if (!(error instanceof TypeError)) throw error;
    throw new GableError("E_UPLOAD_NOT_TEXT", "The upload is not text in UTF-8.", { cause: error });
  }
}
