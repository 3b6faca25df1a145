/** Planted errors in requests: the report has the right line, code and fix as a page, as a problem and as text. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "parse5";
import type { Application } from "gable";
import type { ErrorReport } from "gable/development";
import { renderErrorReport } from "gable/development";
import { createPlantedApp, lineOf, plantedViews } from "./planted-errors.ts";

/** Address, code, what the fix says, where (the name of a line, or a template and its line), and texts that it must have. */
type Planted = readonly [name: string, code: string, fix: RegExp, place: string, texts?: readonly string[]];

const internal = "E_INTERNAL";
const correct = /^Correct the code at /;
const throwError = /^Throw an Error/;

const errors: readonly Planted[] = [
  ["plain", internal, correct, "plain"],
  ["property-of-undefined", internal, /The value before "name" is undefined here/, "property-of-undefined"],
  ["property-of-null", internal, /The value before "name" is null here/, "property-of-null"],
  ["set-of-undefined", internal, /The value before "name" is undefined here/, "set-of-undefined"],
  ["not-a-function", internal, /Check the spelling of "loose.author"/, "not-a-function"],
  ["not-iterable", internal, /A query has to be awaited first/, "not-iterable"],
  ["not-defined", internal, /Import or declare "missingName"/, "not-defined"],
  ["not-initialized", internal, /Move the declaration of "late"/, "not-initialized"],
  ["endless", internal, /calls itself without an end/, "endless"],
  ["later", internal, correct, "later"],
  ["all", internal, correct, "later"],
  ["json", internal, /Check that the text is JSON/, "json"],
  ["file", internal, /Create \/nothing\/here\.txt/, "file"],
  ["fetch", internal, /Start the server that this code calls/, "fetch", ["fetch failed"]],
  ["text", internal, throwError, "routes", ["a text"]],
  ["undefined", internal, throwError, "routes", ["[undefined]"]],
  ["null", internal, throwError, "routes"],
  ["number", internal, throwError, "routes", ["404"]],
  ["symbol", internal, throwError, "routes", ["Symbol(sign)"]],
  ["function", internal, throwError, "routes", ["[function named]"]],
  ["object", internal, throwError, "routes", ["reason", "[secret]"]],
  ["hostile-object", internal, throwError, "routes", ["[cannot be shown: no]"]],
  ["hostile-proxy", internal, throwError, "routes", ["[cannot be shown: no]"]],
  ["hostile-error", internal, throwError, "routes", ["[cannot be shown: no]"]],
  ["hostile-message", internal, correct, "routes", ["[the message cannot be shown: no]"]],
  ["hostile-stack", internal, correct, "routes"],
  ["hostile-cause", internal, correct, "unreadable"],
  ["hostile-name", internal, correct, "routes"],
  ["cause", internal, correct, "cause", ["outer", "the root", "TypeError"]],
  ["cause-of-cause", internal, correct, "cause-of-cause", ["outer", "middle", "deep", "RangeError"]],
  ["cause-hostile", internal, correct, "cause-hostile", ["[cannot be shown: no]"]],
  ["aggregate", internal, correct, "aggregate", ["several", "part one", "part two"]],
  ["any", internal, correct, "later", ["All promises were rejected"]],
  ["own", "E_STOCK_EMPTY", /^Order less\.$/, "own"],
  ["not-found", "E_NOT_FOUND", /Check the address/, "not-found"],
  ["result-undefined", "E_ROUTE_RESULT", /^Return Html, a string/, "routes", ["did it forget to return?"]],
  ["result-function", "E_ROUTE_RESULT", /^Return Html, a string/, "routes"],
  ["result-circular", "E_JSON_VALUE", /^Leave out "/, "routes"],
  ["result-map", "E_JSON_VALUE", /Convert it to a plain object/, "routes"],
  ["returns", "E_ROUTE_RESULT", /^Return Html, a string/, "returns"],
  ["sql-syntax", internal, /Correct the SQL/, "sql-syntax", ["SELEC"]],
  ["sql-table", internal, /npx gable db make/, "sql-table"],
  ["sql-unfiltered", "E_QUERY_UNFILTERED", /Shelf\.all\(\)\.update/, "sql-unfiltered"],
  ["sql-filter", "E_FILTER_UNKNOWN", /Write "name"/, "sql-filter"],
  ["sql-unique", "E_VALIDATION", /Correct the values/, "sql-unique", ["This name is taken"]],
  ["sql-missing", "E_ROW_MISSING", /Check the key/, "sql-missing"],
  ["sql-too-long", "E_VALIDATION", /Correct the values/, "routes", ["Use at most 20 characters. You typed 30."]],
  ["sql-read-only", "E_TRANSACTION_READ_ONLY", /Leave out readOnly/, "sql-read-only"],
  ["session", "E_CONTEXT_UNAVAILABLE", /gable\(\{ session: \{\} \}\)/, "session"],
  ["input", "E_CONTEXT_UNAVAILABLE", /Declare \{ json: schema \}/, "input"],
  ["view", "E_VIEW_NOT_FOUND", /Write "/, "view"],
  ["view-line", "E_VIEW_NAME", /./, "line.html:2", ['The property "books" of null was read.']],
  ["view-call", internal, correct, "fail", ["call.html:3", "called"]],
  ["view-include", internal, correct, "fail", ["part.html:4", "included"]],
  ["guard", internal, correct, "guard"],
  ["middleware", internal, correct, "middleware"],
  ["next", "E_NEXT_REPEATED", /Call next\(\) once/, "next"],
  ["hook", internal, correct, "hook"],
  ["query", "E_QUERY_INVALID", /Correct the parameters/, "query", ["page", "It is not a number."]],
];

const withoutIndent = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("a planted error", () => {
  let folder = "";
  let app: Application;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-planted-"));
    await mkdir(join(folder, "views"));
    for (const [name, text] of Object.entries(plantedViews)) await writeFile(join(folder, "views", name), text);
    app = createPlantedApp(join(folder, "views"));
    await app.start();
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  const placeOf = (place: string): string => (place.includes(":") ? place : `planted-errors.ts:${lineOf(place)}`);

  for (const [name, code, fix, place, texts = []] of errors)
    it(`has its line, its code and a fix: ${name}`, async () => {
      const problem = (await (await app.request(`/${name}`, { headers: { accept: "application/json" } })).json()) as {
        readonly code: string;
        readonly fix: string;
        readonly report: ErrorReport;
      };
      assert.equal(problem.code, code);
      assert.match(problem.fix, fix);
      assert.ok(
        problem.report.failing?.place?.shown.endsWith(placeOf(place)),
        `${problem.report.failing?.place?.shown} is not ${placeOf(place)}`,
      );
      assert.ok(problem.report.failing?.source.some(({ isFailing }) => isFailing));
      const page = await (await app.request(`/${name}`, { headers: { accept: "text/html" } })).text();
      const text = await (await app.request(`/${name}`, { headers: { "user-agent": "curl/8.0" } })).text();
      assertWellFormed(page);
      const shown = page
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&");
      for (const part of [code, problem.fix, placeOf(place), ...texts])
        for (const whole of [shown, text, JSON.stringify(problem).replaceAll('\\"', '"')])
          assert.ok(withoutIndent(whole).includes(withoutIndent(part)), `${part} is missing in ${whole.slice(0, 1_500)}`);
    });

  for (const [name, place, message] of [
    ["stream", "stream", "broken off"],
    ["view-value", "later", "value.html: later"],
  ] as const)
    it(`after the head of the reply is kept with its request: ${name}`, async () => {
      const reply = await app.request(`/${name}`, { headers: { accept: "text/html" } });
      await assert.rejects(reply.text(), { message });
      const address = `/_gable/requests/${reply.headers.get("x-request-id")}`;
      const { error } = (await (await app.request(address)).json()) as { readonly error: ErrorReport };
      assert.deepEqual([error.code, error.message], [internal, message]);
      assert.ok(error.failing?.place?.shown.endsWith(placeOf(place)));
      const page = await (await app.request(address, { headers: { accept: "text/html" } })).text();
      assertWellFormed(page);
      for (const whole of [page, renderErrorReport(error, "text"), renderErrorReport(error, "problem")])
        for (const part of [internal, message, placeOf(place)]) assert.ok(whole.includes(part), part);
    });

  it("of a body shows the field errors, and one of a method the methods", async () => {
    const init = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
    const problem = (await (await app.request("/body", init)).json()) as { readonly code: string; readonly errors: unknown };
    assert.deepEqual(problem.code, "E_INPUT_INVALID");
    assert.deepEqual(problem.errors, [{ path: "title", code: "invalid", message: "It is too short." }]);
    const broken = await app.request("/body", { ...init, body: "{broken" });
    assert.equal(((await broken.json()) as { readonly code: string }).code, "E_JSON_MALFORMED");
    const page = await (await app.request("/body", { headers: { accept: "text/html" } })).text();
    for (const part of ["E_METHOD_NOT_ALLOWED", "OPTIONS, POST"]) assert.ok(page.includes(part), part);
    const text = await (await app.request("/body", { headers: { "user-agent": "Wget/1.21" } })).text();
    assert.match(text, /Methods\n {2}OPTIONS, POST/);
  });

  it("of an address lists the nearest routes, and why each did not match", async () => {
    const reply = await app.request("/plane", { headers: { accept: "application/json" } });
    const { report } = (await reply.json()) as { readonly report: ErrorReport };
    assert.equal(report.code, "E_ROUTE_NOT_FOUND");
    assert.deepEqual(
      report.routes.slice(0, 1).map(({ method, pattern, reason }) => [method, pattern, reason]),
      [["GET", "/plain", '"plane" is not "plain"']],
    );
    assert.match(report.routes[0]!.place, /planted-errors\.ts:\d+$/);
  });
});

/** Throws for a page that a parser of HTML has to repair. */
function assertWellFormed(page: string): void {
  const problems: string[] = [];
  parse(page, { onParseError: ({ code, startLine }) => problems.push(`${code} at line ${startLine}`) });
  assert.deepEqual(problems, []);
}
