/** A secret planted in many places of a request appears in no form of its report, and in no page of the tools. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gable, GableError, post } from "gable";
import type { Application } from "gable";
import { field as f, Model, sql } from "gable/data";
import { renderErrorReport } from "gable/development";
import type { ErrorReport } from "gable/development";
import { silentLogger } from "../silent-logger.ts";

class Vault extends Model("planted_vaults", { id: f.id(), name: f.text({ max: 80 }), pin: f.text({ max: 80, secret: true }) }) {}

/** Put together here, so that the source lines of this file do not hold them. */
const secretOf = (place: string): string => ["planted", place, "9f3c7a"].join("-");
const places = [
  "query",
  "authorization",
  "header",
  "cookie",
  "json",
  "nested",
  "session",
  "user",
  "details",
  "property",
  "cause",
  "message",
  "log",
  "sql",
  "field",
  "url",
  "key",
  "environment",
] as const;
const secretKey = `${secretOf("key")}-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP`;

describe("a secret", () => {
  let app: Application;
  before(async () => {
    process.env["PLANTED_API_TOKEN"] = secretOf("environment");
    app = gable({
      mode: "development",
      logger: silentLogger,
      models: [Vault],
      database: "sqlite::memory:",
      session: {},
      secretKeys: [secretKey],
      routes: [
        post(
          "/open/:token",
          { json: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } } },
          async ({ session, log, headers }) => {
            session.set("accessToken" as never, secretOf("session") as never);
            log.info({ apiKey: secretOf("log") }, `The key is ${secretOf("log")}.`);
            await Vault.create({ name: "one", pin: secretOf("field") });
            await app.database().query(sql`SELECT ${headers.get("x-api-key")} AS found`);
            const cause = Object.assign(new Error(`failed with ${secretOf("cause")}`), { password: secretOf("cause") });
            const error = new GableError("E_VAULT", `Cannot open postgres://me:${secretOf("url")}@host/db with ${secretOf("json")}`, {
              status: 500,
              details: { credential: secretOf("details"), list: [{ token: secretOf("details") }] },
              cause,
            });
            throw Object.assign(error, {
              userPassword: secretOf("property"),
              text: `${secretOf("environment")} ${secretKey} ${secretOf("message")} Bearer ${secretOf("message")}`,
              keyOfUser: { signature: secretOf("user"), nested: { password: secretOf("message") } },
            });
          },
        ),
      ],
    });
    await app.start();
  });
  after(async () => {
    delete process.env["PLANTED_API_TOKEN"];
    await app.close();
  });

  const ask = (accept: string): Promise<Response> =>
    app.request(`/open/${secretOf("query")}?token=${secretOf("query")}&page=2`, {
      method: "POST",
      headers: {
        accept,
        "content-type": "application/json",
        origin: "http://localhost",
        authorization: `Bearer ${secretOf("authorization")}`,
        "x-api-key": secretOf("header"),
        cookie: `theme=dark; sid=${secretOf("cookie")}`,
      },
      body: JSON.stringify({ password: secretOf("json"), account: { passphrase: secretOf("nested") } }),
    });

  function assertClean(text: string, what: string): void {
    for (const place of places) assert.ok(!text.includes(secretOf(place)), `${what} has the secret of "${place}"`);
  }

  it("appears in no form of the report", async () => {
    const reply = await ask("application/json");
    const problem = (await reply.json()) as { readonly code: string; readonly report: ErrorReport };
    assert.equal(problem.code, "E_VAULT");
    assertClean(JSON.stringify(problem), "the problem");
    for (const format of ["html", "text", "problem", "markdown"] as const) assertClean(renderErrorReport(problem.report, format), format);
    const page = await (await ask("text/html")).text();
    for (const shown of ["page", "x-api-key", "[secret]", "theme", "SELECT ? AS found"]) assert.ok(page.includes(shown), shown);
    assertClean(page, "the page");
  });

  it("appears in no page of the tools", async () => {
    const id = (await ask("text/html")).headers.get("x-request-id");
    for (const [path, accept] of [
      [`/_gable/requests/${id}`, "application/json"],
      [`/_gable/requests/${id}`, "text/html"],
      [`/_gable/requests/${id}/panel`, "text/html"],
      ["/_gable/requests", "application/json"],
    ] as const) {
      const text = await (await app.request(path, { headers: { accept } })).text();
      assert.ok(text.length > 100);
      assertClean(text, `${path} as ${accept}`);
    }
  });
});
