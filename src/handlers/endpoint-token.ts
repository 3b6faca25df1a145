/** Tokens of endpoints for operators, such as metrics and health: their rule, and their check. */
import { GableError } from "../errors/gable-error.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { readBearer } from "./bearer-guard.ts";

const tokenCharactersMin = 32;
const fixToken = 'Make one with "openssl rand -hex 32", and read it from the environment.';

/** Checks a token. Messages do not show it. Throws `E_OPTION_INVALID`. */
export function assertEndpointToken(owner: string, token: unknown): void {
  const problem =
    typeof token !== "string"
      ? "is not a string"
      : token.length < tokenCharactersMin
        ? `has ${token.length} characters`
        : /^[!-~]*$/.test(token)
          ? undefined
          : "has spaces, or characters that are not ASCII";
  if (problem === undefined) return;
  throw new GableError(
    "E_OPTION_INVALID",
    `${owner}: option "token" ${problem}; it must be a string of at least ${tokenCharactersMin} visible ASCII characters, without spaces.`,
    { fix: fixToken, details: { owner, name: "token" } },
  );
}

/** Returns a function that says whether a request has the token. It compares hashes, so its time says nothing about the token. */
export function createTokenCheck(token: string): (headers: HeaderReader) => Promise<boolean> {
  const expected = hash(token);
  return async (headers) => {
    const given = readBearer(headers);
    return given !== undefined && (await hash(given)) === (await expected);
  };
}

async function hash(token: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
