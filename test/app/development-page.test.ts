/** The error page of development: what a developer sees when something breaks. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { badRequest, gable, notFound } from "gable";
import type { GableOptions } from "gable";
import { silentLogger } from "../silent-logger.ts";

const make = (options: GableOptions = {}) => gable({ mode: "test", logger: silentLogger, ...options });

describe("the error page of development", () => {
  it("shows message, place, fix and request in development, and no secret", async () => {
    // Put together here, so that the code frame of this file does not hold it.
    const secret = ["hunter", "2-planted"].join("");
    const app = make({ mode: "development" });
    app.get("/boom/:x", () => {
      throw new Error("broken <here>", { cause: new Error("the root") });
    });
    const response = await app.request(`/boom/1?token=${secret}&a=shown`, {
      headers: { accept: "text/html", authorization: `Bearer ${secret}`, cookie: `s=${secret}`, "x-plain": "visible" },
    });
    const body = await response.text();
    for (const part of [
      "broken &lt;here&gt;",
      "E_INTERNAL",
      "Fix:",
      "development-page.test.ts",
      "throw new Error(&quot;".replaceAll("&quot;", '"'),
      "the root",
      "visible",
      "/boom/:x",
      "shown",
    ])
      assert.ok(body.includes(part), part);
    assert.ok(!body.includes(secret));
    const missing = await (await app.request("/bom/1", { headers: { accept: "text/html" } })).text();
    assert.match(missing, /\/boom\/:x/);
    const asJson = (await (await app.request("/boom/1", { headers: { accept: "application/json" } })).json()) as {
      detail: string;
      fix: string;
    };
    assert.equal(asJson.detail, "broken <here>");
    assert.ok(asJson.fix.length > 5);
  });

  it("gives its styles and scripts the nonce of its policy", async () => {
    const app = make({ mode: "development" });
    app.get("/boom", () => {
      throw new Error("broken");
    });
    const response = await app.request("/boom", { headers: { accept: "text/html" } });
    const [, nonce] = /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "") ?? assert.fail("no nonce");
    const tags = (await response.text()).match(/<(?:style|script)\b[^>]*>/g) ?? [];
    assert.ok(tags.length > 0);
    for (const tag of tags) assert.ok(tag.includes(`nonce="${nonce}"`), tag);
  });

  it("shows the address with its query, where there is one", async () => {
    const app = make({ mode: "development" });
    for (const [path, shown] of [
      ["/nowhere", "http://localhost/nowhere"],
      ["/nowhere?a=1", "http://localhost/nowhere?a=1"],
    ] as const) {
      const lines = (await (await app.request(path, { headers: { accept: "text/plain" } })).text()).split("\n");
      assert.ok(
        lines.some((line) => line.trim().endsWith(` ${shown}`)),
        `${path}: ${lines.join("\n")}`,
      );
    }
  });

  it("shows the parameters of the path, where there are some", async () => {
    const app = make({ mode: "development" });
    const fail = (): never => {
      throw badRequest("Wrong.");
    };
    app.get("/shelf/:room", fail);
    app.get("/shelf", fail);
    const shown = async (path: string): Promise<boolean> =>
      /<h3>Path parameters<\/h3>.*<td>room<\/td><td>north<\/td>/s.test(
        await (await app.request(path, { headers: { accept: "text/html" } })).text(),
      );
    assert.deepEqual([await shown("/shelf/north"), await shown("/shelf")], [true, false]);
  });

  it("lists what the request has logged, without the line of the error itself", async () => {
    const app = make({ mode: "development" });
    const thrown = new Error("broken");
    const lines: ReadonlyArray<readonly [string, object]> = [
      ["another error", { error: new Error("earlier") }],
      ["a status", { status: 1 }],
      ["a code", { code: 1 }],
      ["the error", { error: thrown }],
      ["a status and a code", { status: 1, code: 1 }],
    ];
    app.get("/", ({ log }) => {
      for (const [text, facts] of lines) log.warn(facts, `logged ${text}`);
      throw thrown;
    });
    const body = await (await app.request("/", { headers: { accept: "text/plain" } })).text();
    assert.deepEqual(body.match(/logged (?:a|the).*/g), ["logged another error", "logged a status", "logged a code"]);
  });

  it("lists the nearest routes only for an address that no route answers", async () => {
    const app = make({ mode: "development" });
    app.get("/boom", () => new Response(null, { status: 204 }));
    app.get("/missing", () => {
      throw notFound();
    });
    app.get("/wrong", () => {
      throw badRequest("Wrong.");
    });
    // Put together here, so that the code frame of this file does not hold it.
    const title = ["Nearest", "routes"].join(" ");
    const hasRoutes = async (path: string, method = "GET"): Promise<boolean> =>
      (await (await app.request(path, { method, headers: { accept: "text/plain" } })).text()).includes(title);
    assert.deepEqual(
      [await hasRoutes("/bom"), await hasRoutes("/missing"), await hasRoutes("/wrong"), await hasRoutes("/boom", "PUT")],
      [true, false, false, false],
    );
  });

  it("goes into a file when the request came over a socket, outside of tests", async () => {
    const [folder, before] = [await mkdtemp(join(tmpdir(), "gable-last-error-")), process.cwd()];
    const { NODE_TEST_CONTEXT = "child" } = process.env;
    const app = make({ mode: "development" });
    app.get("/boom", () => {
      throw new Error("broken");
    });
    const { url, stop } = await app.listen({ port: 0, quiet: true, signals: false });
    const isKept = async (sent: Promise<Response>): Promise<boolean> => {
      await (await sent).text();
      const kept = existsSync("var/last-error.json");
      await rm("var", { recursive: true, force: true });
      return kept;
    };
    process.chdir(folder);
    try {
      delete process.env["NODE_TEST_CONTEXT"];
      assert.deepEqual(
        [await isKept(app.request("/boom")), await isKept(fetch(`${url}/nowhere`)), await isKept(fetch(`${url}/boom`))],
        [false, false, true],
      );
      process.env["NODE_TEST_CONTEXT"] = NODE_TEST_CONTEXT;
      assert.equal(await isKept(fetch(`${url}/boom`)), false);
    } finally {
      process.env["NODE_TEST_CONTEXT"] = NODE_TEST_CONTEXT;
      process.chdir(before);
      await stop();
      await rm(folder, { recursive: true });
    }
  });

  it("survives values that cannot be shown, and parts of an AggregateError", async () => {
    const app = make({ mode: "development" });
    app.get("/", () => {
      throw new AggregateError(
        [
          new Error("part one"),
          {
            toJSON: () => {
              throw new Error("no");
            },
          },
        ],
        "several",
      );
    });
    app.get("/string", () => {
      throw "a text";
    });
    const body = await (await app.request("/", { headers: { accept: "text/html" } })).text();
    for (const part of ["several", "part one", "cannot be shown: no"]) assert.ok(body.includes(part), part);
    assert.match(
      await (await app.request("/string", { headers: { accept: "text/html" } })).text(),
      /<h1>The handler threw "a text", which is not an Error\.<\/h1>/,
    );
  });
});

describe("the page of a refused cross-site request", () => {
  const rows: ReadonlyArray<
    readonly [row: string, headers: Readonly<Record<string, string>>, shown: readonly [site: string, origin: string]]
  > = [
    ["header", { "sec-fetch-site": "elsewhere" }, ["elsewhere", "not sent"]],
    ["fetch-site", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }, ["cross-site", "https://evil.test"]],
    ["origin", { origin: "http://shop.test" }, ["not sent", "http://shop.test"]],
    ["missing", { cookie: "a=1" }, ["not sent", "not sent"]],
  ];
  const ask = async (mode: "development" | "production", accept: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const app = make({ mode, origin: "https://shop.test", hosts: ["shop.test"] });
    app.post("/save", () => "saved");
    const response = await app.request("/save", { method: "POST", headers: { accept, ...headers } });
    assert.equal(response.status, 403);
    return response.text();
  };

  for (const [row, headers, [site, origin]] of rows) {
    it(`shows what decided, and the fix, for row "${row}"`, async () => {
      const text = (await ask("development", "text/html", headers)).replaceAll(/\s+/g, " ");
      const facts = { row, "Sec-Fetch-Site": site, Origin: origin, "own origin": "https://shop.test (the option origin)" };
      for (const [name, value] of Object.entries(facts))
        assert.match(text, new RegExp(`<td>${name}</td> ?<td>${value.replaceAll(/[()]/g, ".")}</td>`));
      assert.match(text, /Behind a proxy, set origin and proxies/);
    });

    for (const accept of ["text/html", "application/json"])
      it(`shows nothing of it in production as ${accept}, for row "${row}"`, async () => {
        const text = await ask("production", accept, headers);
        assert.doesNotMatch(text, /fetch-site|evil|shop\.test|elsewhere|not sent|\borigin\b|\bmissing\b|proxies|details/i);
      });
  }

  it("says when the own origin is that of the request", async () => {
    const app = make({ mode: "development" });
    app.post("/save", () => "saved");
    const response = await app.request("/save", { method: "POST", headers: { accept: "application/json", origin: "https://evil.test" } });
    assert.match(await response.text(), /http:\/\/localhost \(scheme and host of the request\)/);
  });
});
