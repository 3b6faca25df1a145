/**
 * Requests of other sites in Chromium: what the browser says about their origin, and which row of the check decides. Over https it sends
 * `Sec-Fetch-Site`, for rows 5 and 6. Over plain http to a name that is not this machine, it sends only `Origin`, for rows 7 and 8.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { gable, get, html, page, post } from "gable";
import type { Application, Logger, RunningApp } from "gable";
import { createCertificate } from "../http/tls-certificate.ts";
import { silentLogger } from "../silent-logger.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

/** What the browser does, and what becomes of it. */
interface Visit {
  readonly row: number;
  readonly scheme: "http" | "https";
  /** Host of the page that sends. */
  readonly from: string;
  /** `Sec-Fetch-Site` of the request; null for none. */
  readonly site: string | null;
  /** Why it is refused; undefined for a request that passes. */
  readonly refusal?: string;
}

const visits: readonly Visit[] = [
  { row: 5, scheme: "https", from: "bank.test", site: "same-origin" },
  { row: 6, scheme: "https", from: "shop.bank.test", site: "same-site", refusal: "fetch-site" },
  { row: 6, scheme: "https", from: "evil.test", site: "cross-site", refusal: "fetch-site" },
  { row: 7, scheme: "http", from: "bank.test", site: null },
  { row: 8, scheme: "http", from: "shop.bank.test", site: null, refusal: "origin" },
  { row: 8, scheme: "http", from: "evil.test", site: null, refusal: "origin" },
];

/** Ways of a page to send a request without asking anybody. */
const ways: Readonly<Record<string, (sender: Page, address: string) => Promise<void>>> = {
  "a form": (sender, address) => submit(sender, address, "application/x-www-form-urlencoded"),
  "a form with parts": (sender, address) => submit(sender, address, "multipart/form-data"),
  "a form of plain text": (sender, address) => submit(sender, address, "text/plain"),
  fetch: async (sender, address) => {
    // Another site cannot read the reply: the promise is refused, whatever became of the request.
    await sender.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include" }).then(String, String), address);
  },
};

async function submit(sender: Page, address: string, type: string): Promise<void> {
  const answered = sender.waitForResponse((response) => response.url() === address);
  await sender.evaluate(
    ([action, enctype]) => {
      const form = document.createElement("form");
      Object.assign(form, { action, enctype, method: "post" });
      document.body.append(form);
      form.submit();
    },
    [address, type] as const,
  );
  await answered;
}

describe("requests of other sites in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let app: Application;
  const servers = new Map<string, RunningApp>();
  let handled = 0;
  /** What the log says about refused requests. */
  let refusals: Array<{ readonly row: string | undefined; readonly from: string | undefined }> = [];
  /** `Sec-Fetch-Site` of the requests that reached the application. */
  let sites: Array<string | null> = [];

  before(async () => {
    const note = (facts: string | object): void => {
      const { code, row: decided, from: origin } = facts as { code?: string; row?: string; from?: string };
      if (code === "E_REQUEST_CROSS_SITE" && decided !== undefined) refusals.push({ row: decided, from: origin });
    };
    const logger: Logger = { ...silentLogger, debug: note, info: note, warn: note, error: note, child: () => logger };
    const create = (): Application =>
      gable({
        mode: "production",
        logger,
        hosts: ["bank.test", "shop.bank.test", "evil.test"],
        // The pages of other sites may send wherever they like.
        security: { csp: { formAction: ["http:", "https:"], connectSrc: ["http:", "https:"] } },
        routes: [
          get("/", ({ reply }) => {
            // With the policy of Gable's own pages, the origin would be "null".
            reply.headers.set("referrer-policy", "unsafe-url");
            return page(html`<!doctype html><title>Page</title>`);
          }),
          post("/pay", ({ headers }) => {
            handled++;
            sites.push(headers.get("sec-fetch-site"));
            return "paid";
          }),
        ],
      });
    app = create();
    const secure = create();
    servers.set("http", await app.listen({ port: 0, host: "127.0.0.1", quiet: true }));
    servers.set("https", await secure.listen({ port: 0, host: "127.0.0.1", quiet: true, https: createCertificate() }));
    browser = await launchBrowser(["--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-features=HttpsUpgrades"]);
  });
  after(async () => {
    await browser?.close();
    for (const server of servers.values()) await server.stop({ graceMs: 0 });
  });

  for (const { row, scheme, from, site, refusal } of visits)
    for (const [way, send] of Object.entries(ways))
      it(`row ${row}: ${refusal === undefined ? "passes" : "refuses"} ${way} of ${scheme}://${from}`, async () => {
        [handled, refusals, sites] = [0, [], []];
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        try {
          const sender = await context.newPage();
          const { port } = servers.get(scheme)!;
          await sender.goto(`${scheme}://${from}:${port}/`);
          const seen = new Promise<Record<string, string>>((resolve) => {
            sender.on("request", (request) => {
              if (request.url().endsWith("/pay")) void request.allHeaders().then(resolve);
            });
          });
          await send(sender, `${scheme}://bank.test:${port}/pay`);
          const headers = await seen;
          // The browser hides what it sent when the page may not read the reply.
          if (way !== "fetch" || refusal === undefined) assert.equal(headers["sec-fetch-site"] ?? null, site);
          assert.equal(handled, refusal === undefined ? 1 : 0);
          assert.deepEqual(sites, refusal === undefined ? [site] : []);
          const own = `${scheme}://${from}:${port}`;
          assert.deepEqual(refusals, refusal === undefined ? [] : [{ row: refusal, from: own }]);
        } finally {
          await context.close();
        }
      });
});
