/** The optional package openid-client, and one provider that it speaks with. */
import { GableError } from "../../errors/gable-error.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { isLoopbackHttp } from "./provider-options.ts";

type Openid = typeof import("openid-client");
type Configuration = import("openid-client").Configuration;

/** What a session keeps while its visitor is at the provider. */
export interface ProviderFlow {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path to go to afterwards. */
  readonly next: string;
  readonly purpose: "sign-in" | "link" | "confirm";
  /** The user who links the provider or confirms with it; null for a sign-in. */
  readonly userId: string | null;
  /** Whether the browser is to be remembered. */
  readonly remember: boolean;
  /** When it began, in ms since 1970. */
  readonly startedAt: number;
}

/** Whom a provider has signed in. */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Undefined when the provider has not verified it. */
  readonly verifiedEmail: string | undefined;
}

const timeoutSecondsDefault = 10;
/** Clocks of machines differ, and a provider counts whole seconds. */
const skewMsMax = 60_000;
/** OpenID Connect Core 1.0 section 2 has the length. No database stores lone surrogates. */
const subject = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/** One provider. It is found at the first sign-in, so that an application starts without it. */
export class OpenidProvider {
  readonly label: string;
  readonly issuer: string;
  readonly #openid: Openid;
  readonly #options: ProviderOptions;
  #configuration: Promise<Configuration> | undefined;

  /** Opens the providers of an application, by name. Throws `E_PROVIDER_PACKAGE` with the install command when openid-client is absent. */
  static async open(options: Readonly<Record<string, ProviderOptions>>): Promise<ReadonlyMap<string, OpenidProvider>> {
    const openid = await loadOpenid();
    return new Map(Object.entries(options).map(([name, each]) => [name, new OpenidProvider(openid, name, each)]));
  }

  // Private, so that the published declarations do not need openid-client.
  private constructor(openid: Openid, name: string, options: ProviderOptions) {
    this.label = options.label ?? name;
    this.issuer = toIssuerKey(options.issuer);
    this.#openid = openid;
    this.#options = options;
  }

  /**
   * Returns what a session must keep, and the address to send the visitor to. `isFresh` asks the provider to let nobody in who does not
   * sign in there again. Throws `E_PROVIDER_...`.
   */
  async begin(
    redirectUri: string,
    isFresh: boolean,
  ): Promise<{ readonly url: string } & Pick<ProviderFlow, "state" | "nonce" | "verifier">> {
    const { randomState, randomNonce, randomPKCECodeVerifier, calculatePKCECodeChallenge, buildAuthorizationUrl } = this.#openid;
    const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
    try {
      const url = buildAuthorizationUrl(await this.#discover(), {
        redirect_uri: redirectUri,
        scope: this.#options.scope ?? "openid email",
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
        // With max_age, a provider says when the visitor has signed in (OpenID Connect Core 1.0 section 3.1.2.1).
        ...(isFresh && { prompt: "login", max_age: "0" }),
      });
      return { url: url.href, state, nonce, verifier };
    } catch (error) {
      throw this.#toError(error);
    }
  }

  /** Checks the answer of the provider, and returns whom it has signed in. Throws `E_PROVIDER_...`. */
  async finish(answer: URL, { state, nonce, verifier, purpose, startedAt }: ProviderFlow): Promise<ProviderIdentity> {
    try {
      const configuration = await this.#discover();
      const tokens = await this.#openid.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      // The grant has checked that there is an ID token.
      const claims = tokens.claims()!;
      if (!subject.test(claims.sub))
        throw this.#refuse("the subject is not 1 to 255 characters, or has control characters or lone surrogates");
      const provedAt = this.#readTime(claims["auth_time"]);
      if (purpose === "confirm" && provedAt !== undefined && provedAt < startedAt - skewMsMax)
        throw this.#refuse("auth_time is older than the request: the provider did not let the visitor sign in again");
      // Both claims are taken from one place: they belong together.
      const isWhole = claims["email"] !== undefined && claims["email_verified"] !== undefined;
      const facts =
        !isWhole && configuration.serverMetadata().userinfo_endpoint !== undefined
          ? await this.#openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : claims;
      const { email, email_verified: isVerified } = facts;
      return {
        issuer: claims.iss,
        subject: claims.sub,
        verifiedEmail: isVerified === true && typeof email === "string" ? email : undefined,
      };
    } catch (error) {
      throw this.#toError(error);
    }
  }

  #discover(): Promise<Configuration> {
    this.#configuration ??= this.#find().catch((error: unknown) => {
      this.#configuration = undefined; // The next visitor tries again.
      throw error;
    });
    return this.#configuration;
  }

  #find(): Promise<Configuration> {
    const { discovery, allowInsecureRequests, enableNonRepudiationChecks, ClientSecretBasic, ClientSecretPost } = this.#openid;
    const { issuer, clientId, clientSecret, timeoutSeconds = timeoutSecondsDefault } = this.#options;
    const [basic, inBody] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
    return discovery(
      new URL(issuer),
      clientId,
      undefined,
      // Without a list, the standard says basic (OpenID Connect Discovery 1.0 section 3).
      (server, ...rest) =>
        (server.token_endpoint_auth_methods_supported?.includes("client_secret_basic") === false ? inBody : basic)(server, ...rest),
      // Signatures are checked although TLS protects the answer: a proxy may end it.
      { timeout: timeoutSeconds, execute: [enableNonRepudiationChecks, ...(isLoopbackHttp(issuer) ? [allowInsecureRequests] : [])] },
    );
  }

  /** The cause is left out: it carries answers of the provider, which may have tokens. */
  #toError(error: unknown): GableError {
    if (error instanceof GableError) return error;
    const { AuthorizationResponseError } = this.#openid;
    if (error instanceof AuthorizationResponseError && error.error === "access_denied")
      return new GableError("E_PROVIDER_DENIED", `You did not sign in with ${this.label}: the request was declined there.`);
    const reason = toReason(error);
    if (isNetwork(error)) return new GableError("E_PROVIDER_UNREACHABLE", `${this.label} cannot be reached now.`, { details: { reason } });
    return this.#refuse(reason);
  }

  #readTime(value: unknown): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#refuse("auth_time is not a number");
    return value * 1000;
  }

  #refuse(reason: string): GableError {
    return new GableError("E_PROVIDER_ANSWER", `${this.label} gave an answer that cannot be accepted.`, { details: { reason } });
  }
}

/** Returns one form of an issuer: options may leave out a / at the end that the provider has. */
export function toIssuerKey(issuer: string): string {
  return URL.parse(issuer)?.href ?? issuer;
}

function isNetwork(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each.name === "TimeoutError" || each.name === "AbortError" || (each instanceof TypeError && each.message === "fetch failed"))
      return true;
  return false;
}

/** Returns codes of the library only: messages may have what the provider sent. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return [error.name, "code" in error ? error.code : undefined, "error" in error ? error.error : undefined]
    .filter((each) => typeof each === "string")
    .join(" ");
}

/** Loads openid-client. Throws `E_PROVIDER_PACKAGE` when it is absent. */
async function loadOpenid(): Promise<Openid> {
  try {
    return await import("openid-client");
  } catch (error) {
    throw new GableError("E_PROVIDER_PACKAGE", "The package openid-client is not installed; sign-in with a provider needs it.", {
      cause: error,
    });
  }
}
