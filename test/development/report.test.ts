/** The report of an error by itself: what it says about anything that can be thrown, and what it never says. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gable, GableError } from "gable";
import { createErrorReport, renderErrorReport } from "gable/development";
import type { ErrorReport } from "gable/development";
import { catalogue } from "../../src/errors/catalogue.ts";
import { silentLogger } from "../silent-logger.ts";

const formats = ["html", "text", "problem", "markdown"] as const;

describe("a report of an error", () => {
  it("survives JSON, so that another process can render it", () => {
    const report = createErrorReport(new Error("outer", { cause: new AggregateError([new TypeError("inner"), 5], "several") }));
    const copy = JSON.parse(JSON.stringify(report)) as ErrorReport;
    for (const format of formats) assert.equal(renderErrorReport(copy, format), renderErrorReport(report, format));
    assert.deepEqual([report.code, report.status, report.message], ["E_INTERNAL", 500, "outer"]);
    assert.deepEqual(
      report.error.cause?.parts.map(({ message }) => message),
      ["inner", "5 was thrown, which is not an Error."],
    );
  });

  it("has the code, status, fix and page of an error of Gable", () => {
    const { code, status, fix, docs } = createErrorReport(new GableError("E_VIEW_NOT_FOUND", "There is no view a.html."));
    assert.deepEqual([code, status, docs], ["E_VIEW_NOT_FOUND", 500, "docs/reference/errors.md#e_view_not_found"]);
    assert.ok(fix.length > 10);
    const own = createErrorReport(new GableError("E_STOCK_EMPTY", "Only 2 are left.", { status: 409, fix: "Order less." }));
    assert.deepEqual([own.code, own.status, own.fix, own.docs], ["E_STOCK_EMPTY", 409, "Order less.", ""]);
  });

  it("links to the explanation of its code, which development serves for each code of Gable", async () => {
    const app = gable({ mode: "development", logger: silentLogger });
    await app.start();
    try {
      const page = await (await app.request("/missing", { headers: { accept: "text/html" } })).text();
      assert.match(
        page,
        /<a href="\/_gable\/errors\/E_ROUTE_NOT_FOUND"><code class="place">docs\/reference\/errors\.md#e_route_not_found</,
      );
      for (const code of Object.keys(catalogue)) {
        const reply = await app.request(`/_gable/errors/${code}`);
        assert.deepEqual([reply.status, (await reply.text()).split("\n")[0]], [200, `## ${code}`]);
      }
      for (const name of ["E_NO_SUCH_CODE", "E_", "..%2Fsearch", "E_ROUTE_NOT_FOUND/x", ""])
        assert.equal((await app.request(`/_gable/errors/${name}`)).status, 404, name);
      assert.equal((await app.request("/_gable/errors/E_INTERNAL", { headers: { host: "evil.test" } })).status, 403);
    } finally {
      await app.close();
    }
  });

  it("links to nothing for a code of the application, and where nobody serves explanations", () => {
    const own = createErrorReport(new GableError("E_STOCK_EMPTY", "Only 2 are left."));
    assert.doesNotMatch(renderErrorReport(own, "html"), /<p class="soft">Documentation/);
    const report = createErrorReport(new GableError("E_VIEW_NOT_FOUND", "There is no view a.html."));
    assert.match(renderErrorReport(report, "html"), /Documentation: <code class="place">docs/);
  });

  it("shows the line that fails with six lines around it, and folds frames that are not of the application", () => {
    const report = createErrorReport(new Error("here"), { folder: import.meta.dirname });
    const { failing } = report;
    assert.match(failing?.place?.shown ?? "", /^report\.test\.ts:\d+$/);
    assert.equal(failing?.source.length, 13);
    assert.match(failing.source[6]?.text ?? "", /new Error\("here"\)/);
    assert.deepEqual(failing.source.map(({ isFailing }) => isFailing).indexOf(true), 6);
    const folded = report.error.frames.filter(({ owner }) => owner !== "application");
    assert.ok(folded.length > 0 && folded.every(({ source }) => source.length === 0));
  });

  it("cuts values at 4 KiB, and leaves a value of exactly that length whole", () => {
    const text = (length: number): string => {
      const error = Object.assign(new Error("long"), { note: "n".repeat(length) });
      return createErrorReport(error).error.details["note"] as string;
    };
    assert.equal(text(4_096), "n".repeat(4_096));
    assert.equal(text(4_097), `${"n".repeat(4_096)} ... (4097 characters)`);
  });

  it("ends at a cycle of causes, and after eight of them", () => {
    const first = new Error("first");
    first.cause = new Error("second", { cause: first });
    assert.equal(createErrorReport(first).error.cause?.cause, undefined);
    let deep = new Error("0");
    for (let level = 1; level < 20; level++) deep = new Error(String(level), { cause: deep });
    let depth = 0;
    for (let { cause } = createErrorReport(deep).error; cause !== undefined; cause = cause.cause) depth++;
    assert.equal(depth, 8);
  });
});

describe("a module that cannot be loaded", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-report-"));
    await writeFile(join(folder, "whole.ts"), "export const whole = 1;\n");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, source, line, code, fix] of [
    ["syntax.ts", "\nexport const b = ;\n", 2, "E_MODULE_SYNTAX", /the line that the report shows/],
    ["enum.ts", "const a = 1;\nenum X { A }\n", 2, "E_MODULE_SYNTAX", /no enum/],
    ["twice.ts", "const a = 1;\n\nconst a = 2;\n", 3, "E_MODULE_SYNTAX", /the line/],
    ["name.ts", '\nimport { half } from "./whole.ts";\nhalf();\n', 2, "E_MODULE_EXPORT", /Export "half" from \.\/whole\.ts/],
    ["file.ts", '\n\nimport { a } from "./gone.ts";\na();\n', 3, "E_MODULE_MISSING", /Correct the path of the import/],
    ["package.ts", 'import a from "no-such-package-here";\na();\n', 1, "E_MODULE_MISSING", /npm install no-such-package-here/],
    ["start.ts", '\n\n\nthrow new Error("at start");\n', 4, "E_INTERNAL", /Correct the code at start\.ts:4/],
  ] as const)
    it(`is reported with its line, its code and a fix: ${name}`, async () => {
      await writeFile(join(folder, name), source);
      const error = await import(join(folder, name)).catch((thrown: unknown) => thrown);
      const report = createErrorReport(error, { folder });
      assert.equal(report.code, code);
      assert.match(report.fix, fix);
      assert.equal(report.failing?.place?.shown, `${name}:${line}`);
      assert.equal(report.failing.source.find(({ isFailing }) => isFailing)?.text, source.split("\n")[line - 1]);
    });
});

describe("a value that refuses to be looked at", () => {
  const refuse = (): never => {
    throw new Error("refused");
  };
  const trapped = (target: object): object => new Proxy(target, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
  const withGetter = (name: string): Error => Object.defineProperty(new Error("plain"), name, { get: refuse, configurable: true });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const cases: ReadonlyArray<readonly [string, unknown]> = [
    ["a proxy that throws", trapped({})],
    ["a proxy of an error that throws", trapped(new Error("inside"))],
    ["a revoked proxy", proxy],
    ["an error with a message that throws", withGetter("message")],
    ["an error with a stack that throws", withGetter("stack")],
    ["an error with a name that throws", withGetter("name")],
    ["an error with a cause that throws", withGetter("cause")],
    ["an error with a code that throws", withGetter("code")],
    ["an error with a property that throws", Object.defineProperty(new Error("plain"), "extra", { get: refuse, enumerable: true })],
    ["an error with a message that is not a string", Object.assign(new Error("plain"), { message: { deep: [1n] } })],
    ["an error with a stack that is not a string", Object.assign(new Error("plain"), { stack: 5 })],
    ["an AggregateError with hostile parts", new AggregateError([trapped({}), proxy, { toString: refuse }, Symbol("part")])],
    ["an AggregateError whose list throws", Object.assign(new AggregateError([]), { errors: proxy })],
    ["a cause that throws", new Error("outer", { cause: trapped({}) })],
    ["details that throw", new GableError("E_BAD", "bad", { details: { held: trapped({}) } })],
    ["an object whose toString throws", { toString: refuse, [Symbol.toPrimitive]: refuse, toJSON: refuse }],
    ["an object without a prototype", Object.create(null)],
    ["a symbol", Symbol("thrown")],
    ["undefined", undefined],
    ["null", null],
    ["a bigint", 5n],
    ["a function", refuse],
    ["an error that holds itself", ((error) => Object.assign(error, { error }))(new Error("plain"))],
  ];
  for (const [name, value] of cases)
    it(`is reported: ${name}`, () => {
      const report = createErrorReport(value);
      assert.ok(report.status === 500 || value instanceof GableError);
      assert.ok(report.message.length > 0);
      for (const format of formats) assert.ok(renderErrorReport(report, format).length > 50);
    });

  it("says so", () => {
    assert.match(createErrorReport(withGetter("message")).message, /^\[the message cannot be shown: refused\]$/);
    const { details } = createErrorReport(Object.assign(new Error("x"), { bad: trapped({}) })).error;
    assert.deepEqual(details, { bad: "[cannot be shown: refused]" });
  });

  it("has no getter called", () => {
    let calls = 0;
    const error = Object.assign(new Error("x"), {
      held: Object.defineProperty({}, "value", { enumerable: true, get: () => ++calls }),
    });
    assert.deepEqual(createErrorReport(error).error.details, { held: { value: "[getter]" } });
    assert.equal(calls, 0);
  });
});

describe("the values of secrets", () => {
  const shown = (message: string, details: Record<string, unknown>): string =>
    createErrorReport(new GableError("E_X", message, { details })).message;

  it("disappear from messages, and words that are none stay", () => {
    assert.equal(shown("wrong: hunter", { password: "hunter" }), "wrong: [secret]");
    assert.equal(shown("wrong: abc", { password: "abc" }), "wrong: abc");
    assert.equal(shown("the status is new", { key: "status" }), "the status is new");
    assert.equal(shown("used k3y-91af02", { key: "k3y-91af02" }), "used [secret]");
    assert.equal(shown("by Jane Austen", { author: "Jane Austen" }), "by Jane Austen");
    assert.equal(shown("at postgres://me:pw@host/db", {}), "at postgres://me:[secret]@host/db");
    assert.equal(shown("sent Bearer abcdef.ghi", {}), "sent Bearer [secret]");
  });
});
