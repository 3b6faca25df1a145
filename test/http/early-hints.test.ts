/** Links that go out before the page, in a reply 103: who gets them, in which order, and through which proxies. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GableOptions } from "gable";
import { GableError, gable, get, middleware, post, redirect } from "gable";
import type { EarlyHintsOptions } from "gable";
import type { RequestListener } from "gable/http";
import { serve } from "gable/server";
import type { ServeOptions } from "gable/server";
import { silentLogger } from "../silent-logger.ts";
import type { FrontProxy, FrontProxyOptions } from "./front-proxies.ts";
import { skipApache, skipHaproxy, skipNginx, startApache, startHaproxy, startNginx } from "./front-proxies.ts";
import { exchange } from "./wire-client.ts";

const style = "</app.css>; rel=preload; as=style";
const font = '</text.woff2>; rel=preload; as=font; crossorigin; title="a, b"';
const navigation = "host: localhost\r\nsec-fetch-mode: navigate\r\n";

function createListener(options: GableOptions, hints: EarlyHintsOptions = { link: style }): RequestListener {
  const app = gable({
    logger: silentLogger,
    mode: "test",
    earlyHints: true,
    ...options,
    routes: [...routes(hints), ...(options.routes ?? [])],
  });
  return app.listener;
}

const routes = (hints: EarlyHintsOptions) => [
  get("/", ({ reply }) => {
    reply.earlyHints(hints);
    return "page";
  }),
  get("/slow", async ({ reply }) => {
    reply.earlyHints(hints);
    await new Promise((resolve) => void setImmediate(resolve));
    reply.earlyHints({ link: [font, style] });
    return "slow page";
  }),
  get("/none", ({ reply }) => {
    reply.earlyHints({ link: [] });
    return "page";
  }),
  get("/elsewhere", ({ reply }) => {
    reply.earlyHints(hints);
    return redirect("/");
  }),
  get("/broken", ({ reply }) => {
    reply.earlyHints(hints);
    throw new GableError("E_INTERNAL", "Broken on purpose.");
  }),
  post("/", ({ reply }) => {
    reply.earlyHints(hints);
    return "sent";
  }),
];

/** Sends requests to an application, and returns all bytes that came back. */
async function ask(pieces: readonly string[], options: GableOptions = {}, server: ServeOptions = {}): Promise<string> {
  const running = await serve(createListener(options), { port: 0, ...server });
  try {
    return (await exchange(running.port, { pieces })).text;
  } finally {
    await running.stop({ graceMs: 0 });
  }
}

const interim = (...links: readonly string[]): string =>
  `HTTP/1.1 103 Early Hints\r\n${links.map((link) => `link: ${link}\r\n`).join("")}\r\n`;

/** Statuses of all replies, interim ones too. */
const statusesOf = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => status!);

for (const engine of ["gable", "node"] as const) {
  describe(`early hints of the server "${engine}"`, () => {
    it("come before the page, which has the links, too", async () => {
      const text = await ask([`GET / HTTP/1.1\r\n${navigation}\r\n`], {}, { engine });
      assert.equal(text.slice(0, interim(style).length).toLowerCase(), interim(style).toLowerCase());
      const page = text.slice(interim(style).length);
      assert.match(page, /^HTTP\/1\.1 200 /);
      assert.ok(page.includes(`link: ${style}\r\n`) && page.endsWith("\r\n\r\npage"), page);
    });

    it("may be sent several times", async () => {
      const text = await ask([`GET /slow HTTP/1.1\r\n${navigation}\r\n`], {}, { engine });
      // node:http refuses links with quoted commas. It sends them with the page only.
      assert.deepEqual(statusesOf(text), engine === "gable" ? ["103", "103", "200"] : ["103", "200"]);
      if (engine === "gable") assert.ok(text.includes(interim(font, style)));
      assert.equal(text.split(`link: ${font}\r\n`).length - 1, engine === "gable" ? 2 : 1);
    });

    it("keep their place among requests that come together", async () => {
      const one = (path: string): string => `GET ${path} HTTP/1.1\r\n${navigation}\r\n`;
      const text = await ask([one("/none") + one("/") + one("/elsewhere") + one("/none")], {}, { engine });
      assert.deepEqual(statusesOf(text), ["200", "103", "200", "103", "303", "200"]);
    });

    it("come before an error", async () => {
      const text = await ask([`GET /broken HTTP/1.1\r\n${navigation}\r\n`], {}, { engine });
      assert.deepEqual(statusesOf(text), ["103", "500"]);
    });

    const without: ReadonlyArray<readonly [what: string, request: string, options?: GableOptions]> = [
      ["a client of HTTP/1.0", `GET / HTTP/1.0\r\n${navigation}\r\n`],
      ["a request that no browser sent", "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"],
      ["a fetch() of a script", "GET / HTTP/1.1\r\nhost: localhost\r\nsec-fetch-mode: cors\r\n\r\n"],
      ["HEAD", `HEAD / HTTP/1.1\r\n${navigation}\r\n`],
      ["a form", `POST / HTTP/1.1\r\n${navigation}sec-fetch-site: same-origin\r\ncontent-length: 0\r\n\r\n`],
      ["an application without the option", `GET / HTTP/1.1\r\n${navigation}\r\n`, { earlyHints: false }],
      ["an application whose option is undefined", `GET / HTTP/1.1\r\n${navigation}\r\n`, { earlyHints: undefined as never }],
    ];
    for (const [what, request, options] of without)
      it(`are left out for ${what}: the reply has the links`, async () => {
        const text = await ask([request], options, { engine });
        assert.deepEqual(statusesOf(text), ["200"]);
        assert.ok(text.includes(`link: ${style}\r\n`), text);
      });

    it("are left out without a link", async () => {
      assert.deepEqual(statusesOf(await ask([`GET /none HTTP/1.1\r\n${navigation}\r\n`], {}, { engine })), ["200"]);
    });

    it("are not sent once the reply is out", async () => {
      let late: Promise<void> | undefined;
      const route = get("/late", ({ reply }) => {
        late = new Promise((resolve) => setTimeout(() => resolve(reply.earlyHints({ link: style })), 20));
        return "page";
      });
      const text = await ask([`GET /late HTTP/1.1\r\n${navigation}\r\n`], { routes: [route] }, { engine });
      await late;
      assert.deepEqual(statusesOf(text), ["200"]);
    });

    it("are sent by a middleware, before the handler runs", async () => {
      const early = middleware((context, next) => {
        context.reply.earlyHints({ link: style });
        return next();
      });
      const route = get("/late", { use: [early] }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return "page";
      });
      assert.deepEqual(statusesOf(await ask([`GET /late HTTP/1.1\r\n${navigation}\r\n`], { routes: [route] }, { engine })), ["103", "200"]);
    });
  });
}

describe("the link of an early hint", () => {
  const good = [
    "</app.css>; rel=preload; as=style",
    "</app.css>;rel=preload;as=style",
    '<https://cdn.example>; rel="preconnect"',
    "</a.js>; rel=modulepreload; nopush",
    '</a.png>; rel=preload; as=image; imagesizes="(max-width: 600px) 100vw"',
    "</%C3%A9.css?v=1>; as=style; rel=preload",
  ];
  for (const link of good)
    it(`is taken: ${link}`, async () => {
      const app = gable({ logger: silentLogger, mode: "test", routes: routes({ link }) });
      assert.equal((await app.fetch(new Request("http://localhost/"))).headers.get("link"), link);
    });

  const bad: ReadonlyArray<readonly [what: string, hints: unknown]> = [
    ["no option", {}],
    ["null", { link: null }],
    ["a number", { link: 1 }],
    ["a number in a list", { link: [style, 1] }],
    ["an empty text", { link: "" }],
    ["an address without brackets", { link: "/app.css; rel=preload" }],
    ["no address", { link: "<>; rel=preload" }],
    ["no relation", { link: "</app.css>" }],
    ["a parameter but no rel", { link: "</app.css>; as=style" }],
    ["two links in one text", { link: `${style}, ${style}` }],
    ["an end of the line", { link: "</app.css>; rel=preload\r\nset-cookie: a=b" }],
    ["an end of the line in quotes", { link: '</app.css>; rel=preload; title="a\r\nset-cookie: a=b"' }],
    ["a line end after the link", { link: `${style}\n` }],
    ["a blank in the address", { link: "</my app.css>; rel=preload" }],
    ["a letter outside of ASCII", { link: "</é.css>; rel=preload" }],
    ["an open quote", { link: '</app.css>; rel="preload' }],
    ["another option", { link: style, links: [] }],
  ];
  for (const [what, hints] of bad)
    it(`is refused: ${what}`, async () => {
      let error: unknown;
      const route = get("/bad", ({ reply }) => {
        try {
          reply.earlyHints(hints as EarlyHintsOptions);
        } catch (caught) {
          error = caught;
        }
        return "page";
      });
      const app = gable({ logger: silentLogger, mode: "test", routes: [route] });
      const response = await app.fetch(new Request("http://localhost/bad"));
      assert.match(String((error as GableError | undefined)?.code), /^E_OPTION_(?:INVALID|UNKNOWN)$/);
      assert.match(String(error), /reply\.earlyHints\(\)/);
      assert.equal(response.headers.get("link"), null);
    });
});

describe("early hints behind a proxy", () => {
  async function through(start: (options: FrontProxyOptions) => Promise<FrontProxy>, options: GableOptions): Promise<string> {
    const running = await serve(createListener(options), { port: 0 });
    const proxy = await start({ ports: [running.port] });
    try {
      return (await exchange(proxy.port, { pieces: [`GET / HTTP/1.1\r\n${navigation}\r\n`], quietMs: 400 })).text;
    } finally {
      await proxy.stop();
      await running.stop({ graceMs: 0 });
    }
  }

  it("pass HAProxy", { skip: skipHaproxy }, async () => {
    assert.deepEqual(statusesOf(await through(startHaproxy, {})), ["103", "200"]);
  });

  const proxies = [
    ["nginx", skipNginx, startNginx],
    ["HAProxy", skipHaproxy, startHaproxy],
    ["Apache", skipApache, startApache],
  ] as const;
  for (const [name, skip, start] of proxies)
    it(`come with the page only, behind ${name} and without the option`, { skip }, async () => {
      const text = await through(start, { earlyHints: false });
      assert.deepEqual(statusesOf(text), ["200"]);
      assert.ok(text.toLowerCase().includes(`link: ${style}\r\n`), text);
    });
});
