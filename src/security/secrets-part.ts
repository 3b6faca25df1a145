/** The secret keys of an application, as a part: they sign cookies, and what the signers of its modules sign. */
import { definePart } from "../parts/part.ts";
import { addKeySource, notedPurposes, withKeySource } from "./key-source.ts";
import type { SecretKey } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";
import { Secrets, secretKeysMissing } from "./secrets.ts";

/** The option of `gable()` for secret keys. */
export interface SecretKeysSetting {
  /**
   * Keys for signatures and encryption: the first one signs, all of them verify. Each has at least 32 random bytes, as base64url,
   * base64 or hex text. Default: a key in `var/dev-key` in development, none in production.
   */
  secretKeys?: readonly SecretKey[];
}

/** Gives signers and cookies the keys of their application. */
export const secretsPart = definePart({
  name: "secrets",
  option: {
    names: { secretKeys: true },
    check: ({ secretKeys }: SecretKeysSetting) => {
      if (secretKeys !== undefined) createKeyring(secretKeys);
    },
    // Development and tests have keys without the option.
    isEnabled: () => true,
  },
  start: ({ mode, logger }, { secretKeys }) => {
    const secrets = new Secrets({ secretKeys, mode, logger });
    const purposes = notedPurposes();
    if (!secrets.hasKeys && purposes.length > 0) {
      const names = purposes.map((purpose) => `"${purpose}"`).join(", ");
      throw secretKeysMissing(`createSigner() was called for ${names}`);
    }
    const stop = secrets.hasKeys ? addKeySource(secrets) : undefined;
    // An application without keys and signers pays nothing for them.
    const isUsed = secretKeys !== undefined || purposes.length > 0;
    return Object.assign(secrets, {
      stop: () => stop?.(),
      ...(isUsed ? { enter: <Result>(work: () => Result) => withKeySource(secrets, work) } : {}),
    });
  },
});
