export { css, element, html, svg } from "./views/html.ts";
export {
  attributes,
  classes,
  toHtml,
  toJson,
  trustedUrl,
  url,
  Attributes,
  Css,
  Html,
  Json,
  PlainText,
  SafeUrl,
  TrustedUrl,
  Xml,
} from "./views/values.ts";
export { raw, sanitizer } from "./views/rendering/raw.ts";
export { fragment, renderFragments } from "./views/rendering/fragment.ts";
export { cached, MemoryFragments } from "./views/rendering/fragment-cache.ts";
export { render, renderToStream } from "./views/rendering/render.ts";
export { csv, Csv } from "./views/formats/csv.ts";
export { atom, jsonFeed, rss } from "./views/formats/feeds.ts";
export { sitemap, SitemapPart } from "./views/formats/sitemap.ts";
export { text } from "./views/formats/text.ts";
export { xml } from "./views/formats/xml.ts";
export type { CsvOptions, CsvRow } from "./views/formats/csv.ts";
export type { FeedAuthor, FeedDescription, FeedEnclosure, FeedItem } from "./views/formats/feeds.ts";
export type { SitemapOptions, SitemapPage, SitemapRequest, SitemapSection } from "./views/formats/sitemap.ts";
export type { TextHole } from "./views/formats/text.ts";
export type { XmlHole } from "./views/formats/xml.ts";
export type { CachedOptions, CacheKeyPart, CacheVary, MemoryFragmentsOptions } from "./views/rendering/fragment-cache.ts";
export type { Fragment, FragmentOptions, FragmentStore } from "./views/rendering/fragment-store.ts";
export type { CssValue } from "./views/html.ts";
export type { QueryValue, RenderContext } from "./views/rendering/render-context.ts";
export type { RenderOptions } from "./views/rendering/render-options.ts";
export type { Rendered } from "./views/rendering/render.ts";
export type { Hole, HoleArray, Renderable, UrlValue } from "./views/values.ts";
export type { ViewArguments, ViewName, ViewOutput, ViewProps, Views } from "./views/registry.ts";
export { defineGlobal, Global } from "./views/runtime/view-runtime.ts";
export type { MessageOptions, Translate } from "./views/rendering/translate.ts";
