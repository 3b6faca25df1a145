/** The loggers of an application: levels, lines, what is not shown, and loggers that were given. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GableOptions, Logger } from "gable";
import { gable, get, isGableError } from "gable";
import { sql } from "gable/data";
import { createLogger } from "../../src/log/create-logger.ts";
import { createLevelFinder } from "../../src/log/log-levels.ts";
import type { LogSetting } from "../../src/log/log-levels.ts";
import { createSecretRedactor } from "../../src/errors/secret-redactor.ts";

/** Runs work with a logger, and returns its lines. */
function linesOf(
  work: (log: ReturnType<typeof createLogger>) => void,
  mode: "production" | "development" = "production",
  setting: LogSetting = {},
): string[] {
  const lines: string[] = [];
  work(createLogger(mode, (line) => lines.push(line), { findLevel: createLevelFinder(setting, mode) }));
  return lines;
}

const onlyJson = (work: Parameters<typeof linesOf>[0]): Record<string, unknown> => JSON.parse(linesOf(work)[0]!) as Record<string, unknown>;

describe("the log of production", () => {
  it("has a JSON object in each line: level, time, facts and message", () => {
    const { time, ...rest } = onlyJson((log) => log.child({ requestId: "a" }).warn({ route: "/posts/:id" }, "Slow."));
    assert.equal(typeof time, "number");
    assert.deepEqual(rest, { level: 40, requestId: "a", route: "/posts/:id", message: "Slow." });
  });

  it("has the numbers of pino for its levels", () => {
    const lines = linesOf(
      (log) => {
        for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) log[level](level);
      },
      "production",
      { log: "trace" },
    );
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { level: number }).level),
      [10, 20, 30, 40, 50, 60],
    );
  });

  it("shows an error with its type, code, message, stack and cause", () => {
    const { error } = onlyJson((log) =>
      log.error({ error: Object.assign(new TypeError("a", { cause: new Error("b") }), { code: "E_X" }) }, "m"),
    );
    const shown = error as Record<string, unknown>;
    assert.deepEqual([shown["type"], shown["code"], shown["message"]], ["TypeError", "E_X", "a"]);
    assert.match(String(shown["stack"]), /logger\.test\.ts/);
    assert.equal((shown["cause"] as { message: string }).message, "b");
  });

  it("escapes control characters, in names as well", () => {
    const text = "a\n\u001b[31mb\u0085c\u2028d\u202ee\u007f\u0000";
    const [line = ""] = linesOf((log) => log.info({ [text]: text }, text));
    // oxlint-disable-next-line no-control-regex -- these are what must not appear
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    assert.equal((JSON.parse(line) as { message: string }).message, text);
  });

  it("shows no values of secret names, at any depth", () => {
    const facts = { password: "p1", nested: { apiKey: "p2", list: [{ token: 5 }] }, authorization: ["p3"], cookie: "p4", plain: "shown" };
    const [line = ""] = linesOf((log) => log.info(facts, "m"));
    for (const value of ["p1", "p2", "p3", "p4", "5]"]) assert.ok(!line.includes(value), line);
    assert.match(line, /"plain":"shown"/);
  });

  it("writes an error in place of the facts, at each level", () => {
    for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) {
      const read = (...given: [Error, string?]): Record<string, unknown> =>
        JSON.parse(linesOf((log) => log.child({ part: "billing" })[level](...given), "production", { log: "trace" })[0]!) as Record<
          string,
          unknown
        >;
      const error = Object.assign(new TypeError("plain"), { code: "E_X" });
      const [unnamed, named] = [read(error), read(error, "It failed.")];
      assert.deepEqual([unnamed["message"], named["message"], unnamed["part"]], ["plain", "It failed.", "billing"]);
      assert.deepEqual(unnamed["error"], named["error"]);
      const { type, code, message, stack } = unnamed["error"] as Record<string, unknown>;
      assert.deepEqual([type, code, message], ["TypeError", "E_X", "plain"]);
      assert.match(String(stack), /logger\.test\.ts/);
    }
  });

  it("takes the message from the facts if there is no other", () => {
    const { message, rows } = onlyJson((log) => log.info({ message: "Ready.", rows: 2 }));
    assert.deepEqual([message, rows], ["Ready.", 2]);
  });

  for (const [what, write, expected] of [
    [
      "a call",
      (log) => log.info({ time: "forged", level: "forged", message: "forged" }, "real"),
      { message: "real", _message: "forged", _time: "forged", _level: "forged" },
    ],
    [
      "a child",
      (log) => log.child({ time: "forged", level: "forged", message: "forged" }).info("real"),
      { message: "real", _message: "forged", _time: "forged", _level: "forged" },
    ],
    [
      "a call in a request",
      (log) => log.child({ requestId: "r1" }).info({ requestId: "forged" }, "real"),
      { message: "real", requestId: "r1", _requestId: "forged" },
    ],
    [
      "a child in a request",
      (log) => log.child({ requestId: "r1" }).child({ requestId: "forged", part: "a" }).info({ part: "b" }, "real"),
      { message: "real", requestId: "r1", _requestId: "forged", part: "b" },
    ],
    ["the same id again", (log) => log.child({ requestId: "r1" }).info({ requestId: "r1" }, "real"), { message: "real", requestId: "r1" }],
    ["a line of no request", (log) => log.info({ requestId: "r2" }, "real"), { message: "real", requestId: "r2" }],
  ] as ReadonlyArray<readonly [string, (log: ReturnType<typeof createLogger>) => void, object]>)
    it(`keeps its own fields with facts of their names: ${what}`, () => {
      const { level, time, ...rest } = onlyJson(write);
      assert.equal(level, 30);
      assert.equal(typeof time, "number");
      assert.deepEqual(rest, expected);
    });

  const cyclic: Record<string, unknown> = { name: "x" };
  cyclic["self"] = cyclic;
  const broken = {
    good: 1,
    get bad(): never {
      throw new Error("no");
    },
  };
  let deep: object = {};
  for (let depth = 0; depth < 20_000; depth++) deep = { deep };
  let crowd: object = {};
  for (let count = 0; count < 30; count++) crowd = { first: crowd, second: crowd };
  class Account {
    readonly id = 7;
    readonly hash = "h1";
    toJSON(): object {
      return { id: this.id };
    }
  }
  const date = new Date("2026-01-02T03:04:05.000Z");
  const values: ReadonlyArray<readonly [what: string, fact: unknown, expected: unknown]> = [
    ["a date", date, "2026-01-02T03:04:05.000Z"],
    ["an invalid date", new Date(Number.NaN), null],
    ["a date next to a cycle", { date, list: [cyclic] }, { date: date.toJSON(), list: [{ name: "x", self: "[circular]" }] }],
    ["a URL", new URL("https://example.org/a?b=1"), "https://example.org/a?b=1"],
    ["toJSON()", new Account(), { id: 7 }],
    ["toJSON() that throws", { toJSON: () => assert.fail() }, "[unreadable]"],
    [
      "toJSON() that returns itself",
      {
        a: 1,
        toJSON() {
          return this;
        },
      },
      { a: 1 },
    ],
    [
      "a map",
      new Map<unknown, unknown>([
        ["a", 1],
        [2, date],
      ]),
      { a: 1, "2": date.toJSON() },
    ],
    ["a map whose keys are objects", new Map([[{ id: 1 }, "x"]]), [[{ id: 1 }, "x"]]],
    ["a secret name in a map", new Map([["password", "p1"]]), { password: "[secret]" }],
    ["a set", new Set([1, 2n]), [1, "2"]],
    ["a secret name of a set", { tokens: new Set(["p1"]) }, { tokens: "[secret]" }],
    ["a secret name of a date", { tokenAt: date }, { tokenAt: "[secret]" }],
    [
      "headers",
      new Headers([
        ["accept", "a"],
        ["authorization", "p1"],
        ["set-cookie", "p2"],
        ["set-cookie", "p3"],
      ]),
      { accept: "a", authorization: "[secret]", "set-cookie": "[secret]" },
    ],
    ["parameters of a query", new URLSearchParams("a=1&a=2&token=p1"), { a: ["1", "2"], token: "[secret]" }],
    ["bytes", { list: new Uint8Array(3) }, { list: "[3 bytes]" }],
    ["a cycle", cyclic, { name: "x", self: "[circular]" }],
    ["a property that throws", broken, { good: 1, bad: "[unreadable]" }],
    ["a proxy that throws", new Proxy({}, { ownKeys: () => assert.fail() }), "[unreadable]"],
    ["a big integer", 10n, "10"],
    ["not a number", Number.NaN, null],
    ["undefined", undefined, undefined],
    ["a symbol", Symbol("x"), undefined],
    ["a function", () => 1, undefined],
    ["a list of what JSON lacks", [undefined, Symbol("x"), () => 1], [null, null, null]],
  ];
  for (const [what, fact, expected] of values)
    it(`writes a line with ${what}`, () => {
      const written = onlyJson((log) => log.info({ fact }, "m"));
      assert.deepEqual([written["fact"], written["message"]], [expected, "m"]);
      linesOf((log) => log.info({ fact }, "m"), "development");
    });

  for (const [what, facts, expected] of [
    ["a property that throws", broken, { good: 1, bad: "[unreadable]" }],
    ["toJSON()", new Account(), { id: 7 }],
    ["a map", new Map([["token", "p1"]]), { token: "[secret]" }],
    ["a list", [1], { value: [1] }],
  ] as const)
    it(`writes a line whose facts are an object with ${what}`, () => {
      const { level: _level, time: _time, ...rest } = onlyJson((log) => log.info(facts, "m"));
      assert.deepEqual(rest, { ...expected, message: "m" });
    });

  it("leaves out what is too deep or too much", () => {
    assert.match(linesOf((log) => log.info({ deep }, "m"))[0]!, /"deep":"\[left out\]"/);
    assert.ok(linesOf((log) => log.info({ crowd }, "m"))[0]!.length < 1_000_000);
  });
});

describe("the log of development", () => {
  it("has readable lines: the message, a line for each fact, the stack", () => {
    const [text = ""] = linesOf((log) => log.error({ path: "/a", many: { a: 1 }, error: new Error("x") }, "Broken."), "development");
    assert.match(text, /^error Broken\.\n {6}path: \/a\n {6}many: \{"a":1\}\nError: x\n/);
  });

  it("lets no fact and no message look like another entry, or move the cursor", () => {
    const [text = ""] = linesOf((log) => log.info({ name: "a\nerror forged\u001b[2J" }, "one\nerror two\r"), "development");
    assert.equal(text, "info  one\n        error two\\u000d\n      name: a\n        error forged\\u001b[2J");
  });
});

describe("the option log", () => {
  for (const [setting, mode, part, level, isWritten] of [
    [{}, "production", undefined, "debug", false],
    [{}, "production", undefined, "info", true],
    [{}, "development", undefined, "debug", true],
    [{}, "development", undefined, "trace", false],
    [{}, "development", "gable.sql", "debug", false],
    [{ log: "warn" }, "production", undefined, "info", false],
    [{ log: "warn" }, "production", undefined, "warn", true],
    [{ log: "silent" }, "production", undefined, "fatal", false],
    [{ log: { level: "error", billing: "debug" } }, "production", "billing", "debug", true],
    [{ log: { level: "error", billing: "debug" } }, "production", "billing.invoices", "debug", true],
    [{ log: { level: "error", billing: "debug" } }, "production", "billingx", "debug", false],
    [{ log: { "gable.sql": "debug" } }, "production", "gable.sql", "debug", true],
    [{ log: { "gable.tasks": "silent" } }, "production", "gable.tasks", "error", false],
  ] as const)
    it(`${JSON.stringify(setting)} in ${mode}: ${part ?? "the application"} ${isWritten ? "writes" : "leaves out"} ${level}`, () => {
      const lines = linesOf((log) => (part === undefined ? log : log.child({ part }))[level]("m"), mode, setting);
      assert.equal(lines.length, isWritten ? 1 : 0);
      linesOf((log) => assert.equal((part === undefined ? log : log.child({ part })).isLevelEnabled(level), isWritten), mode, setting);
    });

  for (const [log, pattern] of [
    ["loud", /option "log" is "loud"; it must be "trace", "debug"/],
    [5, /option "log" is 5/],
    [{ level: "loud" }, /option "level" is "loud"/],
    [{ requests: "yes" }, /option "requests" is "yes"; it must be true or false/],
    [{ "gable.sqll": "debug" }, /option "log" is "gable\.sqll"; it must be "gable\.sql"/],
    [{ "gable.nothing": "debug" }, /option "log" is "gable\.nothing"/],
    [{ "A part": "debug" }, /option "log" is "A part"/],
    [{ billing: "loud" }, /option "billing" is "loud"/],
  ] as const)
    it(`rejects ${JSON.stringify(log)}`, () =>
      assert.throws(
        () => gable({ mode: "test", log } as GableOptions),
        (error) => isGableError(error) && error.code === "E_OPTION_INVALID" && pattern.test(error.message),
      ));

  it("writes statements at the level debug of gable.sql", async () => {
    const seen: Array<{ facts: object; message: string }> = [];
    const note = (facts: string | object, message = ""): void => void seen.push({ facts: Object(facts) as object, message });
    const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    for (const [log, expected] of [
      [{ "gable.sql": "debug" }, 1],
      [{}, 0],
    ] as const) {
      seen.length = 0;
      const app = gable({ mode: "test", logger, log, models: [], database: "sqlite::memory:" });
      await app.start();
      seen.length = 0;
      await app.database().query(sql`select 1 as one`);
      assert.equal(seen.filter(({ message }) => message === "A statement ran.").length, expected, JSON.stringify(log));
      await app.close();
    }
  });
});

describe("a logger that the application was given", () => {
  const secret = "u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ";

  it("gets no secrets, and the same error object where it holds none", async () => {
    const given: unknown[][] = [];
    const note =
      (level: string) =>
      (...words: unknown[]): void =>
        void given.push([level, ...words]);
    const logger: Logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error"), child: () => logger };
    const plain = new Error("plain");
    const app = gable({
      mode: "test",
      logger,
      secretKeys: [secret],
      routes: [
        get("/", ({ log }) => {
          log.info(`text ${secret}`);
          log.warn({ list: [{ deep: secret }], error: plain }, secret);
          log.error({ error: new Error(secret, { cause: new Error(secret) }) });
          log.fatal("fatal");
          log.trace("trace");
          return "";
        }),
      ],
    });
    await app.request("/");
    const [text, facts, failure, ...others] = given as [
      [string, string],
      [string, { error: Error }, string],
      [string, { error: Error }],
      ...string[][],
    ];
    assert.deepEqual(text, ["info", "text [secret]"]);
    assert.deepEqual(facts, ["warn", { list: [{ deep: "[secret]" }], error: plain }, "[secret]"]);
    assert.equal(facts[1].error, plain);
    assert.equal(failure[1].error.message, "[secret]");
    assert.ok(!String(failure[1].error.stack).includes(secret));
    assert.equal((failure[1].error.cause as Error).message, "[secret]");
    assert.deepEqual(others, [
      ["error", "fatal"],
      ["debug", "trace"],
    ]);
    await app.close();
  });

  it("gets no secrets of other objects, keeps the id of the request, and an error in place of the facts", async () => {
    const given: unknown[][] = [];
    const note = (...words: unknown[]): void => void given.push(words);
    const children: object[] = [];
    const logger: Logger = { debug: note, info: note, warn: note, error: note, child: (facts) => (children.push(facts), logger) };
    class Holder {
      readonly value = secret;
    }
    class Named {
      readonly password = secret;
    }
    class Plain {
      readonly value = "shown";
    }
    const plain = new Plain();
    const [error, bad] = [
      new Error("plain"),
      {
        get bad(): never {
          throw new Error("no");
        },
        held: secret,
      },
    ];
    let deep: object = { secret };
    for (let depth = 0; depth < 9; depth++) deep = { deep };
    const app = gable({
      mode: "test",
      logger,
      secretKeys: [secret],
      routes: [
        get("/", ({ log }) => {
          log.info({ a: new Holder(), b: new Map([["x", secret]]), c: new Set([secret]), d: new Named(), plain, deep }, "m");
          log.info(bad, "m");
          log.info({ requestId: "forged" }, "m");
          log.child({ requestId: "forged" });
          log.error(error);
          log.error(new Error(secret), "m");
          return "";
        }),
      ],
    });
    await app.request("/");
    assert.doesNotMatch(JSON.stringify(given), new RegExp(secret));
    const [first, second, third, withoutText, withText] = given as Array<[Record<string, unknown>, string?]>;
    assert.deepEqual([first![0]["a"], first![0]["b"], first![0]["c"]], [{ value: "[secret]" }, { x: "[secret]" }, ["[secret]"]]);
    assert.equal(first![0]["plain"], plain);
    assert.deepEqual(second, [{ bad: "[unreadable]", held: "[secret]" }, "m"]);
    assert.deepEqual(third, [{ _requestId: "forged" }, "m"]);
    assert.deepEqual(children.at(-1), { _requestId: "forged" });
    assert.deepEqual(withoutText, [error]);
    assert.deepEqual([String(withText![0]), withText![1]], ["Error: [secret]", "m"]);
    await app.close();
  });

  it("has the secrets removed in every spelling", () => {
    const redact = createSecretRedactor([`a"b<c'd&e f>`, "short"]);
    for (const text of [
      `a"b<c'd&e f>`,
      "a\\\"b<c'd&e f>",
      "a&quot;b&lt;c&#39;d&amp;e f&gt;",
      "a%22b%3Cc'd%26e%20f%3E",
      "a%22b%3Cc%27d%26e+f%3E",
    ])
      assert.equal(redact(`x ${text} y`), "x [secret] y");
    assert.equal(redact("short"), "short");
  });
});

describe("a logger without a method", () => {
  const method = (): void => undefined;
  const whole = { debug: method, info: method, warn: method, error: method, child: () => whole };
  for (const name of ["debug", "info", "warn", "error", "child"] as const)
    it(`is refused: ${name}`, () => {
      const logger = { ...whole, [name]: undefined } as unknown as Logger; // What JavaScript may pass.
      assert.throws(() => gable({ mode: "test", logger }), {
        code: "E_OPTION_INVALID",
        message: new RegExp(`such as pino\\(\\); it has no ${name}\\.$`),
      });
    });

  it("is refused: the console of Node", () => {
    const logger = console as unknown as Logger; // As above.
    assert.throws(() => gable({ mode: "test", logger }), { code: "E_OPTION_INVALID", message: /it has no child\.$/ });
  });

  it("may lack trace, fatal and isLevelEnabled", async () => {
    const app = gable({ mode: "test", logger: whole });
    await app.start();
    await app.close();
  });
});
