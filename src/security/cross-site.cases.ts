/**
 * The decision on requests from other sites, row by row, written from the Fetch Metadata and Fetch standards. The first row that
 * fits decides: 3 a malformed field, 4 a trusted origin, 5 and 6 Sec-Fetch-Site, 7 and 8 Origin, 9 and 11 neither.
 */

/** Fields of a request with an unsafe method to `https://shop.test`, and why it is refused; undefined when it passes. */
export interface CrossSiteCase {
  readonly row: 3 | 4 | 5 | 6 | 7 | 8 | 9 | 11;
  readonly title: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly refusal: "header" | "fetch-site" | "origin" | "missing" | undefined;
}

/** The origin of the application in all cases. */
export const ownOrigin = "https://shop.test";
/** The one origin that is trusted. */
export const trustedOrigin = "https://partner.test";

const [site, origin] = ["sec-fetch-site", "origin"] as const;

type Row = readonly [row: CrossSiteCase["row"], title: string, headers: CrossSiteCase["headers"], refusal?: CrossSiteCase["refusal"]];

const rows: readonly Row[] = [
  [3, "an unknown word", [[site, "sibling"]], "header"],
  [3, "same-origin in other case", [[site, "Same-Origin"]], "header"],
  [3, "none in upper case", [[site, "NONE"]], "header"],
  [3, "cross-site in other case", [[site, "Cross-Site"]], "header"],
  [3, "an empty word", [[site, ""]], "header"],
  [3, "a list of words", [[site, "same-origin, none"]], "header"],
  [3, "a word with a parameter", [[site, "same-origin;v=1"]], "header"],
  [3, "a quoted word", [[site, '"same-origin"']], "header"],
  [3, "a word with an underscore", [[site, "same_origin"]], "header"],
  [3, "a word with a suffix", [[site, "same-origin2"]], "header"],
  [3, "null as a word", [[site, "null"]], "header"],
  [
    3,
    "Sec-Fetch-Site twice, with the same value",
    [
      [site, "same-origin"],
      [site, "same-origin"],
    ],
    "header",
  ],
  [
    3,
    "Sec-Fetch-Site twice, different",
    [
      [site, "same-origin"],
      [site, "cross-site"],
    ],
    "header",
  ],
  [
    3,
    "Origin twice, with the same value",
    [
      [origin, ownOrigin],
      [origin, ownOrigin],
    ],
    "header",
  ],
  [
    3,
    "Origin twice, different",
    [
      [origin, ownOrigin],
      [origin, "https://evil.test"],
    ],
    "header",
  ],
  [
    3,
    "Origin twice, the trusted one first",
    [
      [origin, trustedOrigin],
      [origin, ownOrigin],
    ],
    "header",
  ],
  [
    3,
    "an unknown word with a trusted origin",
    [
      [site, "sibling"],
      [origin, trustedOrigin],
    ],
    "header",
  ],
  [
    3,
    "an unknown word with the own origin",
    [
      [site, "sibling"],
      [origin, ownOrigin],
    ],
    "header",
  ],
  [4, "a trusted origin", [[origin, trustedOrigin]]],
  [
    4,
    "a trusted origin, cross-site",
    [
      [origin, trustedOrigin],
      [site, "cross-site"],
    ],
  ],
  [
    4,
    "a trusted origin, same-site",
    [
      [origin, trustedOrigin],
      [site, "same-site"],
    ],
  ],
  [
    4,
    "a trusted origin with a cookie",
    [
      [origin, trustedOrigin],
      ["cookie", "a=b"],
    ],
  ],
  [5, "same-origin", [[site, "same-origin"]]],
  [
    5,
    "same-origin with the own origin",
    [
      [site, "same-origin"],
      [origin, ownOrigin],
    ],
  ],
  [
    5,
    "same-origin with a cookie",
    [
      [site, "same-origin"],
      ["cookie", "a=b"],
    ],
  ],
  [
    5,
    "same-origin with a foreign Origin, as behind a proxy that changes the host",
    [
      [site, "same-origin"],
      [origin, "https://inner.test"],
    ],
  ],
  [
    5,
    "same-origin with Origin null",
    [
      [site, "same-origin"],
      [origin, "null"],
    ],
  ],
  [
    5,
    "same-origin with multipart and no Origin",
    [
      [site, "same-origin"],
      ["content-type", "multipart/form-data; boundary=x"],
    ],
  ],
  [5, "none: typed by the user", [[site, "none"]]],
  [
    5,
    "none with a cookie",
    [
      [site, "none"],
      ["cookie", "a=b"],
    ],
  ],
  [6, "same-site", [[site, "same-site"]], "fetch-site"],
  [
    6,
    "same-site with a sub-domain",
    [
      [site, "same-site"],
      [origin, "https://a.shop.test"],
    ],
    "fetch-site",
  ],
  [
    6,
    "same-site with the own name over http",
    [
      [site, "same-site"],
      [origin, "http://shop.test"],
    ],
    "fetch-site",
  ],
  [
    6,
    "same-site with the own origin",
    [
      [site, "same-site"],
      [origin, ownOrigin],
    ],
    "fetch-site",
  ],
  [6, "cross-site", [[site, "cross-site"]], "fetch-site"],
  [
    6,
    "cross-site with a foreign origin",
    [
      [site, "cross-site"],
      [origin, "https://evil.test"],
    ],
    "fetch-site",
  ],
  [
    6,
    "cross-site with the own origin",
    [
      [site, "cross-site"],
      [origin, ownOrigin],
    ],
    "fetch-site",
  ],
  [
    6,
    "cross-site with Origin null",
    [
      [site, "cross-site"],
      [origin, "null"],
    ],
    "fetch-site",
  ],
  [
    6,
    "cross-site with a bearer token",
    [
      [site, "cross-site"],
      ["authorization", "Bearer x"],
    ],
    "fetch-site",
  ],
  [
    6,
    "cross-site with multipart",
    [
      [site, "cross-site"],
      ["content-type", "multipart/form-data; boundary=x"],
    ],
    "fetch-site",
  ],
  [7, "the own origin", [[origin, ownOrigin]]],
  [
    7,
    "the own origin with a cookie",
    [
      [origin, ownOrigin],
      ["cookie", "a=b"],
    ],
  ],
  [
    7,
    "the own origin with Basic credentials",
    [
      [origin, ownOrigin],
      ["authorization", "Basic x"],
    ],
  ],
  [8, "null", [[origin, "null"]], "origin"],
  [
    8,
    "null with a cookie",
    [
      [origin, "null"],
      ["cookie", "a=b"],
    ],
    "origin",
  ],
  [8, "an empty origin", [[origin, ""]], "origin"],
  [8, "another site", [[origin, "https://evil.test"]], "origin"],
  [8, "the own name over http", [[origin, "http://shop.test"]], "origin"],
  [8, "the own name with another port", [[origin, "https://shop.test:8443"]], "origin"],
  [8, "the own name with its default port, which browsers leave out", [[origin, "https://shop.test:443"]], "origin"],
  [8, "the own name with an empty port", [[origin, "https://shop.test:"]], "origin"],
  [8, "the own name with a dot at its end", [[origin, "https://shop.test."]], "origin"],
  [8, "the own origin in upper case", [[origin, "HTTPS://SHOP.TEST"]], "origin"],
  [8, "the own name in upper case", [[origin, "https://SHOP.test"]], "origin"],
  [8, "a sub-domain", [[origin, "https://a.shop.test"]], "origin"],
  [8, "the domain above", [[origin, "https://test"]], "origin"],
  [8, "a name that starts with the own one", [[origin, "https://shop.test.evil.test"]], "origin"],
  [8, "a name that ends with the own one", [[origin, "https://evilshop.test"]], "origin"],
  [8, "the own origin with a path", [[origin, "https://shop.test/"]], "origin"],
  [8, "the own origin with a query", [[origin, "https://shop.test?"]], "origin"],
  [8, "the own origin as a user name", [[origin, "https://shop.test@evil.test"]], "origin"],
  [8, "a user name before the own name", [[origin, "https://evil.test@shop.test"]], "origin"],
  [8, "the own name with another scheme", [[origin, "wss://shop.test"]], "origin"],
  [8, "the own name without a scheme", [[origin, "shop.test"]], "origin"],
  [8, "a list of origins", [[origin, "https://shop.test, https://evil.test"]], "origin"],
  [8, "origins with a space between", [[origin, "https://shop.test https://evil.test"]], "origin"],
  [8, "an address of IPv6", [[origin, "https://[::1]"]], "origin"],
  [8, "an address of IPv4", [[origin, "https://127.0.0.1"]], "origin"],
  [8, "a file", [[origin, "file://"]], "origin"],
  [8, "an extension of a browser", [[origin, "chrome-extension://abcdef"]], "origin"],
  [8, "a Cyrillic name that looks the same", [[origin, "https://xn--shp-tdd.test"]], "origin"],
  [8, "a trusted name with another port", [[origin, "https://partner.test:444"]], "origin"],
  [8, "a trusted name over http", [[origin, "http://partner.test"]], "origin"],
  [8, "a sub-domain of a trusted name", [[origin, "https://a.partner.test"]], "origin"],
  [8, "a trusted origin with a path", [[origin, "https://partner.test/"]], "origin"],
  [8, "a trusted origin in upper case", [[origin, "https://PARTNER.test"]], "origin"],
  [
    8,
    "another site with a bearer token",
    [
      [origin, "https://evil.test"],
      ["authorization", "Bearer x"],
    ],
    "origin",
  ],
  [
    8,
    "another site with multipart",
    [
      [origin, "https://evil.test"],
      ["content-type", "multipart/form-data; boundary=x"],
    ],
    "origin",
  ],
  [9, "nothing: a command-line client or a web hook", []],
  [9, "a bearer token", [["authorization", "Bearer x"]]],
  [9, "a bearer token in lower case", [["authorization", "bearer x"]]],
  [9, "a scheme whose name starts like Basic", [["authorization", "Basically x"]]],
  [9, "multipart without Origin", [["content-type", "multipart/form-data; boundary=x"]]],
  [9, "a Referer of another site", [["referer", "https://evil.test/"]]],
  [11, "a cookie", [["cookie", "a=b"]], "missing"],
  [11, "the cookie of a remembered browser", [["cookie", "__Host-remember=a.b"]], "missing"],
  [11, "an empty cookie", [["cookie", ""]], "missing"],
  [
    11,
    "a cookie and a bearer token",
    [
      ["cookie", "a=b"],
      ["authorization", "Bearer x"],
    ],
    "missing",
  ],
  [
    11,
    "a cookie and a Referer of the own site",
    [
      ["cookie", "a=b"],
      ["referer", "https://shop.test/"],
    ],
    "missing",
  ],
  [11, "Basic credentials", [["authorization", "Basic x"]], "missing"],
  [11, "Basic credentials in upper case", [["authorization", "BASIC x"]], "missing"],
  [11, "Digest credentials", [["authorization", "digest x"]], "missing"],
  [11, "Negotiate credentials", [["authorization", "Negotiate x"]], "missing"],
  [
    11,
    "a cookie with multipart and no Origin",
    [
      ["cookie", "a=b"],
      ["content-type", "multipart/form-data; boundary=x"],
    ],
    "missing",
  ],
];

/** All cases. */
export const crossSiteCases: readonly CrossSiteCase[] = rows.map(([row, title, headers, refusal]) => ({ row, title, headers, refusal }));
