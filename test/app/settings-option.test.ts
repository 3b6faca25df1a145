/** gable({ settings }): the options that an application takes from its settings, and outputs in which their secrets never appear. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { FrameworkSettings, GableOptions } from "gable";
import { defineSettings, env, gable, get, isGableError } from "gable";
import { field as f, Model } from "gable/data";
import { memoryStorage, storagePart } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";

const key = "u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ";
const define = (definition: Record<string, unknown>): FrameworkSettings => defineSettings(definition, { mode: "test", variables: {} });
const createApp = (options: GableOptions): ReturnType<typeof gable> => gable({ mode: "test", logger: silentLogger, ...options });

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (isGableError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe("gable({ settings })", () => {
  it("takes the options that settings hold, and leaves other settings alone", async () => {
    const settings = define({ origin: "https://shop.example", hosts: ["shop.example"], timeZone: "Europe/Vienna", newsletterSize: 50 });
    const app = createApp({ settings, routes: [get("/", ({ absoluteUrl }) => absoluteUrl("/cart"))] });
    assert.equal(app.options.timeZone, "Europe/Vienna");
    const reply = await app.fetch(new Request("https://shop.example/"));
    assert.equal(await reply.text(), "https://shop.example/cart");
    assert.equal((await app.fetch(new Request("https://other.example/"))).status, 400);
  });

  it("takes the store of files from the settings", async () => {
    const settings = define({ storage: { store: memoryStorage(), public: true } });
    const app = createApp({ settings });
    await app.start();
    try {
      await app.part(storagePart).put("notes.txt", "from settings", { type: "text/plain" });
      assert.equal(await (await app.request("/media/notes.txt")).text(), "from settings");
    } finally {
      await app.close();
    }
  });

  it("counts a setting that is undefined as not given", () => {
    assert.equal(createApp({ settings: define({ origin: undefined }), origin: "https://a.example" }).options.origin, "https://a.example");
  });

  it("rejects options that are given twice, and names all of them", () => {
    const settings = define({ origin: "https://a.example", hosts: ["a.example"], size: 1 });
    assert.equal(
      codeOf(() => createApp({ settings, origin: "https://b.example", hosts: ["b.example"] })),
      'E_SETTINGS_BOTH: "origin", "hosts" are given twice: in settings, and to gable().',
    );
    assert.equal(
      codeOf(() => createApp({ settings, hosts: ["b.example"] })),
      'E_SETTINGS_BOTH: "hosts" is given twice: in settings, and to gable().',
    );
  });

  for (const [name, value, message] of [
    ["origin", "shop.example", /option "origin" is "shop\.example"; it must be an exact origin/],
    ["port", 65_536, /option "port" is 65536; it must be a whole number from 0 to 65535/],
    ["port", -1, /option "port" is -1/],
    ["port", "3000", /option "port" is "3000"/],
    ["host", "", /option "host" is ""/],
    ["workers", 0, /option "workers" is 0; it must be a whole number above 0, or "auto"/],
    ["workers", "many", /option "workers" is "many"/],
    ["timeZone", "Mars", /option "timeZone" is "Mars"/],
    ["session", 5, /option "session" is 5/],
  ] as const)
    it(`checks the setting ${name}: ${JSON.stringify(value)} as the option of that name`, () => {
      assert.match(codeOf(() => createApp({ settings: define({ [name]: value }) })) ?? "", message);
    });

  it("accepts the smallest and the largest port, and workers", () => {
    for (const settings of [{ port: 0 }, { port: 65_535 }, { workers: 1 }, { workers: "auto" }]) createApp({ settings: define(settings) });
  });

  it("rejects an object that does not come from defineSettings()", () => {
    assert.match(codeOf(() => createApp({ settings: { origin: "https://a.example" } })) ?? "", /the value of defineSettings\(\)/);
  });

  it("listens on the port and the host of the settings", async () => {
    const app = createApp({ settings: define({ port: 0, host: "127.0.0.1" }), routes: [get("/", () => "here")] });
    const running = await app.listen();
    try {
      assert.notEqual(running.port, 3000);
      assert.equal(await (await fetch(running.url)).text(), "here");
    } finally {
      await running.stop();
    }
  });

  it("has the types of the options", () => {
    const settings = defineSettings(
      { origin: env.url("ORIGIN", { optional: true }), hosts: env.list("HOSTS", { default: [] }), size: 1 },
      { mode: "test", variables: {} },
    );
    const options: GableOptions = { settings };
    assert.equal(options.settings, settings);
    const wrong = defineSettings({ port: env.text("PORT", { default: "3000" }) }, { mode: "test", variables: {} });
    // @ts-expect-error -- a port is a number
    assert.throws(() => gable({ settings: wrong }));
  });
});

describe("cursors of an application with secret keys", () => {
  class Row extends Model("cursor_rows", { id: f.id() }) {}
  const readCursor = async (options: GableOptions): Promise<string> => {
    const app = createApp({ mode: "development", models: [Row], ...options });
    await app.start();
    try {
      await Row.create({});
      await Row.create({});
      return (await Row.orderBy("id").page({ size: 1 })).next!;
    } finally {
      await app.close();
    }
  };
  const database = "sqlite::memory:";

  it("are sealed with the first key, unless the database has a cursorSecret", async () => {
    const ofAddress = await readCursor({ database });
    const ofKey = await readCursor({ settings: define({ secretKeys: [key], database }) });
    const ofOtherKey = await readCursor({ secretKeys: [`${key}2`], database });
    const own = { url: database, cursorSecret: "a separate secret that is long enough" };
    assert.equal(new Set([ofAddress, ofKey, ofOtherKey]).size, 3);
    assert.equal(await readCursor({ secretKeys: [key], database }), ofKey);
    assert.equal(await readCursor({ secretKeys: [key], database: own }), await readCursor({ database: own }));
  });
});

/** What surrounds a string in an output; empty if it does not occur. */
function around(output: string, text: string): string {
  const place = output.indexOf(text);
  return place === -1 ? "" : output.slice(Math.max(0, place - 200), place + 100);
}

describe("a secret of the settings", () => {
  const secret = `sk "planted" <&> 'more'`;
  const password = "p4ss/w@rd+long";
  const program = `
    import { inspect } from "node:util";
    import { createRedactor, defineSettings, describeSettings, env, gable, get, GableError } from "gable";
    const secret = ${JSON.stringify(secret)};
    const settings = defineSettings(
      { apiKey: env.secret("API_KEY"), secretKeys: env.secrets("SECRET_KEYS"), mailer: env.url("MAILER"), paymentToken: env.text("PAYMENT") },
      { variables: { API_KEY: secret, SECRET_KEYS: ${JSON.stringify(key)}, PAYMENT: "tok_" + secret, MAILER: "smtp://me:" + encodeURIComponent(${JSON.stringify(password)}) + "@host:25" } },
    );
    const fail = (error) => { throw error; };
    const app = gable({
      settings,
      routes: [
        get("/log", ({ log }) => {
          log.info("message with " + settings.apiKey);
          log.warn({ plain: settings.apiKey, nested: { list: [settings.paymentToken] } }, "facts");
          log.error({ error: new Error(settings.apiKey, { cause: new Error(settings.mailer) }) }, "error");
          log.child({ bound: settings.apiKey }).info("child");
          return "ok";
        }),
        get("/throw", () => fail(new Error("Broken: " + settings.apiKey + ${JSON.stringify(password)}))),
        get("/cause", () => fail(new Error("Broken", { cause: new Error(settings.secretKeys[0]) }))),
        get("/exposed", () => fail(new GableError("E_REQUEST_INVALID", "No: " + settings.apiKey, { status: 400, expose: true, details: { key: settings.apiKey } }))),
        get("/value", () => fail({ odd: settings.apiKey })),
      ],
    });
    console.log(settings, JSON.stringify(settings), inspect({ settings }), String(settings), JSON.stringify(describeSettings(settings)));
    console.log(createRedactor(settings)("text of a program: " + secret));
    for (const path of ["/log", "/throw", "/cause", "/exposed", "/value", "/missing?" + encodeURIComponent(secret), "/" + encodeURIComponent(secret)])
      for (const accept of ["text/html", "application/json", "text/plain"])
        console.log(path.slice(0, 8), await (await app.request(path, { headers: { accept } })).text());
    console.log("END");
    await app.close();
  `;

  for (const mode of ["development", "test", "production"]) {
    it(`appears in no output of a run in ${mode} that logs, throws, dumps settings and renders error pages`, () => {
      const register = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));
      const { stdout, stderr } = spawnSync(process.execPath, ["--import", register, "--input-type=module", "--eval", program], {
        encoding: "utf8",
        env: { ...process.env, GABLE_MODE: mode, NODE_OPTIONS: "" },
      });
      const output = stdout + stderr;
      assert.match(stdout, /^END$/m, output);
      assert.ok(output.split("[secret]").length > 12, output);
      for (const part of [key, "planted", encodeURIComponent(password), password]) assert.equal(around(output, part), "", part);
    });
  }
});
