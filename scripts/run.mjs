// Every npm script starts here. This file runs on any Node, even one too old for TypeScript. It installs missing
// packages, then starts the command with the Node version that the repository pins.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pinnedNode = `${root}node_modules/node/bin/node`;

const commands = {
  start: ["--import", "./scripts/source.mjs", "examples/library/start.ts"],
  // Node calls the function that strips types experimental.
  test: ["--disable-warning=ExperimentalWarning", "scripts/test.ts"],
  check: ["scripts/check.ts"],
  build: ["scripts/build.ts"],
  bench: ["bench/run.ts"],
  faults: ["scripts/faults.ts"],
  format: ["scripts/format.ts"],
  docs: ["scripts/docs.ts"],
  api: ["scripts/check-api.ts", "--write"],
  mutate: ["--disable-warning=ExperimentalWarning", "scripts/mutate.ts"],
};

function install() {
  if (existsSync(`${root}node_modules/typescript`) && existsSync(pinnedNode)) return;
  console.error("Installing packages (first run only) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const installed = spawnSync(npm, ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (installed.status !== 0) {
    console.error("npm ci failed. Read its message above, fix the cause, then run npm ci yourself.");
    process.exit(installed.status ?? 1);
  }
}

const [name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? "")) {
  console.error(`Unknown command "${name}". Use one of: ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
install();
const node = process.env.GABLE_TEST_NODE ?? (existsSync(pinnedNode) ? pinnedNode : process.execPath);
const child = spawn(node, [...commands[name], ...rest], { cwd: root, stdio: "inherit" });
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A terminal sends Ctrl-C to the child too. A second signal would skip the graceful stop.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
child.once("exit", (status, signal) => process.exit(status ?? (signal === null ? 1 : 130)));
