/** Media types by extension, for files that the program serves. */

const types: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  css: "text/css; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  gif: "image/gif",
  gz: "application/gzip",
  htm: "text/html; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  ics: "text/calendar; charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  jsonld: "application/ld+json",
  map: "application/json",
  md: "text/markdown; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  rss: "application/rss+xml; charset=utf-8",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  tif: "image/tiff",
  tiff: "image/tiff",
  ttf: "font/ttf",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  wav: "audio/wav",
  weba: "audio/webm",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xhtml: "application/xhtml+xml",
  xml: "application/xml; charset=utf-8",
  zip: "application/zip",
};

/** The media type of a file name; `application/octet-stream` for an unknown extension. */
export function fileTypeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1).toLowerCase();
  return dot !== -1 && Object.hasOwn(types, extension) ? types[extension]! : "application/octet-stream";
}

/** Extensions of types that have several: the usual one. */
const usualExtensions: Readonly<Record<string, string>> = {
  "application/json": "json",
  "audio/ogg": "ogg",
  "audio/x-wav": "wav",
  "image/jpeg": "jpg",
  "image/tiff": "tiff",
  "text/html": "html",
  "text/javascript": "js",
  "video/webm": "webm",
};

/** The extension of a media type without parameters; undefined for an unknown type. */
export function extensionOf(type: string): string | undefined {
  if (Object.hasOwn(usualExtensions, type)) return usualExtensions[type];
  return Object.keys(types).find((extension) => types[extension]!.split(";")[0] === type);
}
