/** Options of stores in S3, and where they lead. */
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";

/** Who uses a bucket. */
export interface S3Credentials {
  /** Id of the access key. */
  readonly accessKeyId: string;
  /** The access key. */
  readonly secretAccessKey: string;
  /** Token of temporary credentials. None by default. */
  readonly sessionToken?: string;
}

/** Options of {@link s3Storage}. */
export interface S3StorageOptions {
  /** Name of the bucket. It must exist. */
  readonly bucket: string;
  /** Who uses the bucket; a function is called for each request, for credentials that change. Never shown in messages. */
  readonly credentials: S3Credentials | (() => S3Credentials);
  /** Region of the bucket. Default "us-east-1". */
  readonly region?: string;
  /** Origin of a compatible service, such as "https://s3.example.com". AWS by default. */
  readonly endpoint?: string;
  /** Origin of the service for browsers, where they cannot reach `endpoint`. Default: that of `endpoint`. */
  readonly publicEndpoint?: string;
  /** Whether the bucket is the first segment of paths, not a part of the host name. Default true with `endpoint`, otherwise false. */
  readonly pathStyle?: boolean;
  /** Milliseconds that each try waits for the service: for the head of a reply, then for each piece of its body. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Options that were checked. */
export interface S3Place {
  readonly bucket: string;
  readonly region: string;
  /** Origin for requests, with the bucket when it is a part of the host name. */
  readonly origin: string;
  /** The same for browsers. */
  readonly publicOrigin: string;
  /** Path before the keys, without `/` at its end. */
  readonly root: string;
  readonly timeoutMs: number;
  readonly credentials: () => S3Credentials;
}

const owner = "s3Storage()";
const optionNames: Readonly<Record<keyof S3StorageOptions, true>> = {
  bucket: true,
  credentials: true,
  region: true,
  endpoint: true,
  publicEndpoint: true,
  pathStyle: true,
  timeoutMs: true,
};
const credentialNames: OptionKinds<S3Credentials> = { accessKeyId: true, secretAccessKey: true, sessionToken: true };
const timeoutMsMax = 3_600_000;

/** Checks the options. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; no message has a credential. */
export function toPlace(options: S3StorageOptions): S3Place {
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { bucket, region = "us-east-1", endpoint, publicEndpoint, pathStyle = endpoint !== undefined, timeoutMs = 60_000 } = options;
  if (typeof bucket !== "string" || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw optionInvalid(owner, "bucket", bucket, "3 to 63 lower-case letters, digits, dots and hyphens");
  if (typeof region !== "string" || !/^[a-z0-9-]{1,63}$/.test(region))
    throw optionInvalid(owner, "region", region, 'the name of a region, such as "eu-central-1"');
  if (typeof pathStyle !== "boolean") throw optionInvalid(owner, "pathStyle", pathStyle, "a boolean");
  if (!(Number.isSafeInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= timeoutMsMax))
    throw optionInvalid(owner, "timeoutMs", timeoutMs, `a whole number of milliseconds from 1 to ${timeoutMsMax}`);
  const toOrigin = (name: string, address: string): string => {
    const { protocol, host } = readOrigin(name, address);
    return `${protocol}//${pathStyle ? "" : `${bucket}.`}${host}`;
  };
  const origin = toOrigin("endpoint", endpoint === undefined ? `https://s3.${region}.amazonaws.com` : endpoint);
  return {
    bucket,
    region,
    origin,
    publicOrigin: publicEndpoint === undefined ? origin : toOrigin("publicEndpoint", publicEndpoint),
    root: pathStyle ? `/${bucket}` : "",
    timeoutMs,
    credentials: toCredentials(options.credentials),
  };
}

function readOrigin(name: string, address: unknown): URL {
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  // An address with a user name may have a password.
  if (!isOrigin)
    throw optionInvalid(owner, name, url?.username === "" ? address : "(hidden)", 'an origin such as "https://s3.example.com"');
  return url;
}

function toCredentials(given: S3StorageOptions["credentials"]): () => S3Credentials {
  if (typeof given === "function") return () => assertCredentials(given());
  assertCredentials(given);
  return () => given;
}

function assertCredentials(given: S3Credentials): S3Credentials {
  if (typeof given !== "object" || given === null)
    throw optionInvalid(owner, "credentials", given === undefined ? undefined : "(hidden)", "an object, or a function that returns one");
  assertKnownOptions(`${owner} credentials`, given, credentialNames);
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken: sessionToken ?? "none" }))
    if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value))
      throw optionInvalid(
        `${owner} credentials`,
        name,
        value === undefined ? undefined : "(hidden)",
        "a string of visible ASCII characters",
      );
  return given;
}
