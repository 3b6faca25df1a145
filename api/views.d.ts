/**
 * Creates CSS. Values cannot break out of their context; a value that could becomes `blocked`.
 * @example
 * css`color: ${color}; width: ${width}px`;
 */
export declare function css(strings: TemplateStringsArray, ...values: readonly CssValue[]): Css;

/**
 * Creates an element whose name is a value: the name of a plain element, or of a custom element with a hyphen.
 * Throws `E_VIEW_VALUE` for another name.
 */
export declare function element(tag: string, attributes?: Readonly<Record<string, Hole>>, ...children: readonly Hole[]): Html;

/**
 * Creates markup from a template. Values are escaped for their context when it is rendered.
 * Throws `E_VIEW_PLACE` for a value where none is allowed, and `E_VIEW_UNCLOSED` for a template that ends inside a tag.
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export declare function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/**
 * Creates a drawing from a template: like {@link html}, with SVG booleans (`name=""`). As the reply of a handler, its
 * type is `image/svg+xml`; you can also insert it in a page.
 * @example
 * svg`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="${radius}"/></svg>`;
 */
export declare function svg(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/**
 * Creates attributes for a tag: `<input ${attributes({ disabled: true, "hx-get": path })}>`. Each value gets the rules
 * of its attribute. A name must match `[A-Za-z_:@.][\w:@.-]*`; otherwise it throws `E_VIEW_VALUE`.
 */
export declare function attributes(record: Readonly<Record<string, Hole>>): Attributes;

/** Returns the names of classes whose value is truthy, joined by spaces. */
export declare function classes(record: Readonly<Record<string, unknown>>): string;

/** Method of objects that render themselves as markup: forms, fields, models. */
export declare const toHtml: unique symbol;

/** Marks a value to be written as JSON: in a script, in a `data-*` attribute, or as text. */
export declare function toJson<Value>(value: Value): Json<Value>;

/** Returns a URL that may load code; its start must be static: `` trustedUrl`https://cdn.example/${version}/app.js` ``. */
export declare function trustedUrl(strings: TemplateStringsArray, ...values: readonly UrlValue[]): TrustedUrl;

/** Returns a URL in which each value is one part: `` url`/u/${name}?q=${query}` ``. */
export declare function url(strings: TemplateStringsArray, ...values: readonly UrlValue[]): SafeUrl;

/** Attributes of a tag. Created by {@link attributes}. */
export declare class Attributes {
    /** Values by name. */
    readonly record: Readonly<Record<string, unknown>>;
}

/** CSS whose values were checked. Created by {@link css}. */
export declare class Css {
    #private;
    /** Returns the declarations. */
    toString(): string;
}

/** Markup that is not rendered yet. Created by {@link html} and {@link raw}. */
export declare class Html {
    /** Returns the markup, without a request: no nonces. Throws `E_VIEW_CONTEXT` while a promise in it is pending. */
    toString(): string;
}

/** A value to write as JSON. Created by {@link toJson}. */
export declare class Json<Value = unknown> {
    /** The value. */
    readonly value: Value;
}

/** Text that no browser reads as markup: the output of `.txt`, `.csv` and `.json` templates. */
export declare class PlainText {
    /** Media type of the reply. */
    readonly contentType: string;
    /** Time of the last change, if known: a reply carries it, with an ETag. */
    readonly lastModified: Date | undefined;
    /** Returns the content as a string. */
    toString(): string;
}

/** A URL whose parts were encoded one by one. Created by {@link url}. */
export declare class SafeUrl {
    #private;
    /** Returns the URL. */
    toString(): string;
}

/** A URL that may load code. Created by {@link trustedUrl} and by `asset()`. */
export declare class TrustedUrl {
    #private;
    /** Returns the URL. */
    toString(): string;
    /** Returns the URL, for JSON. */
    toJSON(): string;
}

/** XML, for example a feed. Created by {@link xml}. */
export declare class Xml {
    /** Media type of the reply. */
    readonly contentType: string;
    /** Time of the last change, if known: a reply carries it, with an ETag. */
    readonly lastModified: Date | undefined;
    /** Returns the markup. */
    toString(): string;
}

/**
 * Marks a string as markup. It is sent unchanged: never pass user input.
 * The reason is for readers of the code: search for `raw` to find every use. Write literals as raw`<hr>`.
 * In an application with `views: { raw: "strict" }`, rendering any other use throws `E_VIEW_UNSAFE`: pass the string
 * through a {@link sanitizer} instead.
 * @example
 * raw(markdown.render(post.body), "rendered by markdown-it, sanitised at save");
 */
export declare function raw(markup: string | TemplateStringsArray, reason?: string): Html;

/**
 * Creates a function that sanitizes a string and returns it as markup. Also works with `views: { raw: "strict" }`.
 * @example
 * const showMarkdown = sanitizer((text) => sanitizeHtml(markdown.render(text)));
 */
export declare function sanitizer(clean: (text: string) => string): (text: string) => Html;

/**
 * Marks a fragment of a page. In the page, it is written unchanged; {@link renderFragments} returns it on its own.
 * @example
 * html`<ul>${books.map((book) => fragment(`book-${book.id}`, html`<li>${book.title}</li>`))}</ul>`;
 */
export declare function fragment(name: string, content: Html): Html;

/**
 * Returns the named fragments of a page, in the order of the names, each as
 * `<template data-region="name" data-hash="...">...</template>`. The hash changes with the content. Nonces are left
 * out, since scripts in such fragments do not run. Throws `E_VIEW_PARTIAL` for a name that the page does not mark.
 */
export declare function renderFragments(page: Html, names: readonly string[], context?: RenderContext): Promise<string>;

/**
 * Renders markup once and then keeps it in the store of the application. The language is always part of the key. Name
 * what the fragment reads from the request in `vary`; otherwise it throws `E_VIEW_CACHE_KEY`. Without a store, it is
 * rendered each time.
 * @example
 * cached(["sidebar", site.id], { ttlSeconds: 300, tags: ["posts"] }, () => html`<aside>${latestPosts()}</aside>`);
 */
export declare function cached(key: CacheKeyPart | readonly CacheKeyPart[], options: CachedOptions, make: () => Html): Html;

/** Keeps fragments in memory and evicts the least recently used. */
export declare class MemoryFragments implements FragmentStore {
    #private;
    constructor(options?: MemoryFragmentsOptions);
    /** Number of fragments. */
    get size(): number;
    /** Returns a fragment, unless it is unknown or expired; it counts as used. */
    get(key: string): Fragment | undefined;
    /** Stores a fragment and evicts others to make room. A fragment above the total limit is not stored. */
    set(key: string, fragment: Fragment, { ttlSeconds, tags }: FragmentOptions): void;
    /** Drops all fragments with one of the tags. */
    invalidate(what: {
        readonly tags: readonly string[];
    }): void;
}

/**
 * Renders markup. Returns a string if no promise in it is pending, otherwise a promise of one.
 * Throws what a template throws: `E_VIEW_VALUE`, `E_VIEW_URL_TRUST`, `E_VIEW_DEPTH`.
 */
export declare function render(value: Rendered, context?: RenderContext): string | Promise<string>;

/** Renders to a stream of UTF-8 bytes with backpressure. */
export declare function renderToStream(value: Rendered, context?: RenderContext): ReadableStream<Uint8Array>;

/**
 * Returns rows as CSV: CR LF line ends, quotes where needed, dates in ISO 8601, `null` as empty. Rows may be an async
 * iterable: any number of them is sent in constant memory.
 * @example
 * app.get("/users.csv", () => csv(User.all(), { columns: ["name", "email"], filename: "users.csv" }));
 */
export declare function csv(rows: Iterable<CsvRow> | AsyncIterable<CsvRow>, options?: CsvOptions): Csv;

/** Rows as CSV, generated while they are sent. */
export declare class Csv implements AsyncIterable<string> {
    #private;
    /** File name for the download. */
    readonly filename: string | undefined;
    /** Media type of the reply. */
    readonly contentType: string;
    /** Yields the output in pieces of about 16 KiB. */
    [Symbol.asyncIterator](): AsyncGenerator<string>;
}

/**
 * Returns a feed as Atom. As the reply of a handler, it carries Last-Modified and an ETag; a reader that has the
 * current version gets 304.
 * Throws `E_VIEW_VALUE` for an invalid URL or time.
 * @example
 * app.get("/blog.atom", ({ absoluteUrl }) => atom({ title: "Blog", url: absoluteUrl("/"), feedUrl: "/blog.atom", items
 * }));
 */
export declare function atom(description: FeedDescription): Xml;

/** Returns a feed as JSON Feed 1.1. Throws and replies like {@link atom}. */
export declare function jsonFeed(description: FeedDescription): PlainText;

/**
 * Returns a feed as RSS 2.0, with the extensions that readers expect (`atom:link`, `dc:creator`, `content:encoded`).
 * Throws and replies like {@link atom}.
 */
export declare function rss(description: FeedDescription): Xml;

/**
 * Creates a handler that lists the pages of a site for search engines. URLs begin with the origin of the application.
 * Lists are read one page at a time, in constant memory. Above the limits of the protocol, the URL returns an index,
 * and `?part=1` the first part. Throws `E_VIEW_VALUE` for a page that the protocol does not allow, and `E_NOT_FOUND`
 * for a part that does not exist.
 * @example
 * app.get("/sitemap.xml", sitemap({ pages: ["/", "/about"], books: () => books.map((book) => ({ url:
 * `/books/${book.slug}` })) }));
 */
export declare function sitemap(sections: Readonly<Record<string, SitemapSection>>, options?: SitemapOptions): (request: SitemapRequest) => Promise<SitemapPart>;

/** A sitemap document, generated while it is sent. */
export declare class SitemapPart implements AsyncIterable<string> {
    #private;
    /** Media type of the reply. */
    readonly contentType = "application/xml; charset=utf-8";
    /** Yields the output in pieces. */
    [Symbol.asyncIterator](): AsyncGenerator<string>;
}

/** Joins text: `null` is empty, lists are joined. Nothing is escaped: never send the result as HTML. */
export declare function text(strings: TemplateStringsArray, ...values: readonly TextHole[]): string;

/**
 * Creates XML. You can put values in text and in quoted attributes, but not in names, comments and processing
 * instructions.
 * Throws `E_VIEW_PLACE`, and `E_VIEW_UNCLOSED` for elements that do not balance.
 * @example
 * xml`<entry><title>${title}</title></entry>`;
 */
export declare function xml(strings: TemplateStringsArray, ...values: readonly XmlHole[]): Xml;

/** Options for CSV. */
export interface CsvOptions {
    /** Columns in order. By default, the keys of the first row. */
    columns?: readonly string[];
    /** One character between fields. Default ",". */
    delimiter?: string;
    /** Whether the first line names the columns. Default true. */
    header?: boolean;
    /** Whether the file begins with U+FEFF, which some spreadsheets need to read UTF-8. Default false. */
    byteOrderMark?: boolean;
    /** Whether strings that a spreadsheet would run as formulas get an apostrophe. Default true. */
    formulaGuard?: boolean;
    /** File name for the download; makes the reply an attachment. None by default. */
    filename?: string;
}

/** A row: values by column, or in the order of the columns. */
export type CsvRow = Readonly<Record<string, unknown>> | readonly unknown[];

/** An author. */
export interface FeedAuthor {
    /** Display name. */
    readonly name: string;
    /** URL of the author's page. None by default. */
    readonly url?: string;
}

/** A feed. */
export interface FeedDescription {
    /** Title, as plain text. */
    readonly title: string;
    /** Absolute URL of the page that the feed is about, for example `absoluteUrl("/blog")`. */
    readonly url: string;
    /** URL of the feed itself, absolute or relative to `url`. */
    readonly feedUrl: string;
    /** The items, newest first. */
    readonly items: Iterable<FeedItem>;
    /** Description of the feed. By default, its title. */
    readonly description?: string;
    /** Language (BCP 47). None by default. */
    readonly language?: string;
    /** The author. By default, the title of the feed. */
    readonly author?: string | FeedAuthor;
    /** Time of the last change of a feed without items. Default 1970. */
    readonly updated?: Date | string;
    /** A day on which the site owned its domain, for IDs of items without a day: `"2020"` or `"2020-05-01"`. Default "2000". */
    readonly since?: string;
}

/** A file that belongs to an item, for example the audio of an episode. */
export interface FeedEnclosure {
    /** URL of the file. */
    readonly url: string;
    /** Media type. */
    readonly type: string;
    /** Size in bytes. Unknown by default. */
    readonly sizeBytes?: number;
}

/** An item of a feed. URLs may be relative to that of the feed. */
export interface FeedItem {
    /** URL of the page. */
    readonly url: string;
    /** Title, as plain text. */
    readonly title: string;
    /** Time of the last change. */
    readonly updated: Date | string;
    /** Permanent ID of the item. By default, a tag URI (RFC 4151) of its URL and of the day it was published. */
    readonly id?: string;
    /** Time of publication. Defaults to `updated`. */
    readonly published?: Date | string;
    /** A few sentences, as plain text. None by default. */
    readonly summary?: string;
    /** The whole content. None by default. */
    readonly html?: Html;
    /** The author. By default, the author of the feed. */
    readonly author?: string | FeedAuthor;
    /** Categories. None by default. */
    readonly categories?: readonly string[];
    /** Files. RSS shows only the first. None by default. */
    readonly enclosures?: readonly FeedEnclosure[];
}

/** Limits of one part. By default, those of the protocol. */
export interface SitemapOptions {
    /** Pages in one part. Default 50,000. */
    pagesMax?: number;
    /** Bytes of one part. Default 52,428,800. */
    bytesMax?: number;
}

/** A page of a sitemap. */
export interface SitemapPage {
    /** URL, absolute or a path. */
    readonly url: string;
    /** Time of the last change. Unknown by default. */
    readonly updated?: Date | string;
    /** How often the page changes. Unknown by default; most search engines do not read it. */
    readonly changes?: "always" | "hourly" | "daily" | "weekly" | "monthly" | "yearly" | "never";
    /** Importance among the pages of the site, 0 to 1. Unknown by default; most search engines do not read it. */
    readonly priority?: number;
    /** URLs of the page in other languages, by language (BCP 47), with `x-default` for all others. None by default. */
    readonly alternates?: Readonly<Record<string, string>>;
}

/** What a sitemap needs from a request. */
export interface SitemapRequest {
    /** URL of the request; its parameter `part` names a part. */
    readonly url: URL;
    /** Makes a path absolute. */
    readonly absoluteUrl: (path: string) => string;
}

/** Pages, or a function that lists them: it is called again for each part. */
export type SitemapSection = ReadonlyArray<string | SitemapPage> | (() => Iterable<string | SitemapPage> | AsyncIterable<string | SitemapPage> | Promise<Iterable<string | SitemapPage>>);

/** Values that are allowed in a `text` template. */
export type TextHole = string | number | bigint | boolean | null | undefined | readonly TextHole[];

/** Values that are allowed in an `xml` template. */
export type XmlHole = string | number | bigint | boolean | null | undefined | Xml | readonly XmlHole[];

/** Options for {@link cached}. */
export interface CachedOptions extends FragmentOptions {
    /** Parts of the request that the fragment reads: each combination of their values is cached separately. None by default. */
    readonly vary?: readonly CacheVary[];
}

/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | Date | null | undefined;

/** What a fragment depends on besides its key. */
export type CacheVary = "user" | "request" | "csrf" | "flash";

/** Options for {@link MemoryFragments}. */
export interface MemoryFragmentsOptions {
    /** Maximum number of characters of all fragments together. Default 33,554,432. */
    readonly charactersMax?: number;
    /** The clock, in ms since 1970. */
    readonly now?: () => number;
}

/** A stored fragment: texts, and between them the positions of nonces, which are filled in each time it is shown. */
export type Fragment = readonly string[];

/** Options for how long a fragment is kept, and what invalidates it. */
export interface FragmentOptions {
    /** Seconds until it is rendered again. Without it, the fragment is kept until it is evicted or a tag is invalidated. */
    readonly ttlSeconds?: number;
    /** Names that can invalidate it. None by default. */
    readonly tags?: readonly string[];
}

/** A store of fragments. Methods may be asynchronous. */
export interface FragmentStore {
    /** Returns a fragment, unless it is unknown or expired. */
    get(key: string): Fragment | undefined | Promise<Fragment | undefined>;
    /**
     * Returns a fragment, and renders and stores it when it is unknown or expired. A store that processes share renders it in one of them
     * here, and does not keep it if one of its tags is invalidated meanwhile. Without this method, `get` and `set` are called.
     */
    share?(key: string, options: FragmentOptions, make: () => Promise<Fragment>): Promise<Fragment>;
    /** Stores a fragment. */
    set(key: string, fragment: Fragment, options: FragmentOptions): void | Promise<void>;
}

/** A value in CSS. */
export type CssValue = string | number | null | undefined | Css;

/** One value of a query parameter, or several. */
export type QueryValue = string | number | bigint | boolean | null | undefined | ReadonlyArray<string | number>;

/** What templates may read. Outside a request (mail, tasks, tests), every part may be absent. */
export interface RenderContext {
    /** Nonce of the reply; reading it adds it to the policy. */
    readonly nonce?: string | undefined;
    /** The nonce, if it was read. By default it counts as read. */
    readonly usedNonce?: string | undefined;
    /** Whether the policy allows same-origin scripts and styles without a nonce. */
    readonly isOwnOriginAllowed?: boolean;
    /** Language tag (BCP 47) for dates and numbers. */
    readonly locale?: string;
    /** Time zone (IANA) for dates. */
    readonly timeZone?: string;
    /** The current time. */
    readonly now?: () => Date;
    /** The request of the page. */
    readonly request?: unknown;
    /** The signed-in user. */
    readonly user?: unknown;
    /** Messages for the next page. */
    readonly flash?: unknown;
    /** Returns the URL of a static file, with its hash. */
    readonly asset?: ((name: string) => TrustedUrl) | undefined;
    /** Returns the URL of a named route. */
    readonly route?: ((name: string, params?: Readonly<Record<string, unknown>>) => string) | undefined;
    /** Returns the hidden field of forms; "" if the check does not need one. */
    readonly csrf?: (() => Html) | undefined;
    /** Translates a message. Without it, strings are shown as written. */
    readonly translate?: Translate | undefined;
    /** Returns the query of the page's URL with changes: `?page=2`; a value of null removes a name. */
    readonly query?: ((changes?: Readonly<Record<string, QueryValue>>) => string) | undefined;
    /** Where cached fragments are stored. */
    readonly fragments?: FragmentStore | undefined;
    /** Aborts when the client has disconnected. */
    readonly signal?: AbortSignal | undefined;
    /** Reports what was blocked: event and facts, never values. */
    readonly onBlocked?: ((place: string) => void) | undefined;
    /** Finds a view by a name computed at run time. */
    readonly views?: ((name: string) => unknown) | undefined;
    /** Options of the application that renders. */
    readonly options?: RenderOptions | undefined;
    /** Seed for `random`; by default, a new one for each render. */
    readonly seed?: number | undefined;
}

/** Options for rendering. */
export interface RenderOptions {
    /** "split" separates the braces of `{{` in values. "keep" by default. */
    readonly mustache?: "keep" | "split";
    /** "strict" rejects strings that `raw()` marked as markup. "any" by default. */
    readonly raw?: "any" | "strict";
    /** Whether `on*` attributes accept a whole `raw()` value. False by default. */
    readonly inlineHandlers?: boolean;
    /** How tagged templates are read. Undefined by default: all applications share one plan per template. */
    readonly plan?: PlanOptions | undefined;
}

/** Values that can be rendered. */
export type Rendered = Html | Xml | PlainText;

/** Values allowed in a template: no plain object, no function, no date. */
export type Hole = string | number | bigint | boolean | null | undefined | Html | SafeUrl | TrustedUrl | Json | Attributes | Css | Renderable | HoleArray | Promise<Hole> | AsyncIterable<Hole>;

/** A list of values in a template. */
export interface HoleArray extends Iterable<Hole> {
}

/** An object that renders itself as markup. */
export interface Renderable {
    /** Returns the markup. */
    readonly [toHtml]: () => Html;
}

/** A value inside a URL. */
export type UrlValue = string | number | bigint | boolean | null | undefined | SafeUrl;

/** Props as arguments: optional if no key is required. */
export type ViewArguments<Name extends string> = {} extends ViewProps<Name> ? [props?: ViewProps<Name>] : [props: ViewProps<Name>];

/** Name of a view; any string before the first generation. */
export type ViewName = [keyof Views] extends [never] ? string : keyof Views & string;

/** The output of a view: as generated, otherwise by the extension of its name. */
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

/** Creates a value that every template sees, read from the context of each render: an export of views/globals.ts. */
export declare function defineGlobal<Value>(read: (context: RenderContext) => Value): Global<Value>;

/** A value for all templates that depends on the request. Created by {@link defineGlobal}. */
export declare class Global<Value> {
    /** Returns the value. */
    readonly read: (context: RenderContext) => Value;
}

/** Properties of a message that decide which string is shown. */
export interface MessageOptions {
    /** The context of the string, if one string has two meanings. */
    readonly context?: string;
    /** The plural string. */
    readonly plural?: string;
    /** Name of the value that decides between singular and plural. */
    readonly count?: string;
}

/** Returns the string of a message with its values filled in. */
export type Translate = (message: string, values?: Readonly<Record<string, unknown>>, options?: MessageOptions) => string;
