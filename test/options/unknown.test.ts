/** Functions that take an options object refuse an option that they do not know. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { isGableError } from "gable";
import { callWith, innerCalls, optionCalls } from "./calls.ts";
import { findOptionObjects } from "./declarations.ts";

/** Objects that need no row, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  GableErrorOptions: "An error about its options would hide the error that it describes.",
  FrameworkSettings: "Settings of your own stand next to those of the framework.",
  DatabaseSettings: "Part of GableOptions, whose names gable() checks.",
  MailBodyOptions: "Part of MailOptions.",
  MailHeaderOptions: "Part of MailOptions.",
  Settings: "The values of settings, and no options.",
  "Model()": "Its options are checked by name: see ModelOptions.",
  AcquireOptions: "A database passes it to its driver.",
  FragmentOptions: "Part of CachedOptions; views pass it to their store.",
  MessageOptions: "Templates pass it to the function that translates.",
  "views.RenderOptions": "Part of the context of a render, which an application makes.",
  "AccountsOptions.checkPassword()": "Gable calls it, and passes what the function gets.",
  "AccountActions.signInWithCode()": "Takes the values of a form, which may have more fields.",
  "AccountActions.mailReset()": "Takes the values of a form, which may have more fields.",
  "AccountActions.resetPassword()": "Takes the values of a form, which may have more fields.",
  "AccountActions.changePassword()": "Takes the values of a form, which may have more fields.",
  "AccountActions.setFirstPassword()": "Takes the values of a form, which may have more fields.",
  "AccountActions.changeEmail()": "Takes the values of a form, which may have more fields.",
  "AccountActions.confirm()": "Takes the values of a form, which may have more fields.",
  "TwoFactorActions.turnOn()": "Takes the values of a form, which may have more fields.",
  "TwoFactorActions.confirm()": "Takes the values of a form, which may have more fields.",
  "UploadTarget.put()": "A storage implements it: see PutOptions.",
  "RedisClient.eval()": "The package redis implements it.",
  "PolicyRules.scope()": "The framework calls it.",
  "FetchRuntime.onUpgrade()": "The framework calls it.",
  "transactional()": "The framework calls the function that it returns with the context.",
  "permissionModels.permissionModels()": "The class of a model.",
  "defineFactory()": "Names of fields, which create() checks.",
  "Expression.cast()": "A type of column, which field makes.",
};

const migrationData = "src/data/migrations/state/operation.test.ts has the table of the parts of operations.";
/** Checks in src/ that no call of the tables reaches, with the reason. */
const unreached: Readonly<Record<string, string>> = {
  'src/live/channel.ts: assertKnownOptions(`${owner} replay`, replay, ["seconds", "messagesMax"]);':
    "The channel checks both numbers itself.",
  "src/handlers/resource.ts: assertKnownOptions(`${owner} actions`, actionOptions, names);":
    "Each value is the options of a route, which are checked there.",
  'src/data/tree/expression.ts: assertKnownOptions("stringAggregate()", options, { where: true, distinct: "boolean", orderBy: true });':
    "test/data/string-aggregate.test.ts passes a wrong distinct.",
  'src/data/schema/zones.ts: assertKnownOptions(`${method}()${isDate ? " of a date" : ""}`, span, names);':
    "The span checks its numbers itself.",
  "src/auth/policies/policy.ts: assertKnownOptions(owner, rules, ruleNames);": "The policy checks itself that all are functions.",
  "src/data/migrations/state/operation.ts: assertKnownOptions(where, column, columnKinds);": migrationData,
  "src/data/migrations/state/operation.ts: assertKnownOptions(where, options, uniqueKinds);": migrationData,
  "src/data/migrations/state/operation.ts: assertKnownOptions(where, options, indexKinds);": migrationData,
  "src/data/migrations/state/operation.ts: assertKnownOptions(where, data, tableKinds);": migrationData,
  "src/data/migrations/state/operation.ts: assertKnownOptions(where, data, viewKinds);": migrationData,
  'src/data/migrations/state/operation.ts: assertKnownOptions("op.sql()", up, sqlKinds);': migrationData,
  'src/data/migrations/state/operation.ts: assertKnownOptions("op.sql(), down", options.down, sqlKinds);': migrationData,
  'src/data/migrations/state/operation.ts: assertKnownOptions("op.run()", step, stepKinds);': migrationData,
};

/** The places of src/ that refused an option, such as `src/app/listen.ts:60`. */
const reached = new Set<string>();

async function refuses(call: () => unknown): Promise<void> {
  await assert.rejects(
    () => callWith(call, { misspelt: 1 }),
    (error: Error) => {
      assert.ok(isGableError(error), String(error));
      assert.match(error.message, /misspelt/);
      assert.match(error.fix, /\w/, "The fix is empty.");
      const place = /at (?:\w+\.)?assertKnownOptions .*\n.*?(src\/[\w./-]+:\d+)/.exec(error.stack ?? "")?.[1];
      if (place !== undefined) reached.add(place);
      return true;
    },
  );
}

describe("an option that does not exist", () => {
  for (const [name, calls] of Object.entries(optionCalls))
    for (const [index, call] of calls.entries())
      it(`is refused in ${name}${calls.length === 1 ? "" : `, place ${index + 1}`}`, () => refuses(call));

  for (const [name, call] of Object.entries(innerCalls)) it(`is refused in ${name}`, () => refuses(call));

  it("is looked for by each check of src/ in some call", () => {
    const missing = findChecks().filter(({ place, text }) => !reached.has(place) && unreached[text] === undefined);
    assert.deepEqual(
      missing.map(({ place, text }) => `${place} ${text}`),
      [],
      "Add a call to the table, or an exception with its reason.",
    );
    const texts = new Set(findChecks().map(({ text }) => text));
    assert.deepEqual(
      Object.keys(unreached).filter((text) => !texts.has(text)),
      [],
      "These do not exist any more.",
    );
  });

  it("is looked for in each public object of options", () => {
    const found = findOptionObjects();
    assert.ok(found.size > 150, `${found.size} objects`);
    const known = new Set([...Object.keys(optionCalls), ...Object.keys(exceptions)]);
    assert.deepEqual(
      [...found.keys()].filter((name) => !known.has(name)),
      [],
      "Add a row for each to the table, or an exception with its reason.",
    );
    assert.deepEqual(
      [...known].filter((name) => !found.has(name)),
      [],
      "These do not exist any more.",
    );
  });
});

/** Finds all checks of names of options. */
function findChecks(): Array<Readonly<Record<"place" | "text", string>>> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  return globSync("src/**/*.ts", { cwd: root })
    .filter((file) => !file.endsWith(".test.ts") && !file.endsWith("option-errors.ts"))
    .flatMap((file) =>
      readFileSync(root + file, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const [text] = /(?<!\/\/.*)assertKnownOptions\(.*/.exec(line) ?? [];
          return text === undefined ? [] : [{ place: `${file}:${index + 1}`, text: `${file}: ${text}` }];
        }),
    );
}
