/** Creates feeds from one description: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import type { Html } from "../values.ts";
import { PlainText, Xml } from "../values.ts";
import { toXmlDocument, xml } from "./xml.ts";

/** An author. */
export interface FeedAuthor {
  /** Display name. */
  readonly name: string;
  /** URL of the author's page. None by default. */
  readonly url?: string;
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

/** An item with all defaults filled in. */
interface Item {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly updated: Date;
  readonly published: Date;
  readonly summary: string | undefined;
  readonly html: string | undefined;
  readonly author: FeedAuthor | undefined;
  readonly categories: readonly string[];
  readonly enclosures: readonly FeedEnclosure[];
}

interface Feed {
  readonly title: string;
  readonly url: string;
  readonly feedUrl: string;
  readonly description: string;
  readonly language: string | undefined;
  readonly author: FeedAuthor;
  readonly updated: Date;
  readonly items: readonly Item[];
}

function toFeed(given: FeedDescription): Feed {
  const { title, url, feedUrl, description = title, language, since = "2000" } = given;
  if (!URL.canParse(url) || !/^https?:/i.test(url))
    throw new GableError("E_VIEW_VALUE", `The address of a feed is ${describeValue(url)}, which is not absolute.`, {
      fix: 'Pass absoluteUrl("/"), or the origin of the site.',
    });
  const items = [...given.items].map((item, index) => toItem(item, index, url, since));
  const newest = items.reduce(
    (latest, { updated }) => Math.max(latest, updated.getTime()),
    toTime(given.updated ?? 0, "the feed").getTime(),
  );
  const author = toAuthor(given.author, url) ?? { name: title };
  return {
    title,
    url: new URL(url).href,
    feedUrl: toAbsolute(feedUrl, url, "the feed"),
    description,
    language,
    author,
    updated: new Date(newest),
    items,
  };
}

function toItem(item: FeedItem, index: number, base: string, since: string): Item {
  const where = `item ${index + 1} of a feed`;
  const url = toAbsolute(item.url, base, where);
  const updated = toTime(item.updated, where);
  const published = item.published === undefined ? undefined : toTime(item.published, where);
  const { title, summary, html, categories = [], enclosures = [] } = item;
  return {
    id: item.id ?? toTagUri(url, published === undefined ? since : published.toISOString().slice(0, 10)),
    url,
    title,
    updated,
    published: published ?? updated,
    summary,
    html: html === undefined ? undefined : String(html),
    author: toAuthor(item.author, base),
    categories,
    enclosures: enclosures.map((enclosure) => ({ ...enclosure, url: toAbsolute(enclosure.url, base, where) })),
  };
}

/** Returns `tag:host,day:path`: it identifies the item permanently, even if its URL changes later (RFC 4151). */
function toTagUri(url: string, day: string): string {
  const { hostname, pathname, search, hash } = new URL(url);
  return `tag:${hostname},${day}:${pathname}${search}${hash.replace("#", "/")}`;
}

function toAuthor(author: string | FeedAuthor | undefined, base: string): FeedAuthor | undefined {
  if (author === undefined) return undefined;
  if (typeof author === "string") return { name: author };
  return author.url === undefined ? author : { name: author.name, url: toAbsolute(author.url, base, "an author of a feed") };
}

function toAbsolute(url: string, base: string, where: string): string {
  if (URL.canParse(url, base)) {
    const absolute = new URL(url, base);
    if (/^https?:$/.test(absolute.protocol)) return absolute.href;
  }
  throw new GableError("E_VIEW_VALUE", `The address of ${where} is ${describeValue(url)}.`, { fix: "Pass an http or https URL." });
}

function toTime(value: Date | string | number, where: string): Date {
  const date = value instanceof Date ? value : new Date(value);
  if (!Number.isNaN(date.getTime())) return date;
  throw new GableError("E_VIEW_VALUE", `A time of ${where} is ${describeValue(value)}.`, { fix: "Pass a Date, or a string in ISO 8601." });
}

function maybe(value: string | undefined, write: (text: string) => Xml): Xml | undefined {
  return value === undefined ? undefined : write(value);
}

/**
 * Returns a feed as Atom. As the reply of a handler, it carries Last-Modified and an ETag; a reader that has the
 * current version gets 304.
 * Throws `E_VIEW_VALUE` for an invalid URL or time.
 * @example
 * app.get("/blog.atom", ({ absoluteUrl }) => atom({ title: "Blog", url: absoluteUrl("/"), feedUrl: "/blog.atom", items
 * }));
 */
export function atom(description: FeedDescription): Xml {
  const feed = toFeed(description);
  const author = ({ name, url }: FeedAuthor): Xml =>
    xml`<author><name>${name}</name>${maybe(url, (text) => xml`<uri>${text}</uri>`)}</author>`;
  const entries = feed.items.map(
    (item) => xml`<entry>
<id>${item.id}</id>
<title>${item.title}</title>
<link rel="alternate" href="${item.url}"/>
${item.enclosures.map(enclosureLink)}<published>${item.published.toISOString()}</published>
<updated>${item.updated.toISOString()}</updated>
${item.author === undefined ? undefined : author(item.author)}${item.categories.map((term) => xml`<category term="${term}"/>`)}${maybe(item.summary, (text) => xml`<summary>${text}</summary>`)}${maybe(item.html, (text) => xml`<content type="html">${text}</content>`)}
</entry>
`,
  );
  // A missing language is written as an empty one (XML 1.0, section 2.12).
  const document = xml`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${feed.language ?? ""}">
<id>${feed.feedUrl}</id>
<title>${feed.title}</title>
<subtitle>${feed.description}</subtitle>
<link rel="self" href="${feed.feedUrl}"/>
<link rel="alternate" href="${feed.url}"/>
<updated>${feed.updated.toISOString()}</updated>
${author(feed.author)}
${entries}</feed>
`;
  return new Xml(toXmlDocument(String(document)), "application/atom+xml; charset=utf-8", feed.updated);
}

function enclosureLink({ url, type, sizeBytes }: FeedEnclosure): Xml {
  return sizeBytes === undefined
    ? xml`<link rel="enclosure" href="${url}" type="${type}"/>`
    : xml`<link rel="enclosure" href="${url}" type="${type}" length="${sizeBytes}"/>`;
}

/**
 * Returns a feed as RSS 2.0, with the extensions that readers expect (`atom:link`, `dc:creator`, `content:encoded`).
 * Throws and replies like {@link atom}.
 */
export function rss(description: FeedDescription): Xml {
  const feed = toFeed(description);
  const items = feed.items.map(
    (item) => xml`<item>
<title>${item.title}</title>
<link>${item.url}</link>
<guid isPermaLink="false">${item.id}</guid>
<pubDate>${item.published.toUTCString()}</pubDate>
${maybe((item.author ?? feed.author).name, (name) => xml`<dc:creator>${name}</dc:creator>`)}${item.categories.map((term) => xml`<category>${term}</category>`)}${maybe(item.summary ?? item.html, (text) => xml`<description>${text}</description>`)}${maybe(item.summary === undefined ? undefined : item.html, (text) => xml`<content:encoded>${text}</content:encoded>`)}${item.enclosures.slice(0, 1).map(({ url, type, sizeBytes = 0 }) => xml`<enclosure url="${url}" type="${type}" length="${sizeBytes}"/>`)}
</item>
`,
  );
  const document = xml`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>${feed.title}</title>
<link>${feed.url}</link>
<description>${feed.description}</description>
${maybe(feed.language, (text) => xml`<language>${text}</language>`)}<lastBuildDate>${feed.updated.toUTCString()}</lastBuildDate>
<atom:link rel="self" type="application/rss+xml" href="${feed.feedUrl}"/>
${items}</channel></rss>
`;
  return new Xml(toXmlDocument(String(document)), "application/rss+xml; charset=utf-8", feed.updated);
}

/** Returns a feed as JSON Feed 1.1. Throws and replies like {@link atom}. */
export function jsonFeed(description: FeedDescription): PlainText {
  const feed = toFeed(description);
  const document = {
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    home_page_url: feed.url,
    feed_url: feed.feedUrl,
    description: feed.description,
    language: feed.language,
    authors: [feed.author],
    items: feed.items.map((item) => ({
      id: item.id,
      url: item.url,
      title: item.title,
      content_html: item.html,
      // One of the two is required.
      content_text: item.html === undefined ? (item.summary ?? item.title) : undefined,
      summary: item.summary,
      date_published: item.published.toISOString(),
      date_modified: item.updated.toISOString(),
      authors: item.author === undefined ? undefined : [item.author],
      tags: item.categories.length === 0 ? undefined : item.categories,
      attachments:
        item.enclosures.length === 0
          ? undefined
          : item.enclosures.map(({ url, type, sizeBytes }) => ({ url, mime_type: type, size_in_bytes: sizeBytes })),
    })),
  };
  return new PlainText(JSON.stringify(document), "application/feed+json; charset=utf-8", feed.updated);
}
