import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";
import { raw } from "gable/views";
import { isGableError } from "../../errors/gable-error.ts";
import type { ArgumentKind } from "./signatures.ts";
import { filterSignatures, testSignatures } from "./signatures.ts";

type Row = [expression: string, props: Record<string, unknown>, expected: string];
const m = raw("<b>a b</b>");

/** Each filter: its default, its arguments, markup, nothing, and a wrong type where there is one. */
const filterRows: Record<string, Row[]> = {
  linebreaks: [
    ["'a\\nb\\n\\n\\n<c'|linebreaks", {}, "<p>a<br>b</p>\n\n<p>&lt;c</p>"],
    ["m|linebreaks", { m }, "<p><b>a b</b></p>"],
    ["x|linebreaks", { x: "a\r\nb\rc" }, "<p>a<br>b<br>c</p>"],
    ["''|linebreaks", {}, ""],
  ],
  linebreaksbr: [
    ["x|linebreaksbr", { x: "<a>\r\nb\n\nc" }, "&lt;a&gt;<br>b<br><br>c"],
    ["m|linebreaksbr", { m: raw("<i>\n</i>") }, "<i><br></i>"],
  ],
  ordinal: [
    ["[1, 2, 3, 4, 11, 12, 13, 21, 112]|map('ordinal')|join(' ')", {}, "1st 2nd 3rd 4th 11th 12th 13th 21st 112th"],
    ["none|ordinal", {}, ""],
  ],
  pluralize: [
    ["[0, 1, 2, 1.0]|map('pluralize')|join(',')", {}, "s,,s,"],
    ["1|pluralize('y,ies') ~ 2|pluralize('y,ies') ~ 2|pluralize('es')", {}, "yieses"],
    ["[5]|pluralize ~ []|pluralize ~ s|pluralize", { s: new Set([1, 2]) }, "ss"],
  ],
  slugify: [
    ["'  Größe & Maß: Ångström, Łódź! '|slugify", {}, "grosse-mass-angstrom-lodz"],
    ["'Größe 日本'|slugify(allow_unicode=true)", {}, "größe-日本"],
    ["'--'|slugify ~ ''|slugify", {}, ""],
  ],
  timesince: [
    ["x|timesince", { x: null }, ""],
    ["x|timesince", { x: new Date(Date.now() - 7_300_000) }, "2 hours ago"],
    ["x|timesince('narrow')", { x: Date.now() - 90_000 }, "1m ago"],
    ["x|timesince", { x: new Date(Date.now() + 90_000_000).toISOString() }, "tomorrow"],
    // A getter reads the clock when the filter runs, however long the tests before took.
    ["x|timesince", Object.defineProperty({}, "x", { get: Date.now, enumerable: true }), "now"],
    ["x|timesince", { x: Date.now() - 86_400_000 * 800 }, "2 years ago"],
  ],
  truncatehtml: [
    ["x|truncatehtml(5)", { x: raw("<p>a&amp;b <b>cd</b></p>") }, "<p>a&amp;b <b>c...</b></p>"],
    ["x|truncatehtml(6)", { x: raw("<p>a&amp;b <b>cd</b></p>") }, "<p>a&amp;b <b>cd</b></p>"],
    ["x|truncatehtml(1, '<')", { x: "<b>" }, "&lt;&lt;"],
    ["x|truncatehtml(1)", { x: raw('<a title=">x">ab</a><br><img src=x>') }, '<a title=">x">a...</a>'],
    [
      "x|truncatehtml(2)",
      { x: raw("<!-- abc --><script>if (a > b) x</script><i>a</i>\u{1F600}c") },
      "<!-- abc --><script>if (a > b) x</script><i>a</i>\u{1F600}...",
    ],
    ["x|truncatehtml(2)", { x: raw("a < b") }, "a ..."],
    ["x|truncatehtml(0)", { x: raw("<b>x") }, "<b>...</b>"],
    ["''|truncatehtml", {}, ""],
  ],
  truncatewords: [
    ["'a b  c'|truncatewords(2) ~ '|' ~ 'a b'|truncatewords(2)", {}, "a b...|a b"],
    ["'a b'|truncatewords(1, '!')", {}, "a!"],
    ["''|truncatewords", {}, ""],
  ],
  yesno: [
    ["[true, false, none, 0, 'x']|map('yesno')|join(' ')", {}, "yes no no no yes"],
    ["[true, false, none]|map('yesno', 'on', 'off', 'unset')|join(' ')", {}, "on off unset"],
  ],
  abs: [
    ["-5|abs", {}, "5"],
    ["x|abs", { x: 2.5 }, "2.5"],
  ],
  attr: [
    ["x|attr('a')", { x: { a: 1 } }, "1"],
    ["x|attr('toString')", { x: {} }, ""],
  ],
  batch: [
    ["x|batch(2)|map('join', '-')|join('|')", { x: [1, 2, 3] }, "1-2|3"],
    ["x|batch(2, 0)|map('join', '-')|join('|')", { x: [1, 2, 3] }, "1-2|3-0"],
    ["x|batch(2)|length", { x: [] }, "0"],
  ],
  capitalize: [
    ["'𐐨𐐀'|capitalize", {}, "𐐀𐐨"],
    ["'fOO bar'|capitalize", {}, "Foo bar"],
    ["''|capitalize", {}, ""],
  ],
  center: [
    ["'[' ~ 'ab'|center(5) ~ ']'", {}, "[  ab ]"],
    ["'[' ~ 'abc'|center(2) ~ ']'", {}, "[abc]"],
    ["'a'|center|length", {}, "80"],
    ["'[' ~ '🦊'|center(5) ~ ']'", {}, "[  🦊  ]"],
  ],
  compact: [
    ["1234567|compact", {}, "1.2M"],
    ["1234567|compact(2)", {}, "1.23M"],
    ["none|compact", {}, ""],
  ],
  count: [["[1, 2]|count", {}, "2"]],
  currency: [
    ["5|currency", {}, "€5.00"],
    ["1234.5|currency('USD')", {}, "$1,234.50"],
    ["none|currency", {}, ""],
  ],
  d: [
    ["x|d('-')", {}, "-"],
    ["''|d('-', true)", {}, "-"],
  ],
  date: [
    ["x|date", { x: new Date(Date.UTC(2026, 0, 31)) }, "Jan 31, 2026"],
    ["x|date('yyyy-MM-dd')", { x: "2026-01-31T23:00:00Z" }, "2026-01-31"],
    ["x|date('long')", { x: 0 }, "January 1, 1970"],
    ["none|date", {}, ""],
  ],
  datetime: [["x|datetime('yyyy-MM-dd HH:mm:ss')", { x: 0 }, "1970-01-01 00:00:00"]],
  default: [
    ["x|default('-')", {}, "-"],
    ["x|default('-')", { x: null }, "-"],
    ["x|default('-')", { x: 0 }, "0"],
    ["x|default('-', boolean=true)", { x: 0 }, "-"],
    ["x|default", {}, ""],
  ],
  dictsort: [
    ["x|dictsort|map('join')|join(',')", { x: { b: 1, A: 3, c: 2 } }, "A3,b1,c2"],
    ["x|dictsort(by='value', reverse=true)|map('first')|join", { x: { b: 1, a: 3, c: 2 } }, "acb"],
    ["x|dictsort(true)|map('first')|join", { x: { b: 1, A: 3 } }, "Ab"],
  ],
  e: [
    ["'<'|e", {}, "&lt;"],
    ["m|e", { m }, "<b>a b</b>"],
  ],
  escape: [["'<'|escape", {}, "&lt;"]],
  filesizeformat: [
    ["1|filesizeformat", {}, "1 Byte"],
    ["999|filesizeformat", {}, "999 Bytes"],
    ["1000|filesizeformat", {}, "1.0 kB"],
    ["13000000|filesizeformat", {}, "13.0 MB"],
    ["1024|filesizeformat(true)", {}, "1.0 KiB"],
    ["0|filesizeformat", {}, "0 Bytes"],
  ],
  first: [
    ["[1, 2]|first", {}, "1"],
    ["[]|first", {}, ""],
    ["'abc'|first", {}, "a"],
  ],
  float: [
    ["'1.5'|float", {}, "1.5"],
    ["'x'|float", {}, "0"],
    ["'x'|float(2.5)", {}, "2.5"],
    ["none|float", {}, "0"],
  ],
  forceescape: [["m|forceescape", { m }, "&lt;b&gt;a b&lt;/b&gt;"]],
  format: [
    ["'%s is %d and %.2f%%'|format('<', 5.9, 1.005)", {}, "&lt; is 5 and 1.00%"],
    ["'%(a)s-%(b)05d'|format(a='x', b=42)", {}, "x-00042"],
    ["'%.2s|%3s|%-3s|'|format('🦊🦊🦊', '🦊', '🦊')", {}, "🦊🦊|  🦊|🦊  |"],
    ["'% d|% d|%+d'|format(4, -4, 4)", {}, " 4|-4|+4"],
    ["m|format('<')", { m: raw("<i>%s</i>") }, "<i>&lt;</i>"],
    ["'%-4s|%4s|%x|%+d'|format('a', 'b', 255, 3)", {}, "a   |   b|ff|+3"],
  ],
  groupby: [
    ["x|groupby('c')|map('first')|join", { x: [{ c: "b" }, { c: "A" }, { c: "b" }] }, "Ab"],
    ["(x|groupby('c')|first).list|length", { x: [{ c: "a" }, { c: "A" }] }, "2"],
    ["(x|groupby('c', default='-')|first).grouper", { x: [{}] }, "-"],
  ],
  indent: [
    ["'a\nb\n\nc'|indent(2)", {}, "a\n  b\n\n  c"],
    ["'a\nb'|indent(1, true)", {}, " a\n b"],
    ["'a\n\nb'|indent('>', blank=true)", {}, "a\n&gt;\n&gt;b"],
  ],
  int: [
    ["'42'|int", {}, "42"],
    ["'4.7'|int", {}, "4"],
    ["'x'|int", {}, "0"],
    ["'x'|int(7)", {}, "7"],
    ["'0x1f'|int(base=16)", {}, "31"],
    ["4.9|int", {}, "4"],
  ],
  items: [
    ["x|items|map('join')|join(',')", { x: { a: 1, b: 2 } }, "a1,b2"],
    ["none|items|length", {}, "0"],
  ],
  join: [
    ["[1, '<']|join(', ')", {}, "1, &lt;"],
    ["x|join('<')", { x: [m, "<"] }, "<b>a b</b>&lt;&lt;"],
    ["x|join(',', 'n')", { x: [{ n: 1 }, { n: 2 }] }, "1,2"],
    ["none|join", {}, ""],
  ],
  last: [
    ["[1, 2]|last", {}, "2"],
    ["[]|last", {}, ""],
  ],
  length: [
    ["'äb'|length", {}, "2"],
    ["{'a': 1}|length", {}, "1"],
    ["none|length", {}, "0"],
    ["x|length", { x: new Set([1]) }, "1"],
  ],
  list: [
    ["'abc'|list|join('-')", {}, "a-b-c"],
    ["x|list|length", { x: new Set([1, 2]) }, "2"],
  ],
  lower: [
    ["'ABC'|lower", {}, "abc"],
    ["m|lower", { m: raw("<B>") }, "<b>"],
  ],
  map: [
    ["['a']|map('upper')|join", {}, "A"],
    ["x|map(attribute='a.b')|join(',')", { x: [{ a: { b: 1 } }, { a: { b: 2 } }] }, "1,2"],
    ["x|map(attribute='a', default='-')|join", { x: [{ a: 1 }, {}] }, "1-"],
    ["['abc']|map('truncate', 2, true, '', 0)|join", {}, "ab"],
  ],
  max: [
    ["[1, 3, 2]|max", {}, "3"],
    ["['a', 'B']|max", {}, "B"],
    ["(x|max(attribute='n')).n", { x: [{ n: 1 }, { n: 2 }] }, "2"],
    ["[]|max", {}, ""],
  ],
  min: [
    ["[2, 1]|min", {}, "1"],
    ["['b', 'A']|min", {}, "A"],
    ["['b', 'A']|min(true)", {}, "A"],
  ],
  number: [
    ["1234567.891|number", {}, "1,234,567.891"],
    ["1.005|number(1)", {}, "1.0"],
  ],
  percent: [
    ["0.256|percent", {}, "26%"],
    ["0.256|percent(1)", {}, "25.6%"],
  ],
  pprint: [["{'a': [1]}|pprint", {}, '{\n  "a": [\n    1\n  ]\n}']],
  random: [
    ["[7]|random", {}, "7"],
    ["[]|random", {}, ""],
  ],
  reject: [
    ["[1, 2, 3]|reject('odd')|join", {}, "2"],
    ["[0, 1]|reject|join", {}, "0"],
  ],
  rejectattr: [
    [
      "x|rejectattr('a')|map(attribute='n')|join",
      {
        x: [
          { a: 1, n: 1 },
          { a: 0, n: 2 },
        ],
      },
      "2",
    ],
  ],
  replace: [
    ["'aaa'|replace('a', 'b')", {}, "bbb"],
    ["'aaa'|replace('a', 'b', 2)", {}, "bba"],
    ["m|replace('a', '<')", { m: raw("<i>a</i>") }, "<i>&lt;</i>"],
    ["m|replace('<b>', '<i>')", { m: raw("x <b>") }, "x &lt;i&gt;"],
    ["'$'|replace('$', '$&')", {}, "$&amp;"],
  ],
  reverse: [
    ["'abc'|reverse", {}, "cba"],
    ["[1, 2]|reverse|join", {}, "21"],
  ],
  round: [
    ["2.5|round", {}, "2"],
    ["3.5|round", {}, "4"],
    ["2.346|round(2)", {}, "2.35"],
    ["2.1|round(method='ceil')", {}, "3"],
    ["-2.1|round(0, 'floor')", {}, "-3"],
  ],
  safe: [["'<b>'|safe", {}, "<b>"]],
  select: [
    ["[1, 2, 3]|select('odd')|join", {}, "13"],
    ["[1, 5]|select('>', 2)|join", {}, "5"],
    ["[0, 1]|select|join", {}, "1"],
  ],
  selectattr: [
    [
      "x|selectattr('a', 'eq', 2)|map(attribute='n')|join",
      {
        x: [
          { a: 1, n: 1 },
          { a: 2, n: 2 },
        ],
      },
      "2",
    ],
    ["x|selectattr('a.b')|length", { x: [{ a: { b: 1 } }, {}] }, "1"],
  ],
  slice: [
    ["range(7)|slice(3)|map('join')|join('|')", {}, "012|34|56"],
    ["range(4)|slice(3, 'x')|map('join')|join('|')", {}, "01|2x|3x"],
  ],
  sort: [
    ["['b', 'A', 'c']|sort|join", {}, "Abc"],
    ["['b', 'A']|sort(case_sensitive=true)|join", {}, "Ab"],
    ["[3, 1]|sort(true)|join", {}, "31"],
    [
      "x|sort(attribute='a,b')|map(attribute='n')|join",
      {
        x: [
          { a: 2, b: 1, n: 1 },
          { a: 1, b: 2, n: 2 },
          { a: 1, b: 1, n: 3 },
        ],
      },
      "321",
    ],
  ],
  string: [
    ["5|string ~ 'x'", {}, "5x"],
    ["m|string", { m }, "<b>a b</b>"],
  ],
  striptags: [
    ["'<p>a <b>b</b><!-- c --></p>  d'|striptags", {}, "a b d"],
    ["m|striptags", { m }, "a b"],
    ["'a < b'|striptags", {}, "a"],
  ],
  sum: [
    ["[1, 2]|sum", {}, "3"],
    ["x|sum(attribute='n', start=10)", { x: [{ n: 1 }, { n: 2 }] }, "13"],
    ["[]|sum", {}, "0"],
  ],
  time: [["x|time('HH:mm')", { x: 0 }, "00:00"]],
  title: [["'hello wORLD foo-bar'|title", {}, "Hello World Foo-Bar"]],
  tojson: [
    ["{'a': '<'}|tojson", {}, '{"a":"&lt;"}'],
    ["[1]|tojson(2)", {}, "[\n  1\n]"],
  ],
  trim: [
    ["'[' ~ ' a '|trim ~ ']'", {}, "[a]"],
    ["'xxaxx'|trim('x')", {}, "a"],
    ["'🦊a🦡🦊'|trim('🦊')", {}, "a🦡"],
  ],
  truncate: [
    ["'foo bar baz qux'|truncate(9)", {}, "foo..."],
    ["'🦊🦊🦊🦊'|truncate(3, true, '', 0)", {}, "🦊🦊🦊"],
    ["'🦊🦊🦊🦊'|truncate(4, true, '', 0)", {}, "🦊🦊🦊🦊"],
    ["'foo bar baz qux'|truncate(9, true)", {}, "foo ba..."],
    ["'foo bar baz qux'|truncate(11)", {}, "foo bar baz qux"],
    ["'foo bar baz qux'|truncate(11, false, '...', 0)", {}, "foo bar..."],
  ],
  unique: [
    ["['a', 'A', 'b']|unique|join", {}, "ab"],
    ["['a', 'A']|unique(true)|join", {}, "aA"],
    ["x|unique(attribute='n')|length", { x: [{ n: 1 }, { n: 1 }] }, "1"],
  ],
  upper: [
    ["'abc'|upper", {}, "ABC"],
    ["x|upper", { x: null }, ""],
  ],
  urlencode: [
    ["'a b/ü&'|urlencode", {}, "a%20b/%C3%BC%26"],
    ["{'a': 'b c', 'd': 1}|urlencode", {}, "a=b%20c&amp;d=1"],
    ["[['a', 1]]|urlencode", {}, "a=1"],
  ],
  urlize: [
    ["'see https://a.test/x.'|urlize", {}, 'see <a href="https://a.test/x" rel="noopener">https://a.test/x</a>.'],
    [
      "'<www.a.test> a@b.test'|urlize",
      {},
      '&lt;<a href="https://www.a.test" rel="noopener">www.a.test</a>&gt; <a href="mailto:a@b.test">a@b.test</a>',
    ],
    [
      "'https://a.test/long'|urlize(10, true, '_blank')",
      {},
      '<a href="https://a.test/long" rel="nofollow noopener" target="_blank">https://a....</a>',
    ],
    ["'javascript:x'|urlize", {}, "javascript:x"],
    [
      "'example.org, aa.bb.com/x?y.'|urlize",
      {},
      '<a href="https://example.org" rel="noopener">example.org</a>, <a href="https://aa.bb.com/x?y" rel="noopener">aa.bb.com/x?y</a>.',
    ],
    ["'readme.md a.test example.organic .com'|urlize", {}, "readme.md a.test example.organic .com"],
    ["'https://a\"onclick=x'|urlize", {}, '<a href="https://a&quot;onclick=x" rel="noopener">https://a"onclick=x</a>'],
  ],
  wordcount: [
    ["'one two, three'|wordcount", {}, "3"],
    ["''|wordcount", {}, "0"],
  ],
  wordwrap: [
    ["'aaa bbb ccc'|wordwrap(7)", {}, "aaa bbb\nccc"],
    ["'abcdefgh'|wordwrap(3)", {}, "abc\ndef\ngh"],
    ["'🦊🦊🦊🦊🦊'|wordwrap(2)", {}, "🦊🦊\n🦊🦊\n🦊"],
    ["'abcdefgh x'|wordwrap(3, false)", {}, "abcdefgh\nx"],
    ["'a-b c'|wordwrap(2, wrapstring='|')", {}, "a-|b|c"],
  ],
  xmlattr: [["x|xmlattr is mapping", { x: {} }, "false"]],
};

const testRows: Record<string, Row[]> = {
  boolean: [
    ["true is boolean", {}, "true"],
    ["1 is boolean", {}, "false"],
  ],
  callable: [
    ["x is callable", { x: () => 1 }, "true"],
    ["1 is callable", {}, "false"],
  ],
  defined: [
    ["x is defined", { x: null }, "true"],
    ["x is defined", {}, "false"],
  ],
  divisibleby: [
    ["6 is divisibleby 3", {}, "true"],
    ["7 is divisibleby(3)", {}, "false"],
  ],
  eq: [
    ["1 is eq 1", {}, "true"],
    ["[1] is eq([2])", {}, "false"],
  ],
  equalto: [["[1] is equalto([1])", {}, "true"]],
  escaped: [
    ["m is escaped", { m }, "true"],
    ["'<' is escaped", {}, "false"],
  ],
  even: [
    ["2 is even", {}, "true"],
    ["3 is even", {}, "false"],
  ],
  false: [
    ["false is false", {}, "true"],
    ["0 is false", {}, "false"],
  ],
  filter: [
    ["'upper' is filter", {}, "true"],
    ["'uppr' is filter", {}, "false"],
  ],
  float: [
    ["1.5 is float", {}, "true"],
    ["1 is float", {}, "false"],
  ],
  ge: [
    ["2 is ge 2", {}, "true"],
    ["1 is ge 2", {}, "false"],
  ],
  greaterthan: [["2 is greaterthan 1", {}, "true"]],
  gt: [["2 is gt 2", {}, "false"]],
  in: [
    ["1 is in [1]", {}, "true"],
    ["'x' is in 'abc'", {}, "false"],
  ],
  integer: [
    ["1 is integer", {}, "true"],
    ["1.5 is integer", {}, "false"],
  ],
  iterable: [
    ["[] is iterable", {}, "true"],
    ["1 is iterable", {}, "false"],
  ],
  le: [["2 is le 2", {}, "true"]],
  lessthan: [["1 is lessthan 2", {}, "true"]],
  lower: [
    ["'ab' is lower", {}, "true"],
    ["'aB' is lower", {}, "false"],
  ],
  lt: [["2 is lt 2", {}, "false"]],
  mapping: [
    ["{} is mapping", {}, "true"],
    ["[] is mapping", {}, "false"],
  ],
  ne: [["1 is ne 2", {}, "true"]],
  none: [
    ["none is none", {}, "true"],
    ["0 is none", {}, "false"],
    ["0 is not none", {}, "true"],
  ],
  number: [
    ["1 is number", {}, "true"],
    ["'1' is number", {}, "false"],
  ],
  odd: [
    ["3 is odd", {}, "true"],
    ["-3 is odd", {}, "true"],
    ["2 is odd", {}, "false"],
  ],
  sameas: [
    ["x is sameas x", { x: {} }, "true"],
    ["{} is sameas({})", {}, "false"],
  ],
  sequence: [
    ["[] is sequence", {}, "true"],
    ["{} is sequence", {}, "false"],
  ],
  string: [
    ["'a' is string", {}, "true"],
    ["1 is string", {}, "false"],
  ],
  test: [
    ["'odd' is test", {}, "true"],
    ["'odt' is test", {}, "false"],
  ],
  true: [
    ["true is true", {}, "true"],
    ["1 is true", {}, "false"],
  ],
  undefined: [
    ["x is undefined", {}, "true"],
    ["x is not undefined", { x: 1 }, "true"],
  ],
  upper: [
    ["'AB' is upper", {}, "true"],
    ["'Ab' is upper", {}, "false"],
  ],
};

function run(rows: Record<string, Row[]>): void {
  for (const [name, cases] of Object.entries(rows)) {
    for (const [expression, props, expected] of cases) {
      it(`${name}: ${expression.slice(0, 70)}`, () => assert.equal(compileString(`{{ ${expression} }}`).render(props), expected));
    }
  }
}

describe("filters", () => {
  it("are tested, each of them", () => assert.deepEqual(Object.keys(filterRows).sort(), [...filterSignatures.keys()].sort()));
  run(filterRows);

  it("writes attributes by xmlattr", () =>
    assert.equal(compileString("<p {{ x|xmlattr }}>").render({ x: { class: "a", onclick: undefined, id: null } }), '<p class="a">'));

  for (const [tag, expected] of [
    ['<a {% if x %}{{ {"b": x}|xmlattr }}{% endif %}>', '<a  b="v">'],
    ['<a {% if not x %}{{ {"b": x}|xmlattr }}{% endif %} c="1">', '<a  c="1">'],
    ['<a {% if not x %}{{ {"b": x}|xmlattr }}{% else %}d{% endif %} c="1">', '<a d c="1">'],
    ['<a {% if x %}{% if x %}{{ {"b": x}|xmlattr }}{% endif %}{% endif %}>', '<a  b="v">'],
    ['<a {% if x %}c="2"{% endif %} {{ {"b": x}|xmlattr }}>', '<a c="2" b="v">'],
    ['<a {% for n in ["b", "c"] %}{{ {n: x}|xmlattr }}{% endfor %}>', '<a  b="v" c="v">'],
    ['<a c {% if x %}{{ {"b": x}|xmlattr }}{% endif %}/>', '<a c  b="v" />'],
    ['<a {% block s %}{{ {"b": x}|xmlattr }}{% endblock %}>', '<a  b="v">'],
    ["<a {{ none|xmlattr }}>", "<a>"],
    ['<a {{ {"b": x}|xmlattr(false) }}>', '<a b="v">'],
  ] as const)
    it(`writes ${tag}`, () => assert.equal(compileString(tag).render({ x: "v" }), expected));

  for (const tag of [
    '<a c="1"{% if x %}{{ {"b": x}|xmlattr }}{% endif %}>',
    '<a{% if x %}{{ {"b": x}|xmlattr }}{% endif %}>',
    '<a {% if x %}c{% endif %}{{ {"b": x}|xmlattr }}>',
    '<a {% if x %}{{ {"b": x}|xmlattr }}{% endif %}c="1">',
  ])
    it(`refuses ${tag}`, () => assert.throws(() => compileString(tag), { code: "E_VIEW_PLACE", fix: /^Put a space/ }));

  for (const value of ["text", 5, ["a"], new Date(0), new Map([["a", "b"]])])
    it(`refuses ${typeof value} ${String(value)} as attributes`, () =>
      assert.throws(() => compileString("<a {{ x|xmlattr }}>").render({ x: value }), { code: "E_VIEW_VALUE", message: /"xmlattr" got/ }));

  it("writes numbers in a row, short numbers and times as the language does", () => {
    const show = (expression: string, locale: string): unknown =>
      compileString(`{{ ${expression} }}`).render({ x: 0 }, { locale, now: () => new Date(3_600_000) });
    assert.deepEqual(
      ["fr", "de-AT", "nl", "sv", "es", "it", "ja"].map((locale) => show("1|ordinal ~ ' ' ~ 3|ordinal", locale)),
      ["1er 3e", "1. 3.", "1e 3e", "1:a 3:e", "1.º 3.º", "1º 3º", "1 3"],
    );
    assert.equal(show("1234567|compact", "de"), "1,2\u00a0Mio.");
    assert.equal(show("x|timesince", "de"), "vor 1 Stunde");
  });

  it("takes locale, time zone and seed from the context", () => {
    const context = { locale: "de", timeZone: "Europe/Vienna", seed: 1 };
    assert.equal(compileString("{{ 1234.5|number }} {{ x|date('HH:mm') }}").render({ x: 0 }, context), "1.234,5 01:00");
    const pick = (): unknown => compileString("{{ range(1000)|random }}").render({}, context);
    assert.equal(pick(), pick());
  });

  for (const [expression, message] of [
    ["x|date", /"nonsense" cannot be converted to a date/],
    ["x|timesince", /"timesince" got "nonsense", which is not a date/],
    ["[1]|batch(0)", /batch got 0/],
    ["[1]|slice(0)", /slice got 0/],
    ["1.5|round(0, 'up')", /round got the method "up"/],
    ["'%s %s'|format(1)", /format\(\) has no value for "%s"/],
    ["'%d'|format('x')", /format\(\) got "x" for a number/],
    ["5|items", /items got 5/],
    ["[1]|select('od')", /Unknown test "od"/],
    ["[1]|map('uper')", /Unknown filter "uper"/],
    ["{}|upper", /an object \(Object\) cannot be converted to text/],
    ["[[1]]|urlencode|e ~ [1]|urlencode", /urlencode got a list whose items are not pairs/],
    ["1 in 5", /"in" got 5 on its right side/],
    ["'abc'[::0]", /A slice has a step of 0/],
  ] as Array<[string, RegExp]>)
    it(`refuses ${expression}`, () => assert.throws(() => compileString(`{{ ${expression} }}`).render({ x: "nonsense" }), { message }));

  it("are linear in the length of their input", () => {
    const time = (filter: string, text: string): number => {
      const compiled = compileString(`{{ x|${filter} }}`);
      const start = performance.now();
      compiled.render({ x: text });
      return performance.now() - start;
    };
    for (const filter of [
      "truncatehtml(100000)",
      "slugify",
      "linebreaks",
      "truncatewords(5)",
      "urlize",
      "striptags",
      "truncate(100)",
      "wordwrap",
      "wordwrap(5)",
      "title",
      "replace('<', '<<')",
      "trim",
      "wordcount",
      "e",
    ]) {
      for (const unit of ["<", "a ", "(", "https://a.", "-", " ", "&", "<a", "<!--", "<a>", "<script>", '<a "', "</b>", "\n\n"]) {
        // Quadratic work on 200,000 characters would take minutes.
        assert.ok(time(filter, unit.repeat(200_000 / unit.length)) < 5000, `${filter} of ${JSON.stringify(unit)}`);
      }
    }
  });
});

/** Values that a kind of argument refuses; all refuse an object. */
const wrongValues: Readonly<Record<ArgumentKind, readonly unknown[]>> = {
  whole: ["x", 1.5, Number.NaN, true, {}],
  precision: ["x", 1.5, 400, {}],
  digits: ["x", 1.5, -1, 101, {}],
  base: ["x", 1, 37, {}],
  number: ["x", Number.NaN, true, {}],
  numeric: ["x", {}, [1], new Date(0)],
  boolean: ["true", 1, {}],
  text: [5, true, {}, ["x"]],
  texts: ["x", [1], {}],
  margin: [-1, 1.5, true, {}],
  path: [1.5, true, {}, ["x"]],
  currency: ["EURO", 978, {}],
  keyOrValue: ["name", 1, {}],
  length: ["tiny", 1, {}],
};

describe("arguments of filters", () => {
  for (const [name, { kinds, inputKind }] of filterSignatures) {
    const refuse = (expression: string, kind: ArgumentKind, message: RegExp): unknown =>
      it(`refuses ${expression} of a wrong kind`, () => {
        for (const w of wrongValues[kind])
          assert.throws(
            () => compileString(`{{ ${expression} }}`).render({ w, x: 1 }),
            (error) => isGableError(error) && error.code === "E_VIEW_VALUE" && message.test(error.message) && error.fix.startsWith("Pass "),
            String(w),
          );
      });
    if (inputKind !== undefined) refuse(`w|${name}`, inputKind, new RegExp(`^string\\.html:1: The filter "${name}" got`));
    for (const [parameter, kind] of kinds.values())
      refuse(`x|${name}(${parameter}=w)`, kind, new RegExp(`^string\\.html:1: The filter "${name}" got .* for "${parameter}"\\.`));
  }

  it("have a kind, except those that take any value or check their own", () => {
    const open = [...filterSignatures].flatMap(([name, { parameters, kinds }]) =>
      parameters.filter((_parameter, index) => !kinds.has(index)).map((parameter) => `${name} ${parameter}`),
    );
    const any = ["batch fill_with", "d default_value", "default default_value", "float default", "groupby default", "int default"];
    const own = ["join d", "replace old", "replace new", "round method"];
    assert.deepEqual(open.sort(), [...any, ...own, "slice fill_with"].sort());
    for (const each of own) {
      const [name, parameter] = each.split(" ");
      const call = `x|${name}(${parameter}=w${name === "replace" ? `, ${parameter === "old" ? "new" : "old"}='a'` : ""})`;
      assert.throws(() => compileString(`{{ ${call} }}`).render({ w: {}, x: ["a", "b"] }), { code: "E_VIEW_VALUE" }, call);
    }
  });

  it("count as not given if they are null", () =>
    assert.equal(compileString("{{ x|round(w) }} {{ 'abc'|truncate(w) }} {{ x|number(w) }}").render({ x: 2.5, w: null }), "2 abc 2.5"));
});

describe("tests", () => {
  it("are tested, each of them", () => assert.deepEqual(Object.keys(testRows).sort(), [...testSignatures.keys()].sort()));
  run(testRows);
});
