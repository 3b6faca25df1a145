/** The package oidc-provider on this machine: a certified provider, with a page of the test that signs in and asks for consent. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Configuration } from "oidc-provider";
import { Provider } from "oidc-provider";
import { clientSecret, email, redirectUri } from "./provider-site.ts";

/** What a test decides. */
export interface RealProviderOptions {
  /** How the application authenticates itself. */
  readonly authentication?: "client_secret_basic" | "client_secret_post";
  /** Methods that the provider lists. By default that of the application. */
  readonly listed?: ReadonlyArray<"client_secret_basic" | "client_secret_post">;
  /** Whether the ID token has the claims of the scope. Without them, they are at the user-info endpoint only. */
  readonly hasClaimsInToken?: boolean;
}

/** A running provider. */
export interface RealProvider {
  readonly issuer: string;
  /** Paths that the provider was asked for, and how the application authenticated itself at the token endpoint. */
  readonly requests: readonly string[];
  /** A browser with its own cookies. */
  readonly openBrowser: () => RealBrowser;
}

/** A browser at the provider. */
interface RealBrowser {
  /** Signs in and answers the question of consent. Returns the path that leads back, and what the provider asked. */
  readonly visit: (address: string, answers?: RealAnswers) => Promise<{ readonly back: string; readonly asked: readonly string[] }>;
}

/** What the visitor answers. */
interface RealAnswers {
  readonly login?: string;
  readonly consent?: "allow" | "decline";
}

const signingKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

/** Starts the provider, and stops it at the end of the test. */
export async function openRealProvider(
  test: { after: (work: () => Promise<void>) => void },
  { authentication = "client_secret_basic", listed = [authentication], hasClaimsInToken = false }: RealProviderOptions = {},
): Promise<RealProvider> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const [scheme = "no head"] = (request.headers.authorization ?? "").split(" ", 1);
    const path = request.url!.split("?", 1)[0]!;
    requests.push(path === "/token" ? `${path} ${scheme || "no head"}` : path);
    if (path.startsWith("/interaction/")) void interact(provider, request, response);
    else callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has an address of this shape.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      { client_id: "shelf", client_secret: clientSecret, redirect_uris: [redirectUri], token_endpoint_auth_method: authentication },
    ],
    clientAuthMethods: [...listed],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: !hasClaimsInToken,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, email, email_verified: true }) }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ["a key of the test"] },
    jwks: { keys: [{ ...signingKey, use: "sig", alg: "RS256" }] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  } satisfies Configuration);
  const callback = provider.callback();
  test.after(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { issuer, requests, openBrowser: () => createBrowser(issuer) };
}

/** GET names the question; POST has the answer of the visitor. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (request.method === "GET") return void response.end(prompt.name);
  const answer = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
  const finish = (result: Parameters<Provider["interactionFinished"]>[2]): Promise<void> =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: prompt.name === "consent" });
  if (prompt.name === "login") return finish({ login: { accountId: answer.get("login")! } });
  if (answer.get("consent") === "decline") return finish({ error: "access_denied", error_description: "The visitor declined." });
  const grant = new provider.Grant({ accountId: session!.accountId, clientId: String(params["client_id"]) });
  grant.addOIDCScope(String(params["scope"]));
  return finish({ consent: { grantId: await grant.save() } });
}

function createBrowser(issuer: string): RealBrowser {
  const cookies = new Map<string, string>();
  const send = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(new URL(address, issuer), { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === "") cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    return response;
  };
  return {
    visit: async (address, { login = "u1", consent = "allow" } = {}) => {
      const asked: string[] = [];
      let response = await send(address);
      for (let steps = 0; steps < 20; steps++) {
        const location = response.headers.get("location");
        const body = await response.text();
        assert.ok(location !== null, `${response.status} ${body}`);
        if (location.startsWith(redirectUri)) return { back: location.slice(new URL(location).origin.length), asked };
        if (location.startsWith("/interaction/")) {
          asked.push(await (await send(location)).text());
          response = await send(location, { method: "POST", body: new URLSearchParams({ login, consent }) });
        } else response = await send(location);
      }
      throw new Error(`The provider leads nowhere: ${asked.join()}`);
    },
  };
}
