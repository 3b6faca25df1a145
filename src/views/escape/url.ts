/** Normalizes URLs, encodes parts of them, and filters them by scheme (RFC 3986, WHATWG URL). */

/** Replaces a URL whose scheme is not allowed. */
export const blockedUrl = "about:invalid#blocked";

/** Schemes of links and forms. `otpauth` adds an account to an authenticator app. */
export const linkSchemes: ReadonlySet<string> = new Set(["http", "https", "mailto", "tel", "otpauth"]);
/** Schemes of frames. */
export const frameSchemes: ReadonlySet<string> = new Set(["http", "https"]);
/** Schemes of images, audio and video; data URLs of raster images are allowed as well. */
export const mediaSchemes: ReadonlySet<string> = new Set(["http", "https", "mailto", "tel", "blob"]);

const imageData = /^data:image\/(?:png|gif|jpe?g|webp|avif)[;,]/i;

/**
 * Returns a URL that is relative or has a scheme on the list; otherwise {@link blockedUrl}.
 * `media` also allows data URLs of raster images.
 */
export function filterUrl(url: string, schemes: ReadonlySet<string> = linkSchemes): string {
  const scheme = schemeOf(url);
  if (scheme === undefined || schemes.has(scheme)) return url;
  return schemes === mediaSchemes && imageData.test(url.replace(/^[\0- ]+/, "")) ? url : blockedUrl;
}

/** Returns the scheme as a browser reads it, in lower case; undefined for a relative URL. */
function schemeOf(url: string): string | undefined {
  const end = url.search(/[:/?#]/);
  if (url[end] !== ":") return undefined;
  // Before browsers read the scheme, they drop whitespace at the start, and tabs and line ends anywhere.
  return url
    .slice(0, end)
    .replace(/^[\0- ]+|[\t\n\r]/g, "")
    .toLowerCase();
}

/** Percent-encodes what is not allowed in a URL and keeps its structure: delimiters and `%XX` stay. */
export function normalizeUrl(url: string): string {
  return /[^A-Za-z0-9\-._~!#$&*+,/:;=?@[\]]/.test(url) ? encodeOthers(url) : url;
}

function encodeOthers(url: string): string {
  // A percent sign stays if two hexadecimal digits follow.
  return url
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!#$&*+,/:;=?@[\]%]+/g, (text) => (text === "%" ? "%25" : encodeURIComponent(text)))
    .replace(/['()]/g, encodeCharacter);
}

/** Percent-encodes a string as one part of a path or a query: all but `A-Z a-z 0-9 - . _ ~`. */
export function encodeUrlPart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, encodeCharacter);
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
