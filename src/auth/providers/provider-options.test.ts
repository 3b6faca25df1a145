import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProviders, isLoopbackHttp, toFormAction } from "./provider-options.ts";

const good = { issuer: "https://id.example.com", clientId: "shelf", clientSecret: "planted-secret" };
const longIssuer = (length: number): string => `https://id.example.com/${"a".repeat(length - 23)}`;

describe("the option providers", () => {
  for (const [name, providers, isTaken] of [
    ["nothing", undefined, true],
    ["no provider", {}, true],
    ["a provider", { example: good }, true],
    ["null", null, false],
    ["a string", "example", false],
    ["a name of 40 characters", { ["a".repeat(40)]: good }, true],
    ["a name of 41 characters", { ["a".repeat(41)]: good }, false],
    ["a name that begins with a digit", { "1a": good }, false],
    ["a name in upper case", { Example: good }, false],
    ["the name of another page", { code: good }, false],
    ["a provider that is null", { example: null }, false],
    ["a provider that is a string", { example: good.issuer }, false],
  ] as const)
    it(`${isTaken ? "may be" : "is not"} ${name}`, () => {
      if (isTaken) assert.doesNotThrow(() => assertProviders(providers));
      else assert.throws(() => assertProviders(providers), { code: "E_OPTION_INVALID" });
    });

  for (const [option, value, isTaken] of [
    ["issuer", undefined, false],
    ["issuer", "id.example.com", false],
    ["issuer", "http://id.example.com", false],
    ["issuer", "http://localhost:9000", true],
    ["issuer", "http://127.0.0.1:9000/id", true],
    ["issuer", "http://[::1]:9000", true],
    ["issuer", "ftp://localhost", false],
    ["issuer", "https://id.example.com/?a=1", false],
    ["issuer", "https://id.example.com/#a", false],
    ["issuer", "https://ann@id.example.com/", false],
    ["issuer", longIssuer(255), true],
    ["issuer", longIssuer(256), false],
    ["clientId", "", false],
    ["clientId", 5, false],
    ["clientSecret", "", false],
    ["clientSecret", undefined, false],
    ["label", "Example", true],
    ["label", "", false],
    ["label", 5, false],
    ["scope", "openid", true],
    ["scope", "email openid profile", true],
    ["scope", "email openidx", false],
    ["scope", ["openid"], false],
    ["origins", [], true],
    ["origins", ["https://login.example.com"], true],
    ["origins", ["https://login.example.com/"], false],
    ["origins", ["https://login.example.com", 5], false],
    ["origins", "https://login.example.com", false],
    ["timeoutSeconds", 0, false],
    ["timeoutSeconds", 1, true],
    ["timeoutSeconds", 60, true],
    ["timeoutSeconds", 61, false],
    ["timeoutSeconds", 1.5, false],
    ["timeoutSeconds", "10", false],
  ] as const)
    it(`${isTaken ? "takes" : "refuses"} ${option} ${JSON.stringify(value)?.slice(0, 40)}${option === "issuer" ? ` (${value?.length})` : ""}`, () => {
      const check = (): void => assertProviders({ example: { ...good, [option]: value } });
      if (isTaken) assert.doesNotThrow(check);
      else
        assert.throws(check, (error: Error & { code?: string }) => {
          assert.equal(error.code, "E_OPTION_INVALID");
          assert.ok(error.message.includes(`providers.example.${option}`), error.message);
          assert.ok(!error.message.includes(good.clientSecret));
          return true;
        });
    });

  it("refuses unknown names", () =>
    assert.throws(() => assertProviders({ example: { ...good, secret: "x" } }), { code: "E_OPTION_UNKNOWN" }));
});

describe("isLoopbackHttp()", () => {
  for (const [issuer, expected] of [
    ["http://localhost", true],
    ["http://127.0.0.1:80", true],
    ["https://localhost", false],
    ["http://localhost.example.com", false],
  ] as const)
    it(`is ${expected} for ${issuer}`, () => assert.equal(isLoopbackHttp(issuer), expected));
});

describe("toFormAction()", () => {
  it("has each origin once", () => {
    const providers = { one: { ...good, origins: ["https://login.example.com"] }, two: { ...good, issuer: "https://id.example.com/two" } };
    assert.deepEqual(toFormAction(providers), ["'self'", "https://id.example.com", "https://login.example.com"]);
  });
});
