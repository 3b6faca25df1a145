/** Password hashes as PHC strings: `$scheme$parameters$salt$hash`. */

/** A hash with everything that checking it needs. */
export interface PasswordHash {
  /** `argon2id` or `scrypt`. */
  readonly scheme: string;
  /** Version of argon2; undefined for others. */
  readonly version: number | undefined;
  /** Parameters by their names in the string. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const pattern =
  /^\$([a-z0-9-]{1,32})(?:\$v=(\d{1,10}))?\$([a-z]{1,16}=\d{1,10}(?:,[a-z]{1,16}=\d{1,10})*)\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{11,256})$/;

/** Parses a PHC string; undefined for another text. */
export function parsePhc(text: string): PasswordHash | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, scheme, version, parameters, salt, hash] = match;
  return {
    scheme: scheme!,
    version: version === undefined ? undefined : Number(version),
    parameters: Object.fromEntries(parameters!.split(",").map((pair) => [pair.split("=")[0]!, Number(pair.split("=")[1])])),
    salt: Buffer.from(salt!, "base64"),
    hash: Buffer.from(hash!, "base64"),
  };
}

/** Returns a hash as a PHC string. Base64 without padding, as the format wants it. */
export function formatPhc({ scheme, version, parameters, salt, hash }: PasswordHash): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return [`$${scheme}`, ...(version === undefined ? [] : [`v=${version}`]), pairs.join(","), toBase64(salt), toBase64(hash)].join("$");
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64").replaceAll("=", "");
}
