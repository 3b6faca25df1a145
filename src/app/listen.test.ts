import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { gable, get } from "gable";
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
    process.env["PORT"] = "65535";
    const running = await create().listen({ unixPath: join(folder, "s"), quiet: true });
    await running.stop();
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
