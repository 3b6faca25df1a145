/** Saves uploads in storages: under a random key, with the size and the hash of what was saved. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { SavedUpload, SaveUploadOptions, UploadedFile, UploadTarget } from "../handlers/uploaded-file.ts";
import { extensionOf } from "../http/file-types.ts";
import { findMediaType } from "../http/media-type.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";
import { sniffableTypes } from "./sniff.ts";

/** Letters and digits that nobody confuses: 5 bits each, so that 26 of them have 130 bits. */
const letters = "0123456789abcdefghjkmnpqrstvwxyz";
const randomLetters = 26;
const unknownType = "application/octet-stream";
const optionNames: Readonly<Record<keyof SaveUploadOptions, true>> = { prefix: true };

/** Saves an upload. Throws `E_OPTION_INVALID`, and what the storage throws. */
export async function saveUpload(file: UploadedFile, storage: UploadTarget, options: SaveUploadOptions): Promise<SavedUpload> {
  assertKnownOptions("saveTo()", options, Object.keys(optionNames));
  if (typeof storage?.put !== "function") throw optionInvalid("saveTo()", "storage", storage, "a path, or the storage of gable/storage");
  const { prefix = "" } = options;
  const type = toStoredType(file);
  const key = createUploadKey(prefix, type);
  const hash = getNodeCrypto().createHash("sha256");
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.stream()) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await storage.put(key, counted(), { type });
  return { key, bytes, type, sha256: hash.digest("hex") };
}

/** A type that the content would tell is not taken from the client. */
function toStoredType({ type, isSniffed }: UploadedFile): string {
  const plain = findMediaType(type)?.type ?? unknownType;
  return isSniffed || !sniffableTypes.has(plain) ? plain : unknownType;
}

function createUploadKey(prefix: string, type: string): string {
  if (typeof prefix !== "string") throw optionInvalid("saveTo()", "prefix", prefix, 'the start of a key, such as "covers"');
  const start = prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`;
  const now = new Date();
  const month = String(now.getUTCMonth() + 1).padStart(2, "0");
  const name = Array.from(crypto.getRandomValues(new Uint8Array(randomLetters)), (byte) => letters[byte & 31]).join("");
  const extension = extensionOf(type);
  return `${start}${now.getUTCFullYear()}/${month}/${name}${extension === undefined ? "" : `.${extension}`}`;
}
