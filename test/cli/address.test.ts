/** HOST and PORT of `gable start` and `gable dev`: where they come from, and which ports are refused. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { portOf, readAddress } from "../../src/cli/address.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { createTestProject } from "./project.ts";

const project = createTestProject({
  "app.ts": 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/", () => "here")] });\n',
});
after(() => project.remove());

describe("HOST and PORT of the files .env", () => {
  const cases: ReadonlyArray<
    readonly [what: string, files: Readonly<Record<string, string>>, given: Terminal["environment"], found: Terminal["environment"]]
  > = [
    ["are read", { ".env": "HOST=::1\nPORT=8080\n" }, {}, { HOST: "::1", PORT: "8080" }],
    ["of the mode come first", { ".env": "PORT=8080\n", ".env.development": "PORT=8081\n" }, {}, { PORT: "8081" }],
    ["of another mode do not count", { ".env.production": "PORT=8080\n" }, {}, {}],
    ["that are local come first", { ".env": "PORT=8080\n", ".env.local": "PORT=8082\n" }, {}, { PORT: "8082" }],
    ["give way to the environment", { ".env": "HOST=::1\nPORT=8080\n" }, { PORT: "9000" }, { HOST: "::1", PORT: "9000" }],
    ["count where the environment has an empty one", { ".env": "PORT=8080\n" }, { PORT: "" }, { PORT: "8080" }],
    ["are missing", { ".env": "OTHER=1\n" }, {}, {}],
  ];
  for (const [what, files, given, found] of cases)
    it(what, () => {
      const empty = { ".env": "", ".env.local": "", ".env.development": "", ".env.production": "" };
      project.write({ ...empty, ...files });
      const environment = { ...given };
      // Only these two are read of a terminal.
      readAddress({ environment, folder: project.folder } as Terminal, "development");
      assert.deepEqual(environment, found);
    });
});

describe("portOf()", () => {
  for (const [text, port] of [
    [undefined, 3000],
    ["", 3000],
    ["0", 0],
    ["65535", 65_535],
  ] as const)
    it(`takes ${text}`, () => assert.equal(portOf({ PORT: text }), port));
  for (const text of ["65536", "abc", "-1", "80.5", " ", "8080 ", "0x50", "100000"])
    it(`refuses "${text}"`, () =>
      assert.throws(() => portOf({ PORT: text }), { code: "E_LISTEN", message: `The variable PORT is "${text}", which is not a port.` }));
});

describe("PORT in .env", () => {
  // Commands put what they read into the environment of their process.
  beforeEach(() => delete process.env["PORT"]);
  afterEach(() => delete process.env["PORT"]);

  for (const words of [["start"], ["start", "--requests-max", "9"], ["dev", "--no-types"]])
    it(`is refused by gable ${words.join(" ")} if it is not a port`, async () => {
      project.write({ ".env": "PORT=abc\n", ".env.local": "", ".env.development": "" });
      const { code, error } = await project.run(...words, ...(words[0] === "start" ? ["--mode", "development"] : []));
      assert.equal(code, 3, error);
      assert.match(error, /E_LISTEN: The variable PORT is "abc", which is not a port\./);
    });

  it("is the port of gable start", async () => {
    // Nobody can take the port meanwhile: the message about it names it.
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number }; // It listens on a port.
    try {
      project.write({ ".env": `PORT=${port}\n` });
      const { code, error } = await project.run("start", "--mode", "development");
      assert.equal(code, 3, error);
      assert.match(error, new RegExp(`E_LISTEN: .*${port}`));
    } finally {
      taken.close();
    }
  });
});
