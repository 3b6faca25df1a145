/** CORS, by tables of the Fetch standard, in memory and over a socket; and as a browser sees it. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import type { Application, CorsOptions, RunningApp } from "gable";
import { del, gable, get, group, html, json, post, put } from "gable";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import { silentLogger } from "../silent-logger.ts";

const listed = "https://app.example";
const open: CorsOptions = { origins: ["*"] };
const own: CorsOptions = {
  origins: [listed, "capacitor://localhost"],
  methods: ["GET", "PUT"],
  headers: ["X-Trace", "content-type"],
  exposedHeaders: ["x-total"],
  credentials: true,
  maxAgeSeconds: 60,
};

function createApp(): Application {
  return gable({
    mode: "test",
    logger: silentLogger,
    security: { cors: { origins: [listed] }, trustedOrigins: ["https://trusted.example"] },
    routes: [
      get("/plain", () => "x"),
      post("/plain", () => "written"),
      get("/vary", () => json({}, { headers: { vary: "Accept" } })),
      get("/broken", () => {
        throw new Error("broken");
      }),
      get("/closed", { security: { cors: false } }, () => "x"),
      group("/own", [get("/a", () => "x"), put("/a", () => "x"), del("/a", () => "x")], { security: { cors: own } }),
      get("/open", { security: { cors: open } }, () => "x"),
      post("/open", { security: { cors: open } }, () => "written"),
    ],
  });
}

const allow = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
];
/** Status, the four fields above, and Vary. */
type Answer = readonly [
  status: number,
  origin: string | null,
  credentials: string | null,
  methods: string | null,
  headers: string | null,
  vary: string | null,
];
interface Case {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: Answer;
}
const preflightVary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const preflight = (title: string, path: string, [origin, method, fields]: readonly [string, string, string?], answer: Answer): Case => ({
  title: `preflight: ${title}`,
  method: "OPTIONS",
  path,
  headers: {
    origin,
    "access-control-request-method": method,
    ...(fields === undefined ? {} : { "access-control-request-headers": fields }),
  },
  answer,
});
const simple = (
  title: string,
  path: string,
  origin: string | undefined,
  answer: Answer,
  more: Readonly<Record<string, string>> = {},
): Case => ({
  title,
  method: "GET",
  path,
  headers: { ...(origin === undefined ? {} : { origin }), ...more },
  answer,
});
const ownFields = "accept, accept-language, content-language, x-trace, content-type";
const defaultFields = "accept, accept-language, content-language, content-type";

const cases: readonly Case[] = [
  simple("a listed origin", "/plain", listed, [200, listed, null, null, null, "Origin"]),
  simple("no origin", "/plain", undefined, [200, null, null, null, null, "Origin"]),
  ...[
    `${listed}:444`,
    "http://app.example",
    `${listed}.evil.test`,
    "https://sub.app.example",
    "HTTPS://APP.EXAMPLE",
    `${listed}/`,
    `${listed}.`,
    "null",
    "",
  ].map((origin) => simple(`the origin "${origin}", which is not listed`, "/plain", origin, [200, null, null, null, null, "Origin"])),
  simple("a reply that sets Vary itself", "/vary", listed, [200, listed, null, null, null, "Accept, Origin"]),
  simple("a missing page", "/missing", listed, [404, listed, null, null, null, "Origin"]),
  simple("an error", "/broken", listed, [500, listed, null, null, null, "Origin"]),
  simple("a route without CORS", "/closed", listed, [200, null, null, null, null, null]),
  simple("credentials", "/own/a", listed, [200, listed, "true", null, null, "Origin"]),
  simple("an origin of an application on a device", "/own/a", "capacitor://localhost", [
    200,
    "capacitor://localhost",
    "true",
    null,
    null,
    "Origin",
  ]),
  simple("every origin", "/open", "https://any.example", [200, "*", null, null, null, "Origin"]),
  simple("every origin, null included", "/open", "null", [200, "*", null, null, null, "Origin"]),
  simple("no origin where every origin is allowed", "/open", undefined, [200, null, null, null, null, "Origin"]),
  {
    title: "a method without a route",
    method: "DELETE",
    path: "/plain",
    headers: { origin: listed },
    answer: [405, listed, null, null, null, "Origin"],
  },
  { title: "HEAD", method: "HEAD", path: "/plain", headers: { origin: listed }, answer: [200, listed, null, null, null, "Origin"] },
  {
    title: "OPTIONS that is not a preflight",
    method: "OPTIONS",
    path: "/plain",
    headers: { origin: listed },
    answer: [204, listed, null, null, null, "Origin"],
  },
  preflight("listed", "/plain", [listed, "POST", "Content-Type"], [204, listed, null, "GET, HEAD, POST", defaultFields, preflightVary]),
  preflight("HEAD", "/plain", [listed, "HEAD"], [204, listed, null, "GET, HEAD, POST", defaultFields, preflightVary]),
  preflight("another origin", "/plain", ["https://evil.test", "POST"], [204, null, null, null, null, preflightVary]),
  preflight(
    "a field that is not listed",
    "/plain",
    [listed, "POST", "content-type, x-other"],
    [204, null, null, null, null, preflightVary],
  ),
  preflight(
    "empty names of fields",
    "/plain",
    [listed, "POST", " , content-type,"],
    [204, listed, null, "GET, HEAD, POST", defaultFields, preflightVary],
  ),
  preflight("a method in lower case", "/plain", [listed, "post"], [204, listed, null, null, null, "Origin"]),
  preflight("a method without a route", "/plain", [listed, "DELETE"], [204, listed, null, null, null, "Origin"]),
  preflight("a missing page", "/missing", [listed, "POST"], [404, listed, null, null, null, "Origin"]),
  preflight("a route without CORS", "/closed", [listed, "GET"], [204, listed, null, null, null, "Origin"]),
  preflight("own options", "/own/a", [listed, "PUT", "x-trace"], [204, listed, "true", "GET, PUT", ownFields, preflightVary]),
  preflight("a method that the options leave out", "/own/a", [listed, "DELETE"], [204, null, null, null, null, preflightVary]),
  preflight(
    "every origin",
    "/open",
    ["https://any.example", "POST", "content-type"],
    [204, "*", null, "GET, HEAD, POST", defaultFields, preflightVary],
  ),
];

describe("CORS", () => {
  let running: RunningApp;
  const app = createApp();
  before(async () => (running = await app.listen({ port: 0 })));
  after(() => running.stop());

  for (const { title, method, path, headers, answer } of cases) {
    it(`answers ${title}, in memory`, async () => {
      const response = await app.request(path, { method, headers });
      assert.deepEqual([response.status, ...[...allow, "vary"].map((name) => response.headers.get(name))], answer);
      if (answer[1] !== null && method !== "OPTIONS") assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin");
    });

    it(`answers ${title}, over a socket`, async () => {
      const found = await new Promise<unknown[]>((resolve, reject) => {
        const sent = request(new URL(path, running.url), { method, headers }, (response) => {
          response.resume();
          resolve([response.statusCode, ...[...allow, "vary"].map((name) => response.headers[name] ?? null)]);
        });
        sent.once("error", reject);
        sent.end();
      });
      assert.deepEqual(found, answer);
    });
  }

  it("exposes the fields that the options list, and remembers preflights as long as they say", async () => {
    assert.equal((await app.request("/own/a", { headers: { origin: listed } })).headers.get("access-control-expose-headers"), "x-total");
    const ask = (path: string): Promise<Response> =>
      app.request(path, { method: "OPTIONS", headers: { origin: listed, "access-control-request-method": "GET" } });
    assert.equal((await ask("/own/a")).headers.get("access-control-max-age"), "60");
    assert.equal((await ask("/plain")).headers.get("access-control-max-age"), "600");
  });

  it("takes one line of Origin only", async () => {
    const { findCrossSiteRefusal } = await import("../../src/security/cross-site.ts");
    const { CorsPolicy } = await import("../../src/security/cors.ts");
    const { HeaderTable } = await import("../../src/http/header-table.ts");
    const twice = new HeaderTable([
      ["origin", listed],
      ["origin", listed],
    ]);
    const headers = new HeaderTable();
    new CorsPolicy({ origins: [listed] }).apply(headers, twice);
    assert.deepEqual([headers.get("access-control-allow-origin"), headers.get("vary")], [null, "Origin"]);
    assert.equal(findCrossSiteRefusal({ headers: twice, origin: "https://own.test", trustedOrigins: new Set(), isOpen: true }), "header");
  });

  const writes: ReadonlyArray<[title: string, path: string, headers: Record<string, string>, status: number]> = [
    ["a listed origin", "/plain", { origin: listed, "sec-fetch-site": "cross-site", cookie: "a=1" }, 200],
    ["a trusted origin", "/plain", { origin: "https://trusted.example", "sec-fetch-site": "cross-site", cookie: "a=1" }, 200],
    ["another origin", "/plain", { origin: "https://evil.test", "sec-fetch-site": "cross-site" }, 403],
    ["another origin, for every origin without cookies", "/open", { origin: "https://any.example", "sec-fetch-site": "cross-site" }, 200],
    [
      "another origin, for every origin with cookies",
      "/open",
      { origin: "https://any.example", "sec-fetch-site": "cross-site", cookie: "a=1" },
      403,
    ],
    [
      "another origin, for every origin with Basic credentials",
      "/open",
      { origin: "https://any.example", "sec-fetch-site": "cross-site", authorization: "Basic eA==" },
      403,
    ],
    [
      "a trusted origin with cookies, for every origin",
      "/open",
      { origin: "https://trusted.example", "sec-fetch-site": "cross-site", cookie: "a=1" },
      200,
    ],
  ];
  for (const [title, path, headers, status] of writes)
    it(`answers a write from ${title}, with ${status}`, async () =>
      assert.equal((await app.request(path, { method: "POST", headers })).status, status));
});

describe("the option methods of cors, and the cross-site check", () => {
  const cookie = { "sec-fetch-site": "cross-site", cookie: "a=1" };
  const anonymous = { "sec-fetch-site": "cross-site" };
  const trusted = "https://trusted.example";
  const rows: ReadonlyArray<
    [cors: CorsOptions | false, method: string, origin: string, headers: Readonly<Record<string, string>>, status: number]
  > = [
    [{ origins: [listed], methods: ["GET"] }, "POST", listed, cookie, 403],
    [{ origins: [listed], methods: ["GET"] }, "POST", listed, anonymous, 403],
    [{ origins: [listed], methods: ["GET"], credentials: true }, "POST", listed, cookie, 403],
    [{ origins: [listed], methods: ["GET"] }, "GET", listed, cookie, 200],
    [{ origins: [listed], methods: ["GET"] }, "POST", trusted, cookie, 200],
    [{ origins: [listed], methods: [] }, "POST", listed, cookie, 403],
    [{ origins: [listed], methods: ["PUT"] }, "POST", listed, cookie, 403],
    [{ origins: [listed], methods: ["PUT"] }, "PUT", listed, cookie, 200],
    [{ origins: [listed], methods: ["PUT"] }, "DELETE", listed, cookie, 403],
    [{ origins: [listed], methods: ["GET", "POST"] }, "POST", listed, cookie, 200],
    [{ origins: [listed], methods: ["GET", "POST"] }, "POST", "https://evil.test", cookie, 403],
    [{ origins: [listed] }, "POST", listed, cookie, 200],
    [{ origins: [listed], credentials: false }, "DELETE", listed, cookie, 200],
    [{ origins: ["*"], methods: ["GET"] }, "POST", listed, anonymous, 403],
    [{ origins: ["*"], methods: ["POST"] }, "POST", listed, anonymous, 200],
    [{ origins: ["*"], methods: ["POST"] }, "POST", listed, cookie, 403],
    [{ origins: ["*"], methods: ["GET"] }, "POST", trusted, cookie, 200],
    [false, "POST", listed, cookie, 403],
  ];
  const answer = (): string => "x";
  for (const [cors, method, origin, headers, status] of rows) {
    const title = `${method} from ${origin} ${headers === cookie ? "with" : "without"} a cookie, with cors ${JSON.stringify(cors)}`;
    it(`answers ${status} to ${title}`, async () => {
      const security = { cors };
      const app = gable({
        mode: "test",
        logger: silentLogger,
        security: { trustedOrigins: [trusted] },
        routes: [
          get("/", { security }, answer),
          post("/", { security }, answer),
          put("/", { security }, answer),
          del("/", { security }, answer),
        ],
      });
      assert.equal((await app.request("/", { method, headers: { origin, ...headers } })).status, status);
    });
  }
});

describe("the option cors", () => {
  const refused: ReadonlyArray<[title: string, cors: unknown, code: string]> = [
    ["a string", "*", "E_OPTION_INVALID"],
    ["no origins", {}, "E_OPTION_INVALID"],
    ["an empty list", { origins: [] }, "E_OPTION_INVALID"],
    ["an origin with a path", { origins: ["https://a.example/"] }, "E_OPTION_INVALID"],
    ["an origin in upper case", { origins: ["https://A.example"] }, "E_OPTION_INVALID"],
    ["an origin with its default port", { origins: ["https://a.example:443"] }, "E_OPTION_INVALID"],
    ["a host", { origins: ["a.example"] }, "E_OPTION_INVALID"],
    ["a pattern", { origins: ["https://*.example"] }, "E_OPTION_INVALID"],
    ["null", { origins: ["null"] }, "E_OPTION_INVALID"],
    ["every origin and one more", { origins: ["*", listed] }, "E_OPTION_INVALID"],
    ["credentials for every origin", { origins: ["*"], credentials: true }, "E_CORS_CREDENTIALS"],
    ["every header", { origins: [listed], headers: ["*"] }, "E_OPTION_INVALID"],
    ["a method that is not a token", { origins: [listed], methods: ["GET, POST"] }, "E_OPTION_INVALID"],
    ["methods in lower case", { origins: [listed], methods: ["get", "post"] }, "E_OPTION_INVALID"],
    ["one method in lower case", { origins: [listed], methods: ["GET", "patch"] }, "E_OPTION_INVALID"],
    ["a method in mixed case", { origins: [listed], methods: ["Delete"] }, "E_OPTION_INVALID"],
    ["an age above a day", { origins: [listed], maxAgeSeconds: 86_401 }, "E_OPTION_INVALID"],
    ["an unknown option", { origins: [listed], maxAge: 1 }, "E_OPTION_UNKNOWN"],
  ];
  for (const [title, cors, code] of refused)
    it(`refuses ${title}, on a route, a group and an application`, () => {
      const security = { cors: cors as CorsOptions }; // Wrong on purpose.
      assert.throws(() => get("/", { security }, () => "x"), { code });
      assert.throws(() => group("/g", { security }), { code });
      assert.throws(() => gable({ security }), { code });
    });

  it("says how methods in lower case must be written", () =>
    assert.throws(() => gable({ security: { cors: { origins: [listed], methods: ["get", "PUT", "x-own"] } } }), {
      message: /option "methods" is .*; it must be a list in upper case: \["GET","PUT","x-own"\]\.$/,
    }));

  for (const methods of [[], ["GET", "POST"], ["M-SEARCH"], ["purge"]])
    it(`takes the methods ${JSON.stringify(methods)}`, () =>
      assert.doesNotThrow(() => gable({ security: { cors: { origins: [listed], methods } } })));

  it("takes an age of a day", () => assert.doesNotThrow(() => gable({ security: { cors: { origins: [listed], maxAgeSeconds: 86_400 } } })));
});

describe("the option trustedOrigins", () => {
  const rows: ReadonlyArray<[entry: string, isTaken: boolean]> = [
    ["https://partner.example", true],
    ["http://partner.example:8080", true],
    ["http://[::1]:3000", true],
    ["http://127.0.0.1", true],
    ["https://xn--bcher-kva.example", true],
    ["https://*.partner.example", false],
    ["https://*", false],
    ["*", false],
    ["null", false],
    ["", false],
    ["https://.partner.example,https://other.example", false],
    ["https://partner.example/", false],
    ["https://partner.example/path", false],
    ["https://partner.example?a", false],
    ["https://partner.example#a", false],
    ["https://ann@partner.example", false],
    ["https://Partner.example", false],
    ["HTTPS://partner.example", false],
    ["https://bücher.example", false],
    ["https://partner.example:443", false],
    ["http://partner.example:80", false],
    ["partner.example", false],
    ["ftp://partner.example", false],
    [" https://partner.example", false],
  ];
  for (const [entry, isTaken] of rows)
    it(`${isTaken ? "takes" : "refuses"} ${JSON.stringify(entry)}`, () => {
      const make = (): Application => gable({ security: { trustedOrigins: [entry] } });
      if (isTaken) assert.doesNotThrow(make);
      else assert.throws(make, { code: "E_OPTION_INVALID", message: /security\.trustedOrigins/ });
    });

  it("refuses a pattern for the own origin, too", () =>
    assert.throws(() => gable({ origin: "https://*.example.com" }), { code: "E_OPTION_INVALID" }));
});

describe("CORS in a browser", { skip: skipWithoutBrowser }, () => {
  it("lets scripts of a listed origin read and write, and no others", async () => {
    const page = gable({
      mode: "test",
      logger: silentLogger,
      routes: [get("/", { security: { csp: { connectSrc: ["*"] } } }, () => html`<p>page</p>`)],
    });
    const [friend, stranger] = [
      await page.listen({ port: 0 }),
      await gable({
        mode: "test",
        logger: silentLogger,
        routes: [get("/", { security: { csp: { connectSrc: ["*"] } } }, () => html`<p>page</p>`)],
      }).listen({ port: 0 }),
    ];
    const api = await gable({
      mode: "test",
      logger: silentLogger,
      security: { cors: { origins: [new URL(friend.url).origin], credentials: true, headers: ["content-type", "x-trace"] } },
      routes: [
        get("/who", ({ cookies }) => ({ who: cookies.get("who") })),
        post("/write", ({ headers }) => ({ trace: headers.get("x-trace") })),
        post("/login", ({ cookies }) => {
          cookies.set("who", "me");
          return null;
        }),
      ],
    }).listen({ port: 0 });
    const browser = await launchBrowser();
    try {
      const tab = await browser.newPage();
      const run = async (from: string): Promise<unknown[]> => {
        await tab.goto(from);
        return tab.evaluate(async (base) => {
          const attempt = async (path: string, init: RequestInit): Promise<unknown> => {
            try {
              const response = await fetch(base + path, { credentials: "include", ...init });
              return [response.status, await response.text()];
            } catch (error) {
              return (error as Error).name;
            }
          };
          return [
            await attempt("/login", { method: "POST" }),
            await attempt("/who", {}),
            await attempt("/write", { method: "POST", headers: { "content-type": "application/json", "x-trace": "7" }, body: "{}" }),
            await attempt("/write", { method: "POST", headers: { "x-other": "7" } }),
            await attempt("/missing", {}),
          ];
        }, new URL(api.url).origin);
      };
      const [login, who, write, other, missing] = await run(friend.url);
      assert.deepEqual([login, who, write, other], [[204, ""], [200, '{"who":"me"}'], [200, '{"trace":"7"}'], "TypeError"]);
      assert.equal((missing as [number])[0], 404);
      assert.deepEqual(await run(stranger.url), ["TypeError", "TypeError", "TypeError", "TypeError", "TypeError"]);
    } finally {
      await browser.close();
      await Promise.all([friend, stranger, api].map((each) => each.stop()));
    }
  });
});
