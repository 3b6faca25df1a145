import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { glob } from "node:fs/promises";
import { describe, it } from "node:test";
import { isSecretName } from "./secret-names.ts";
import { catalogue } from "./catalogue.ts";
import { GableError, isGableError } from "./gable-error.ts";
import { findNearestName } from "./nearest-name.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "./option-errors.ts";
import * as statusErrors from "./status-errors.ts";

const root = new URL("../../", import.meta.url).pathname;

describe("GableError", () => {
  it("takes status and fix of its code", () => {
    const error = new GableError("E_BODY_TOO_LARGE", "The body is larger than 5 bytes.");
    assert.deepEqual(
      [error.status, error.expose, error.fix, error.docsUrl],
      [413, true, catalogue.E_BODY_TOO_LARGE.fix, "reference/errors.md#e_body_too_large"],
    );
    assert.equal(new GableError("E_INTERNAL", "x").expose, false);
    assert.equal(new GableError("E_MINE", "x").status, 500);
    assert.equal(isGableError(error), true);
    assert.equal(isGableError(new Error("x")), false);
    // Another error with the name lacks what replies and logs read.
    assert.equal(isGableError(Object.assign(new Error("x"), { name: "GableError", code: "E_X", status: 404, expose: true })), false);
    const copy = Object.defineProperties(new Error("x"), Object.getOwnPropertyDescriptors(error));
    assert.equal(isGableError(copy), true);
  });
});

describe("the catalogue", () => {
  it("has a title, a fix and a page for each code, and a test that names it", async () => {
    const page = await readFile(`${root}docs/reference/errors.md`, "utf8");
    let tests = "";
    for await (const file of glob("{src,test,examples}/**/*.{test,cases}.ts", { cwd: root })) {
      tests += await readFile(root + file, "utf8");
    }
    let sources = "";
    for await (const file of glob("src/**/*.ts", { cwd: root }))
      if (!/\.test\.ts$|catalogue\.ts$/.test(file)) sources += await readFile(root + file, "utf8");
    for (const [code, { title, fix, status }] of Object.entries(catalogue)) {
      assert.ok(title.length > 5 && !title.endsWith("."), `${code}: title`);
      assert.match(fix, /^[A-Z].*[.]$/, `${code}: fix`);
      assert.ok(status >= 400 && status <= 599, `${code}: status`);
      assert.ok(page.includes(`## ${code}\n`), `${code} has no page: run npm run docs`);
      assert.ok(new RegExp(`\\b${code}\\b`).test(tests), `${code} has no test`);
      assert.ok(new RegExp(`\\b${code}\\b`).test(sources), `${code} is thrown nowhere`);
    }
    // Examples in comments are an application's own.
    const thrown = new Set([...sources.matchAll(/^(?!\s*\*).*GableError\(\s*"(E_[A-Z_]+)"/gm)].map(([, code]) => code!));
    assert.deepEqual(
      [...thrown].filter((code) => !Object.hasOwn(catalogue, code)),
      [],
    );
  });
});

describe("status errors", () => {
  it("have the status of their name, and the field of their wait", () => {
    const expected = {
      badRequest: [400, "E_BAD_REQUEST"],
      unauthorized: [401, "E_UNAUTHORIZED"],
      forbidden: [403, "E_FORBIDDEN"],
      notFound: [404, "E_NOT_FOUND"],
      methodNotAllowed: [405, "E_METHOD_NOT_ALLOWED"],
      notAcceptable: [406, "E_NOT_ACCEPTABLE"],
      conflict: [409, "E_CONFLICT"],
      gone: [410, "E_GONE"],
      preconditionFailed: [412, "E_PRECONDITION_FAILED"],
      contentTooLarge: [413, "E_CONTENT_TOO_LARGE"],
      unsupportedMediaType: [415, "E_UNSUPPORTED_MEDIA_TYPE"],
      rangeNotSatisfiable: [416, "E_RANGE_UNSATISFIABLE"],
      misdirected: [421, "E_MISDIRECTED"],
      unprocessable: [422, "E_UNPROCESSABLE"],
      locked: [423, "E_LOCKED"],
      tooEarly: [425, "E_TOO_EARLY"],
      preconditionRequired: [428, "E_PRECONDITION_REQUIRED"],
      tooManyRequests: [429, "E_TOO_MANY_REQUESTS"],
      unavailable: [503, "E_UNAVAILABLE"],
      insufficientStorage: [507, "E_INSUFFICIENT_STORAGE"],
    };
    const given = Object.fromEntries(Object.entries(statusErrors).map(([name, make]) => [name, [make().status, make().code]]));
    assert.deepEqual(given, expected);
    const limited = statusErrors.tooManyRequests("Slow down.", { retryAfterSeconds: 1.2, code: "E_MINE", details: { a: 1 }, cause: "why" });
    assert.deepEqual(
      [limited.code, limited.message, limited.headers, limited.details, limited.cause],
      ["E_MINE", "Slow down.", [["retry-after", "2"]], { a: 1 }, "why"],
    );
  });
});

describe("option errors", () => {
  it("name the nearest option", () => {
    assert.throws(() => assertKnownOptions("x()", { prot: 1 }, ["port", "host"]), {
      code: "E_OPTION_UNKNOWN",
      message: 'x() has no option "prot".',
      fix: 'Write "port" instead of "prot".',
    });
    assert.throws(() => assertKnownOptions("x()", { zzzzzz: 1 }, ["port", "host"]), { fix: "Use one of: port, host." });
    assert.equal(optionInvalid("x()", "port", "a", "a number").message, 'x(): option "port" is "a"; it must be a number.');
    assert.equal(findNearestName("Ports", ["port"]), "port");
  });

  // Each row: what was written, what is known, and what is meant.
  for (const [name, known, nearest] of [
    ["x", ["y"], undefined],
    ["X", ["x"], "x"],
    ["or", ["id"], undefined],
    ["di", ["id"], "id"],
    ["ids", ["id"], "id"],
    ["nmae", ["name"], "name"],
    ["like", ["lte"], undefined],
    ["naem", ["next"], undefined],
    ["titel", ["title"], "title"],
    ["tiltes", ["title"], "title"],
    ["tables", ["titles"], "titles"],
    ["taples", ["titled"], undefined],
    ["priorities", ["proirity"], undefined],
    ["prioritys", ["priority"], "priority"],
    ["connectionMaximum", ["connectionsMax"], "connectionsMax"],
  ] as const)
    it(`propose ${nearest ?? "nothing"} for ${name} where ${known[0]} is known`, () => {
      assert.equal(findNearestName(name, known), nearest);
    });

  for (const value of [null, "text", 1, ["port"], new Map([["port", 1]]), new Set(["port"]), Promise.resolve({ port: 1 })])
    it(`refuse ${describeValue(value)} in place of options: what it holds would be dropped`, () => {
      const refused = { code: "E_OPTION_INVALID", message: `x(): option "options" is ${describeValue(value)}; it must be an object.` };
      assert.throws(() => assertKnownOptions("x()", value as object, ["port", "host"]), refused); // What JavaScript may pass.
    });

  it("describe values shortly", () => {
    const described = ["a".repeat(99), 5, null, undefined, [1], {}, () => 1, Object.create(null)].map(describeValue);
    assert.deepEqual(described.slice(1), [
      "5",
      "null",
      "undefined",
      "an array of 1",
      "an object (Object)",
      "function (anonymous)",
      "an object (no prototype)",
    ]);
    assert.equal(described[0]!.length, 82);
  });

  it("describe values on one line, whatever they hold", () => {
    const hostile = "a\nb\r\tc\0d\u001b[31me\u009bf\u2028g\u202eh\u2069";
    assert.equal(describeValue(hostile), String.raw`"a\nb\r\tc\u0000d\u001b[31me\u009bf\u2028g\u202eh\u2069"`);
    assert.equal(describeValue("é \u{1F600} it's \\"), '"é \u{1F600} it\'s \\"');
  });
});

describe("names of secrets", () => {
  for (const [name, expected] of [
    ["password", true],
    ["x-api-key", true],
    ["authorization", true],
    ["Authorisation", true],
    ["authToken", true],
    ["auth", true],
    ["authorize", true],
    ["cookie", true],
    ["author", false],
    ["authors", false],
    ["authorId", false],
    ["author_id", false],
    ["authorName", false],
    ["authorKey", true],
    ["authority", false],
    ["title", false],
  ] as const)
    it(`${expected ? "include" : "do not include"} ${name}`, () => assert.equal(isSecretName(name), expected));
});
