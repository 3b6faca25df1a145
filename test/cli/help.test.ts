/** The help lists all commands without their modules: those load the framework, and a person waits for the help. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";

const main = new URL("../../src/cli/main.ts", import.meta.url).href;

/** Runs a command in a new process. Returns what it printed, and the folders of src/ that it imported. */
function load(words: readonly string[]): { out: string; rooms: string[] } {
  const script = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    const { runCli } = await import(${JSON.stringify(main)});
    await runCli(${JSON.stringify(words)});
    console.log("\\n" + JSON.stringify(urls));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv.filter((word) => !/^--(?:test|report)/.test(word)), "--input-type=module", "-e", script],
    { encoding: "utf8", env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  );
  const lines = stdout.trimEnd().split("\n");
  const last = lines.pop() ?? "";
  assert.ok(last.startsWith("["), stderr);
  const urls = JSON.parse(last) as string[]; // Printed by the script above.
  return { out: lines.join("\n"), rooms: [...new Set(urls.flatMap((url) => /\/src\/([^/]+)\//.exec(url)?.[1] ?? []))] };
}

for (const words of [["--help"], ["db", "--help"], ["--version"]])
  it(`prints gable ${words.join(" ")} without the framework`, () => {
    const { out, rooms } = load(words);
    assert.ok(out.length > 0);
    assert.deepEqual(
      rooms.filter((room) => room !== "cli" && room !== "errors"),
      [],
    );
  });

it("loads the module of the command that is called", () => {
  assert.match(load(["db", "migrate", "--help"]).out, /npx gable db migrate --plan/);
  for (const words of [["about"], ["--", "about"]]) assert.match(load(words).out, /^gable +[0-9]/m);
});
