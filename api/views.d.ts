/**
 * CSS whose values can be nothing but values; what could leave its place becomes `blocked`.
 *
 * @example
 * css`color: ${color}; width: ${width}px`;
 */
export declare function css(strings: TemplateStringsArray, ...values: readonly CssValue[]): Css;

/**
 * Makes an element whose name is a value. Names are those of plain elements, or of custom elements, with a hyphen.
 * Throws `E_VIEW_VALUE` for another name.
 */
export declare function element(tag: string, attributes?: Readonly<Record<string, Hole>>, ...children: readonly Hole[]): Html;

/**
 * Makes markup from a template; values are escaped by their place, when it is rendered.
 * Throws `E_VIEW_PLACE` for a hole where no value may stand, `E_VIEW_UNCLOSED` for a template that ends inside a tag.
 *
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export declare function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/**
 * Makes a drawing from a template: as {@link html}, with the booleans of SVG (`name=""`). As the reply of a handler its
 * type is `image/svg+xml`; in a page it stands where it is put.
 *
 * @example
 * svg`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="${radius}"/></svg>`;
 */
export declare function svg(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/**
 * Attributes for the place of a tag: `<input ${attributes({ disabled: true, "hx-get": path })}>`. Each value gets the
 * rules of its attribute. A name must match `[A-Za-z_:@.][\w:@.-]*`, else `E_VIEW_VALUE`.
 */
export declare function attributes(record: Readonly<Record<string, Hole>>): Attributes;

/** Names of classes whose value is truthy, joined by blanks. */
export declare function classes(record: Readonly<Record<string, unknown>>): string;

/** Method of objects that show themselves as markup: forms, fields, models. */
export declare const toHtml: unique symbol;

/** Marks a value to be written as JSON: in a script, in a `data-*` attribute, or as text. */
export declare function toJson<Value>(value: Value): Json<Value>;

/** An address that may load code; its start must be static: `` trustedUrl`https://cdn.example/${version}/app.js` ``. */
export declare function trustedUrl(strings: TemplateStringsArray, ...values: readonly UrlValue[]): TrustedUrl;

/** An address in which each value is one part: `` url`/u/${name}?q=${query}` ``. */
export declare function url(strings: TemplateStringsArray, ...values: readonly UrlValue[]): SafeUrl;

/** Attributes of a tag. Made by {@link attributes}. */
export declare class Attributes {
    /** Values by name. */
    readonly record: Readonly<Record<string, unknown>>;
}

/** A piece of CSS whose values were checked. Made by {@link css}. */
export declare class Css {
    #private;
    /** The declarations. */
    toString(): string;
}

/** Markup that is not rendered yet. Made by {@link html} and {@link raw}. */
export declare class Html {
    /** The markup, without a request: no nonces. Throws `E_VIEW_CONTEXT` while a promise in it is pending. */
    toString(): string;
}

/** A value to be written as JSON. Made by {@link toJson}. */
export declare class Json<Value = unknown> {
    /** The value. */
    readonly value: Value;
}

/** Text that no browser reads as markup: the output of `.txt`, `.csv` and `.json` templates. */
export declare class PlainText {
    /** Media type of the reply. */
    readonly contentType: string;
    /** Time of the last change, where it is known: a reply carries it, with an entity tag. */
    readonly lastModified: Date | undefined;
    /** The text. */
    toString(): string;
}

/** An address whose parts were encoded one by one. Made by {@link url}. */
export declare class SafeUrl {
    #private;
    /** The address. */
    toString(): string;
}

/** An address that may load code. Made by {@link trustedUrl} and by `asset()`. */
export declare class TrustedUrl {
    #private;
    /** The address. */
    toString(): string;
}

/** XML, such as a feed. Made by {@link xml}. */
export declare class Xml {
    /** Media type of the reply. */
    readonly contentType: string;
    /** Time of the last change, where it is known: a reply carries it, with an entity tag. */
    readonly lastModified: Date | undefined;
    /** The markup. */
    toString(): string;
}

/**
 * Marks a string as markup. It is sent as it is: never pass what a user wrote.
 * The reason is for readers of the code: a search for `raw` finds every use. Write literals as raw`<hr>`.
 * In an application with `views: { raw: "strict" }`, rendering any other use throws `E_VIEW_UNSAFE`: pass the string
 * through a {@link sanitizer} instead.
 *
 * @example
 * raw(markdown.render(post.body), "rendered by markdown-it, sanitised at save");
 */
export declare function raw(markup: string | TemplateStringsArray, reason?: string): Html;

/**
 * Makes a function that sanitises a string and returns it as markup. Works with `views: { raw: "strict" }` too.
 *
 * @example
 * const showMarkdown = sanitizer((text) => sanitizeHtml(markdown.render(text)));
 */
export declare function sanitizer(clean: (text: string) => string): (text: string) => Html;

/**
 * Marks a piece of a page. In the page it is written as it is; {@link renderFragments} gives it alone.
 *
 * @example
 * html`<ul>${books.map((book) => fragment(`book-${book.id}`, html`<li>${book.title}</li>`))}</ul>`;
 */
export declare function fragment(name: string, content: Html): Html;

/**
 * Gives the named pieces of a page, in the order of the names, each as
 * `<template data-region="name" data-hash="...">...</template>`. The hash changes with the content; nonces are left out,
 * since scripts in such pieces do not run. Throws `E_VIEW_PARTIAL` for a name that the page does not mark.
 */
export declare function renderFragments(page: Html, names: readonly string[], context?: RenderContext): Promise<string>;

/**
 * Markup that is made once and then kept in the store of the application. The language is always a part of the key.
 * What the piece reads of the request must be named in `vary`, else `E_VIEW_CACHE_KEY`. Without a store it is made each time.
 *
 * @example
 * cached(["sidebar", site.id], { ttlSeconds: 300, tags: ["posts"] }, () => html`<aside>${latestPosts()}</aside>`);
 */
export declare function cached(key: CacheKeyPart | readonly CacheKeyPart[], options: CachedOptions, make: () => Html): Html;

/** Pieces in memory: those that were used longest ago make room. */
export declare class MemoryFragments implements FragmentStore {
    #private;
    constructor(options?: MemoryFragmentsOptions);
    /** Number of pieces. */
    get size(): number;
    /** A piece, unless it is unknown or too old; it counts as used. */
    get(key: string): Fragment | undefined;
    /** Keeps a piece; others make room for it. One that is longer than all may be together is not kept. */
    set(key: string, fragment: Fragment, { ttlSeconds, tags }: FragmentOptions): void;
    /** Drops all pieces with one of the tags. */
    invalidate({ tags }: {
        readonly tags: readonly string[];
    }): void;
}

/**
 * Renders markup. Gives a string when no promise in it is pending, else a promise of one.
 * Throws what a template throws: `E_VIEW_VALUE`, `E_VIEW_URL_TRUST`, `E_VIEW_DEPTH`.
 */
export declare function render(value: Rendered, context?: RenderContext): string | Promise<string>;

/** Renders to a stream of UTF-8 bytes; it waits for its reader. */
export declare function renderToStream(value: Rendered, context?: RenderContext): ReadableStream<Uint8Array>;

/**
 * Writes rows as CSV: CR LF, quotes where they are needed, dates in ISO 8601, `null` empty. Rows may come one by one:
 * any number of them is sent in constant memory.
 *
 * @example
 * app.get("/users.csv", () => csv(User.all(), { columns: ["name", "email"], filename: "users.csv" }));
 */
export declare function csv(rows: Iterable<CsvRow> | AsyncIterable<CsvRow>, options?: CsvOptions): Csv;

/** Rows as CSV, made while they are sent. */
export declare class Csv implements AsyncIterable<string> {
    #private;
    /** Name for saving. */
    readonly filename: string | undefined;
    /** Media type of the reply. */
    readonly contentType: string;
    /** The text in pieces of about 16 KiB. */
    [Symbol.asyncIterator](): AsyncGenerator<string>;
}

/**
 * A feed as Atom. As the reply of a handler it carries Last-Modified and an entity tag; a reader that has it gets 304.
 * Throws `E_VIEW_VALUE` for an address or a time that is none.
 *
 * @example
 * app.get("/blog.atom", ({ absoluteUrl }) => atom({ title: "Blog", url: absoluteUrl("/"), feedUrl: "/blog.atom", items }));
 */
export declare function atom(description: FeedDescription): Xml;

/** A feed as JSON Feed 1.1. Throws and replies as {@link atom}. */
export declare function jsonFeed(description: FeedDescription): PlainText;

/**
 * A feed as RSS 2.0, with the extensions that readers expect (`atom:link`, `dc:creator`, `content:encoded`).
 * Throws and replies as {@link atom}.
 */
export declare function rss(description: FeedDescription): Xml;

/**
 * Makes a handler that lists the pages of a site for search engines. Addresses begin with the origin of the application.
 * Lists are read one page at a time, in constant memory; above the limits of the protocol the address gives an index,
 * and `?part=1` the first part. Throws `E_VIEW_VALUE` for a page that the protocol refuses, `E_NOT_FOUND` for a part that is not there.
 *
 * @example
 * app.get("/sitemap.xml", sitemap({ pages: ["/", "/about"], books: () => books.map((book) => ({ url: `/books/${book.slug}` })) }));
 */
export declare function sitemap(sections: Readonly<Record<string, SitemapSection>>, options?: SitemapOptions): (request: SitemapRequest) => Promise<SitemapPart>;

/** A document of a sitemap, made while it is sent. */
export declare class SitemapPart implements AsyncIterable<string> {
    #private;
    /** Media type of the reply. */
    readonly contentType = "application/xml; charset=utf-8";
    /** The text in pieces. */
    [Symbol.asyncIterator](): AsyncGenerator<string>;
}

/** Joins text: `null` is empty, lists are joined. Nothing is escaped: never send the result as HTML. */
export declare function text(strings: TemplateStringsArray, ...values: readonly TextHole[]): string;

/**
 * Makes XML. Text and quoted attributes take values; names, comments and processing instructions do not.
 * Throws `E_VIEW_PLACE`, and `E_VIEW_UNCLOSED` for elements that do not balance.
 *
 * @example
 * xml`<entry><title>${title}</title></entry>`;
 */
export declare function xml(strings: TemplateStringsArray, ...values: readonly XmlHole[]): Xml;

/** How a table is written. */
export interface CsvOptions {
    /** Columns in their order. By default the keys of the first row. */
    columns?: readonly string[];
    /** One character between fields. Default ",". */
    delimiter?: string;
    /** Whether the first line names the columns. Default true. */
    header?: boolean;
    /** Whether the text begins with U+FEFF, which some spreadsheets need to read UTF-8. Default false. */
    byteOrderMark?: boolean;
    /** Whether texts that a spreadsheet would compute get an apostrophe. Default true. */
    formulaGuard?: boolean;
    /** Name for saving; makes the reply an attachment. None by default. */
    filename?: string;
}

/** A row: values by column, or in the order of the columns. */
export type CsvRow = Readonly<Record<string, unknown>> | readonly unknown[];

/** Who has written something. */
export interface FeedAuthor {
    /** Name as it is shown. */
    readonly name: string;
    /** Page of the author. None by default. */
    readonly url?: string;
}

/** A feed. */
export interface FeedDescription {
    /** Title, as text. */
    readonly title: string;
    /** Absolute address of the page that the feed is about, such as `absoluteUrl("/blog")`. */
    readonly url: string;
    /** Address of the feed itself, absolute or relative to `url`. */
    readonly feedUrl: string;
    /** The items, newest first. */
    readonly items: Iterable<FeedItem>;
    /** What the feed is about. By default its title. */
    readonly description?: string;
    /** Language (BCP 47). None by default. */
    readonly language?: string;
    /** Who writes it. By default the title of the feed. */
    readonly author?: string | FeedAuthor;
    /** Time of the last change of a feed without items. Default 1970. */
    readonly updated?: Date | string;
    /** A day at which the site had its name, for ids of items without a day: `"2020"` or `"2020-05-01"`. Default "2000". */
    readonly since?: string;
}

/** A file that belongs to an item, such as the sound of an episode. */
export interface FeedEnclosure {
    /** Address of the file. */
    readonly url: string;
    /** Media type. */
    readonly type: string;
    /** Size in bytes. Unknown by default. */
    readonly sizeBytes?: number;
}

/** An item of a feed. Addresses may be relative to that of the feed. */
export interface FeedItem {
    /** Address of the page. */
    readonly url: string;
    /** Title, as text. */
    readonly title: string;
    /** Time of the last change. */
    readonly updated: Date | string;
    /** What never changes of the item. By default a tag URI (RFC 4151) of its address and of the day it was published. */
    readonly id?: string;
    /** Time when it was published. By default `updated`. */
    readonly published?: Date | string;
    /** A few sentences, as text. None by default. */
    readonly summary?: string;
    /** The whole content. None by default. */
    readonly html?: Html;
    /** Who has written it. By default the author of the feed. */
    readonly author?: string | FeedAuthor;
    /** Subjects. None by default. */
    readonly categories?: readonly string[];
    /** Files. RSS shows the first alone. None by default. */
    readonly enclosures?: readonly FeedEnclosure[];
}

/** Limits of one part. Those of the protocol by default. */
export interface SitemapOptions {
    /** Pages in one part. Default 50,000. */
    pagesMax?: number;
    /** Bytes of one part. Default 52,428,800. */
    bytesMax?: number;
}

/** A page of a sitemap. */
export interface SitemapPage {
    /** Address, absolute or a path. */
    readonly url: string;
    /** Time of the last change. Unknown by default. */
    readonly updated?: Date | string;
    /** How often the page changes. Unknown by default; most search engines do not read it. */
    readonly changes?: "always" | "hourly" | "daily" | "weekly" | "monthly" | "yearly" | "never";
    /** Importance among the pages of the site, 0 to 1. Unknown by default; most search engines do not read it. */
    readonly priority?: number;
    /** Addresses of the page in other languages, by language (BCP 47), with `x-default` for all others. None by default. */
    readonly alternates?: Readonly<Record<string, string>>;
}

/** What a sitemap needs of a request. */
export interface SitemapRequest {
    /** Address of the request; its parameter `part` names a part. */
    readonly url: URL;
    /** Makes a path absolute. */
    readonly absoluteUrl: (path: string) => string;
}

/** Pages, or a function that lists them: it is asked again for each part. */
export type SitemapSection = ReadonlyArray<string | SitemapPage> | (() => Iterable<string | SitemapPage> | AsyncIterable<string | SitemapPage> | Promise<Iterable<string | SitemapPage>>);

/** What may stand in a hole of text. */
export type TextHole = string | number | bigint | boolean | null | undefined | readonly TextHole[];

/** What may stand in a hole of XML. */
export type XmlHole = string | number | bigint | boolean | null | undefined | Xml | readonly XmlHole[];

/** Options of {@link cached}. */
export interface CachedOptions extends FragmentOptions {
    /** Parts of the request that the piece reads: each of their values has a piece of its own. None by default. */
    readonly vary?: readonly CacheVary[];
}

/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | Date | null | undefined;

/** What a piece depends on beside its key. */
export type CacheVary = "user" | "request" | "csrf" | "flash";

/** Options of {@link MemoryFragments}. */
export interface MemoryFragmentsOptions {
    /** Largest number of characters of all pieces together. Default 33,554,432. */
    readonly charactersMax?: number;
    /** The clock, in ms since 1970. */
    readonly now?: () => number;
}

/** A kept piece: texts, and between them the places of nonces, which are filled anew each time it is shown. */
export type Fragment = readonly string[];

/** How long a piece is kept, and what makes it void. */
export interface FragmentOptions {
    /** Seconds until it is made again. Without it, it is kept until its place is needed or a tag is invalidated. */
    readonly ttlSeconds?: number;
    /** Names under which it can be made void. None by default. */
    readonly tags?: readonly string[];
}

/** Where pieces are kept. Methods may be asynchronous. */
export interface FragmentStore {
    /** A piece, unless it is unknown or too old. */
    get(key: string): Fragment | undefined | Promise<Fragment | undefined>;
    /** Keeps a piece. */
    set(key: string, fragment: Fragment, options: FragmentOptions): void | Promise<void>;
}

/** A value in CSS. */
export type CssValue = string | number | null | undefined | Css;

/** A value of the query of an address, or several. */
export type QueryValue = string | number | bigint | boolean | null | undefined | ReadonlyArray<string | number>;

/** What templates may read. Outside a request (mail, tasks, tests) every part may be absent. */
export interface RenderContext {
    /** Nonce of the reply; reading it adds it to the policy. */
    readonly nonce?: string | undefined;
    /** Whether the policy lets scripts and styles of the own origin run without a nonce. */
    readonly isOwnOriginAllowed?: boolean;
    /** Language tag (BCP 47) for dates and numbers. */
    readonly locale?: string;
    /** Time zone (IANA) for dates. */
    readonly timeZone?: string;
    /** The moment that counts as now. */
    readonly now?: () => Date;
    /** The request of the page. */
    readonly request?: unknown;
    /** The user who is signed in. */
    readonly user?: unknown;
    /** Messages for the next page. */
    readonly flash?: unknown;
    /** Address of a static file, with its hash. */
    readonly asset?: ((name: string) => TrustedUrl) | undefined;
    /** Address of a named route. */
    readonly route?: ((name: string, params?: Readonly<Record<string, unknown>>) => string) | undefined;
    /** The hidden field of forms; nothing where the check needs none. */
    readonly csrf?: (() => Html) | undefined;
    /** Translates a message. Without it, texts are shown as they are written. */
    readonly translate?: Translate | undefined;
    /** The query of the page's address with changes: `?page=2`; a value of null leaves a name out. */
    readonly query?: ((changes?: Readonly<Record<string, QueryValue>>) => string) | undefined;
    /** Where cached pieces are kept. */
    readonly fragments?: FragmentStore | undefined;
    /** Aborts when the client has left. */
    readonly signal?: AbortSignal | undefined;
    /** Told of what was blocked: event and facts, never values. */
    readonly onBlocked?: ((place: string) => void) | undefined;
    /** Finds a view by name, for names that are values. */
    readonly views?: ((name: string) => unknown) | undefined;
    /** Options of the application that renders. */
    readonly options?: RenderOptions | undefined;
    /** Number for `random`; by default a new one for each render. */
    readonly seed?: number | undefined;
}

/** Options for rendering. */
export interface RenderOptions {
    /** "split" separates the braces of `{{` in values. "keep" by default. */
    readonly mustache?: "keep" | "split";
    /** "strict" rejects strings that `raw()` marked as markup. "any" by default. */
    readonly raw?: "any" | "strict";
    /** Whether `on*` attributes take a whole `raw()` value. False by default. */
    readonly inlineHandlers?: boolean;
    /** How tagged templates are read. Undefined by default: every application shares one plan per template. */
    readonly plan?: PlanOptions | undefined;
}

/** What can be rendered. */
export type Rendered = Html | Xml | PlainText;

/** What may stand in a hole: no object, no function, no date. */
export type Hole = string | number | bigint | boolean | null | undefined | Html | SafeUrl | TrustedUrl | Json | Attributes | Css | Renderable | HoleArray | Promise<Hole> | AsyncIterable<Hole>;

/** A list of holes. */
export interface HoleArray extends Iterable<Hole> {
}

/** What shows itself as markup. */
export interface Renderable {
    /** Gives the markup. */
    readonly [toHtml]: () => Html;
}

/** A value inside an address. */
export type UrlValue = string | number | bigint | boolean | null | undefined | SafeUrl;

/** Props as arguments: they may be left out when no key is required. */
export type ViewArguments<Name extends string> = {} extends ViewProps<Name> ? [props?: ViewProps<Name>] : [props: ViewProps<Name>];

/** Name of a view; any text before the first generation. */
export type ViewName = [keyof Views] extends [never] ? string : keyof Views & string;

/** What a view gives: as generated, else by the extension of its name. */
export type ViewOutput<Name extends string> = Name extends keyof Views ? Views[Name] extends {
    output: infer Output;
} ? Output : never : OutputByExtension<Name>;

/** Props of a view. */
export type ViewProps<Name extends string> = Name extends keyof Views ? Views[Name] extends {
    props: infer Props;
} ? Props : never : Readonly<Record<string, unknown>>;

/** Views by name; filled by the generated file of a project. */
export interface Views {
}

/** Makes a value that every template sees, read from the context of each render: an export of views/globals.ts. */
export declare function defineGlobal<Value>(read: (context: RenderContext) => Value): Global<Value>;

/** A value for all templates that depends on the request. Made by {@link defineGlobal}. */
export declare class Global<Value> {
    /** Reads the value. */
    readonly read: (context: RenderContext) => Value;
}

/** Facts of a message that decide which text is shown. */
export interface MessageOptions {
    /** What the text is about, where one text means two things. */
    readonly context?: string;
    /** The text for several. */
    readonly plural?: string;
    /** Name of the value that decides between the two. */
    readonly count?: string;
}

/** Gives the text for a message, with its values filled in. */
export type Translate = (message: string, values?: Readonly<Record<string, unknown>>, options?: MessageOptions) => string;
