import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { gable, get } from "gable";
import { serve, supervise } from "gable/server";
import { isGableError } from "../errors/gable-error.ts";
import { silentLogger } from "../../test/silent-logger.ts";

const create = () => gable({ mode: "test", logger: silentLogger, routes: [get("/", () => "x")] });

describe("the port of listen()", () => {
  const { PORT } = process.env;
  afterEach(() => {
    if (PORT === undefined) delete process.env["PORT"];
    else process.env["PORT"] = PORT;
  });

  for (const port of [-1, 65_536, 1.5, Number.NaN, "80", null])
    it(`is refused as ${String(port)}, in the call and in the options of the application`, async () => {
      const expected = { code: "E_OPTION_INVALID", message: /"port" is .* a whole number from 0 to 65535/ };
      await assert.rejects(create().listen({ port: port as number, quiet: true }), expected);
      assert.throws(() => gable({ mode: "test", port: port as number }), expected);
    });

  for (const text of ["65536", "99999", "123456", "-1", "80a", "1.5"])
    it(`is refused as the variable PORT=${text}`, async () => {
      process.env["PORT"] = text;
      await assert.rejects(create().listen({ quiet: true }), {
        code: "E_LISTEN",
        message: `The variable PORT is "${text}", which is not a port.`,
      });
    });

  it("is not used with a path of a socket, up to the largest one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-port-"));
    for (const text of ["65535", ""]) {
      process.env["PORT"] = text;
      const running = await create().listen({ unixPath: join(folder, "s"), quiet: true });
      await running.stop();
    }
    await rm(folder, { recursive: true });
  });

  it("comes from the variable PORT, unless the call has one", async () => {
    process.env["PORT"] = "0";
    const first = await create().listen({ quiet: true });
    assert.equal(await (await fetch(first.url)).text(), "x");
    process.env["PORT"] = "wrong";
    const second = await create().listen({ port: 0, quiet: true });
    assert.equal(await (await fetch(second.url)).text(), "x");
    await Promise.all([first.stop(), second.stop()]);
  });
});

describe("the host of listen()", () => {
  it("is loopback where the variable HOST is empty", async () => {
    const { HOST } = process.env;
    process.env["HOST"] = "";
    try {
      const running = await create().listen({ port: 0, quiet: true });
      assert.match(running.url, /^http:\/\/127\.0\.0\.1:/);
      await running.stop();
    } finally {
      if (HOST === undefined) delete process.env["HOST"];
      else process.env["HOST"] = HOST;
    }
  });

  for (const options of [
    { host: "" },
    { host: "a b" },
    { unixPath: "" },
    { stopGraceMs: 2 ** 31 },
    { stopGraceMs: -1 },
    { fd: -1 },
    { fd: 0.5 },
  ])
    it(`is refused with ${JSON.stringify(options)}`, () =>
      assert.rejects(create().listen({ port: 0, quiet: true, ...options }), { code: "E_OPTION_INVALID" }));

  const places = { port: 0, host: "127.0.0.1", unixPath: "/nowhere/socket", fd: 999 };
  const names = Object.keys(places) as Array<keyof typeof places>;
  for (const [index, one] of names.entries())
    for (const other of names.slice(index + 1)) {
      const options = { [one]: places[one], [other]: places[other] };
      if (one === "port" && other === "host") continue;
      it(`is refused with both ${one} and ${other}, as are serve() and supervise()`, async () => {
        const calls: ReadonlyArray<readonly [owner: string, call: () => Promise<unknown>]> = [
          ["app.listen()", () => create().listen({ quiet: true, signals: false, ...options })],
          ["serve()", () => serve(() => ({ status: 204, headers: [], body: null }), options)],
          ["supervise()", () => supervise({ app: "app.ts", signals: false, ...options })],
        ];
        for (const [owner, call] of calls)
          await assert.rejects(call, (error) => {
            assert.ok(isGableError(error) && error.code === "E_OPTION_INVALID", String(error));
            assert.ok(error.message.startsWith(`${owner} got "`), error.message);
            for (const name of [one, other])
              assert.ok(error.message.includes(`"${name}"`) && error.fix.includes(`"${name}"`), error.message);
            return true;
          });
      });
    }

  for (const [mode, host, hosts, isTaken] of [
    ["production", "0.0.0.0", undefined, false],
    ["production", "::", undefined, false],
    ["production", "0.0.0.0", ["shop.test"], true],
    ["production", "127.0.0.1", undefined, true],
    ["production", "::1", undefined, true],
    ["production", "localhost", undefined, true],
    ["development", "0.0.0.0", undefined, true],
    ["test", "0.0.0.0", undefined, true],
  ] as const)
    it(`${isTaken ? "may be" : "is not"} ${host} in ${mode} ${hosts === undefined ? "without" : "with"} a list of hosts`, async () => {
      const app = gable({ mode, logger: silentLogger, ...(hosts !== undefined && { hosts }) });
      const listening = app.listen({ port: 0, host, quiet: true, signals: false });
      if (isTaken) await (await listening).stop();
      else await assert.rejects(listening, { code: "E_HOSTS_MISSING", message: new RegExp(`listens on ${host} in production`) });
      await app.close();
    });

  it("does not matter for the path of a socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-host-"));
    const app = gable({ mode: "production", logger: silentLogger, host: "0.0.0.0" });
    const running = await app.listen({ unixPath: join(folder, "s"), quiet: true, signals: false });
    await running.stop();
    await rm(folder, { recursive: true });
  });
});

describe("listen()", () => {
  for (const mode of ["production", "development", "test"] as const)
    it(`${mode === "test" ? "prints nothing in tests" : `prints the address in ${mode}`}, and finds the route of a fatal error`, async (context) => {
      const lines: unknown[] = [];
      context.mock.method(console, "log", (line: unknown) => lines.push(line));
      const app = gable({ mode, logger: silentLogger });
      app.get("/item/:id", () => ({ found: app.reportFatal(new Error("fatal"), "A planned error.") ?? null }));
      const running = await app.listen({ port: 0, signals: false });
      const { found } = (await (await fetch(`${running.url}/item/5`)).json()) as { found: string | null };
      assert.equal(app.reportFatal(new Error("fatal"), "An error of no request."), undefined);
      await running.stop();
      const hint = mode === "production" ? " For reload and error pages: npx gable dev" : "";
      assert.deepEqual([lines, found], mode === "test" ? [[], null] : [[`Serving ${running.url} (${mode}).${hint}`], "GET /item/:id"]);
    });
});

describe("app.fetch()", () => {
  const app = gable({
    mode: "test",
    logger: silentLogger,
    limits: { fieldCountMax: 4, targetBytesMax: 10 },
    routes: [get("/*rest", () => "x")],
  });

  it("takes as many fields as the limit says, and not one more", async () => {
    const status = async (count: number): Promise<number> => {
      const headers = Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]));
      return (await app.fetch(new Request("http://localhost/a", { headers }))).status;
    };
    assert.deepEqual([await status(4), await status(5)], [200, 431]);
  });

  it("takes an address as long as the limit says, and no longer", async () => {
    const status = async (path: string): Promise<number> => (await app.fetch(new Request(`http://localhost${path}`))).status;
    assert.deepEqual([await status("/abcdefghi"), await status("/abcdefghij"), await status("/a?bcdefghi")], [200, 414, 414]);
  });
});

describe("a signal to an application that listens", () => {
  const run = (stop: string): { status: number | null; output: string } => {
    const part = `definePart({ name: "last", start: () => ({ stop: async () => { ${stop} } }) })`;
    const source = `import { definePart, gable } from "gable";
const app = gable({ mode: "production", parts: [${part}], log: { level: "error" } });
await app.listen({ port: 0, quiet: true });
process.kill(process.pid, "SIGTERM");`;
    const args = ["--import", new URL("../../scripts/source.mjs", import.meta.url).href, "--input-type=module-typescript", "-e", source];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
    return { status, output: stdout + stderr };
  };

  it("ends it with 0, or with 1 and a line of the log where a part does not stop", { skip: process.platform === "win32" }, () => {
    assert.deepEqual(run(""), { status: 0, output: "" });
    const failed = run('throw new Error("It does not stop.");');
    assert.equal(failed.status, 1, failed.output);
    assert.match(failed.output, /The application could not stop in order: .*It does not stop\./);
  });

  it("ends it with 1 at the second signal, however long its parts take to stop", { skip: process.platform === "win32" }, () => {
    const { status, output } = run('process.kill(process.pid, "SIGTERM"); await new Promise(() => setInterval(() => undefined, 1_000));');
    assert.deepEqual({ status, output }, { status: 1, output: "" });
  });
});
