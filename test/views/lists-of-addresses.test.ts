/** Attributes that hold several addresses, and values of CSS: each part is judged by the grammar of its standard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";
import { attributes, css, html, render } from "gable/views";
import type { Html } from "gable/views";

const bad = "javascript:alert(1)";
const blocked = "about:invalid#blocked";

/** An attribute, and a value with its expected text. */
type Row = readonly [markup: string, value: string, expected: string];

/** Each element that can animate an address, with each attribute that takes a value. */
const animations = ["animate", "set", "animateTransform", "animateMotion"].flatMap((element) =>
  ["href", "xlink:href", "HREF", "src"].map((target) => [element, target] as const),
);
const animated: readonly Row[] = animations.flatMap(([element, target]): Row[] => {
  const start = `<${element} attributeName="${target}"`;
  return [
    [`${start} values="#">`, `/a;${bad}`, `/a;${blocked}`],
    [`${start} values="#">`, `${bad};/a`, `${blocked};/a`],
    [`${start} values="#">`, `/a; \tjava\nscript:1 ;/b`, `/a;${blocked};/b`],
    [`${start} values="/a;#">`, bad, `/a;${blocked}`],
    [`${start} values="/a;#">`, `x;${bad}`, `/a;${blocked}`],
    [`${start} values="#;/b">`, bad, `${blocked};/b`],
    [`${start} to="#">`, bad, blocked],
    [`${start} from="#">`, bad, blocked],
    [`${start} by="#">`, bad, blocked],
  ];
});

const rows: readonly Row[] = [
  ...animated,
  ['<animate values="#" attributeName="href">', `/a;${bad}`, `/a;${blocked}`],
  ['<animate values="#">', `/a;${bad}`, `/a;${blocked}`],
  ['<animate attributeName="fill" values="#">', "red;javascript:1", "red;javascript:1"],
  ['<a ping="#">', `/a ${bad}`, `/a ${blocked}`],
  ['<a ping="/a #">', bad, `/a ${blocked}`],
  ['<img attributionsrc="#">', `/a\n${bad}`, `/a ${blocked}`],
  ['<object archive="#">', `/a ${bad}`, `/a ${blocked}`],
  // srcset by the grammar of the HTML standard.
  ['<img srcset="#">', "/w_400,h_300/a.jpg 1x, /w_800,h_600/a.jpg 2x", "/w_400,h_300/a.jpg 1x, /w_800,h_600/a.jpg 2x"],
  ['<img srcset="#">', ",, /a.jpg,/b.jpg 1x,", "/a.jpg,/b.jpg 1x"],
  ['<img srcset="#">', "/a.jpg, /b.jpg 2x", "/a.jpg, /b.jpg 2x"],
  ['<img srcset="#">', "/a.jpg 400w 300h, /b.jpg 1.5x, /c.jpg .5x", "/a.jpg 400w 300h, /b.jpg 1.5x, /c.jpg .5x"],
  ['<img srcset="#">', "data:image/png;base64,AAAA 1x, /b 2x", "data:image/png;base64,AAAA 1x, /b 2x"],
  ['<img srcset="#">', `data:text/html,x 1x, ${bad} 2x`, `${blocked} 1x, ${blocked} 2x`],
  ['<img srcset="#">', "/a (x, y) 1x, /b 2x", `${blocked}, /b 2x`],
  ['<img srcset="#">', "/a 1y, /b 1x 2x", `${blocked}, ${blocked}`],
  ['<img srcset="#">', "", ""],
  ['<link rel="preload" imagesrcset="#">', `/a 1x, ${bad} 2x`, `/a 1x, ${blocked} 2x`],
  ['<img data-srcset="#">', `/a 1x, ${bad} 2x`, `/a 1x, ${blocked} 2x`],
  ['<img srcset="/i/#-400.jpg 400w, /i/b.jpg 800w">', "a", "/i/a-400.jpg 400w, /i/b.jpg 800w"],
  ['<img srcset="/i/#-400.jpg 400w">', `a 1w, ${bad}`, "/i/a%201w%2C%20javascript:alert%281%29-400.jpg 400w"],
  ['<img srcset="# 1x, /b 2x">', bad, `${blocked} 1x, /b 2x`],
  ['<img srcset="/a #w">', "400", "/a 400w"],
];

/** Values of a property, and what becomes of them. */
const styles: ReadonlyArray<readonly [value: string, isKept: boolean]> = [
  ["rgb(0 0 0 / 50%)", true],
  ["RGBA(1, 2, 3, .5)", true],
  ["hsl(120deg 100% 50%)", true],
  ["var(--main-color)", true],
  ["var(--a, var(--b))", true],
  ["calc((1px + 2em) * 3 / 4)", true],
  ["clamp(1rem, 2vw, 3rem)", true],
  ["linear-gradient(to right, red, blue)", true],
  ["translate(10px, 20%) rotate(45deg)", true],
  ["1 / 2", true],
  ["url(x)", false],
  ["URL( javascript:1)", false],
  ["image-set(x)", false],
  ["expression(1)", false],
  ["calc(url(x))", false],
  ["calc(1px", false],
  ["calc 1px)", false],
  ["(1px)", false],
  ["rgb(1)) x(", false],
  ["--x", false],
  ["var(--x: y)", false],
  ["1px --> x", false],
  ["var(--x/**/)", false],
  ["/* x", false],
  ["x *", true],
  ["x /", false],
  ["/ x", false],
  ["1 // 2", false],
  ["1 */ 2", false],
  ["red; background: blue", false],
  ["red}", false],
  ['"x"', false],
  ["\\28", false],
];

describe("lists of addresses", () => {
  for (const [markup, value, expected] of rows) {
    const wanted = /="([^"]*#[^"]*)"/.exec(markup)![0].replace(/"[^"]*"/, () => JSON.stringify(expected));
    it(`judges each address of ${markup} for ${JSON.stringify(value)}`, async () => {
      const file = `<svg>${markup.replace("#", "{{ v }}")}</svg>`;
      const written = await compileString(file).render({ v: value });
      assert.ok(written.includes(wanted), `${written} has no ${wanted}`);
      if (!/="#"/.test(markup)) return;
      const name = / ([\w:-]+)="#"/.exec(markup)![1]!;
      const page = toPage(markup.replace(/ [\w:-]+="#"/, ""), attributes({ [name]: value }));
      assert.ok(String(await render(page)).includes(wanted), `attributes() gave ${String(await render(page))}`);
    });
  }

  it("reports where an address was blocked", async () => {
    const places: string[] = [];
    await render(html`<img srcset="${`${bad} 1x`}">`, { onBlocked: (place) => places.push(place) });
    assert.match(places.join(), /^"srcset" of <img> at \S+lists-of-addresses\.test\.ts:\d+$/);
  });

  it("rejects a part of a list under a condition", async () =>
    assert.rejects(async () => compileString('<img srcset="{% if a %}{{ v }}{% endif %}, /b 2x">').render({}), {
      code: "E_VIEW_PLACE",
      fix: /with set/,
    }));
});

/** Makes markup with a hole for attributes in a tag that is given as text. */
function toPage(markup: string, value: ReturnType<typeof attributes>): Html {
  const [start = "", end = ""] = [`<svg>${markup.slice(0, -1)} `, "></svg>"];
  return html(Object.freeze(Object.assign([start, end], { raw: Object.freeze([start, end]) })) as unknown as TemplateStringsArray, value);
}

describe("values of CSS", () => {
  for (const [value, isKept] of styles)
    it(`${isKept ? "keeps" : "blocks"} ${value}`, async () => {
      const expected = isKept ? value : "blocked";
      assert.equal(
        await compileString("<style>p { width: {{ v }} }</style>").render({ v: value }),
        `<style>p { width: ${expected} }</style>`,
      );
      assert.equal(String(css`width: ${value}`), `width: ${expected}`);
    });

  it("reports where css`...` has blocked a value", async () => {
    const places: string[] = [];
    const onBlocked = (place: string): void => void places.push(place);
    const style = css`width: ${css`${"url(x)"}`}`;
    await render(html`<p style="${style}">`, { onBlocked });
    assert.match(places.join(), /^"style" of <p> at \S+:\d+$/);
  });
});

describe("scripts with branches", () => {
  for (const source of [
    "<script>const a = {% if x %}1{% else %}'b'{% endif %};</script>",
    "<script>const a = {% if x %}{{ v|tojson }}{% else %}null{% endif %};</script>",
    "<script>f({% if x %}{{ v|tojson }}{% else %}g{% endif %}, {{ v|tojson }});</script>",
  ])
    it(`accepts ${source}`, async () => assert.match(await compileString(source).render({ x: 1, v: 1 }), /<script>.*1/));
  it("rejects what may not follow a value, when one branch ends with a value", async () =>
    assert.rejects(async () => compileString("<script>a = {% if x %}{{ v|tojson }}{% else %}b{% endif %}(1)</script>").render({}), {
      code: "E_VIEW_PLACE",
    }));
});
