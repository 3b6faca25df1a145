import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attributes, classes, css, element, html, raw, toHtml, toJson, trustedUrl, url } from "gable/views";
import type { Hole, Html } from "gable/views";

/** Renders without a request. */
const show = (markup: Html): string => String(markup);

describe("html, text", () => {
  const rows: Array<[name: string, value: Hole, expected: string]> = [
    ["a string", "<b>&\"'\0", "&lt;b&gt;&amp;\"'\ufffd"],
    ["a number", 1.5, "1.5"],
    ["a bigint", 2n ** 70n, "1180591620717411303424"],
    ["NaN", Number.NaN, "NaN"],
    ["true", true, ""],
    ["false", false, ""],
    ["null", null, ""],
    ["undefined", undefined, ""],
    ["markup", raw("<i>&amp;</i>"), "<i>&amp;</i>"],
    ["a template", html`<i>${"<"}</i>`, "<i>&lt;</i>"],
    ["a list", [1, "<", [html`<b></b>`, null, false]], "1&lt;<b></b>"],
    ["a set", new Set(["a", "b"]), "ab"],
    ["a renderable", { [toHtml]: () => html`<hr>` }, "<hr>"],
    ["JSON", toJson({ a: "<" }), '{"a":"&lt;"}'],
    ["a safe address", url`/a/${"b&c"}?x=1&y=2`, "/a/b%26c?x=1&amp;y=2"],
  ];
  for (const [name, value, expected] of rows) it(`shows ${name}`, () => assert.equal(show(html`<p>${value}</p>`), `<p>${expected}</p>`));

  it("shows the same in title and textarea, and markup as text", () => {
    assert.equal(show(html`<title>${"</title>&"}</title>`), "<title>&lt;/title&gt;&amp;</title>");
    assert.equal(show(html`<textarea>${raw("<b>&amp;</b>")}</textarea>`), "<textarea>\n&lt;b&gt;&amp;&lt;/b&gt;</textarea>");
    assert.equal(show(html`<title>a ${["x", html`<i>`, 1]} b</title>`), "<title>a x&lt;i&gt;1 b</title>");
  });

  it("keeps a line end at the start of textarea and pre", () => {
    assert.equal(show(html`<pre>${"\nx"}</pre>`), "<pre>\n\nx</pre>");
    assert.equal(show(html`<textarea name="a">${"\nx"}</textarea>`), '<textarea name="a">\n\nx</textarea>');
    assert.equal(show(html`<p>${"\nx"}</p>`), "<p>\nx</p>");
  });

  it("is the same object where nothing can differ", () => {
    const make = (): Html => html`<hr>`;
    assert.equal(make(), make());
  });

  it("accepts 32,767 values in one template, but not one more", () => {
    const make = (count: number): (() => Html) => {
      const strings = Array.from({ length: count + 1 }, () => "");
      // Frozen as the engine makes them.
      const template = Object.freeze(Object.assign(strings, { raw: Object.freeze([...strings]) })) as unknown as TemplateStringsArray;
      return () => html(template, ...Array.from({ length: count }, () => "x"));
    };
    assert.equal(show(make(32_767)()).length, 32_767);
    assert.throws(make(32_768), { code: "E_VIEW_PLACE", message: /has 32768 values; 32767 are allowed/ });
  });

  it("stops at 1,000 levels", () => {
    const nest = (levels: number): Html => {
      let markup: Html = html`x${""}`;
      for (let level = 1; level < levels; level++) markup = html`${markup}`;
      return markup;
    };
    assert.equal(show(nest(1000)), "x");
    assert.throws(() => show(nest(1001)), { code: "E_VIEW_DEPTH", message: "Markup or lists are nested deeper than 1000." });
  });

  for (const [name, value, what] of [
    ["an object", { a: 1 }, "an object \\(Object\\)"],
    ["a function", () => 1, "function value|function"],
    ["a date", new Date(0), "an object \\(Date\\)"],
    ["a symbol", Symbol("s"), "Symbol\\(s\\)"],
    ["attributes()", attributes({ a: 1 }), "attributes\\(\\)"],
    ["css", css`color: red`, "css"],
    ["an object that says it is markup", JSON.parse('{"gable.html":true,"text":"<b>"}'), "an object"],
  ] as Array<[string, unknown, string]>) {
    it(`refuses ${name}, and says where`, () =>
      assert.throws(() => show(html`<p>${value as Hole}</p>`), {
        code: "E_VIEW_VALUE",
        message: new RegExp(`^A hole in text at \\S*html\\.test\\.ts:\\d+ got (?:${what})`),
      }));
  }
});

describe("html, attributes", () => {
  const plain: Array<[name: string, value: Hole, expected: string]> = [
    ["a string", "a\"'<>&\0", ` title="a&quot;'&lt;>&amp;\ufffd"`],
    ["a number", 0, ' title="0"'],
    ["an empty string", "", ' title=""'],
    ["true", true, ' title=""'],
    ["false", false, ""],
    ["null", null, ""],
    ["undefined", undefined, ""],
    ["a list", ["a", false, null, "", ["b", undefined]], ' title="a b"'],
    ["markup", html`<b>x &amp; "y"</b>`, ' title="x &amp; &quot;y&quot;"'],
    ["JSON", toJson({ a: '"' }), ' title="{&quot;a&quot;:&quot;\\&quot;&quot;}"'],
  ];
  for (const [name, value, expected] of plain) {
    it(`writes ${name} the same way in double, single and no quotes`, () => {
      assert.equal(show(html`<a title="${value}">`), `<a${expected}>`);
      assert.equal(show(html`<a title='${value}'>`), `<a${expected}>`);
      assert.equal(show(html`<a title=${value}>`), `<a${expected}>`);
    });
  }

  it("writes a part of a value, and nothing for null and false", () => {
    assert.equal(show(html`<a title="a ${1} b ${null}${false}c">`), '<a title="a 1 b c">');
    assert.equal(show(html`<a title='say "${"x"}"'>`), '<a title="say &quot;x&quot;">');
  });

  it("writes boolean attributes or leaves them out", () => {
    assert.equal(show(html`<input disabled="${true}" checked=${false} required="${null}" readonly=${1}>`), "<input disabled readonly>");
    assert.equal(show(html`<p hidden=${"until-found"}></p>`), '<p hidden="until-found"></p>');
  });

  it("writes true and false where they are words", () => {
    assert.equal(
      show(html`<p aria-hidden="${true}" data-on=${false} draggable="${false}" data-x=${null}>`),
      '<p aria-hidden="true" data-on="false" draggable="false">',
    );
    assert.equal(show(html`<p data-props="${toJson({ a: "'<" })}">`), '<p data-props="{&quot;a&quot;:&quot;\'&lt;&quot;}">');
  });

  it("joins classes", () => {
    assert.equal(show(html`<p class="${["a", false, classes({ c: true, d: 0 })]}">`), '<p class="a c">');
    assert.equal(show(html`<p class="x ${["a", null]}">`), '<p class="x a">');
  });

  it("takes attributes() in a tag, each by the rules of its name", () => {
    assert.equal(
      show(
        html`<a ${attributes({ id: "x", disabled: true, hidden: false, "data-n": 1, href: "javascript:1", class: ["a", "b"], style: "color: red; width: url(x)" })} title="t">`,
      ),
      '<a id="x" disabled data-n="1" href="about:invalid#blocked" class="a b" style="color: red;width:blocked" title="t">',
    );
    assert.equal(show(html`<input ${null} ${false}>`), "<input>");
    for (const record of [{ onclick: "x" }, { "a b": "x" }, { "": "x" }, { "x-data": "1" }])
      assert.throws(() => show(html`<a ${attributes(record)}>`), { code: "E_VIEW_VALUE" });
    assert.throws(() => show(html`<a ${"x"}>`), { code: "E_VIEW_VALUE" });
    assert.throws(() => show(html`<script ${attributes({ type: "module" })}></script>`), { code: "E_VIEW_VALUE" });
    assert.throws(() => show(html`<script ${attributes({ src: "/x.js" })}></script>`), { code: "E_VIEW_URL_TRUST" });
    assert.throws(() => show(html`<link ${attributes({ rel: "stylesheet", href: "/x.css" })}>`), { code: "E_VIEW_URL_TRUST" });
    assert.equal(show(html`<link ${attributes({ rel: "icon", href: "/x.ico" })}>`), '<link rel="icon" href="/x.ico">');
  });

  it("accepts only a nonce in a nonce attribute", () => {
    assert.equal(show(html`<script nonce="${"abc+/="}"></script>`), '<script nonce="abc+/="></script>');
    assert.throws(() => show(html`<script nonce="${'a"b'}"></script>`), { code: "E_VIEW_VALUE" });
  });

  it("escapes markup in srcdoc once, and text twice", () => {
    assert.equal(
      show(html`<iframe srcdoc="${html`<p title="a">&amp;</p>`}"></iframe>`),
      '<iframe srcdoc="&lt;p title=&quot;a&quot;>&amp;amp;&lt;/p>"></iframe>',
    );
    assert.equal(show(html`<iframe srcdoc="${"<b>"}"></iframe>`), '<iframe srcdoc="&amp;lt;b&amp;gt;"></iframe>');
  });
});

describe("html, addresses", () => {
  const blocked = "about:invalid#blocked";
  const href = (value: Hole): string => show(html`<a href="${value}">`).slice(9, -2);
  for (const bad of [
    "javascript:alert(1)",
    "JaVaScRiPt:x",
    " javascript:x",
    "java\nscript:x",
    "java\tscript:x",
    "\u0001javascript:x",
    "javascript\r\n:x",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "file:///etc/passwd",
    "x:y",
    ":x",
  ])
    it(`blocks ${JSON.stringify(bad)}`, () => assert.equal(href(bad), blocked));
  for (const good of [
    "/a?b=c:d",
    "https://a.test/",
    "HTTP://a.test/",
    "mailto:a@b",
    "tel:+1",
    "#a",
    "a/b:c",
    "//host/x",
    "",
    "?a:b",
    "/a%20b",
  ])
    it(`keeps ${JSON.stringify(good)}`, () => assert.equal(href(good), good));

  const rows: Array<[name: string, markup: () => Html, expected: string]> = [
    ["normalises", () => html`<a href="${"/a b\"'<ü%zz%41"}">`, '<a href="/a%20b%22%27%3C%C3%BC%25zz%41">'],
    ["replaces lone surrogates", () => html`<a href="${"/\ud800"}">`, '<a href="/%EF%BF%BD">'],
    ["leaves the attribute out", () => html`<a href="${null}" src=${undefined}>`, "<a>"],
    ["takes safe addresses as they are", () => html`<a href="${url`/u/${"a/b"}`}">`, '<a href="/u/a%2Fb">'],
    ["normalises in a path", () => html`<a href="/u/${"a b"}/x">`, '<a href="/u/a%20b/x">'],
    ["encodes in a query", () => html`<a href="/u?q=${"a&b=c#d"}&r=${1}">`, '<a href="/u?q=a%26b%3Dc%23d&r=1">'],
    ["encodes behind #", () => html`<a href="#${"a b"}">`, '<a href="#a%20b">'],
    ["judges what is composed", () => html`<a href="java${"script:x"}">`, `<a href="${blocked}">`],
    ["judges two values as one", () => html`<a href="${"java"}${"script:x"}">`, `<a href="${blocked}">`],
    ["composes a relative address", () => html`<a href="${"a"}${"b"}/c/${"d e"}">`, '<a href="ab/c/d%20e">'],
    [
      "takes a value behind mailto:",
      () => html`<a href="mailto:${"a@b.test"}?subject=${"x&y"}">`,
      '<a href="mailto:a@b.test?subject=x%26y">',
    ],
    ["takes data images in img alone", () => html`<img src="${"data:image/png;base64,x"}">`, '<img src="data:image/png;base64,x">'],
    ["blocks other data in img", () => html`<img src="${"data:image/svg+xml,x"}">`, `<img src="${blocked}">`],
    ["takes http and https in frames alone", () => html`<iframe src="${"mailto:x"}"></iframe>`, `<iframe src="${blocked}"></iframe>`],
    [
      "filters attributes of clients",
      () => html`<a hx-get="${"javascript:x"}" data-image-url="${"javascript:x"}">`,
      `<a hx-get="${blocked}" data-image-url="${blocked}">`,
    ],
    ["judges references in static text", () => html`<a href="java&#115;cript&colon;${"x"}/y">`, "E_VIEW_PLACE"],
    ["refuses a static scheme off the list", () => html`<a href="javascript:x(${"1"})">`, "E_VIEW_PLACE"],
    ["refuses a value before a colon", () => html`<a href="${"x"}:y">`, "E_VIEW_PLACE"],
    ["refuses lists", () => html`<a href="${["a"]}">`, "E_VIEW_VALUE"],
    ["refuses markup", () => html`<a href="${html`a`}">`, "E_VIEW_VALUE"],
    [
      "filters srcset",
      () => html`<img srcset="${"a.png 1x, javascript:x 2x, /b c.png, d.png 3y"}">`,
      `<img srcset="a.png 1x, ${blocked} 2x, ${blocked}, ${blocked}">`,
    ],
    [
      "filters a refresh",
      () => html`<meta http-equiv="refresh" content="0; url=${"javascript:x"}">`,
      `<meta http-equiv="refresh" content="0; url=${blocked}">`,
    ],
    [
      "filters animated addresses",
      () => html`<animate attributeName="href" to="${"javascript:x"}"/>`,
      `<animate attributeName="href" to="${blocked}"/>`,
    ],
    ["leaves other animations alone", () => html`<animate attributeName="x" to="${"a:b"}"/>`, '<animate attributeName="x" to="a:b"/>'],
    ["refuses what decides the animation", () => html`<animate attributeName="${"href"}"/>`, "E_VIEW_PLACE"],
  ];
  for (const [name, make, expected] of rows) {
    it(name, () => {
      if (expected.startsWith("E_")) assert.throws(() => show(make()), { code: expected });
      else assert.equal(show(make()), expected);
    });
  }

  const resources: Array<[markup: () => Html, expected: string]> = [
    [() => html`<script src="${trustedUrl`/app.js`}"></script>`, '<script src="/app.js"></script>'],
    [() => html`<script src="${"/app.js"}"></script>`, "E_VIEW_URL_TRUST"],
    [() => html`<script src="/static/${"a/../b"}.js"></script>`, '<script src="/static/a%2F..%2Fb.js"></script>'],
    [() => html`<script src="https://cdn.test/${"x"}"></script>`, '<script src="https://cdn.test/x"></script>'],
    [() => html`<script src="https://${"evil"}/x"></script>`, "E_VIEW_PLACE"],
    [() => html`<script src="//${"evil"}/x"></script>`, "E_VIEW_PLACE"],
    [() => html`<link rel="stylesheet" href="${"/x"}">`, "E_VIEW_URL_TRUST"],
    [() => html`<link href="${"/x"}" rel="stylesheet">`, "E_VIEW_URL_TRUST"],
    [() => html`<link href="${"/x"}">`, "E_VIEW_URL_TRUST"],
    [() => html`<link rel="${"icon"}" href="${"/x"}">`, "E_VIEW_URL_TRUST"],
    [() => html`<link rel="icon" href="${"/x"}">`, '<link rel="icon" href="/x">'],
    [() => html`<link rel="canonical next" href="${"/x"}">`, '<link rel="canonical next" href="/x">'],
    [() => html`<base href="${"/x"}">`, "E_VIEW_URL_TRUST"],
    [() => html`<object data="${"/x"}"></object>`, "E_VIEW_URL_TRUST"],
    [() => html`<embed src="${"/x"}">`, "E_VIEW_URL_TRUST"],
  ];
  for (const [make, expected] of resources) {
    it(`${expected}: ${String(make).slice(6)}`, () => {
      if (expected.startsWith("E_")) assert.throws(() => show(make()), { code: expected });
      else assert.equal(show(make()), expected);
    });
  }

  it("names the position of an untrusted value", () => {
    assert.throws(() => show(html`<script src="${"/x.js"}"></script>`), {
      message: /^"script src" at \S*html\.test\.ts:\d+ got "\/x\.js", which is not trusted to load code\.$/,
      fix: 'Use asset("app.js"), trustedUrl`...`, or a static start.',
    });
  });

  it("creates trusted URLs only with a static start", () => {
    assert.equal(String(trustedUrl`https://cdn.test/${"a/b"}/x.js`), "https://cdn.test/a%2Fb/x.js");
    assert.throws(() => trustedUrl`${"/x"}`, { code: "E_VIEW_URL_TRUST" });
    assert.throws(() => trustedUrl`https://${"x"}/y`, { code: "E_VIEW_URL_TRUST" });
    assert.equal(String(url`/a/${".."}/${"b"}`), "/a/%2E%2E/b");
  });
});

describe("html, styles", () => {
  const rows: Array<[markup: () => Html, expected: string]> = [
    [() => html`<p style="color: ${"red"}; width: ${5}px">`, '<p style="color: red; width: 5px">'],
    [() => html`<p style="color: ${"red;background:url(x)"}">`, '<p style="color: blocked">'],
    [() => html`<p style="color: ${"e\\xpression"}">`, '<p style="color: blocked">'],
    [() => html`<p style="color: ${"Exp Ression"}">`, '<p style="color: blocked">'],
    [() => html`<p style="background: url('${"/a.png"}')">`, "<p style=\"background: url('\\2f a.png')\">"],
    [() => html`<p style="background: url('${"javascript:x"}')">`, "<p style=\"background: url('about\\3a invalid\\23 blocked')\">"],
    [() => html`<p style="content: '${"a'b\"</"}'">`, "<p style=\"content: 'a\\27 b\\22 \\3c \\2f '\">"],
    [() => html`<p style="${css`color: ${"a;b"}`}">`, '<p style="color: blocked">'],
    [() => html`<p style=${css`content: "${"x"}"`} id=${null}>`, '<p style="content: &quot;x&quot;">'],
    [() => html`<p style="${null}" ${attributes({ style: false })}>`, "<p>"],
    [() => html`<p style="${"color: red"}">`, "E_VIEW_VALUE"],
    [() => html`<p style="a: ${css`color`}">`, '<p style="a: color">'],
    [() => html`<p style="${"color"}: red">`, "E_VIEW_PLACE"],
    [() => html`<p style="a: url(${"x"})">`, "E_VIEW_PLACE"],
    [() => html`<p style="a: url('java${"x"}')">`, "E_VIEW_PLACE"],
    [() => html`<p style="a: url('${"x"}:y'); b: ${"z"}">`, "E_VIEW_PLACE"],
    [() => html`<style>a { color: ${"red"} }</style>`, "<style>a { color: red }</style>"],
    [() => html`<style>a { color: ${"</style><b>"} }</style>`, "<style>a { color: blocked }</style>"],
    [() => html`<style>${"a"} { color: red }</style>`, "E_VIEW_PLACE"],
    [() => html`<style>/* ${"a"} */</style>`, "E_VIEW_PLACE"],
  ];
  for (const [make, expected] of rows) {
    it(`${expected}: ${String(make).slice(6)}`, () => {
      if (expected.startsWith("E_")) assert.throws(() => show(make()), { code: expected });
      else assert.equal(show(make()), expected);
    });
  }
});

describe("html, scripts", () => {
  const data = { a: "</script><!--", b: [1, "\u2028&"] };
  const json = '{"a":"\\u003C/script\\u003E\\u003C!--","b":[1,"\\u2028\\u0026"]}';
  const rows: Array<[name: string, markup: () => Html, expected: string]> = [
    ["a value", () => html`<script>const x = ${toJson(data)};</script>`, `<script>const x = ${json};</script>`],
    ["arguments", () => html`<script>f(${toJson(1)}, [${toJson("a")}])</script>`, '<script>f(1, ["a"])</script>'],
    ["the start, in parentheses", () => html`<script>${toJson({})}</script>`, "<script>({})</script>"],
    ["behind return", () => html`<script>f(() => { return ${toJson(1)} })</script>`, "<script>f(() => { return 1 })</script>"],
    ["the end of a line", () => html`<script>let a = ${toJson(1)}\n${raw("")}let b</script>`, "E_VIEW_PLACE"],
    ["undefined", () => html`<script>x = ${toJson(undefined)};</script>`, "<script>x = null;</script>"],
    [
      "a key that sets the prototype",
      () => html`<script>x = ${toJson(JSON.parse('{"__proto__":1}'))};</script>`,
      '<script>x = JSON.parse("{\\"__proto__\\":1}");</script>',
    ],
    ["a string", () => html`<script>x = ${"a"};</script>`, "E_VIEW_VALUE"],
    ["a bigint", () => html`<script>x = ${toJson({ a: [1n] })};</script>`, "E_VIEW_VALUE"],
    ["inside a string", () => html`<script>x = "${toJson("a")}";</script>`, "E_VIEW_PLACE"],
    ["inside a template literal", () => html`<script>x = \`${toJson("a")}\`;</script>`, "E_VIEW_PLACE"],
    ["inside a comment", () => html`<script>// ${toJson("a")}\n</script>`, "E_VIEW_PLACE"],
    ["behind a slash", () => html`<script>x = 4 / 2; y = ${toJson("a")};</script>`, "E_VIEW_PLACE"],
    ["behind <!--", () => html`<script><!-- \n x = ${toJson("a")};</script>`, "E_VIEW_PLACE"],
    ["behind a name", () => html`<script>x ${toJson("a")};</script>`, "E_VIEW_PLACE"],
    ["before a name", () => html`<script>x = ${toJson("a")} y;</script>`, "E_VIEW_PLACE"],
    ["before a bracket", () => html`<script>x = ${toJson("a")}[0];</script>`, "E_VIEW_PLACE"],
    ["two in a row", () => html`<script>x = ${toJson(1)}${toJson(2)};</script>`, "E_VIEW_PLACE"],
    ["data", () => html`<script type="application/json">${toJson(data)}</script>`, `<script type="application/json">${json}</script>`],
    [
      "a part of data",
      () => html`<script type=application/ld+json>{"a": ${toJson(1)}}</script>`,
      '<script type=application/ld+json>{"a": 1}</script>',
    ],
    [
      "data with blanks around =",
      () => html`<script type = "application/json">${toJson({})}</script>`,
      '<script type="application/json">{}</script>',
    ],
    [
      "an import map",
      () => html`<script type="importmap">${toJson({ imports: {} })}</script>`,
      '<script type="importmap">{"imports":{}}</script>',
    ],
    ["a string in data", () => html`<script type="application/json">${"{}"}</script>`, "E_VIEW_VALUE"],
    ["a template script", () => html`<script type="text/template">${"x"}</script>`, "E_VIEW_VALUE"],
    [
      "raw() in a template script",
      () => html`<script type="text/template">${raw("<b>")}</script>`,
      '<script type="text/template"><b></script>',
    ],
    ["the type", () => html`<script type="${"module"}"></script>`, "E_VIEW_PLACE"],
    ["a handler", () => html`<a onclick="${"x"}">`, "E_VIEW_PLACE"],
    ["a handler of htmx", () => html`<a hx-on:click="${"x"}">`, "E_VIEW_PLACE"],
    ["a directive of Alpine", () => html`<a x-data="${"x"}" @click="1">`, "E_VIEW_PLACE"],
    ["half an end tag", () => html`<script>x = ${toJson(1)};</scr${toJson(2)}ipt></script>`, "E_VIEW_PLACE"],
    [
      "script in escaped text",
      () => html`<script><!-- <script> </script> --></script><p>${"x"}</p>`,
      "<script><!-- <script> </script> --></script><p>x</p>",
    ],
  ];
  for (const [name, make, expected] of rows) {
    it(`${name}: ${expected}`, () => {
      if (expected.startsWith("E_")) assert.throws(() => show(make()), { code: expected });
      else assert.equal(show(make()), expected);
    });
  }

  it("says what to write instead", () => {
    assert.throws(() => html`<script>x = "${toJson("a")}";</script>`, {
      message: /^\S*html\.test\.ts:\d+: a value is not allowed inside a JavaScript string\.$/,
      fix: "Put toJson(value) where a whole value begins, for example `const data = ${toJson(value)};`; it adds its own quotes.",
    });
  });
});

describe("html, places without values", () => {
  const refused: Array<[name: string, make: () => unknown, place: string]> = [
    ["a tag name", () => html`<${"x"}>`, "inside the name of a tag"],
    ["a part of a tag name", () => html`<a${"x"}>`, "inside the name of a tag"],
    ["an end tag", () => html`<p></${"x"}>`, "inside the name of a tag"],
    ["attributes of an end tag", () => html`<p></p ${"x"}>`, "inside the end tag </p>"],
    ["an attribute name", () => html`<a data-${"x"}="y">`, 'inside the name of the attribute "data-" of <a>'],
    ["a part of an unquoted value", () => html`<a title=a${"x"}>`, 'inside the unquoted attribute "title" of <a>'],
    ["a doctype", () => html`<!doctype ${"x"}>`, "inside a declaration"],
    ["a wrong comment", () => html`<!x ${"x"}>`, "inside a comment"],
    ["a value without a blank before", () => html`<a b="c"${"x"}>`, "inside <a>"],
    ["xmp", () => html`<xmp>${"x"}</xmp>`, "inside <xmp>, whose content browsers read in different ways"],
    ["noscript in the head", () => html`<head><noscript>${"x"}</noscript></head>`, "inside <noscript> in the head"],
    ["http-equiv", () => html`<meta http-equiv="${"refresh"}">`, 'in "http-equiv" of <meta>, which decides what the content is'],
    [
      "a tag in a title, which svg would open",
      () => html`<svg><title><a ${"onclick=x"}></title></svg>`,
      "inside <title> after text that is an open tag if the element is in svg",
    ],
    [
      "a tag in a style",
      () => html`<svg><style>a { b: "<a x='"; c: ${"onclick=x"} }</style></svg>`,
      "inside <style> after text that is an open tag if the element is in svg",
    ],
    [
      "a tag in a script",
      () => html`<script>if (a <b) c = ${toJson("x")};</script>`,
      "inside <script> after text that is an open tag if the element is in svg",
    ],
    ["half an end tag in a title", () => html`<title></tit${"le "}></title>`, 'directly after "</tit" inside <title>'],
  ];
  for (const [name, make, place] of refused) {
    it(`refuses ${name}`, () =>
      assert.throws(make, (error: { code: string; message: string }) => {
        assert.equal(error.code, "E_VIEW_PLACE");
        assert.match(error.message, /^\S*html\.test\.ts:\d+: a value is not allowed /);
        assert.ok(error.message.endsWith(`a value is not allowed ${place}.`), error.message);
        return true;
      }));
  }

  for (const [name, make, what] of [
    ["text directly after an unquoted value", () => html`<a title=${"x"}b>`, '"b" is directly after a value in a tag'],
    ["an address behind an unquoted value", () => html`<a href=${"x"}/y>`, '"/" is directly after a value in a tag'],
    ["CDATA", () => html`<![CDATA[${"x"}]]>`, "the HTML contains a CDATA section"],
  ] as Array<[string, () => unknown, string]>)
    it(`refuses ${name}`, () =>
      assert.throws(make, (error: { code: string; message: string }) => error.code === "E_VIEW_PLACE" && error.message.includes(what)));

  for (const [name, make, place] of [
    ["a tag", () => html`<a`, "inside the name of a tag"],
    ["an attribute", () => html`<a title="${"x"}`, 'inside the attribute "title" of <a>'],
    ["a comment", () => html`<p>${"x"}<!--`, "inside a comment"],
    ["a script", () => html`<script>x`, "inside <script>"],
    ["a title", () => html`<title>${"x"}`, "inside <title>"],
  ] as Array<[string, () => unknown, string]>)
    it(`refuses a template that ends inside ${name}`, () =>
      assert.throws(
        make,
        (error: { code: string; message: string }) =>
          error.code === "E_VIEW_UNCLOSED" && error.message.includes(`the template ends ${place}`),
      ));

  it("writes nothing into comments, and drops them", () => {
    assert.equal(show(html`<<!-- -->${"script>"}`), "&lt;script&gt;");
    assert.equal(show(html`a<!-- ${"-->x"} -->b<!-->c<!--->d<!-- - -- -->e<!----!>f`), "abcdef");
  });

  it("is a tag and no function", () => {
    assert.throws(() => html(["<p>"] as never), { code: "E_VIEW_TAG_CALL" });
    assert.throws(() => html("<p>" as never), { code: "E_VIEW_TAG_CALL", message: 'html was called with "<p>" instead of a template.' });
    assert.throws(() => url(["/"] as never), { code: "E_VIEW_TAG_CALL", fix: "Write url`...` with backticks." });
  });
});

describe("element()", () => {
  it("creates elements with plain and custom names, with the rules of html", () => {
    assert.equal(
      show(element("h2", { id: "a<", title: null, href: "javascript:x" }, "x<", html`<b>`)),
      '<h2 id="a&lt;" href="about:invalid#blocked">x&lt;<b></h2>',
    );
    assert.equal(show(element("br")), "<br>");
    assert.equal(show(element("my-card", { open: true }, "x")), "<my-card open>x</my-card>");
  });

  for (const tag of ["script", "style", "iframe", "svg", "a b", "A", "x-", ""])
    it(`refuses "${tag}"`, () => assert.throws(() => element(tag), { code: "E_VIEW_VALUE", message: `element() got the tag "${tag}".` }));
});

describe("html, static text", () => {
  const rows: string[] = [
    `<!doctype html><html lang=en><head><meta charset="utf-8"></head><body class='a "b"'><br /><input disabled value = x></body></html>`,
    "<a b='c'd=\"e\" / f>a < b > c & d &amp; e</a ><?xml x?>",
    "<div\n  class=\"a\"\n  id='b'\n>\n</div>",
    "1 <2 <- </ p></p></>",
  ];
  for (const text of rows) {
    it(`keeps ${JSON.stringify(text.slice(0, 30))}`, () => {
      const strings = Object.assign([text, ""], { raw: Object.freeze([text, ""]) });
      const shown = show(html(Object.freeze(strings) as unknown as TemplateStringsArray, "x"));
      assert.equal(shown, `${text.replace(" = ", "=")}x`);
    });
  }
});
