#!/usr/bin/env node
// The first file that runs, on whatever Node is there: what is too old gets a sentence, not a stack of errors.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 18 || (major === 18 && minor < 3)) {
  console.error(
    `create-gable needs Node 18.3 or newer to run; this is ${process.versions.node}. ` +
      "Install a current Node from nodejs.org, by a version manager, or by your system's packages.",
  );
  process.exitCode = 3;
} else {
  const { main } = await import("../dist/main.js");
  process.exitCode = await main(process.argv.slice(2));
}
