/** Writes sitemaps (sitemaps.org 0.9): a list of pages. Above 50,000 pages or 50 MB, it is split into numbered parts with an index. */
import { GableError } from "../../errors/gable-error.ts";
import { assertKnownOptions, describeValue } from "../../errors/option-errors.ts";
import { escapeXml } from "../escape/xml.ts";

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

/** Pages, or a function that lists them: it is called again for each part. */
export type SitemapSection =
  | ReadonlyArray<string | SitemapPage>
  | (() => Iterable<string | SitemapPage> | AsyncIterable<string | SitemapPage> | Promise<Iterable<string | SitemapPage>>);

/** What a sitemap needs from a request. */
export interface SitemapRequest {
  /** URL of the request; its parameter `part` names a part. */
  readonly url: URL;
  /** Makes a path absolute. */
  readonly absoluteUrl: (path: string) => string;
}

/** Limits of one part. By default, those of the protocol. */
export interface SitemapOptions {
  /** Pages in one part. Default 50,000. */
  pagesMax?: number;
  /** Bytes of one part. Default 52,428,800. */
  bytesMax?: number;
}

const frequencies = new Set(["always", "hourly", "daily", "weekly", "monthly", "yearly", "never"]);
const head =
  '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n';
const foot = "</urlset>\n";
/** Longest URL that the protocol allows. */
const addressMax = 2047;
/** A list is buffered up to this size while it is read, so that small lists are read once. */
const keptMax = 1_048_576;
const pieceCharacters = 16_384;

/** A sitemap document, generated while it is sent. */
export class SitemapPart implements AsyncIterable<string> {
  /** Media type of the reply. */
  readonly contentType = "application/xml; charset=utf-8";
  readonly #write: () => AsyncGenerator<string>;

  /** @internal Use {@link sitemap}. */
  constructor(write: () => AsyncGenerator<string>) {
    this.#write = write;
  }

  /** Yields the output in pieces. */
  [Symbol.asyncIterator](): AsyncGenerator<string> {
    return this.#write();
  }
}

/**
 * Creates a handler that lists the pages of a site for search engines. URLs begin with the origin of the application.
 * Lists are read one page at a time, in constant memory. Above the limits of the protocol, the URL returns an index,
 * and `?part=1` the first part. Throws `E_VIEW_VALUE` for a page that the protocol does not allow, and `E_NOT_FOUND`
 * for a part that does not exist.
 * @example
 * app.get("/sitemap.xml", sitemap({ pages: ["/", "/about"], books: () => books.map((book) => ({ url:
 * `/books/${book.slug}` })) }));
 */
export function sitemap(
  sections: Readonly<Record<string, SitemapSection>>,
  options: SitemapOptions = {},
): (request: SitemapRequest) => Promise<SitemapPart> {
  assertKnownOptions("sitemap()", options, { pagesMax: "count", bytesMax: "count" });
  const { pagesMax = 50_000, bytesMax = 52_428_800 } = options;
  return async ({ url, absoluteUrl }) => {
    const list = (): AsyncGenerator<Entry> => listEntries(sections, absoluteUrl);
    const wanted = url.searchParams.get("part");
    if (wanted !== null) return openPart(list, wanted, { pagesMax, bytesMax });
    const parts = new Parts({ pagesMax, bytesMax });
    let kept: string | undefined = "";
    for await (const entry of list()) {
      parts.add(entry);
      if (kept !== undefined) kept = kept.length + entry.text.length > keptMax ? undefined : kept + entry.text;
    }
    if (parts.updated.length > 1)
      return new SitemapPart(() => writeIndex(parts.updated, (part) => absoluteUrl(`${url.pathname}?part=${part}`)));
    if (kept !== undefined) return new SitemapPart(() => once(head + kept + foot));
    return new SitemapPart(() => writePart(list()));
  };
}

interface Entry {
  readonly text: string;
  readonly bytes: number;
  readonly updated: number;
}

/** Divides pages into parts. */
class Parts {
  /** Time of the newest page of each part; 0 if none has one. */
  readonly updated: number[] = [];
  readonly #limits: Required<SitemapOptions>;
  #pages = 0;
  #bytes = 0;

  constructor(limits: Required<SitemapOptions>) {
    this.#limits = limits;
  }

  /** Adds a page. Returns the number of its part, from 1. */
  add({ bytes, updated }: Entry): number {
    const isFull = this.#pages === this.#limits.pagesMax || this.#bytes + bytes + head.length + foot.length > this.#limits.bytesMax;
    if (this.updated.length === 0 || isFull) {
      this.updated.push(0);
      this.#pages = 0;
      this.#bytes = 0;
    }
    this.#pages++;
    this.#bytes += bytes;
    this.updated.push(Math.max(this.updated.pop()!, updated));
    return this.updated.length;
  }
}

async function* listEntries(
  sections: Readonly<Record<string, SitemapSection>>,
  absoluteUrl: (path: string) => string,
): AsyncGenerator<Entry> {
  const encoder = new TextEncoder();
  for (const [name, section] of Object.entries(sections)) {
    for await (const page of await (typeof section === "function" ? section() : section)) {
      const { text, updated } = toEntry(typeof page === "string" ? { url: page } : page, name, absoluteUrl);
      yield { text, updated, bytes: encoder.encode(text).length };
    }
  }
}

function toEntry(page: SitemapPage, section: string, absoluteUrl: (path: string) => string): { text: string; updated: number } {
  const { url, updated, changes, priority, alternates = {} } = page;
  const refuse = (what: string, value: unknown, fix: string): never => {
    throw new GableError("E_VIEW_VALUE", `${what} of a page in the sitemap's section "${section}" is ${describeValue(value)}.`, { fix });
  };
  const toAddress = (address: string): string => {
    const absolute = URL.canParse(absoluteUrl(address)) ? new URL(absoluteUrl(address)).href : "";
    const isUsable = /^https?:/.test(absolute) && absolute.length <= addressMax;
    return isUsable
      ? escapeXml(absolute)
      : refuse("The address", address, `Pass a path or an http or https URL of at most ${addressMax} characters.`);
  };
  const time = updated === undefined ? undefined : new Date(updated);
  if (time !== undefined && Number.isNaN(time.getTime())) refuse("The time", updated, "Pass a Date, or a string in ISO 8601.");
  if (changes !== undefined && !frequencies.has(changes)) refuse("changes", changes, `Use one of ${[...frequencies].join(", ")}.`);
  if (priority !== undefined && !(priority >= 0 && priority <= 1)) refuse("priority", priority, "Pass a number from 0 to 1.");
  let text = `<url><loc>${toAddress(url)}</loc>`;
  if (time !== undefined) text += `<lastmod>${time.toISOString()}</lastmod>`;
  if (changes !== undefined) text += `<changefreq>${changes}</changefreq>`;
  if (priority !== undefined) text += `<priority>${priority}</priority>`;
  for (const [language, address] of Object.entries(alternates)) {
    if (!/^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(language)) refuse("A language", language, 'Pass a tag such as "de" or "x-default".');
    text += `<xhtml:link rel="alternate" hreflang="${language}" href="${toAddress(address)}"/>`;
  }
  return { text: `${text}</url>\n`, updated: time?.getTime() ?? 0 };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* writeIndex(updated: readonly number[], toAddress: (part: number) => string): AsyncGenerator<string> {
  const rows = updated.map((time, index) => {
    const lastmod = time === 0 ? "" : `<lastmod>${new Date(time).toISOString()}</lastmod>`;
    return `<sitemap><loc>${escapeXml(toAddress(index + 1))}</loc>${lastmod}</sitemap>\n`;
  });
  yield `<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${rows.join("")}</sitemapindex>\n`;
}

async function* writePart(entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  let piece = head;
  for await (const { text } of entries) {
    piece += text;
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = "";
  }
  yield piece + foot;
}

/** Returns a part by its number. Its first page is read before anything is sent, so that a missing part is a 404. */
async function openPart(list: () => AsyncGenerator<Entry>, wanted: string, limits: Required<SitemapOptions>): Promise<SitemapPart> {
  const number = /^[1-9][0-9]{0,5}$/.test(wanted) ? Number(wanted) : 0;
  const entries = selectPart(list(), number, limits);
  const first = number === 0 ? undefined : await entries.next();
  if (first === undefined || first.done === true) throw new GableError("E_NOT_FOUND", `The sitemap has no part ${describeValue(wanted)}.`);
  return new SitemapPart(() => writePart(behind(first.value, entries)));
}

async function* behind(first: Entry, rest: AsyncGenerator<Entry>): AsyncGenerator<Entry> {
  yield first;
  yield* rest;
}

async function* selectPart(entries: AsyncGenerator<Entry>, number: number, limits: Required<SitemapOptions>): AsyncGenerator<Entry> {
  const parts = new Parts(limits);
  for await (const entry of entries) {
    const part = parts.add(entry);
    if (part === number) yield entry;
    if (part > number) return;
  }
}
