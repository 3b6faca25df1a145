#!/usr/bin/env node
// The binary. It parses on any Node, so that an old one gets a sentence instead of a stack.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Gable needs Node 22.18 or newer; this is ${process.versions.node}. Install the current LTS from your system or with a version manager.`,
  );
  process.exit(3);
}
const source = new URL("../src/cli/main.ts", import.meta.url);
const { runCli } = await import(existsSync(source) ? source.href : "../dist/cli/main.js");
process.exitCode = await runCli(process.argv.slice(2));
// The command is done: what the code of the project has left open, such as an interval or a connection, must not keep it alive.
setTimeout(() => process.exit(), 500).unref();
