/** A provider of OpenID Connect on this machine that can be hostile: each test says what it does wrong. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the provider answers, and what it does wrong. */
export interface ProviderBehavior {
  claims: Record<string, unknown>;
  isUnsigned?: boolean;
  hasForeignKey?: boolean;
  /** Claims at the user-info endpoint. There is none without them. */
  userInfo?: Record<string, unknown>;
  /** Parameters of the address that leads back. */
  back?: Record<string, string>;
  /** Whether the token endpoint never answers. */
  isSilent?: boolean;
  /** Whether a code is refused. */
  refusesCode?: boolean;
}

/** A running provider. */
export interface TestProvider {
  readonly issuer: string;
  readonly behavior: ProviderBehavior;
  /** Visits the address of a sign-in, and returns the path that leads back. The claims are those of this sign-in only. */
  readonly visit: (url: string, claims?: object) => string;
  readonly close: () => Promise<void>;
}

/** The key of all providers, and one that they do not publish. They take long to make. */
const [keys, foreign] = [generateKeyPairSync("rsa", { modulusLength: 2048 }), generateKeyPairSync("rsa", { modulusLength: 2048 })];

/** Starts a provider. */
export async function openTestProvider(): Promise<TestProvider> {
  const behavior: ProviderBehavior = { claims: {} };
  const codes = new Map<string, { nonce: string; challenge: string; clientId: string; claims: object }>();
  const server = createServer(async (request, response) => {
    const reply = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (request.url === "/.well-known/openid-configuration") return reply(200, describe(issuer, behavior));
    if (request.url === "/jwks") return reply(200, { keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256" }] });
    if (behavior.isSilent === true) return;
    if (request.url === "/me") return reply(200, { sub: "u1", ...behavior.userInfo });
    const body = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const code = codes.get(body.get("code") ?? "");
    codes.delete(body.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (behavior.refusesCode === true || code?.challenge !== challenge) return reply(400, { error: "invalid_grant" });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: "u1",
      aud: code.clientId,
      iat: now,
      exp: now + 60,
      nonce: code.nonce,
      ...behavior.claims,
      ...code.claims,
    };
    const header = behavior.isUnsigned === true ? { alg: "none" } : { alg: "RS256", kid: "one" };
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const { privateKey } = behavior.hasForeignKey === true ? foreign : keys;
    const signature = behavior.isUnsigned === true ? "" : sign("sha256", Buffer.from(text), privateKey).toString("base64url");
    reply(200, { access_token: "provider-token", token_type: "Bearer", id_token: `${text}.${signature}` });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has an address of this shape.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = (address: string, claims: object = {}): string => {
    const { searchParams } = new URL(address);
    const code = `code-${codes.size}-${searchParams.get("state")}`;
    codes.set(code, {
      nonce: searchParams.get("nonce")!,
      challenge: searchParams.get("code_challenge")!,
      clientId: searchParams.get("client_id")!,
      claims,
    });
    const back = new URLSearchParams({ code, state: searchParams.get("state")!, ...behavior.back });
    return `${new URL(searchParams.get("redirect_uri")!).pathname}?${back.toString()}`;
  };
  return { issuer, behavior, visit, close: () => close(server) };
}

function describe(issuer: string, { userInfo }: ProviderBehavior): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    ...(userInfo !== undefined && { userinfo_endpoint: `${issuer}/me` }),
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
