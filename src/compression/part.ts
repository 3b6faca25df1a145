/** Compresses replies, as a part of an application. */
import { optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import type { Compression } from "./compression.ts";

/** The option of `gable()` for compression. */
export interface CompressionSetting {
  /** Whether text replies of 1 KiB and more, and streams, are compressed with zstd, Brotli or gzip. Default false. */
  compression?: boolean;
}

/** Compresses the replies of all routes. Without the option, requests never reach its code. */
export const compressionPart = definePart({
  name: "compression",
  option: {
    names: { compression: true },
    check: ({ compression }: CompressionSetting) => {
      if (typeof compression !== "boolean") throw optionInvalid("gable()", "compression", compression, "true or false");
    },
    isEnabled: ({ compression }) => compression !== undefined && compression !== false,
  },
  start: async (): Promise<Compression> => {
    // Loads node:zlib, which only this feature needs.
    const module = await import("./compression.ts");
    return new module.Compression();
  },
});
