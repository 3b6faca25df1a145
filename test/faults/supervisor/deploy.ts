/** How the start of a worker goes: what the file that DEPLOY_FILE names says. */
import { readFileSync, writeFileSync } from "node:fs";

const deployFile = process.env["DEPLOY_FILE"];

/** Text of the file; "ok" without one. */
export const deploy: string = deployFile === undefined ? "ok" : readFileSync(deployFile, "utf8").trim();

if (deploy === "throw") throw new Error("this deploy is broken");
const halfModule: string = "data:text/javascript,export default (";
if (deploy === "syntax") await import(halfModule);
if (deploy === "exit") process.exit(3);
if (deploy === "hang") {
  writeFileSync(`${deployFile}-hangs`, String(process.pid));
  await new Promise(() => setInterval(() => undefined, 1000));
}
