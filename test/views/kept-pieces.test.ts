/** Cached pieces of views and visitors who differ: nobody gets a piece that was made for somebody else. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Application, GableOptions } from "gable";
import { definePart, gable, get, html, redirect } from "gable";
import type { Html } from "gable";
import { cached } from "gable/views";
import { silentLogger } from "../silent-logger.ts";

const toName = (expression: string): string => expression.replaceAll(/[()"]/g, "");
const piece = (key: string, vary: string, body: string): string => `<p>{% cache "${key}" vary=["${vary}"] %}${body}{% endcache %}</p>`;

/** What a piece with vary=["request"] may read, and what it shows. */
const readable: ReadonlyArray<readonly [expression: string, shown: string]> = [
  ["request.url.pathname", "/view/request.url.pathname"],
  ["request.path", "/view/request.path"],
  ["request.method", "GET"],
  ["request.scheme", "http"],
  ["request.authority", "localhost"],
  ["request.params.name", "request.params.name"],
  ['request.query.get("a")', "1"],
  ["request.route.pattern", "/view/:name(path)"],
  ["query()", "?a=1"],
  ["request.nothing", ""],
];
/** What its key does not know. */
const refused: readonly string[] = [
  'request.cookies.get("a")',
  'request.headers.get("x-a")',
  "request.ip",
  "request.requestId",
  "request.user",
  "request.tenant",
  "request.flash",
  "request.session",
  "request.request",
  "request.nonce",
];

const userPart = definePart({ name: "visitor", properties: { user: () => ({ id: 1 }), tenant: () => "tenant" }, start: () => ({}) });
const views = mkdtempSync(join(tmpdir(), "gable-pieces-"));
before(() => {
  for (const name of [...readable.map(([each]) => each), ...refused])
    writeFileSync(join(views, `${toName(name)}.html`), piece(name.replaceAll('"', ""), "request", `{{ ${name} }}`));
  writeFileSync(join(views, "flash.html"), piece("flash", "flash", "{{ flash.render() }}"));
});
after(() => rmSync(views, { recursive: true }));

/** Waits until its client has left, and then has less to show than it should. */
let left = Promise.withResolvers<void>();
const load = async (signal: AbortSignal): Promise<string> => {
  await left.promise;
  return signal.aborted ? "cut short" : "whole";
};

for (const [where, more] of [
  ["views", {}],
  ["the cache", { cache: true }],
] as ReadonlyArray<readonly [string, Partial<GableOptions>]>)
  describe(`pieces of views that are kept by ${where}`, () => {
    let app: Application;
    before(() => {
      app = gable({
        mode: "test",
        logger: silentLogger,
        views,
        session: {},
        secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
        parts: [userPart],
        ...more,
        routes: [
          get("/view/:name(path)", ({ view, params }) => view(`${toName(params.name)}.html`)),
          get("/add/:text", ({ flash, params }) => {
            flash("info", params.text);
            return redirect("/view/flash");
          }),
          get("/left/:name", async ({ signal, params }) => {
            const text = await load(signal);
            const inner = (): Html => cached([params.name, "inner"], {}, () => html`${text}`);
            return html`<p>${cached([params.name], {}, () => html`${params.name === "nested" ? inner() : text}`)}</p>`;
          }),
        ],
      });
    });
    after(() => app.close());

    const address = (name: string): string => `/view/${encodeURIComponent(name)}?a=1`;

    for (const [expression, shown] of readable)
      it(`shows ${expression} in a piece for each address`, async () => {
        for (let round = 0; round < 2; round++)
          assert.equal(await (await app.request(address(toName(expression)))).text(), `<p>${shown.replaceAll("&", "&amp;")}</p>`);
      });

    for (const expression of refused)
      it(`refuses ${expression} in a piece for each address`, async () => {
        for (const visitor of ["A", "B"]) {
          const reply = await app.request(address(toName(expression)), { headers: { cookie: `a=${visitor}`, "x-a": visitor } });
          // A reply that has begun breaks off.
          if (reply.status === 200)
            await assert.rejects(reply.text(), { code: "E_VIEW_CACHE_KEY", message: /vary=\["request"\] has only/ });
          else assert.equal(reply.status, 500);
        }
      });

    it("shows messages once, and keeps no piece that has them", async () => {
      const none = async (): Promise<void> => assert.equal(await (await app.request("/view/flash")).text(), "<p></p>");
      await none();
      for (const text of ["first", "second", "first"]) {
        const added = await app.request(`/add/${text}`, { redirect: "manual" });
        const cookie = added.headers
          .getSetCookie()
          .map((line) => line.split(";")[0])
          .join("; ");
        const reply = await app.request("/view/flash", { headers: { cookie } });
        assert.match(await reply.text(), new RegExp(`message-info">${text}<`));
        assert.match(reply.headers.getSetCookie().join("\n"), /^flash=;/, "the messages were taken");
      }
      await none();
    });

    for (const name of ["plain", "nested"])
      it(`keeps no ${name} piece of a request whose client has left`, async () => {
        left = Promise.withResolvers();
        const leaving = new AbortController();
        const first = app.request(`/left/${name}`, { signal: leaving.signal }).catch(() => undefined);
        leaving.abort(new Error("left"));
        left.resolve();
        await first;
        assert.equal(await (await app.request(`/left/${name}`)).text(), "<p>whole</p>");
      });
  });
