import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import { createTestClient } from "gable/testing";
import { atom, html, jsonFeed, rss, sitemap } from "gable/views";
import type { FeedDescription, SitemapOptions, SitemapSection } from "gable/views";
import { silentLogger } from "../../../test/silent-logger.ts";

const description: FeedDescription = {
  title: "A & B",
  url: "https://example.org/blog/",
  feedUrl: "feed.atom",
  description: "About <it>",
  language: "en-GB",
  author: { name: "Editors", url: "/about" },
  items: [
    {
      url: "/posts/2?a=b&c",
      title: "Second <post>",
      updated: new Date("2026-03-04T05:06:07.008Z"),
      published: "2026-03-01T00:00:00Z",
      summary: "Short & sweet",
      html: html`<p>${"<long>"}</p>`,
      author: "Someone",
      categories: ["x", "y & z"],
      enclosures: [
        { url: "/a.mp3", type: "audio/mpeg", sizeBytes: 12 },
        { url: "https://cdn.example/b.mp3", type: "audio/mpeg" },
      ],
    },
    { url: "https://example.org/posts/1#top", title: "First", updated: "2026-01-02T00:00:00Z" },
  ],
};

describe("atom()", () => {
  it("writes what RFC 4287 wants", () =>
    assert.equal(
      String(atom(description)),
      [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
        "<id>https://example.org/blog/feed.atom</id>",
        "<title>A &amp; B</title>",
        "<subtitle>About &lt;it&gt;</subtitle>",
        '<link rel="self" href="https://example.org/blog/feed.atom"/>',
        '<link rel="alternate" href="https://example.org/blog/"/>',
        "<updated>2026-03-04T05:06:07.008Z</updated>",
        "<author><name>Editors</name><uri>https://example.org/about</uri></author>",
        "<entry>",
        "<id>tag:example.org,2026-03-01:/posts/2?a=b&amp;c</id>",
        "<title>Second &lt;post&gt;</title>",
        '<link rel="alternate" href="https://example.org/posts/2?a=b&amp;c"/>',
        '<link rel="enclosure" href="https://example.org/a.mp3" type="audio/mpeg" length="12"/><link rel="enclosure" href="https://cdn.example/b.mp3" type="audio/mpeg"/><published>2026-03-01T00:00:00.000Z</published>',
        "<updated>2026-03-04T05:06:07.008Z</updated>",
        '<author><name>Someone</name></author><category term="x"/><category term="y &amp; z"/><summary>Short &amp; sweet</summary><content type="html">&lt;p&gt;&amp;lt;long&amp;gt;&lt;/p&gt;</content>',
        "</entry>",
        "<entry>",
        "<id>tag:example.org,2000:/posts/1/top</id>",
        "<title>First</title>",
        '<link rel="alternate" href="https://example.org/posts/1#top"/>',
        "<published>2026-01-02T00:00:00.000Z</published>",
        "<updated>2026-01-02T00:00:00.000Z</updated>",
        "",
        "</entry>",
        "</feed>",
        "",
      ].join("\n"),
    ));

  it("has a time and an author also without items", () => {
    const empty = String(atom({ title: "T", url: "http://a.example/", feedUrl: "/f", items: [] }));
    assert.match(empty, /<updated>1970-01-01T00:00:00\.000Z<\/updated>\n<author><name>T<\/name><\/author>/);
    assert.match(empty, /xml:lang=""/);
    assert.match(
      String(atom({ title: "T", url: "http://a.example/", feedUrl: "/f", items: [], updated: new Date(5e11) })),
      /<updated>1985-/,
    );
  });

  const item = { url: "/a", title: "t", updated: new Date(0) };
  const wrong: ReadonlyArray<[what: string, change: object, message: RegExp]> = [
    ["a relative address", { url: "/blog" }, /address of a feed is "\/blog", which is not absolute/],
    ["an address of another scheme", { url: "mailto:a@b" }, /not absolute/],
    ["an item's address", { items: [item, { ...item, url: "javascript:1" }] }, /The address of item 2 of a feed is "javascript:1"/],
    ["a time", { items: [{ ...item, updated: "yesterday" }] }, /A time of item 1 of a feed is "yesterday"/],
    ["an enclosure", { items: [{ ...item, enclosures: [{ url: "data:,x", type: "a/b" }] }] }, /The address of item 1/],
    ["an author", { author: { name: "x", url: "ftp://x" } }, /The address of an author of a feed/],
  ];
  for (const [what, change, message] of wrong)
    it(`refuses ${what}`, () => assert.throws(() => atom({ ...description, ...change }), { code: "E_VIEW_VALUE", message }));
});

describe("rss()", () => {
  it("writes what RSS 2.0 wants", () => {
    const feed = String(rss(description));
    for (const part of [
      "<channel>\n<title>A &amp; B</title>\n<link>https://example.org/blog/</link>\n<description>About &lt;it&gt;</description>\n<language>en-GB</language><lastBuildDate>Wed, 04 Mar 2026 05:06:07 GMT</lastBuildDate>",
      '<atom:link rel="self" type="application/rss+xml" href="https://example.org/blog/feed.atom"/>',
      '<guid isPermaLink="false">tag:example.org,2026-03-01:/posts/2?a=b&amp;c</guid>\n<pubDate>Sun, 01 Mar 2026 00:00:00 GMT</pubDate>\n<dc:creator>Someone</dc:creator><category>x</category>',
      '<description>Short &amp; sweet</description><content:encoded>&lt;p&gt;&amp;lt;long&amp;gt;&lt;/p&gt;</content:encoded><enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="12"/>\n</item>',
      "<dc:creator>Editors</dc:creator>\n</item>",
    ])
      assert.ok(feed.includes(part), `${part}\n\n${feed}`);
    assert.equal(feed.split("<enclosure").length, 2, "one enclosure for an item");
  });
});

describe("jsonFeed()", () => {
  it("writes what JSON Feed 1.1 wants", () => {
    const feed = JSON.parse(String(jsonFeed(description))) as { items: Array<Record<string, unknown>> } & Record<string, unknown>;
    const { items, ...head } = feed;
    assert.deepEqual(head, {
      version: "https://jsonfeed.org/version/1.1",
      title: "A & B",
      home_page_url: "https://example.org/blog/",
      feed_url: "https://example.org/blog/feed.atom",
      description: "About <it>",
      language: "en-GB",
      authors: [{ name: "Editors", url: "https://example.org/about" }],
    });
    assert.deepEqual(items[0], {
      id: "tag:example.org,2026-03-01:/posts/2?a=b&c",
      url: "https://example.org/posts/2?a=b&c",
      title: "Second <post>",
      content_html: "<p>&lt;long&gt;</p>",
      summary: "Short & sweet",
      date_published: "2026-03-01T00:00:00.000Z",
      date_modified: "2026-03-04T05:06:07.008Z",
      authors: [{ name: "Someone" }],
      tags: ["x", "y & z"],
      attachments: [
        { url: "https://example.org/a.mp3", mime_type: "audio/mpeg", size_in_bytes: 12 },
        { url: "https://cdn.example/b.mp3", mime_type: "audio/mpeg" },
      ],
    });
    assert.equal(items[1]!["content_text"], "First", "an item has content of one kind");
  });
});

describe("feeds as replies", () => {
  it("have their type, Last-Modified and an entity tag, and answer 304", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    app.get("/a", () => atom(description));
    app.get("/r", () => rss(description));
    app.get("/j", () => jsonFeed(description));
    const client = createTestClient(app);
    for (const [path, type] of [
      ["/a", "application/atom+xml; charset=utf-8"],
      ["/r", "application/rss+xml; charset=utf-8"],
      ["/j", "application/feed+json; charset=utf-8"],
    ] as const) {
      const reply = await client.get(path);
      assert.equal(reply.headers.get("content-type"), type);
      assert.equal(reply.headers.get("last-modified"), "Wed, 04 Mar 2026 05:06:07 GMT");
      const etag = reply.headers.get("etag")!;
      assert.match(etag, /^"[a-z0-9]{14}"$/);
      const again = await client.get(path, { headers: { "if-none-match": etag } });
      assert.deepEqual([again.status, again.body, again.headers.get("etag")], [304, "", etag]);
      assert.equal((await client.get(path, { headers: { "if-modified-since": "Wed, 04 Mar 2026 05:06:07 GMT" } })).status, 304);
      assert.equal((await client.get(path, { headers: { "if-modified-since": "Wed, 04 Mar 2026 05:06:06 GMT" } })).status, 200);
      assert.equal(
        (await client.get(path, { headers: { "if-none-match": '"other"', "if-modified-since": "Wed, 04 Mar 2026 05:06:07 GMT" } })).status,
        200,
      );
    }
  });
});

describe("sitemap()", () => {
  function createClient(sections: Readonly<Record<string, SitemapSection>>, options?: SitemapOptions) {
    const app = gable({ mode: "test", logger: silentLogger, origin: "https://site.example", hosts: ["site.example"] });
    app.get("/sitemap.xml", sitemap(sections, options));
    return createTestClient(app);
  }
  const locations = (body: string): string[] => [...body.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, address]) => address!);

  it("lists pages of all sections with their known details", async () => {
    const reply = await createClient({
      pages: ["/", { url: "/a b?c=d&e", updated: new Date(0), changes: "daily", priority: 0.5 }],
      books: async function* () {
        yield "https://site.example/books/1";
        yield { url: "/en/x", alternates: { en: "/en/x", "de-AT": "/de/x", "x-default": "/x" } };
      },
      later: async () => ["/later"],
      none: [],
    }).get("/sitemap.xml");
    assert.equal(reply.headers.get("content-type"), "application/xml; charset=utf-8");
    assert.equal(reply.headers.get("x-robots-tag"), "noindex");
    assert.equal(
      reply.body,
      [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
        "<url><loc>https://site.example/</loc></url>",
        "<url><loc>https://site.example/a%20b?c=d&amp;e</loc><lastmod>1970-01-01T00:00:00.000Z</lastmod><changefreq>daily</changefreq><priority>0.5</priority></url>",
        "<url><loc>https://site.example/books/1</loc></url>",
        '<url><loc>https://site.example/en/x</loc><xhtml:link rel="alternate" hreflang="en" href="https://site.example/en/x"/><xhtml:link rel="alternate" hreflang="de-AT" href="https://site.example/de/x"/><xhtml:link rel="alternate" hreflang="x-default" href="https://site.example/x"/></url>',
        "<url><loc>https://site.example/later</loc></url>",
        "</urlset>",
        "",
      ].join("\n"),
    );
  });

  it("returns one list at the page limit, and an index of parts one page above it", async () => {
    const pages = (count: number): { a: SitemapSection; b: SitemapSection } => ({
      a: Array.from({ length: count - 1 }, (_, index) => ({ url: `/p${index}`, updated: new Date(index * 1000) })),
      b: () => ["/last"],
    });
    const whole = await createClient(pages(3), { pagesMax: 3 }).get("/sitemap.xml");
    assert.equal(locations(whole.body).length, 3);
    const client = createClient(pages(4), { pagesMax: 3 });
    const index = await client.get("/sitemap.xml");
    assert.equal(
      index.body,
      '<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n<sitemap><loc>https://site.example/sitemap.xml?part=1</loc><lastmod>1970-01-01T00:00:02.000Z</lastmod></sitemap>\n<sitemap><loc>https://site.example/sitemap.xml?part=2</loc></sitemap>\n</sitemapindex>\n',
    );
    assert.deepEqual(
      locations((await client.get("/sitemap.xml?part=1")).body),
      [0, 1, 2].map((page) => `https://site.example/p${page}`),
    );
    assert.deepEqual(locations((await client.get("/sitemap.xml?part=2")).body), ["https://site.example/last"]);
    for (const part of ["3", "0", "-1", "x", "", "1.5", "9999999"])
      assert.equal((await client.get(`/sitemap.xml?part=${part}`)).status, 404, part);
  });

  it("begins another part where the bytes of one would be too many", async () => {
    const sections = { a: ["/1", "/2", "/3"] };
    const one = (await createClient({ a: ["/1"] }).get("/sitemap.xml")).body.length;
    const two = (await createClient({ a: ["/1", "/2"] }).get("/sitemap.xml")).body.length;
    const client = createClient(sections, { bytesMax: two });
    assert.equal((await client.get("/sitemap.xml?part=1")).body.length, two);
    assert.equal((await client.get("/sitemap.xml?part=2")).body.length, one);
    const smaller = createClient(sections, { bytesMax: two - 1 });
    assert.equal((await smaller.get("/sitemap.xml?part=1")).body.length, one);
    assert.equal(locations((await smaller.get("/sitemap.xml")).body).length, 3);
  });

  it("has 50,000 pages in a part, reads them one by one, and twice when they are many", async () => {
    let reads = 0;
    const client = createClient({
      many: function* () {
        reads++;
        for (let page = 0; page < 50_001; page++) yield `/pages/${page}`;
      },
    });
    assert.equal(locations((await client.get("/sitemap.xml")).body).length, 2);
    const first = (await client.get("/sitemap.xml?part=1")).body;
    assert.equal(locations(first).length, 50_000);
    assert.deepEqual(locations((await client.get("/sitemap.xml?part=2")).body), ["https://site.example/pages/50000"]);
    assert.equal(reads, 3);
  });

  const wrong: ReadonlyArray<[what: string, section: SitemapSection, message: RegExp]> = [
    ["an address", ["javascript:1"], /The address of a page in the sitemap's section "s" is "javascript:1"/],
    ["an address that is too long", [`/${"x".repeat(2047)}`], /The address of a page/],
    ["a time", [{ url: "/", updated: "no" }], /The time of a page/],
    ["a priority", [{ url: "/", priority: 1.1 }], /priority of a page .* is 1\.1/],
    ["a language", [{ url: "/", alternates: { 'x"': "/" } }], /A language of a page/],
  ];
  for (const [what, section, message] of wrong)
    it(`refuses ${what}`, () => assert.rejects(createClient({ s: section }).get("/sitemap.xml"), { code: "E_VIEW_VALUE", message }));
  it("accepts the longest URL of the protocol", async () => {
    const path = `/${"x".repeat(2047 - "https://site.example/".length)}`;
    assert.equal(locations((await createClient({ s: [path] }).get("/sitemap.xml")).body)[0]!.length, 2047);
  });
});
