/** Mutated template files: an error with its place, or code that the engine takes and whose values stay in their places. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import { compileString } from "gable/testing";
import { createRandom } from "../random.ts";

/** Pieces of every construct; mutants are made of them. */
const corpus: readonly string[] = [
  '<ul>{% for x in l if x %}<li class="a {{ x }}" title={{ v }}>{{ loop.index }}{{ x|upper }}</li>{% else %}<li>{{ v }}</li>{% endfor %}</ul>',
  '{% if n > 1 and not f %}<a href="/a/{{ v }}?q={{ v }}">{{ v }}</a>{% elif f %}<b>{{ v|e }}</b>{% else %}<i>{{ v }}</i>{% endif %}',
  '{% macro m(a, b="x") %}<p title="{{ a }}">{{ b }}{{ caller() if caller }}</p>{% endmacro %}{{ m(v) }}{% call m(v, b=v) %}{{ v }}{% endcall %}',
  "{% set a = v ~ 'x' %}{% set b %}<b>{{ a }}</b>{% endset %}{{ b }}{% with c = b %}{{ c }}{% endwith %}{% filter upper %}{{ v }}{% endfilter %}",
  "<script>const a = {{ v|tojson }}; f({{ l|tojson }});</script><style>p { color: {{ v }} }</style><textarea>{{ v }}</textarea>",
  "{% partialdef p(a) inline %}<i>{{ a }}</i>{% endpartialdef %}{% partial p(v) %}{% raw %}{{ x }}{% endraw %}{# {{ no }} #}",
  '{% cache "k", n ttlSeconds=5 %}<p>{{ v }}</p>{% endcache %}{% trans a=v %}Hello <b>{{ a }}</b>{% endtrans %}',
  "{% for k, w in d|items recursive %}{{ k }}={{ w }}{% break %}{% endfor %}{% block b scoped %}{{ v }}{% endblock %}{{ self.b() }}",
  '<input value="{{ v }}" checked="{{ f }}" {{ {"title": v}|xmlattr }}><img src="{{ v }}" srcset="{{ v }}"><p style="top: {{ n }}px; left: {{ v }}">',
  "{{ v[1:2] }}{{ v.length + n * 2 ** 2 // 3 % 4 }}{{ 'a' if v is defined and n in l else 'b' }}{{ [v, n]|join('-') }}{{ -n|abs }}",
];
const pieces: readonly string[] = [
  ..."{{ }} {% %} {# #} {%- -%} | ~ ( ) [ ] , . : = == ' \" < > / \\ - + * ** // % & ; # ! \n".split(" "),
  ..."if else endif for in endfor set endset block endblock macro endmacro call endcall raw endraw await not is none true loop".split(" "),
  ...'<p> </p> <a <script> </script> <!-- --> <style> </style> title=" href= on <svg> {{ v }}'.split(" "),
];

function mutate(random: (below: number) => number): string {
  let text = corpus[random(corpus.length)]!;
  for (let change = 0; change <= random(4); change++) {
    const [at, length] = [random(text.length + 1), random(12)];
    const other = corpus[random(corpus.length)]!;
    const from = random(other.length);
    const put = [
      () => "",
      () => pieces[random(pieces.length)]!,
      () => other.slice(from, from + random(40)),
      () => text.slice(at, at + length).repeat(2),
    ];
    text = text.slice(0, at) + put[random(put.length)]!() + text.slice(at + (random(2) === 0 ? 0 : length));
  }
  return text;
}

const props = (v: string): Record<string, unknown> => ({ v, n: 2, f: false, l: [1, "x"], d: { a: 1 } });
const hostile = `"'><script>alert(1)</script><b onx=1>&lt;</title></style>{{ x }}javascript:`;

/** The elements of a page, and the handlers on them. */
function shapeOf(markup: string): string {
  const visit = (node: DefaultTreeAdapterTypes.Node): string => {
    const children = "childNodes" in node ? node.childNodes.map(visit).join("") : "";
    if (!("tagName" in node)) return children;
    const handlers = node.attrs.filter(({ name }) => name.startsWith("on")).map(({ name }) => name);
    return `<${node.tagName} ${handlers.join()}>${children}</>`;
  };
  return visit(parse(markup));
}

describe("mutated templates", () => {
  it("are rejected with their position, or keep every value in its context", async () => {
    const random = createRandom(20_261_121);
    const counts = { refused: 0, failed: 0, shown: 0, compared: 0 };
    for (let round = 0; round < 20000; round++) {
      const template = mutate(random);
      let compiled: ReturnType<typeof compileString>;
      try {
        compiled = compileString(template);
      } catch (error) {
        const { code = "", details = {} } = error as { code?: string; details?: { line?: number } };
        assert.match(code, /^E_VIEW_/, `${JSON.stringify(template)}: ${String(error)}`);
        assert.ok(Number(details.line) > 0, `${JSON.stringify(template)}: no place in ${String(error)}`);
        counts.refused++;
        continue;
      }
      let plain: string;
      try {
        plain = await compiled.render(props("x1"));
      } catch (error) {
        // A mutant may misuse its values: call a string, or loop over a value that is not a list.
        assert.ok(error instanceof Error, JSON.stringify(template));
        counts.failed++;
        continue;
      }
      const attacked = await Promise.resolve(compiled.render(props(hostile))).catch(() => undefined);
      counts.shown++;
      if (attacked === undefined) continue;
      counts.compared++;
      assert.equal(shapeOf(attacked), shapeOf(plain), JSON.stringify(template));
    }
    assert.ok(counts.refused > 500 && counts.shown > 500 && counts.compared > counts.shown * 0.9, JSON.stringify(counts));
  });
});
