/**
 * Reads HTML into a tree of elements, for pages that a site sends: end tags that may be left out are added, tables get their
 * rows, and nothing is refused. Formatting elements that overlap others, and text in tables, stay where they are written.
 */
import type { HtmlElement, HtmlNode } from "./nodes.ts";
import type { HtmlToken } from "./tokens.ts";
import { HtmlTokenizer } from "./tokens.ts";

interface OpenElement extends HtmlElement {
  readonly children: HtmlNode[];
  readonly attributes: Map<string, string>;
  readonly parent: OpenElement | undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const voidElements = words("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr");
const headElements = words("base basefont bgsound link meta title noscript noframes style script template");
/** Elements whose start ends an open paragraph. */
const blocks = words(
  "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup main menu nav ol p search " +
    "section summary ul h1 h2 h3 h4 h5 h6 pre listing form table hr xmp plaintext li dd dt",
);
const headings = words("h1 h2 h3 h4 h5 h6");
/** Elements that an end tag of another name does not close. */
const special = words(
  "address applet area article aside base blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset " +
    "figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input li link listing main marquee menu " +
    "meta nav noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea " +
    "tfoot th thead title tr track ul wbr xmp",
);
/** Elements that end with what is around them. */
const impliedEnds = words("dd dt li optgroup option p rb rp rt rtc");
/** Elements beyond which nothing is closed. */
const scope = words("applet caption html table td th marquee object template select");
const listScope = words("applet caption html table td th marquee object template select ol ul");
const buttonScope = words("applet caption html table td th marquee object template select button");
const tableScope = words("html table template");
/** Elements of HTML that end SVG and MathML. */
const breakouts = words(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span " +
    "strong strike sub sup table tt u ul var",
);
/** Elements of SVG and MathML that hold HTML. */
const integrationPoints = words("foreignobject desc title mi mo mn ms mtext annotation-xml");

interface TablePart {
  /** What its start closes. */
  readonly closes: ReadonlySet<string>;
  /** What is added around it, by the element that is open then. */
  readonly adds: Readonly<Record<string, readonly string[]>>;
}

const cells = "caption colgroup td th";
const rows = `${cells} tr`;
const section: TablePart = { closes: words(`${rows} thead tbody tfoot`), adds: {} };
const cell: TablePart = { closes: words(cells), adds: { table: ["tbody", "tr"], tbody: ["tr"], thead: ["tr"], tfoot: ["tr"] } };
const tableParts: Readonly<Record<string, TablePart>> = {
  caption: section,
  colgroup: section,
  thead: section,
  tbody: section,
  tfoot: section,
  col: { closes: words("caption td th tr thead tbody tfoot"), adds: { table: ["colgroup"] } },
  tr: { closes: words(rows), adds: { table: ["tbody"] } },
  td: cell,
  th: cell,
};

/** Reads a page or a piece of one. Returns the root, whose name is "". */
export function readHtml(html: string): HtmlElement {
  return new HtmlReader(html).read();
}

class HtmlReader {
  readonly #tokens: HtmlTokenizer;
  readonly #root: OpenElement = { name: "", attributes: new Map(), children: [], parent: undefined, form: undefined, isForeign: false };
  /** The elements that are open below the root, the innermost last. */
  readonly #open: OpenElement[] = [];
  /** The form that fields belong to from here on, even where the form itself has ended early. */
  #form: OpenElement | undefined;

  constructor(html: string) {
    this.#tokens = new HtmlTokenizer(html);
  }

  read(): HtmlElement {
    for (let token = this.#tokens.next(false); token !== undefined; token = this.#tokens.next(this.#isInForeign())) this.#take(token);
    return this.#root;
  }

  #take(token: HtmlToken): void {
    if (token.kind === "text") return this.#addText(token.text);
    if (token.kind === "end") return this.#isInForeign() ? this.#endForeign(token.name) : this.#end(token.name);
    if (this.#isInForeign() && !breakouts.has(token.name)) {
      this.#push(token.name, token.attributes, true);
      if (token.isSelfClosing) this.#pop();
      return;
    }
    while (this.#isInForeign()) this.#pop();
    this.#start(token);
  }

  get #current(): OpenElement {
    return this.#open.at(-1) ?? this.#root;
  }

  #isInForeign(): boolean {
    return this.#current.isForeign && !integrationPoints.has(this.#current.name);
  }

  #addText(text: string): void {
    if (text.trim() !== "" && this.#current.name === "head") this.#pop();
    const { children } = this.#current;
    const last = children.at(-1);
    if (typeof last === "string") children[children.length - 1] = last + text;
    else children.push(text);
  }

  #start({ name, attributes, isSelfClosing }: HtmlToken & { kind: "start" }): void {
    if (name === "image") return this.#start({ kind: "start", name: "img", attributes, isSelfClosing });
    if (name === "html" || name === "body" || name === "head") return this.#startFrame(name, attributes);
    if (this.#current.name === "head" && !headElements.has(name)) this.#pop();
    const isInTemplate = this.#isInTemplate();
    if (name === "form" && this.#form !== undefined && !isInTemplate) return;
    this.#closeBefore(name);
    const isForeignRoot = name === "svg" || name === "math";
    this.#push(name, attributes, isForeignRoot);
    if (name === "form" && !isInTemplate) this.#form = this.#current;
    if (voidElements.has(name) || (isForeignRoot && isSelfClosing)) return this.#pop();
    if (name === "pre" || name === "listing" || name === "textarea") this.#tokens.skipLineBreak();
    const content = this.#tokens.readContent(name);
    if (content === undefined) return;
    if (content !== "") this.#addText(content);
  }

  /** A page has one of each: a second one adds its attributes. */
  #startFrame(name: string, attributes: Map<string, string>): void {
    const place = name === "html" ? this.#root : (this.#findChild(this.#root, "html") ?? this.#root);
    const found = this.#findChild(place, name);
    if (found !== undefined) {
      for (const [key, value] of attributes) if (!found.attributes.has(key)) found.attributes.set(key, value);
      return;
    }
    if (name === "head" && this.#findChild(place, "body") !== undefined) return;
    if (name === "body" && this.#current.name === "head") this.#pop();
    this.#push(name, attributes, false);
  }

  #findChild(parent: OpenElement, name: string): OpenElement | undefined {
    // Every element that is open or was opened here is one of this reader.
    return parent.children.find((child) => typeof child !== "string" && child.name === name) as OpenElement | undefined;
  }

  /** Closes what may not stay open around an element. */
  #closeBefore(name: string): void {
    if (name === "li") this.#closeItem(words("li"));
    if (name === "dd" || name === "dt") this.#closeItem(words("dd dt"));
    if (blocks.has(name)) this.#closeScoped("p", buttonScope);
    if (headings.has(name) && headings.has(this.#current.name)) this.#pop();
    if (name === "button") this.#closeScoped("button", scope);
    if (name === "a") this.#closeScoped("a", scope);
    if ((name === "option" || name === "optgroup") && this.#current.name === "option") this.#pop();
    if (name === "optgroup" && this.#current.name === "optgroup") this.#pop();
    if ((name === "rt" || name === "rp") && (this.#current.name === "rt" || this.#current.name === "rp")) this.#pop();
    const part = tableParts[name];
    if (part !== undefined) this.#prepareTable(part);
  }

  /** Closes an open item of a list, if only text-like elements are in between. */
  #closeItem(names: ReadonlySet<string>): void {
    for (const element of this.#open.toReversed()) {
      if (names.has(element.name)) return this.#popTo(element);
      if (special.has(element.name) && element.name !== "address" && element.name !== "div" && element.name !== "p") return;
    }
  }

  #prepareTable({ closes, adds }: TablePart): void {
    if (this.#findOpen("table", tableScope) === undefined) return;
    let last: OpenElement | undefined;
    for (const element of this.#open.toReversed()) {
      if (tableScope.has(element.name)) break;
      if (closes.has(element.name)) last = element;
    }
    if (last !== undefined) this.#popTo(last);
    for (const name of adds[this.#current.name] ?? []) this.#push(name, new Map(), false);
  }

  #end(name: string): void {
    if (name === "body" || name === "html") return;
    if (name === "template") return this.#closeScoped(name, words("html"));
    if (name === "br") return this.#start({ kind: "start", name, attributes: new Map(), isSelfClosing: false });
    if (name === "p" && this.#findOpen("p", buttonScope) === undefined)
      this.#start({ kind: "start", name, attributes: new Map(), isSelfClosing: false });
    if (headings.has(name)) return this.#endHeading();
    if (name === "form") return this.#endForm();
    if (name in tableParts || name === "table") return this.#closeScoped(name, tableScope);
    if (name === "li") return this.#closeScoped(name, listScope);
    if (blocks.has(name) || name === "button" || name === "object" || name === "select")
      return this.#closeScoped(name, name === "p" ? buttonScope : words("applet caption html table td th marquee object template"));
    for (const element of this.#open.toReversed()) {
      if (element.name === name) return this.#popTo(element);
      if (special.has(element.name)) return;
    }
  }

  /** What is still open in the form stays open. */
  #endForm(): void {
    const form = this.#form;
    this.#form = undefined;
    if (form === undefined && this.#isInTemplate()) return this.#closeScoped("form", scope);
    if (form === undefined || this.#findOpen("form", scope) !== form) return;
    while (impliedEnds.has(this.#current.name)) this.#pop();
    this.#open.splice(this.#open.indexOf(form), 1);
  }

  #endHeading(): void {
    for (const element of this.#open.toReversed()) {
      if (headings.has(element.name)) return this.#popTo(element);
      if (scope.has(element.name)) return;
    }
  }

  #endForeign(name: string): void {
    for (const element of this.#open.toReversed()) {
      if (element.name === name) return this.#popTo(element);
      if (!element.isForeign) return this.#end(name);
    }
  }

  #isInTemplate(): boolean {
    return this.#findOpen("template", words("html")) !== undefined;
  }

  #findOpen(name: string, until: ReadonlySet<string>): OpenElement | undefined {
    for (const element of this.#open.toReversed()) {
      if (element.name === name && !element.isForeign) return element;
      if (until.has(element.name) && !element.isForeign) return undefined;
    }
    return undefined;
  }

  #closeScoped(name: string, until: ReadonlySet<string>): void {
    const found = this.#findOpen(name, until);
    if (found !== undefined) this.#popTo(found);
  }

  #push(name: string, attributes: Map<string, string>, isForeign: boolean): void {
    const element: OpenElement = { name, attributes, children: [], parent: this.#current, form: this.#form, isForeign };
    this.#current.children.push(element);
    this.#open.push(element);
  }

  #popTo(element: OpenElement): void {
    this.#open.length = Math.max(this.#open.indexOf(element), 0);
  }

  #pop(): void {
    this.#open.pop();
  }
}
