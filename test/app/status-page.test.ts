/** Pages of errors for visitors: templates of the application, the built-in page, and reports of errors. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { forbidden, gable, get, unavailable } from "gable";
import type { Application, HandledError } from "gable";
import { ReportLimit } from "../../src/app/error-fingerprint.ts";
import { silentLogger } from "../silent-logger.ts";

const secretKeys = ["page-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"];

describe("the page of an error in production", () => {
  let folder = "";
  let app: Application;
  const messages: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-status-"));
    await mkdir(join(folder, "views/errors"), { recursive: true });
    const views: Readonly<Record<string, string>> = {
      "404.html":
        "<!doctype html><title>{{ title }}</title><h1>{{ status }}</h1><p>{{ message }}</p><code>{{ code }} {{ requestId }}</code>",
      "4xx.html": "<h1>Group {{ status }} {{ code }}</h1>",
      "503.html": "<h1>{{ request.path }}</h1>",
      "410.html": "<h1>{{ flash.render() }}</h1>",
    };
    for (const [name, text] of Object.entries(views)) await writeFile(join(folder, "views/errors", name), text);
    const logger = { ...silentLogger, error: (_facts: unknown, message?: string) => void messages.push(message ?? "") };
    app = gable({
      mode: "production",
      logger: { ...logger, child: () => ({ ...logger, child: () => silentLogger }) },
      views: { directories: [join(folder, "views")] },
      session: {},
      secretKeys,
      routes: [
        get("/forbidden", () => {
          throw forbidden("Not <you>.");
        }),
        get("/broken", () => {
          throw new Error("planted-text");
        }),
        get("/busy", () => {
          throw unavailable("Come back later.");
        }),
      ],
    });
    await app.start();
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (path: string): Promise<readonly [number, string, Response]> => {
    const reply = await app.request(path, { headers: { accept: "text/html" } });
    return [reply.status, await reply.text(), reply];
  };

  it("is the template of its status, with code and request id", async () => {
    const [status, page, reply] = await ask("/missing");
    assert.equal(status, 404);
    assert.match(page, /<title>Not Found<\/title><h1>404<\/h1><p>No route matches GET \/missing\.<\/p>/);
    assert.ok(page.includes(`E_ROUTE_NOT_FOUND ${reply.headers.get("x-request-id")}`));
    assert.equal(reply.headers.get("cache-control"), "no-store");
  });

  it("is the template of its group, where its status has none", async () => {
    assert.deepEqual((await ask("/forbidden")).slice(0, 2), [403, "<h1>Group 403 E_FORBIDDEN</h1>"]);
  });

  it("is the built-in page without a template, and shows nothing of the error", async () => {
    const [status, page, reply] = await ask("/broken");
    assert.equal(status, 500);
    assert.match(page, /Internal Server Error/);
    assert.ok(page.includes("E_INTERNAL") && page.includes(reply.headers.get("x-request-id")!) && !page.includes("planted-text"));
  });

  it("is the built-in page when its template fails, for example because it asks for the request", async () => {
    messages.length = 0;
    const [status, page] = await ask("/busy");
    assert.equal(status, 503);
    assert.match(page, /Service Unavailable/);
    assert.ok(messages.includes("The page errors/503.html of an error failed."), messages.join());
  });

  it("is a problem for programs", async () => {
    const reply = await app.request("/missing", { headers: { accept: "application/json" } });
    assert.equal(reply.headers.get("content-type"), "application/problem+json");
  });
});

describe("onError", () => {
  it("gets the same fingerprint for equal errors, and at most 10 reports a minute of each", async () => {
    const failures: HandledError[] = [];
    const fail = (): never => {
      throw new TypeError("x");
    };
    const app = gable({
      mode: "production",
      logger: silentLogger,
      routes: [get("/one", fail), get("/two", fail)],
      onError: (failure) => void failures.push(failure),
    });
    for (let count = 0; count < 11; count++) await app.request("/one");
    await app.request("/two");
    const [first] = failures;
    assert.match(first!.fingerprint, /^E_INTERNAL \| .*status-page\.test\.ts:\d+ \| GET "\/one"$/);
    assert.deepEqual(
      failures.map(({ shouldReport }) => shouldReport),
      [...Array.from({ length: 10 }, () => true), false, true],
    );
    assert.notEqual(failures.at(-1)!.fingerprint, first!.fingerprint);
  });
});

describe("ReportLimit", () => {
  it("begins again after a minute, and counts 1,000 fingerprints at most", () => {
    let moment = 0;
    const limit = new ReportLimit(() => moment);
    for (let count = 0; count < 10; count++) assert.equal(limit.take("a"), true);
    moment = 59_999;
    assert.equal(limit.take("a"), false);
    moment = 60_000;
    assert.equal(limit.take("a"), true);
    for (let count = 0; count < 9; count++) limit.take("a");
    assert.equal(limit.take("a"), false);
    for (let count = 0; count < 999; count++) limit.take(`${count}`);
    assert.equal(limit.take("a"), false);
    limit.take("one more");
    assert.equal(limit.take("a"), true);
  });
});
