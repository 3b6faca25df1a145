/** Tokens in paths, such as that of a link that resets a password: no line of the log has them. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Logger } from "gable";
import { gable, get, post } from "gable";

const token = "tok3nThatIsStillValid";
const lines: string[] = [];
const errorOf = (facts: string | object): string =>
  typeof facts === "object" && "error" in facts ? String((facts.error as Error).stack) : ""; // Facts of the framework.
const note = (facts: string | object, message = ""): void => void lines.push(JSON.stringify([facts, message, errorOf(facts)]));
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };

const app = gable({
  mode: "test",
  logger,
  log: { level: "info", requests: true },
  limits: { handlerMs: 200 },
  security: { cspReports: "/reports" },
  routes: [
    get("/reset/:token", () => "reset"),
    get("/guarded/:token", { guard: () => false }, () => "never"),
    get("/fails/:token", () => {
      throw new Error("planned");
    }),
    get("/fatal/:token", () => {
      app.reportFatal(new Error("planned"), "A planned error.");
      return "fatal";
    }),
    get("/hooks/:token", ({ afterReply }) => {
      afterReply(() => Promise.reject(new Error("planned")));
      return "hooks";
    }),
    get("/slow/:token", () => new Promise<string>(() => undefined)),
    post("/unsubscribe/:id-:signature", () => "done"),
  ],
});
const running = app.listen({ port: 0 });
after(async () => (await running).stop());

describe("the log has no token of a path:", () => {
  for (const [what, method, path, status, shown] of [
    ["a page", "GET", `/reset/${token}`, 200, "/reset/[secret]"],
    ["a head", "HEAD", `/reset/${token}`, 200, "/reset/[secret]"],
    ["a guard that refuses", "GET", `/guarded/${token}`, 403, "/guarded/[secret]"],
    ["a handler that fails", "GET", `/fails/${token}`, 500, "/fails/[secret]"],
    ["an error that nobody caught", "GET", `/fatal/${token}`, 200, "/fatal/[secret]"],
    ["work after the reply that fails", "GET", `/hooks/${token}`, 200, "/hooks/[secret]"],
    ["a handler that does not answer", "GET", `/slow/${token}`, 503, "/slow/[secret]"],
    ["another method", "PUT", `/reset/${token}`, 405, "/reset/[secret]"],
    ["a slash at the end", "GET", `/reset/${token}/`, 308, "/reset/[secret]/"],
    ["a form of another site", "POST", `/unsubscribe/7-${token}`, 403, "/unsubscribe/[secret]"],
    ["a path of no route", "GET", "/lost/path", 404, "/lost/path"],
  ] as const)
    it(what, async () => {
      lines.length = 0;
      const headers = { ...(method === "POST" && { "sec-fetch-site": "cross-site" }) };
      const reply = await fetch((await running).url + path, { method, headers, redirect: "manual" });
      await reply.arrayBuffer();
      assert.equal(reply.status, status);
      for (let count = 0; count < 20; count++) await new Promise((resolve) => setTimeout(resolve, 5));
      const text = lines.join("\n");
      assert.ok(text.includes(`"path":"${shown}"`), text);
      assert.ok(!text.includes(token), text);
    });

  it("a report about the content security policy", async () => {
    lines.length = 0;
    const page = `https://example.org/reset/${token}?a=1`;
    const report = { "document-uri": page, "source-file": page, "blocked-uri": page, "effective-directive": "img-src" };
    const body = JSON.stringify({ "csp-report": report });
    const headers = { "content-type": "application/csp-report" };
    const reply = await fetch(`${(await running).url}/reports`, { method: "POST", headers, body });
    assert.equal(reply.status, 204);
    const text = lines.join("\n");
    assert.match(text, /"page":"https:\/\/example\.org\/reset\/\[secret\]"/);
    assert.ok(!text.includes(token), text);
  });
});
