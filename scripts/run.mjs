// The one door of every npm script. It runs on any Node, also one too old for TypeScript: it installs what is
// missing, then hands over to the Node that the repository pins.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pinnedNode = `${root}node_modules/node/bin/node`;

const commands = {
  start: ["--import", "./scripts/source.mjs", "examples/library/start.ts"],
  test: ["scripts/test.ts"],
  check: ["scripts/check.ts"],
  build: ["scripts/build.ts"],
  bench: ["bench/run.ts"],
  format: ["scripts/format.ts"],
  docs: ["scripts/docs.ts"],
  api: ["scripts/check-api.ts", "--write"],
};

function install() {
  if (existsSync(`${root}node_modules/typescript`) && existsSync(pinnedNode)) return;
  console.error("Installing the packages of the repository (once) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Not npm ci: it refuses a lock file without the optional packages of foreign platforms, which not every registry has.
  const installed = spawnSync(npm, ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (installed.status !== 0) {
    console.error("npm install failed. Read its message above, then run it by hand.");
    process.exit(installed.status ?? 1);
  }
}

const [name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? "")) {
  console.error(`Unknown command "${name}". One of: ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
install();
const node = process.env.GABLE_TEST_NODE ?? (existsSync(pinnedNode) ? pinnedNode : process.execPath);
const child = spawn(node, [...commands[name], ...rest], { cwd: root, stdio: "inherit" });
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A terminal sends Ctrl-C to the child as well: twice would mean "at once".
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
child.once("exit", (status, signal) => process.exit(status ?? (signal === null ? 1 : 130)));
