import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import type { GableError } from "../errors/gable-error.ts";
import type { SettingProblem } from "./define-settings.ts";
import { createRedactor, defineSettings, describeSettings } from "./define-settings.ts";
import { env } from "./env.ts";
import { toEnvExample } from "./env-example.ts";
import type { AnySettingReader } from "./reader.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-settings-"));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "present.txt"), "x");

const read = (reader: AnySettingReader, text: string): unknown =>
  (defineSettings({ it: reader }, { mode: "production", variables: { IT: text } }) as { it: unknown }).it;

function problemsOf(work: () => unknown): readonly SettingProblem[] {
  try {
    work();
  } catch (error) {
    assert.equal((error as GableError).code, "E_SETTINGS_INVALID");
    return (error as GableError).details["problems"] as readonly SettingProblem[];
  }
  assert.fail("The settings were accepted.");
}

const schema = z.object({ size: z.number() });

/** Each reader with texts that it takes, their values, and texts that it refuses. */
const readers: ReadonlyArray<readonly [string, AnySettingReader, ReadonlyArray<readonly [string, unknown]>, readonly string[]]> = [
  [
    "text",
    env.text("IT"),
    [
      ["a", "a"],
      [" a b ", " a b "],
    ],
    [],
  ],
  [
    "text with bounds",
    env.text("IT", { min: 2, max: 3 }),
    [
      ["ab", "ab"],
      ["😀😀😀", "😀😀😀"],
    ],
    ["a", "abcd"],
  ],
  ["text with a form", env.text("IT", { pattern: /^[a-z]+$/ }), [["abc", "abc"]], ["Abc", "a1"]],
  [
    "int",
    env.int("IT"),
    [
      ["7", 7],
      ["-7", -7],
      ["+7", 7],
      ["007", 7],
      ["9007199254740991", 9_007_199_254_740_991],
    ],
    ["lots", "1.5", "1e3", "0x10", "9007199254740992", "NaN", "1_000", "१"],
  ],
  [
    "int with bounds",
    env.int("IT", { min: 1, max: 500 }),
    [
      ["1", 1],
      ["500", 500],
    ],
    ["0", "501"],
  ],
  [
    "number",
    env.number("IT"),
    [
      ["1.5", 1.5],
      [".5", 0.5],
      ["1.", 1],
      ["-1e3", -1000],
    ],
    ["Infinity", "NaN", "1e999", "0x1", "1,5", "one"],
  ],
  [
    "boolean",
    env.boolean("IT"),
    [
      ["true", true],
      ["YES", true],
      ["on", true],
      ["1", true],
      ["false", false],
      ["no", false],
      ["OFF", false],
      ["0", false],
    ],
    ["2", "ja", "constructor"],
  ],
  [
    "url",
    env.url("IT"),
    [
      ["https://example.com", "https://example.com"],
      ["sqlite:var/app.db", "sqlite:var/app.db"],
      ["outbox:", "outbox:"],
    ],
    ["postgres//db", "example.com", "http://", "//x"],
  ],
  ["url with schemes", env.url("IT", { schemes: ["https"] }), [["HTTPS://example.com", "HTTPS://example.com"]], ["http://example.com"]],
  [
    "list",
    env.list("IT"),
    [
      ["a", ["a"]],
      [" a , b,,", ["a", "b"]],
    ],
    [",", " , "],
  ],
  ["choice", env.choice("IT", ["red", "blue"]), [["red", "red"]], ["Red", "green", "toString"]],
  [
    "duration",
    env.duration("IT"),
    [
      ["500ms", 0.5],
      ["30s", 30],
      ["15m", 900],
      ["2h", 7_200],
      ["7d", 604_800],
      ["2w", 1_209_600],
      ["1.5h", 5_400],
      ["3 d", 259_200],
    ],
    ["30", "1y", "-1s", "s", "1h30m"],
  ],
  [
    "duration with bounds",
    env.duration("IT", { min: 60, max: 3_600 }),
    [
      ["1m", 60],
      ["1h", 3_600],
    ],
    ["59s", "61m"],
  ],
  [
    "bytes",
    env.bytes("IT"),
    [
      ["1000", 1000],
      ["64KiB", 65_536],
      ["10MB", 10_000_000],
      ["1gib", 1_073_741_824],
      ["0.5kb", 500],
    ],
    ["1.5b", "10 apples", "-1", "99999999999gb"],
  ],
  [
    "json",
    env.json("IT"),
    [
      ['{"a":[1]}', { a: [1] }],
      ["null", null],
    ],
    ["{", "undefined"],
  ],
  ["secret", env.secret("IT", { min: 8 }), [["long enough", "long enough"]], ["short"]],
  ["secrets", env.secrets("IT"), [["one,two", ["one", "two"]]], [","]],
  ["file", env.file("IT"), [[join(folder, "present.txt"), join(folder, "present.txt")]], [join(folder, "absent.txt"), folder]],
  ["schema of text", env.schema("IT", z.email()), [["a@example.com", "a@example.com"]], ["a"]],
  ["schema of an object", env.schema("IT", schema), [['{"size":1}', { size: 1 }]], ['{"size":"1"}', "{", "size"]],
  ["a check", env.int("IT", { check: (value) => (value % 2 === 0 ? undefined : "is odd") }), [["2", 2]], ["3"]],
];

describe("env", () => {
  for (const [name, reader, good, bad] of readers) {
    for (const [text, value] of good) it(`reads ${JSON.stringify(text)} as ${name}`, () => assert.deepEqual(read(reader, text), value));
    for (const text of bad)
      it(`refuses ${JSON.stringify(text)} as ${name}`, () => {
        const [problem, ...more] = problemsOf(() => read(reader, text));
        assert.deepEqual(more, []);
        assert.equal(problem!.name, "IT");
        assert.notEqual(problem!.fix, "");
      });
  }

  it("refuses a name that is not a variable", () => {
    for (const name of ["", "port", "1A", "A-B", "Ä"]) assert.throws(() => env.text(name), { code: "E_OPTION_INVALID" });
  });

  it("refuses a schema that waits", () => {
    const slow = env.schema(
      "IT",
      z.string().refine(async () => true),
    );
    assert.match(problemsOf(() => read(slow, "x"))[0]!.problem, /waits/);
  });
});

describe("defineSettings()", () => {
  const define = (variables: Record<string, string>, mode: "development" | "test" | "production" = "production"): { size: number } =>
    defineSettings({ size: env.int("SIZE", { default: 1, development: 2, test: 0 }) }, { mode, variables });

  it("takes the default of the mode, then the common one", () => {
    assert.equal(define({}).size, 1);
    assert.equal(define({}, "development").size, 2);
    assert.equal(define({}, "test").size, 0);
    assert.equal(define({ SIZE: "7" }, "test").size, 7);
    assert.equal(define({ SIZE: "" }).size, 1);
  });

  it("keeps values that are not readers, and gives undefined for what is optional", () => {
    const settings = defineSettings({ name: "site", note: env.text("NOTE", { optional: true }) }, { mode: "production", variables: {} });
    assert.equal(settings.name, "site");
    assert.equal(settings.note, undefined);
  });

  it("reports ten problems together, in order, each with its fix", () => {
    const definition = {
      a: env.text("A"),
      b: env.int("B"),
      c: env.number("C"),
      d: env.boolean("D"),
      e: env.url("E"),
      f: env.list("F"),
      g: env.choice("G", ["x"]),
      h: env.duration("H"),
      i: env.bytes("I"),
      j: env.json("J"),
    };
    const variables = { B: "b", C: "c", D: "d", E: "e", F: ",", G: "g", H: "h", I: "i", J: "{" };
    const problems = problemsOf(() => defineSettings(definition, { mode: "production", variables }));
    assert.deepEqual(
      problems.map(({ name }) => name),
      ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"],
    );
    assert.ok(problems.every(({ fix }) => fix !== ""));
  });

  it("prints the problems as a table with the place of the settings", () => {
    const variables = { SIZE: "lots" };
    assert.throws(
      () =>
        defineSettings({ key: env.secrets("SECRET_KEYS"), size: env.int("SIZE", { min: 1, max: 500 }) }, { mode: "production", variables }),
      {
        message: new RegExp(
          [
            "^2 settings cannot be used \\(.*settings\\.test\\.ts:\\d+\\)",
            "  SECRET_KEYS   is missing                                   fix: one secret, or several with commas.*",
            '  SIZE          "lots" is not a whole number from 1 to 500   fix: a whole number from 1 to 500$',
          ].join("\\n"),
        ),
      },
    );
  });

  it("refuses a misspelt variable of Gable, and names the nearest one", () => {
    const [problem] = problemsOf(() => define({ GABLE_MOD: "test" }));
    assert.deepEqual(problem, { name: "GABLE_MOD", problem: "is not a variable of Gable", fix: "write GABLE_MODE" });
    define({ GABLE_MODE: "test", GABLE_TEST_REQUIRE: "all" });
  });

  it("knows every variable of the prefix that the sources read", () => {
    const sources = new URL("../", import.meta.url);
    const read = globSync("**/*.ts", { cwd: sources }).filter((file) => !file.includes(".test."));
    const names = read.flatMap((file) => readFileSync(new URL(file, sources), "utf8").match(/\bGABLE_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []);
    assert.ok(names.includes("GABLE_TASKS"));
    for (const name of new Set(names)) define({ [name]: name === "GABLE_MODE" ? "test" : "off" });
  });

  it("refuses a mode that does not exist", () => {
    const before = process.env["GABLE_MODE"];
    process.env["GABLE_MODE"] = "prod";
    try {
      assert.match(problemsOf(() => defineSettings({}))[0]!.problem, /"prod" is not a mode/);
    } finally {
      if (before === undefined) delete process.env["GABLE_MODE"];
      else process.env["GABLE_MODE"] = before;
    }
  });
});

describe("sources of settings", () => {
  const definition = { it: env.text("SETTINGS_TEST_IT") };
  const files = [".env", ".env.development", ".env.local", ".env.development.local"];

  it("reads the process first, then the files, the most specific first", () => {
    const project = mkdtempSync(join(folder, "order-"));
    for (const file of files) {
      writeFileSync(join(project, file), `# a comment\nSETTINGS_TEST_IT="from ${file}"\n`);
      assert.equal(defineSettings(definition, { mode: "development", folder: project }).it, `from ${file}`);
    }
    process.env["SETTINGS_TEST_IT"] = "from the process";
    try {
      assert.equal(defineSettings(definition, { mode: "development", folder: project }).it, "from the process");
    } finally {
      delete process.env["SETTINGS_TEST_IT"];
    }
  });

  it("leaves .env.local out in tests", () => {
    const project = mkdtempSync(join(folder, "test-"));
    for (const file of [".env", ".env.local"]) writeFileSync(join(project, file), `SETTINGS_TEST_IT=${file}`);
    assert.equal(defineSettings(definition, { mode: "test", folder: project }).it, ".env");
  });

  it("reads the file that NAME_FILE names, without its last line end", () => {
    const file = join(folder, "secret");
    writeFileSync(file, "from a file\n");
    const settings = defineSettings({ it: env.secret("IT") }, { mode: "production", variables: { IT_FILE: file } });
    assert.equal(settings.it, "from a file");
    assert.equal(describeSettings(settings)[0]!.source, "environment, by IT_FILE");
  });

  for (const name of [".env", ".env.local"])
    it(`reads ${name} without its byte-order mark`, () => {
      const project = mkdtempSync(join(folder, "mark-"));
      writeFileSync(join(project, name), "\uFEFFSETTINGS_TEST_IT=first\nOTHER=1\n");
      assert.equal(defineSettings(definition, { mode: "production", folder: project }).it, "first");
      writeFileSync(join(project, name), "\uFEFFGABLE_MOD=test\nSETTINGS_TEST_IT=x\n");
      assert.equal(problemsOf(() => defineSettings(definition, { mode: "production", folder: project }))[0]!.name, "GABLE_MOD");
    });

  it("reads the file that NAME_FILE names without its byte-order mark", () => {
    const file = join(folder, "marked");
    writeFileSync(file, "\uFEFFvalue\r\n");
    assert.equal(defineSettings({ it: env.text("IT") }, { mode: "production", variables: { IT_FILE: file } }).it, "value");
  });

  it("refuses a folder in place of .env", () => {
    const project = mkdtempSync(join(folder, "folder-"));
    mkdirSync(join(project, ".env"));
    const [problem] = problemsOf(() => defineSettings(definition, { mode: "production", folder: project }));
    assert.match(`${problem!.name} ${problem!.problem}`, /^\.env cannot be read: EISDIR/);
  });

  it("refuses a folder and a pipe in place of the file that NAME_FILE names", { skip: process.platform === "win32" }, () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const [file, what] of [
      [pipe, /which is not a regular file$/],
      [folder, /which is a folder$/],
      ["/dev/null", /which is not a regular file$/],
    ] as const)
      assert.match(
        problemsOf(() => defineSettings({ it: env.text("IT") }, { mode: "production", variables: { IT_FILE: file } }))[0]!.problem,
        what,
      );
  });

  it("takes a file of 65,536 bytes, and no more", () => {
    const file = join(folder, "large");
    const define = (): unknown => defineSettings({ it: env.secret("IT") }, { mode: "production", variables: { IT_FILE: file } });
    writeFileSync(file, "x".repeat(65_536));
    define();
    writeFileSync(file, "x".repeat(65_537));
    assert.match(problemsOf(define)[0]!.problem, /65537 bytes/);
  });

  it("refuses a file that cannot be read, and a variable that is given twice", () => {
    const define = (variables: Record<string, string>) => (): unknown =>
      defineSettings({ it: env.text("IT") }, { mode: "production", variables });
    assert.match(problemsOf(define({ IT_FILE: join(folder, "none") }))[0]!.problem, /cannot be read/);
    assert.match(problemsOf(define({ IT: "a", IT_FILE: join(folder, "present.txt") }))[0]!.problem, /given twice/);
  });
});

describe("secrets in settings", () => {
  const secret = "hunter2-hunter2";
  const password = "pa55word";
  const variables = { KEY: secret, KEYS: `${secret}-a,${secret}-b`, DB: `postgres://ann:${password}@host/db` };
  const settings = defineSettings(
    { key: env.secret("KEY"), keys: env.secrets("KEYS"), db: env.url("DB") },
    { mode: "production", variables },
  );

  it("gives their values to the program", () => {
    assert.equal(settings.key, secret);
    assert.equal(settings.keys.length, 2);
    assert.ok(settings.db.includes(password));
  });

  it("never shows them", () => {
    const shown = [
      JSON.stringify(settings),
      JSON.stringify({ nested: settings }),
      inspect(settings),
      inspect({ nested: { settings } }),
      JSON.stringify(describeSettings(settings)),
    ];
    for (const text of shown) {
      assert.ok(!text.includes(secret) && !text.includes(password), text);
      assert.ok(text.includes("[secret]"), text);
    }
  });

  it("does not repeat them in problems", () => {
    const definition = {
      key: env.secret("KEY", { max: 3 }),
      keys: env.secrets("KEYS", { check: () => "is wrong" }),
      db: env.url("DB", { schemes: ["mysql"] }),
    };
    const text = JSON.stringify(problemsOf(() => defineSettings(definition, { mode: "production", variables })));
    assert.ok(!text.includes(secret) && !text.includes(password), text);
  });

  it("replaces them in any text", () => {
    const redact = createRedactor(settings);
    assert.equal(redact(`a ${secret} b ${secret}-a c`), "a [secret] b [secret] c");
    assert.equal(createRedactor({})("a"), "a");
  });
});

describe("toEnvExample()", () => {
  it("lists each variable with what it is for, and comments out what is optional", () => {
    const settings = defineSettings(
      {
        key: env.secrets("SECRET_KEYS", { development: ["x"], help: "Signs cookies." }),
        size: env.int("SIZE", { default: 1 }),
        name: "site",
      },
      { mode: "development", variables: {} },
    );
    assert.equal(
      toEnvExample(describeSettings(settings)),
      "# Signs cookies.\n# Required in production: one secret, or several with commas between them; `npx gable key generate` makes one.\nSECRET_KEYS=\n\n# Optional: a whole number.\n# SIZE=\n",
    );
  });
});
