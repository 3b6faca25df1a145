import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gable, html, page, toJson } from "gable";
import type { Html } from "gable";
import { createTestClient } from "gable/testing";
import { attributes, element, render, renderToStream, trustedUrl } from "gable/views";
import { exchange } from "../../test/http/wire-client.ts";
import { silentLogger } from "../../test/silent-logger.ts";

const later = async <Value>(value: Value, ms = 5): Promise<Value> => {
  await wait(ms);
  return value;
};

async function* items(...values: string[]): AsyncGenerator<Html> {
  for (const value of values) {
    await wait(1);
    yield html`<li>${value}</li>`;
  }
}

describe("views in replies", () => {
  const app = gable({ mode: "test", logger: silentLogger, static: "examples/library/static" });
  let aborted = "";
  let returned = 0;
  app.get("/script", ({ nonce }) => html`<script>const a = ${toJson(nonce)};</script>`);
  app.get("/plain", () => html`<p>${"<"}</p>`);
  app.get(
    "/nonce",
    () => html`<script>1</script><style nonce="own"></style><link rel="stylesheet" href="/x.css"><link rel="icon" href="/y">`,
  );
  app.get("/tagged", { cache: { etag: true } }, () => html`<p>${"x"}</p>`);
  app.get("/tagged-nonce", { cache: { etag: true } }, () => html`<script>1</script>`);
  app.get("/asset", ({ asset }) => html`<script src="${asset("app.css")}"></script>`);
  app.get(
    "/stream",
    () => html`<ul title="${later("t<")}">${later("a<")}${items("b", "c<")}${[later(html`<i>${later("d")}</i>`, 1), "e"]}</ul>`,
  );
  app.get("/buffered", () => page(html`<p>${later("x")}</p>`, { buffer: true, status: 201 }));
  app.get("/early", () => html`<p>${{} as never}</p>`);
  app.get("/late", () => html`<p>first${later(1).then(() => Promise.reject(new Error("late failure")))}</p>`);
  app.get("/order", () => html`<p>${later("slow", 30)}${Promise.reject(new Error("quick"))}</p>`);
  app.get("/gone", ({ signal }) => {
    signal.addEventListener("abort", () => (aborted = "aborted"));
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          await wait(2);
          yield "x".repeat(100);
        }
      } finally {
        returned++;
      }
    }
    return html`<p>${endless()}</p>`;
  });

  const tests = createTestClient(app);

  it("sends a whole view with its length and no nonce where none is needed", async () => {
    const reply = await tests.get("/plain");
    assert.equal(reply.body, "<p>&lt;</p>");
    assert.equal(reply.headers.get("content-length"), "11");
    assert.equal(reply.headers.get("content-type"), "text/html; charset=utf-8");
    assert.doesNotMatch(reply.headers.get("content-security-policy") ?? "", /nonce/);
  });

  it("adds the nonce of the reply where code is written or loaded, and an own one wins", async () => {
    const reply = await tests.get("/nonce");
    const nonce = /'nonce-([^']+)'/.exec(reply.headers.get("content-security-policy")!)![1]!;
    assert.equal(
      reply.body,
      `<script nonce="${nonce}">1</script><style nonce="own"></style><link rel="stylesheet" href="/x.css"><link rel="icon" href="/y">`,
    );
    assert.notEqual((await tests.get("/nonce")).body, reply.body);
  });

  it("adds the nonce to files of the own origin where the policy asks for it, and to files of others", async () => {
    const strict = gable({ mode: "test", logger: silentLogger, security: { csp: { scriptSrc: ["'strict-dynamic'"] } } });
    const loads = (): Html =>
      html`<script src="/a.js"></script><script src="${trustedUrl`/b.js`}"></script><script src="//c.test/c.js"></script>`;
    strict.get("/", loads);
    assert.match((await createTestClient(strict).get("/")).body, /^(?:<script src="[^"]+" nonce="[^"]+"><\/script>){3}$/);
    const usual = gable({ mode: "test", logger: silentLogger });
    usual.get("/", loads);
    usual.get("/route", { security: { csp: { styleSrc: ["https://x.test"] } } }, loads);
    assert.match(
      (await createTestClient(usual).get("/")).body,
      /^<script src="\/a\.js"><\/script><script src="\/b\.js"><\/script><script src="\/\/c\.test\/c\.js" nonce="[^"]+"><\/script>$/,
    );
    assert.match((await createTestClient(usual).get("/route")).body, /^(?:<script src="[^"]+" nonce="[^"]+"><\/script>){3}$/);
  });

  it("gives pages with a nonce no tag", async () => {
    assert.match((await tests.get("/tagged")).headers.get("etag")!, /^"/);
    assert.equal((await tests.get("/tagged-nonce")).headers.get("etag"), null);
  });

  it("trusts assets of the application", async () => {
    assert.match((await tests.get("/asset")).body, /^<script src="\/static\/app[^"]*\.css"><\/script>$/);
  });

  it("streams pending values in order, in every place", async () => {
    const reply = await tests.get("/stream");
    assert.equal(reply.body, '<ul title="t&lt;">a&lt;<li>b</li><li>c&lt;</li><i>d</i>e</ul>');
    assert.equal(reply.headers.get("content-length"), null);
    assert.equal(reply.headers.get("x-accel-buffering"), "no");
  });

  it("waits for the whole view on demand", async () => {
    const reply = await tests.get("/buffered");
    assert.deepEqual([reply.status, reply.body, reply.headers.get("content-length")], [201, "<p>x</p>", "8"]);
  });

  it("answers 500 for a view that fails before anything was sent", async () => {
    await assert.rejects(tests.get("/early"), { code: "E_VIEW_VALUE" });
    assert.equal((await app.request("/early")).status, 500);
  });

  it("cuts the connection when a view fails later, and takes no rejection out of turn for the end of the process", async () => {
    const running = await app.listen({ port: 0 });
    try {
      for (const path of ["/late", "/order"]) {
        const answer = await exchange(running.port, { pieces: [`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`], quietMs: 500 });
        assert.deepEqual(answer.statuses, [200]);
        assert.equal(answer.isClosed, true);
        assert.doesNotMatch(answer.text, /0\r\n\r\n$/);
        assert.equal(answer.text.split("HTTP/1.1").length, 2);
      }
      assert.equal((await fetch(`${running.url}/plain`)).status, 200);
    } finally {
      await running.stop({ graceMs: 100 });
    }
  });

  it("stops asking a source when the client leaves", async () => {
    const running = await app.listen({ port: 0 });
    const controller = new AbortController();
    const response = await fetch(`${running.url}/gone`, { signal: controller.signal });
    await response.body!.getReader().read();
    controller.abort();
    for (let waited = 0; waited < 200 && returned === 0; waited++) await wait(10);
    assert.deepEqual([aborted, returned], ["aborted", 1]);
    await running.stop({ graceMs: 100 });
  });

  it("holds stricter classes of attributes in templates, attributes() and element()", async () => {
    const own = gable({
      mode: "test",
      logger: silentLogger,
      views: { attributes: { "data-link": "url" }, directories: ["examples/library/views"] },
    });
    const bad = "javascript:x";
    own.get("/", () => html`<a data-link="${bad}" ${attributes({ "data-link": bad })}>${element("b", { "data-link": bad })}</a>`);
    const { body } = await createTestClient(own).get("/");
    assert.equal(body.split('data-link="about:invalid#blocked"').length, 4, body);
    // The classes hold for templates that are read from then on: the next application of this process sets its own.
    gable({ mode: "test" });
  });

  it("has named routes in views and says the nearest name of an unknown one", async () => {
    const named = gable({ mode: "test", logger: silentLogger });
    named.get("/u/:id(int)", { name: "user" }, () => "x");
    named.get("/", (context) => {
      const { services } = context as unknown as { services: { routeUrl: (name: string, params: object) => string } };
      return services.routeUrl("user", { id: 5 });
    });
    named.get("/bad", (context) => {
      const { services } = context as unknown as { services: { routeUrl: (name: string, params: object) => string } };
      return services.routeUrl("usr", {});
    });
    const client = createTestClient(named);
    assert.equal((await client.get("/")).body, "/u/5");
    await assert.rejects(client.get("/bad"), { code: "E_ROUTE_NAME_UNKNOWN", fix: 'Write "user" instead of "usr".' });
  });

  it("has flash messages in template files where the application has sessions", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-flash-"));
    try {
      await writeFile(join(folder, "page.html"), "{% if flash %}<main>{{ flash.render() }}</main>{% else %}none{% endif %}");
      const bodies = [undefined, {}].map(async (session) => {
        const own = gable({ mode: "test", logger: silentLogger, views: { directories: [folder] }, ...(session && { session }) });
        own.get("/", (context) => {
          if (session) context.flash("info", "Saved.");
          return context.view("page.html", {});
        });
        return (await createTestClient(own).get("/")).body;
      });
      assert.deepEqual(await Promise.all(bodies), [
        "none",
        '<main><div class="messages" role="status"><p class="message message-info">Saved.</p></div></main>',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("checks locale and time zone at the start", () => {
    assert.throws(() => gable({ locale: "not a tag" }), { code: "E_OPTION_INVALID" });
    assert.throws(() => gable({ timeZone: "Mars/Olympus" }), { code: "E_OPTION_INVALID" });
  });
});

describe("render()", () => {
  it("returns a string, or a promise of one", async () => {
    assert.equal(render(html`<p>${"a"}</p>`), "<p>a</p>");
    const pending = render(html`<p>${later("a")}</p>`);
    assert.ok(pending instanceof Promise);
    assert.equal(await pending, "<p>a</p>");
    assert.throws(() => String(html`${later("a")}`), {
      code: "E_VIEW_CONTEXT",
      message: "Markup with a pending promise was converted to text.",
    });
  });

  it("writes a nonce when the context has one", () => {
    assert.equal(render(html`<script>1</script>`, { nonce: "abc=" }), '<script nonce="abc=">1</script>');
    assert.equal(render(html`<script>1</script>`, { nonce: 'a"b' }), "<script>1</script>");
    assert.equal(render(html`<script>1</script>`), "<script>1</script>");
  });

  it("tells what it blocked, and never the value", () => {
    const told: string[] = [];
    void render(html`<a href="${"javascript:secret"}" ${attributes({ src: "javascript:secret" })}>`, {
      onBlocked: (place) => told.push(place),
    });
    assert.equal(told.length, 2);
    assert.match(told[0]!, /^"href" of <a> at \S+:\d+$/);
    assert.doesNotMatch(told.join(), /secret/);
  });

  it("streams bytes no faster than they are read", async () => {
    let made = 0;
    async function* many(): AsyncGenerator<string> {
      for (; made < 1000; made++) yield "é".repeat(1000);
    }
    const reader = renderToStream(html`<p>${many()}</p>`).getReader();
    await reader.read();
    await reader.read();
    await wait(10);
    assert.ok(made < 20, String(made));
    await reader.cancel();
    assert.equal(
      new TextDecoder().decode(
        (
          await renderToStream(html`<p>é</p>`)
            .getReader()
            .read()
        ).value,
      ),
      "<p>é</p>",
    );
  });
});
