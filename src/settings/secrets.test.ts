/** Secrets of settings in everything that Gable shows: problems, lists, JSON, logs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import { GableError } from "../errors/gable-error.ts";
import { createRedactor, defineSettings, describeSettings } from "./define-settings.ts";
import { env } from "./env.ts";
import type { AnySettingReader } from "./reader.ts";

const secret = "RealTokenRealToken99";
const quoting = (value: unknown): string => `is wrong: ${JSON.stringify(value)}, that is ${String(value)}`;
const schema = z.string().refine(() => false, { error: ({ input }) => `got ${String(input)}` });
const throwing = z.string().transform((value) => {
  throw new Error(`no ${value}`);
});

/** Each reader in a form that refuses its texts, with another text that it quotes for a plain name. */
const readers: Readonly<Record<string, readonly [make: (name: string) => AnySettingReader, text?: string]>> = {
  text: [(name) => env.text(name, { min: 60, optional: true })],
  "text with a check": [(name) => env.text(name, { check: quoting })],
  "text with a check that throws": [
    (name) =>
      env.text(name, {
        check: (value) => {
          throw new Error(value);
        },
      }),
  ],
  "text with a form": [(name) => env.text(name, { pattern: /^$/ })],
  int: [(name) => env.int(name)],
  "int with a check": [(name) => env.int(name, { check: quoting }), "4242424242424242"],
  number: [(name) => env.number(name)],
  boolean: [(name) => env.boolean(name)],
  url: [(name) => env.url(name, { schemes: ["sqlite"] })],
  "url with a check": [(name) => env.url(name, { check: quoting }), `x:${secret}`],
  "list with a check": [(name) => env.list(name, { check: quoting }), `${secret}, ${secret}2`],
  choice: [(name) => env.choice(name, ["red"])],
  duration: [(name) => env.duration(name)],
  bytes: [(name) => env.bytes(name)],
  json: [(name) => env.json(name)],
  "json with a check": [(name) => env.json(name, { check: quoting }), `{"a":["${secret}"]}`],
  file: [(name) => env.file(name)],
  schema: [(name) => env.schema(name, schema)],
  "schema that throws": [(name) => env.schema(name, throwing)],
};

function messageOf(name: string, reader: AnySettingReader, text: string): string {
  try {
    defineSettings({ [name]: reader }, { mode: "production", variables: { [reader.variable]: text } });
  } catch (error) {
    assert.ok(error instanceof GableError && error.code === "E_SETTINGS_INVALID", String(error));
    return `${error.message} ${JSON.stringify(error.details)} ${inspect(error)}`;
  }
  assert.fail("The settings were accepted.");
}

describe("E_SETTINGS_INVALID", () => {
  for (const [kind, [make, text = secret]] of Object.entries(readers)) {
    it(`quotes the value of a plain name: ${kind}`, () => {
      const part =
        kind.includes("list") || kind.includes("json") || kind.includes("int with")
          ? /is wrong|is not|has a value/
          : /RealTokenRealToken99/;
      assert.match(messageOf("it", make("IT"), text), part);
    });
    for (const [name, variable] of [
      ["it", "API_TOKEN"],
      ["stripe", "STRIPE_KEY"],
      ["it", "PASSPHRASE"],
      ["it", "SIGNATURE"],
      ["apiToken", "IT"],
    ] as const)
      it(`does not repeat the value of ${name} from ${variable}: ${kind}`, () => {
        const message = messageOf(name, make(variable), text);
        assert.doesNotMatch(message, /RealToken|424242/);
        assert.match(message, /has a value that/);
      });
    for (const address of [
      "https://u:hunter2@host/db",
      "postgres://u:hun@ter2@host/db",
      "postgres://u:hunter2/1@host/db",
      "postgres//u:hunter2@host",
      "u:hunter2@host:5432/db",
      "postgres://u:hunter2 x@host/db",
      "amqp://u:hunter2@h,amqp://u:hunter2@h2",
      "https://host/?a=1&token=hunter2",
      "host=h password='hunter2'",
      '{"password":"hunter2","a":[{"token":"hunter2"}]',
      '{"password":hunter2}',
    ])
      it(`does not repeat the password of ${address}: ${kind}`, () => {
        // A few readers take it.
        const variables = { DSN: address };
        let shown: string;
        try {
          shown = inspect(defineSettings({ it: make("DSN") }, { mode: "production", variables }));
        } catch (error) {
          shown = `${String(error)} ${JSON.stringify((error as GableError).details)}`;
        }
        assert.doesNotMatch(shown, /hunter2|ter2/);
      });
  }

  for (const [kind, make] of Object.entries({
    secret: () => env.secret("IT", { check: quoting }),
    secrets: () => env.secrets("IT", { check: quoting }),
  }))
    for (const text of [secret, "ab", "a.b", `${secret},${secret}2`])
      it(`does not repeat ${text} where the check of env.${kind}() quotes it`, () => {
        const message = messageOf("it", make(), text);
        assert.match(message, /has a value that is wrong: .*\[secret\]/);
        for (const part of text.split(",")) assert.ok(!message.includes(`"${part}`) && !message.includes(`is ${part}`), message);
      });

  it("keeps the rest of an address", () => {
    const message = messageOf("it", env.url("IT", { schemes: ["sqlite"] }), "postgres://ann:hunter2@host/db?token=hunter2&a=1");
    assert.match(message, /"postgres:\/\/ann:\[secret\]@host\/db\?token=\[secret\]&a=1" is not an address/);
    assert.match(messageOf("it", env.int("IT"), "https://host:8080/users/@ann"), /"https:\/\/host:8080\/users\/@ann" is not/);
  });
});

describe("secrets at every depth", () => {
  const password = "hunter2hunter2";
  const variables = {
    BROKERS: `amqp://u:${password}@h,amqp://u:${password}-2@h2`,
    CREDS: `{"user":"ann","password":"${password}","a":[{"token":"${password}","at":"https://u:${password}@h"}],"pin":{"secrets":[1234567]}}`,
    CALLBACK: `https://host/?token=${password}&a=1`,
    PAIRS: `host=h password=${password}`,
    AS_TEXT: `{"password":"${password}"}`,
    SHAPE: `{"password":"${password}"}`,
    TARGET: `https://u:${password}@h/`,
    PIN_TOKEN: "424242",
    TOKEN_SECONDS: "15m",
  };
  const settings = defineSettings(
    {
      brokers: env.list("BROKERS"),
      creds: env.json("CREDS"),
      callback: env.url("CALLBACK"),
      pairs: env.text("PAIRS"),
      asText: env.text("AS_TEXT"),
      map: env.schema(
        "SHAPE",
        z.object({ password: z.string() }).transform((value) => new Map(Object.entries(value))),
      ),
      target: env.schema(
        "TARGET",
        z.string().transform((text) => new URL(text)),
      ),
      pin: env.int("PIN_TOKEN"),
      seconds: env.duration("TOKEN_SECONDS"),
      code: { mail: { user: "ann", password }, list: [`smtp://u:${password}@h`] },
    },
    { mode: "production", variables },
  );

  it("are given to the program", () => {
    assert.equal((settings.creds as { password: string }).password, password);
    assert.equal(settings.code.mail.password, password);
    assert.equal(settings.target.password, password);
  });

  for (const [what, shown] of Object.entries({
    "JSON.stringify()": () => JSON.stringify({ settings }),
    "console.log()": () => inspect({ settings }, { depth: 9 }),
    "describeSettings()": () => inspect(describeSettings(settings), { depth: 9 }) + JSON.stringify(describeSettings(settings)),
  }))
    it(`are not shown by ${what}`, () => {
      assert.doesNotMatch(shown(), /hunter2|424242|1234567/);
      assert.match(shown(), /amqp:\/\/u:\[secret\]@h2/);
      assert.match(shown(), /https:\/\/host\/\?token=\[secret\]&a=1/);
      assert.match(shown(), /ann/);
      assert.match(shown(), /900/);
    });

  for (const value of [password, `${password}-2`, `"${password}"`])
    it(`are removed from texts: ${value}`, () => assert.doesNotMatch(createRedactor(settings)(`a ${value} b`), /hunter2/));

  it("leave ordinary words in texts", () => {
    const some = defineSettings(
      { mode: { authKind: "session", tokenKind: "bearer" }, keys: env.json("KEYS") },
      { mode: "production", variables: { KEYS: '{"a":"status"}' } },
    );
    assert.equal(createRedactor(some)("session bearer status"), "session bearer status");
  });

  it("may be in objects with cycles and getters", () => {
    const cycle: Record<string, unknown> = { password };
    cycle["self"] = cycle;
    Object.defineProperty(cycle, "broken", { enumerable: true, get: () => assert.fail("called") });
    const some = defineSettings({ cycle }, { mode: "production", variables: {} });
    assert.equal(JSON.stringify(some), '{"cycle":{"password":"[secret]","self":"[circular]"}}');
    assert.equal(createRedactor(some)(password), password.length >= 6 ? "[secret]" : password);
  });
});
