/** `gable key generate`: a new secret for signing and encrypting. */
import { randomBytes } from "node:crypto";
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

/** Fewest bytes of a key: those of its MAC. */
const bytesMin = 32;
const bytesMax = 1_024;
const flags = { bytes: { type: "int", help: "Length in bytes", default: bytesMin } } as const;

/** Prints a line for `.env`. */
export const keyGenerate = builtIn({
  examples: ["key generate", "key generate >> .env"],
  flags,
  run({ flags: { bytes }, print }: BuiltInContext<{}, typeof flags>) {
    if (bytes < bytesMin || bytes > bytesMax)
      throw new GableError("E_COMMAND_USAGE", `--bytes is ${bytes}; it must be from ${bytesMin} to ${bytesMax}.`);
    const key = randomBytes(bytes).toString("base64url");
    print(`SECRET_KEYS=${key}`);
    return { key };
  },
});
