/** The policy that is only reported, the fields that name the address for reports, and what that address takes. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gable, get, html } from "gable";
import type { Application, Logger, RunningApp, SecurityOptions } from "gable";
import type { Browser } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";

interface Line {
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

const make = (security: SecurityOptions, lines: Line[] = [], options: object = {}): Application => {
  const ignore = (): void => undefined;
  const warn = (facts: string | object, message = ""): void => void lines.push({ facts: { ...(facts as object) }, message });
  const logger: Logger = { debug: ignore, info: ignore, warn, error: warn, child: () => logger };
  return gable({
    mode: "test",
    logger,
    security,
    routes: [
      get("/", () => html`<p>page</p>`),
      get("/inline", () => html`<p>page</p><script>window.ran = true;</script>`),
      get("/images", { security: { csp: { imgSrc: ["https://img.test"] } } }, () => html`<p>page</p>`),
      get("/json", () => ({})),
    ],
    ...options,
  });
};

const fieldsOf = async (app: Application, url: string) => {
  const { headers } = await app.fetch(new Request(url));
  return {
    policy: headers.get("content-security-policy") ?? "",
    reported: headers.get("content-security-policy-report-only"),
    endpoints: headers.get("reporting-endpoints"),
    nonce: /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1],
  };
};

describe("a policy that is only reported", () => {
  const app = make({ csp: { fontSrc: ["'none'"] }, cspReportOnly: { imgSrc: ["'self'"] } });

  it("is sent with the one that holds, with its own sources and those of the route", async () => {
    const page = await fieldsOf(app, "http://localhost/");
    assert.match(page.policy, /img-src 'self' data:; font-src 'none';/);
    assert.match(page.reported!, /img-src 'self'; font-src 'none';/);
    const images = await fieldsOf(app, "http://localhost/images");
    assert.match(images.policy, /img-src https:\/\/img\.test;/);
    assert.match(images.reported!, /img-src https:\/\/img\.test;/);
  });

  it("has the nonce of the page, and no upgrade of addresses", async () => {
    const { policy, reported, nonce } = await fieldsOf(app, "https://localhost/inline");
    assert.ok(nonce !== undefined && reported!.includes(`script-src 'self' 'nonce-${nonce}'`));
    assert.match(policy, /upgrade-insecure-requests/);
    assert.doesNotMatch(reported!, /upgrade-insecure-requests|report/);
  });

  it("is on pages only, and on none without the option", async () => {
    assert.equal((await fieldsOf(app, "http://localhost/json")).reported, null);
    assert.equal((await fieldsOf(make({}), "http://localhost/")).reported, null);
  });

  it("asks for a nonce where it needs one and the policy that holds does not", async () => {
    const strict = make({ cspReportOnly: { scriptSrc: ["'strict-dynamic'"] } }, [], {
      routes: [get("/", () => html`<script src="/app.js"></script>`)],
    });
    const { reported, nonce } = await fieldsOf(strict, "http://localhost/");
    assert.ok(nonce !== undefined && reported!.includes(`script-src 'strict-dynamic' 'nonce-${nonce}'`));
  });

  it("may have sources that are refused in the policy that holds", () => {
    assert.doesNotThrow(() => make({ cspReportOnly: { scriptSrc: ["'unsafe-inline'"] } }));
    assert.throws(() => make({ cspReportOnly: { scriptsSrc: [] } as object }), {
      code: "E_OPTION_UNKNOWN",
      message: /security\.cspReportOnly.*scriptsSrc/,
    });
  });
});

describe("the address for reports", () => {
  it("is in both policies; on https also as an endpoint", async () => {
    const app = make({ cspReports: "/reports/csp", cspReportOnly: {} }, [], { basePath: "/shop" });
    const plain = await fieldsOf(app, "http://localhost/shop/inline");
    for (const text of [plain.policy, plain.reported!]) assert.match(text, /; report-uri \/shop\/reports\/csp$/);
    assert.equal(plain.endpoints, null);
    const secure = await fieldsOf(app, "https://localhost/shop/inline");
    for (const text of [secure.policy, secure.reported!]) assert.match(text, /; report-uri \/shop\/reports\/csp; report-to csp$/);
    assert.equal(secure.endpoints, 'csp="/shop/reports/csp"');
  });

  it("can be another service, which gets no route", async () => {
    const app = make({ cspReports: "https://reports.example/r?site=1" });
    assert.match((await fieldsOf(app, "http://localhost/")).policy, /; report-uri https:\/\/reports\.example\/r\?site=1$/);
    assert.equal((await app.request("/r", { method: "POST" })).status, 404);
  });

  const refused = [
    "reports",
    "//other.example/r",
    "/a b",
    "/a;b",
    "/a,b",
    '/a"b',
    "/:id",
    "http://reports.example/",
    "https://reports.example/a;script-src *",
    "https://reports.example/\n",
    "javascript:1",
    "",
    7,
    true,
  ];
  for (const target of refused)
    it(`is refused as ${JSON.stringify(target)}`, () =>
      assert.throws(() => make({ cspReports: target as string }), { code: "E_OPTION_INVALID", message: /cspReports/ })); // Wrong on purpose.
});

describe("a report", () => {
  const old = {
    "csp-report": {
      "document-uri": "https://shop.example/cart?token=secret#x",
      "violated-directive": "img-src 'self'",
      "blocked-uri": "https://ads.example/p.gif?user=ann",
      "source-file": "https://shop.example/app.js?v=1",
      "line-number": 7,
      disposition: "report",
    },
  };
  const modern = {
    type: "csp-violation",
    url: "https://shop.example/cart?token=secret",
    body: {
      documentURL: "https://shop.example/cart?token=secret",
      effectiveDirective: "script-src-elem",
      blockedURL: "inline",
      lineNumber: 3,
      disposition: "enforce",
    },
  };
  const send = async (app: Application, body: string | object, type = "application/csp-report", headers: object = {}) =>
    app.request("/r", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": type, "sec-fetch-site": "cross-site", ...headers },
    });

  it("of either form is a line of the log, without queries", async () => {
    const lines: Line[] = [];
    const app = make({ cspReports: "/r" }, lines);
    assert.equal((await send(app, old)).status, 204);
    assert.equal((await send(app, [modern, { type: "deprecation", body: {} }], "application/reports+json; charset=utf-8")).status, 204);
    assert.deepEqual(lines, [
      {
        facts: {
          directive: "img-src",
          blocked: "https://ads.example/p.gif",
          page: "https://shop.example/cart",
          source: "https://shop.example/app.js",
          line: 7,
          disposition: "report",
        },
        message: "https://ads.example/p.gif would be blocked by img-src of the content security policy.",
      },
      {
        facts: {
          directive: "script-src-elem",
          blocked: "inline",
          page: "https://shop.example/cart",
          source: "",
          line: 3,
          disposition: "enforce",
        },
        message: "inline was blocked by script-src-elem of the content security policy.",
      },
    ]);
  });

  it("has at most 200 characters of each text, and a list at most 20 reports", async () => {
    const lines: Line[] = [];
    const app = make({ cspReports: "/r" }, lines);
    const long = { type: "csp-violation", body: { blockedURL: "b".repeat(201), effectiveDirective: { toString: "x" }, lineNumber: "7" } };
    assert.equal((await send(app, [long], "application/reports+json")).status, 204);
    assert.deepEqual([lines[0]!.facts["blocked"], lines[0]!.facts["directive"], lines[0]!.facts["line"]], ["b".repeat(200), "", undefined]);
    const small = { type: "csp-violation", body: { blockedURL: "x" } };
    for (const [sent, written] of [
      [20, 20],
      [21, 20],
    ] as const) {
      lines.length = 0;
      assert.equal(
        (
          await send(
            app,
            Array.from({ length: sent }, () => small),
            "application/reports+json",
          )
        ).status,
        204,
      );
      assert.equal(lines.length, written);
    }
  });

  const wrong: ReadonlyArray<readonly [title: string, body: string | object, type: string, status: number]> = [
    ["of another media type", old, "application/json", 415],
    ["without a media type", old, "", 415],
    ["that is not JSON", "{", "application/csp-report", 400],
    ["that is a number", "7", "application/csp-report", 422],
    ["without its member", {}, "application/csp-report", 422],
    ["whose member is a list", { "csp-report": [] }, "application/csp-report", 422],
    ["in a list, without a body", [{ type: "csp-violation" }], "application/reports+json", 422],
    ["with a key that changes prototypes", '{"__proto__":{}}', "application/csp-report", 400],
  ];
  for (const [title, body, type, status] of wrong)
    it(`${title} is refused with ${status}, and not written`, async () => {
      const lines: Line[] = [];
      const reply = await send(make({ cspReports: "/r" }, lines), body, type, { accept: "application/json" });
      assert.equal(reply.status, status);
      assert.deepEqual(
        lines.filter(({ facts }) => "directive" in facts),
        [],
      );
    });

  it("may have 8,192 bytes, and not one more", async () => {
    const app = make({ cspReports: "/r" });
    const padded = (bytes: number): string => JSON.stringify(old).padEnd(bytes, " ");
    assert.equal((await send(app, padded(8_192))).status, 204);
    assert.equal((await send(app, padded(8_193))).status, 413);
  });

  it("may come ten times a minute from one address, and not once more", async () => {
    const lines: Line[] = [];
    const app = make({ cspReports: "/r" }, lines);
    const statuses: number[] = [];
    for (let count = 0; count < 11; count++) statuses.push((await send(app, old)).status);
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 204), 429]);
    assert.equal(lines.length, 10);
  });
});

describe("reports of a real browser", { skip: skipWithoutBrowser }, () => {
  const lines: Line[] = [];
  const app = make({ cspReports: "/r", cspReportOnly: { mediaSrc: ["'none'"] } }, lines, {
    routes: [get("/", () => html`<p>page</p><video src="/x.mp4"></video><img src="https://127.0.0.1:9/x.png?a=1" alt="">`)],
  });
  let browser: Browser;
  let running: RunningApp;
  before(async () => {
    running = await app.listen({ port: 0, quiet: true });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await running.stop();
  });

  it("reach the log: what was blocked, and what would be blocked", async () => {
    const page = await browser.newPage();
    const found = (): string[] =>
      lines
        .filter(({ facts }) => "directive" in facts)
        .map(({ message }) => message.replace(/127\.0\.0\.1:[0-9]+/, "site"))
        .toSorted();
    await page.goto(running.url);
    // Browsers send reports when they have time. Without this end, a report that never comes would hang the test.
    for (let tries = 0; tries < 600 && found().length < 3; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(found(), [
      "http://site/x.mp4 would be blocked by media-src of the content security policy.",
      "https://site/x.png was blocked by img-src of the content security policy.",
      "https://site/x.png would be blocked by img-src of the content security policy.",
    ]);
  });
});
