/** Defines the tags `html` and `css`, and `element()`. */
import { GableError } from "../errors/gable-error.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import { blockedCss, filterCss } from "./escape/css.ts";
import { kinds } from "./reading/places.ts";
import type { Plan } from "./reading/plan.ts";
import { compilePlan, makePlan } from "./reading/plan.ts";
import type { Hole } from "./values.ts";
import { Attributes, Css, Html, assertTemplate, isCss, noteDrawing, setHtmlRenderer } from "./values.ts";
import { renderToText } from "./rendering/write.ts";

// Lets the markup created here be converted to a string; values.ts itself knows nothing of rendering.
setHtmlRenderer(renderToText);

const plans = new WeakMap<TemplateStringsArray, Plan>();
const emptyMarkup = new WeakMap<Plan, Html>();

/** The template of the last call, and its plan. */
let lastStrings: TemplateStringsArray | undefined;
let lastPlan: Plan | undefined;

/**
 * Creates markup from a template. Values are escaped for their context when it is rendered.
 * Throws `E_VIEW_PLACE` for a value where none is allowed, and `E_VIEW_UNCLOSED` for a template that ends inside a tag.
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  // A list creates its rows one after the other from one template: only the first row needs a lookup in the map.
  if (strings !== lastStrings) {
    lastPlan = plans.get(strings) ?? addPlan(strings, html);
    lastStrings = strings;
  }
  const plan = lastPlan!;
  if (holes.length > 0) return new Html(plan, holes, "");
  // Without values, the markup is always the same.
  const known = emptyMarkup.get(plan) ?? new Html(plan, holes, "");
  emptyMarkup.set(plan, known);
  return known;
}

/**
 * Creates a drawing from a template: like {@link html}, with SVG booleans (`name=""`). As the reply of a handler, its
 * type is `image/svg+xml`; you can also insert it in a page.
 * @example
 * svg`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="${radius}"/></svg>`;
 */
export function svg(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  const drawing = new Html(plans.get(strings) ?? addPlan(strings, svg), holes, "");
  noteDrawing(drawing);
  return drawing;
}

function addPlan(strings: TemplateStringsArray, tag: typeof html): Plan {
  assertTemplate(tag.name, strings);
  // The options of an application are applied when it renders.
  const plan = compilePlan(strings, findCallerPlace(tag), { inlineHandlers: "at-render", isSvg: tag === svg });
  plans.set(strings, plan);
  return plan;
}

/** A value in CSS. */
export type CssValue = string | number | null | undefined | Css;

/**
 * Creates CSS. Values cannot break out of their context; a value that could becomes `blocked`.
 * @example
 * css`color: ${color}; width: ${width}px`;
 */
export function css(strings: TemplateStringsArray, ...values: readonly CssValue[]): Css {
  let text = assertTemplate("css", strings)[0]!;
  let hasBlocked = false;
  values.forEach((value, index) => {
    const written = value === null || value === undefined ? "" : isCss(value) ? String(value) : filterCss(String(value));
    hasBlocked ||= isCss(value) ? value.hasBlocked === true : written === blockedCss;
    text += written + strings[index + 1]!;
  });
  return new Css(text, hasBlocked);
}

/** Elements that {@link element} creates, besides custom elements. None of them loads or holds code. */
const plainElements = new Set(
  (
    "a abbr address article aside b bdi bdo blockquote body br button caption cite code col colgroup data datalist dd del details dfn dialog " +
    "div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark " +
    "menu meter nav ol optgroup option output p picture pre progress q rp rt ruby s samp search section select slot small span strong sub " +
    "summary sup table tbody td tfoot th thead time tr u ul var wbr"
  ).split(" "),
);
const voidElements = new Set(["br", "col", "hr", "img", "input", "wbr"]);

/**
 * Creates an element whose name is a value: the name of a plain element, or of a custom element with a hyphen.
 * Throws `E_VIEW_VALUE` for another name.
 */
export function element(tag: string, attributes: Readonly<Record<string, Hole>> = {}, ...children: readonly Hole[]): Html {
  if (!plainElements.has(tag) && !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(tag)) {
    throw new GableError("E_VIEW_VALUE", `element() got the tag "${tag}".`, {
      fix: "Use the name of a plain element, or of a custom element.",
    });
  }
  const isVoid = voidElements.has(tag);
  const places = [
    { kind: kinds.attributes, element: tag, attribute: "", where: "" },
    { kind: kinds.text, element: "", attribute: "", where: "" },
  ].slice(0, isVoid ? 1 : 2);
  const plan = makePlan(isVoid ? [`<${tag}`, ">"] : [`<${tag}`, ">", `</${tag}>`], places, [0, 1]);
  return new Html(plan, isVoid ? [new Attributes(attributes)] : [new Attributes(attributes), children], "");
}
