/** Uploads that are scripts, pages and pictures at the same time: none of them runs in Chromium. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { gable, get, page, html } from "gable";
import type { Application } from "gable";
import { memoryStorage, storage } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

/** Says that a script ran, wherever it runs: the page that includes it, a frame, another window. */
const alarm = "try{top.ran=1}catch{};try{opener.ran=1}catch{};new Image().src='/ran';fetch('/ran').catch(()=>{});";
const htmlPage = `<!doctype html><script>${alarm}</script><img src=x onerror="${alarm}">`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${alarm.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}"><script>${alarm}</script></svg>`;
const xhtml = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${alarm}</script></html>`;
const xslt = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x:stylesheet id="s" version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><html><script>${alarm}</script></html></x:template></x:stylesheet>`;
const gif = `GIF89a/*\u0001\u0000\u0001\u0000*/=1;${alarm}//${htmlPage}`;
const png = `\u0089PNG\r\n\u001a\n${htmlPage}`;
const jpeg = `\u00ff\u00d8\u00ff\u00e0${htmlPage}`;
const pdf = `%PDF-1.4\n${htmlPage}`;

/** Type that the file was stored with, and its content. */
const uploads: ReadonlyArray<readonly [type: string, content: string]> = [
  ["text/html", htmlPage],
  ["application/xhtml+xml", xhtml],
  ["image/svg+xml", svg],
  ["text/xml", xslt],
  ["application/xml", xhtml],
  ["text/javascript", alarm],
  ["text/plain", htmlPage],
  ["application/octet-stream", htmlPage],
  ["application/pdf", pdf],
  ["image/gif", gif],
  ["image/png", png],
  ["image/png", svg],
  ["image/jpeg", jpeg],
  ["image/webp", htmlPage],
  ["video/mp4", htmlPage],
  ["audio/mpeg", `ID3${htmlPage}`],
  ["audio/wav", xhtml],
  ["multipart/x-mixed-replace; boundary=a", `--a\r\nContent-Type: text/html\r\n\r\n${htmlPage}\r\n--a--`],
  ["unknown/x-unknown", htmlPage],
];

/** Ways to bring a file into a page. */
const carriers: readonly string[] = ["iframe", "object", "embed", "script", "module", "img", "style", "worker", "service-worker", "window"];

describe("uploads in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let site: Page;
  let app: Application;
  let server: Awaited<ReturnType<Application["listen"]>>;
  const ran: string[] = [];
  let current = "";
  before(async () => {
    app = gable({
      mode: "production",
      logger: silentLogger,
      storage: { store: memoryStorage(), public: true },
      // A page that lets everything of the same origin run: the replies must protect themselves.
      security: { csp: { frameSrc: ["'self'"], objectSrc: ["'self'"] } },
      routes: [
        get("/", () => page(html`<!doctype html><title>Site</title><p>Site</p>`)),
        get("/ran", () => (ran.push(current), "")),
        get("/control.js", ({ reply }) => (reply.headers.set("content-type", "text/javascript"), alarm)),
      ],
    });
    server = await app.listen({ port: 0, host: "127.0.0.1", quiet: true });
    for (const [index, [type, content]] of uploads.entries()) await storage.put(`u/${index}`, Buffer.from(content, "latin1"), { type });
    browser = await launchBrowser();
    site = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await app?.close();
  });

  /** Brings an address into the page in one way, and waits until the browser has dealt with it. */
  async function carry(carrier: string, address: string): Promise<void> {
    await site.evaluate(
      async ([kind, url]) => {
        const settled = (element: Element): Promise<unknown> =>
          Promise.race([
            new Promise((resolve) => ["load", "error"].forEach((event) => element.addEventListener(event, resolve))),
            new Promise((resolve) => setTimeout(resolve, 400)),
          ]);
        const add = async (name: string, attributes: Record<string, string>): Promise<void> => {
          const element = document.createElement(name);
          for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
          const waiting = settled(element);
          document.body.append(element);
          await waiting;
          element.remove();
        };
        if (kind === "script") await add("script", { src: url });
        else if (kind === "module") await add("script", { src: url, type: "module" });
        else if (kind === "style") await add("link", { href: url, rel: "stylesheet" });
        else if (kind === "object") await add("object", { data: url });
        else if (kind === "iframe" || kind === "embed" || kind === "img") await add(kind, { src: url });
        else if (kind === "worker") {
          const worker = new Worker(url);
          await new Promise((resolve) => {
            worker.addEventListener("error", resolve);
            setTimeout(resolve, 400);
          });
          worker.terminate();
        } else if (kind === "service-worker") await navigator.serviceWorker.register(url).catch(() => undefined);
      },
      [carrier, address] as const,
    );
  }

  it("would notice a script that runs", async () => {
    await site.goto(server.url);
    current = "control";
    await carry("script", "/control.js");
    await site.waitForFunction(() => "ran" in window);
    assert.ok(ran.includes("control"));
    ran.length = 0;
  });

  for (const carrier of carriers)
    it(`run no script through ${carrier}`, async () => {
      await site.goto(server.url);
      const own = await browser.newPage();
      for (const [index, [type]] of uploads.entries()) {
        const address = `/media/u/${index}`;
        current = `${type} ${index} through ${carrier}`;
        if (carrier !== "window") await carry(carrier, address);
        else {
          // A download ends the navigation.
          await own.goto(new URL(address, server.url).href).catch(() => undefined);
          await own.waitForTimeout(20);
        }
        assert.equal(await site.evaluate(() => "ran" in window), false, current);
      }
      await own.close();
      assert.deepEqual(ran, []);
    });
});
