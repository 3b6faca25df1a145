import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { checkViews, extractMessages, formatProblems } from "gable/check";
import { ProjectFolder } from "../../../test/views/project-folder.ts";
import { compilePlan } from "../reading/plan.ts";
import { SourceText } from "../syntax/source-text.ts";
import { checkCode } from "./check-code.ts";
import { scanCode } from "./scan-code.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Makes code of a literal, to see what the engine gives the tag. */
function evaluate(literal: string): TemplateStringsArray {
  return new Function("tag", `return tag${literal}`)((strings: TemplateStringsArray) => strings) as TemplateStringsArray;
}

describe("the scanner of TypeScript sources", () => {
  const rows: ReadonlyArray<[source: string, expected: ReadonlyArray<readonly string[]>]> = [
    ["html`a${b}c`", [["a", "c"]]],
    [
      "html`a${html`x${1}y`}b`",
      [
        ["x", "y"],
        ["a", "b"],
      ],
    ],
    ["html`a${{ b: `c${d}` }.b}e`", [["a", "e"]]],
    ["html`\\`\\${x}\\n\\u{41}\\x42\\u0043\\\n`", [["`${x}\nABC"]]],
    ['// html`a`\n/* html`b` */ \'html`c`\' "html`d\\"`" html`e`', [["e"]]],
    ["const r = /html`x`/g; a = b / html`y` / c; return /`/.test(x) ? html`z` : x", [["y"], ["z"]]],
    ["/[/`]/; html`a`", [["a"]]],
    ["x.html`a`; `b${html`c`}`; return`d`", [["a"], ["c"]]],
    ["html`a", []],
    ["html`a${", []],
    ["html`}${'}'}{`", [["}", "{"]]],
    ["(x) / 2; html`a`", [["a"]]],
  ];
  for (const [source, expected] of rows)
    it(JSON.stringify(source).slice(0, 80), () =>
      assert.deepEqual(
        scanCode(source)
          .templates.filter(({ tag }) => tag === "html")
          .map(({ chunks }) => chunks.map(({ text }) => text)),
        expected,
      ),
    );

  it("finds calls with their literal string", () =>
    assert.deepEqual(
      scanCode("t('a\\'b'); x.t(`c`); t(y); f ( \"d\" ); if (t) {} t(`${z}`)").calls.map(({ name, text }) => [name, text]),
      [
        ["t", "a'b"],
        ["t", "c"],
        ["t", undefined],
        ["f", "d"],
        ["if", undefined],
        ["t", undefined],
      ],
    ));

  it("reads each tag of this repository as the engine does, with the same verdict as its plan", () => {
    const files = ["src", "test", "examples", "bench/views"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.includes("node_modules") && !name.includes(".gable"))
        .map((name) => join(root, folder, name)),
    );
    const [counts, refused] = [{ templates: 0 }, { templates: 0 }];
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      for (const { tag, chunks, holes, at } of scanCode(text).templates) {
        if (tag !== "html") continue;
        counts.templates++;
        // The values are left out: what is compared is the text between them.
        const literal = `\`${chunks.map(({ at: from }, index) => text.slice(from, index < holes.length ? findHole(text, from) : findEnd(text, from))).join("${0}")}\``;
        const strings = evaluate(literal);
        assert.deepEqual(
          [...strings],
          chunks.map(({ text: chunk }) => chunk),
          `${file} at ${at}`,
        );
        let verdict = "";
        try {
          compilePlan(strings, undefined);
        } catch (error) {
          verdict = (error as { code: string }).code;
          refused.templates++;
        }
        const source = new SourceText("x.ts", `import { html } from "gable";\nhtml${literal}`);
        assert.deepEqual(
          checkCode(source).map((error) => (error as { code: string }).code),
          verdict === "" ? [] : [verdict],
          literal,
        );
      }
    }
    assert.ok(counts.templates > 300 && refused.templates > 40, JSON.stringify([counts, refused]));
  });
});

/** Returns where a string of a template ends: at its next value, or at its backtick. */
function findHole(text: string, from: number): number {
  let index = from;
  while (text[index] !== "$" || text[index + 1] !== "{") index += text[index] === "\\" ? 2 : 1;
  return index;
}
function findEnd(text: string, from: number): number {
  let index = from;
  while (text[index] !== "`") index += text[index] === "\\" ? 2 : 1;
  return index;
}

let project: ProjectFolder | undefined;
afterEach(() => {
  project?.remove();
  project = undefined;
});
function check(files: Readonly<Record<string, string>>, options: object = {}): string {
  project = new ProjectFolder(files);
  return formatProblems(checkViews({ project: project.path, directories: ["views"], ...options }));
}

describe("checkViews() on TypeScript sources", () => {
  it("finds what html would throw, at its line and column", () => {
    const problems = check({
      "views/a.html": "x",
      "app.ts":
        'import { html as h } from "gable";\nimport { xml } from "gable/views";\nexport const a = (x: string) => h`<p\n  onclick="${x}">`;\nexport const b = (x: string) => xml`<a b=${x}/>`;\nexport const c = () => h`<p title="x`;\n',
      "other.ts":
        'const html = (strings: TemplateStringsArray, ..._values: unknown[]) => strings;\nexport const a = html`<p onclick="${1}">`;\n',
      "node_modules.d.ts": "export {};\n",
    });
    assert.match(
      problems,
      /^app\.ts:4:14 - error E_\w+: a value is not allowed in "onclick" of <p>, which is code\.\n[^]*fix: Put the value in a data/m,
    );
    assert.match(problems, /app\.ts:5:33 - error E_\w+: a value is not allowed inside a tag, outside the quotes/);
    assert.match(problems, /app\.ts:6:26 - error E_\w+: the template ends inside the attribute "title"/);
    assert.doesNotMatch(problems, /other\.ts/);
  });
});

describe("checkViews(), warnings", () => {
  it("names props that nothing uses, and no others", () => {
    const problems = check({
      "views/base.html": "{% props title: string, user?: string %}\n{{ title }}{{ user }}{% block b %}{% endblock %}",
      "views/card.html": "{% props note: string %}\n{{ note }}",
      "views/page.html":
        '{% props title: string, user?: string, note: string, n: number, extra?: string, deep: string[], loose: boolean %}\n{% extends "base.html" %}\n{% block b %}{% include "card.html" %}{% if deep|length > 0 and n %}{% endif %}{% endblock %}',
    });
    assert.match(problems, /^views\/page\.html:1:65 - warning unused-prop: the prop "extra" is not used\n[^]*fix: Remove it/m);
    assert.match(problems, /the prop "loose" is not used/);
    assert.equal(problems.split("unused-prop").length, 3, problems);
  });
  it("names untyped files, and scripts in partials", () => {
    const problems = check({
      "views/a.html": "{{ usr }}{{ other }}",
      "views/b.html":
        '{% partialdef p %}<p></p>\n<script>1</script><script src="/x.js"></script><script type="application/json">{}</script>{% endpartialdef %}',
    });
    assert.match(
      problems,
      /^views\/a\.html:1:4 - warning untyped: undeclared names: usr, other\n[^]*fix: Declare them: \{% props usr: Type, other: Type %\}/m,
    );
    assert.match(problems, /^views\/b\.html:2:1 - warning inline-script: a script in a partial does not run/m);
    assert.equal(problems.split("inline-script").length, 2);
  });
  it("lists code that bypasses escaping, on demand", () => {
    const files = {
      "views/a.html": "{{ 'x'|safe }}\n{% autoescape false %}{% endautoescape %}",
      "app.ts": 'import { raw } from "gable";\nexport const a = raw("<b>", "why");\n',
      "query.ts": 'import { sql } from "gable/data";\nexport const a = sql.unsafe("1");\n',
      "other.ts": 'const sql = { unsafe: (text: string) => text };\nexport const a = sql.unsafe("1");\n',
    };
    assert.equal(check(files, { unsafe: true }), "");
    project?.remove();
    const problems = check(files, { unsafe: true, listsUnsafe: true });
    assert.match(problems, /^views\/a\.html:1:8 - warning unsafe: the filter "safe"/m);
    assert.match(problems, /^views\/a\.html:2:4 - warning unsafe: escaping is switched off/m);
    assert.match(problems, /^app\.ts:2:18 - warning unsafe: raw\(\)/m);
    assert.match(problems, /^query\.ts:2:22 - warning unsafe: sql\.unsafe\(\)/m);
    assert.doesNotMatch(problems, /other\.ts/);
  });
});

describe("extractMessages()", () => {
  it("finds every string of a template file", () => {
    const template = [
      "{# translators: above the list #}",
      "{% trans %}Books{% endtrans %} {% trans context 'month' %}May{% endtrans %}",
      "{% if x %}<a title=\"{{ t('Open {name}', {'name': n}) }}\">{% endif %}",
      "{% for b in l %}{% trans n=b.n %}<b>{{ n }}</b> page{% pluralize %}<b>{{ n }}</b> pages{% endtrans %}{% else %}{{ t('None')|upper if y else t(\"Other\") }}{% endfor %}",
      "{% partialdef p %}{# translators: a button #}<b>{{ t('Save') }}</b>{% endpartialdef %}",
      "{% component 'c.html' label=t('Label') %}{% trans trimmed %}",
      "  Two",
      "  lines",
      "{% endtrans %}{% slot s %}{{ t('Slot') }}{% endslot %}{% endcomponent %}",
      "{% macro m(x=t('Default')) %}{% call c(t('Arg')) %}{% set z = t('Set') %}{% endcall %}{% endmacro %}{{ t(variable) }}",
    ].join("\n");
    const found = extractMessages(template, "views/a.html");
    assert.deepEqual(
      found.map(({ line, message, plural, context, comment }) => [line, message, plural, context, comment].filter((part) => part !== "")),
      [
        [2, "Books", "above the list"],
        [2, "May", "month"],
        [3, "Open {name}"],
        [4, "<0>{n}</0> page", "<0>{n}</0> pages"],
        [4, "None"],
        [4, "Other"],
        [5, "Save", "a button"],
        [6, "Label"],
        [6, "Two lines"],
        [9, "Slot"],
        [10, "Default"],
        [10, "Arg"],
        [10, "Set"],
      ],
    );
  });
  it("finds every string of TypeScript", () => {
    const code = [
      "// translators: a greeting",
      'const a = t("Hello {name}", { name });',
      "// other",
      "x = context.t(`Bye`); // t('no')",
      "t(key); 't(\"no\")'",
      "html`<p>${t('In a template')}</p>`",
    ].join("\n");
    assert.deepEqual(
      extractMessages(code, "app.ts").map(({ line, message, comment, file }) => [file, line, message, comment]),
      [
        ["app.ts", 2, "Hello {name}", "a greeting"],
        ["app.ts", 4, "Bye", ""],
        ["app.ts", 6, "In a template", ""],
      ],
    );
  });
});
