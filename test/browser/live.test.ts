/** Event streams and WebSockets in Chromium: `EventSource` and `WebSocket` of a real browser, and other sites. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { RunningApp, ServerEvent } from "gable";
import { gable, get, html, socket } from "gable";
import { livePart } from "gable/live";
import { silentLogger } from "../silent-logger.ts";
import { until } from "../live/serving.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

/** What the page keeps of its events. */
interface Seen {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

const texts = ["plain", "two\nlines", "cr\rand\r\ncrlf", " blanks ", "", "id: 9\n\nevent: stolen", "\u20ac \u{1F600}"];

function createApp(origins: readonly string[] = []) {
  const received: string[] = [];
  const lastIds: Array<string | null> = [];
  const app = gable({
    mode: "test",
    logger: silentLogger,
    live: { times: { spreadMs: 0 } },
    security: { trustedOrigins: origins, csp: { connectSrc: ["'self'", "ws:", "http:"] } },
    routes: [
      get("/", () => html`<title>Live</title>`),
      get("/feed", ({ reply, headers }) => {
        const last = headers.get("last-event-id");
        lastIds.push(last);
        const source = async function* (): AsyncGenerator<ServerEvent> {
          for (const [index, data] of texts.entries()) if (index > Number(last ?? -1)) yield { event: "note", id: String(index), data };
          // The first connection ends here; the browser comes back with the id.
          if (last === null) return;
          yield { event: "end", data: "" };
          await new Promise(() => undefined);
        };
        return reply.events(source(), { retryMs: 10 });
      }),
      socket("/chat/:name", {
        message: (connection, message) => {
          received.push(String(message));
          connection.send(`${String(connection.params.name)}: ${String(message)}`);
        },
      }),
    ],
  });
  return { app, received, lastIds };
}

describe("live connections in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let page: Page;
  let server: RunningApp;
  const site = createApp();
  before(async () => {
    browser = await launchBrowser();
    page = await browser.newPage();
    server = await site.app.listen({ port: 0 });
    await page.goto(server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop({ graceMs: 100 });
  });

  it("give EventSource all texts, and go on after the last id when the connection ends", async () => {
    const seen = await page.evaluate(
      () =>
        new Promise<Seen[]>((resolve) => {
          const events: Seen[] = [];
          const source = new EventSource("/feed");
          source.addEventListener("note", ({ type, lastEventId, data }: MessageEvent<string>) =>
            events.push({ type, id: lastEventId, data }),
          );
          source.addEventListener("stolen", () => events.push({ type: "stolen", id: "", data: "" }));
          source.addEventListener("end", () => {
            source.close();
            resolve(events);
          });
        }),
    );
    // A browser gives LF for each kind of line break.
    const expected = texts.map((text, index) => ({ type: "note", id: String(index), data: text.replace(/\r\n?/g, "\n") }));
    assert.deepEqual(seen, expected);
    assert.deepEqual(site.lastIds, [null, String(texts.length - 1)]);
    await until(() => site.app.part(livePart).connectionCount === 0, "the end of the stream");
  });

  it("open a WebSocket of the own site, with messages both ways", async () => {
    const answer = await page.evaluate(
      (url) =>
        new Promise<unknown>((resolve) => {
          const opened = new WebSocket(url);
          opened.addEventListener("open", () => opened.send("hello"));
          opened.addEventListener("message", ({ data }) => {
            opened.addEventListener("close", ({ code, wasClean }) => resolve([data, code, wasClean]));
            opened.close(4000);
          });
        }),
      `${server.url.replace("http", "ws")}/chat/a`,
    );
    assert.deepEqual(answer, ["a: hello", 4000, true]);
  });

  it("refuse a WebSocket of another site, and of another name of this machine", async () => {
    const other = await createApp().app.listen({ port: 0 });
    const visitor = await browser.newPage();
    try {
      for (const origin of [other.url, server.url.replace("127.0.0.1", "localhost")]) {
        await visitor.goto(origin);
        const code = await visitor.evaluate(
          (url) => new Promise<number>((resolve) => new WebSocket(url).addEventListener("close", (event) => resolve(event.code))),
          `${server.url.replace("http", "ws")}/chat/a`,
        );
        assert.equal(code, 1006, origin);
      }
      assert.deepEqual(site.received, ["hello"]);
    } finally {
      await visitor.close();
      await other.stop({ graceMs: 100 });
    }
  });

  it("tell a WebSocket that the application restarts", async () => {
    const restarting = await createApp().app.listen({ port: 0 });
    const visitor = await browser.newPage();
    await visitor.goto(restarting.url);
    const closed = visitor.evaluate(
      (url) => new Promise<number>((resolve) => new WebSocket(url).addEventListener("close", (event) => resolve(event.code))),
      `${restarting.url.replace("http", "ws")}/chat/a`,
    );
    await until(() => restarting.app.part(livePart).connectionCount === 1, "the socket");
    await restarting.stop({ graceMs: 1_000 });
    assert.equal(await closed, 1012);
    await visitor.close();
  });
});
