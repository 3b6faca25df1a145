/** What a project needs so that its scripts run on a Node that can run TypeScript, whatever the machine has. */
import type { PackageManager } from "./arguments.ts";

/** The versions of Node that run a Gable application. */
export const nodeRange = "22.18 or newer";

/** The line of Node with long-term support that a project gets where the machine's own is older. */
const nodeVersion = "26.10.0";

/** The platforms for which the registry has a package with the program in it. */
const platforms = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win-x64"];

/** What goes into package.json. */
export type NodePlan =
  | { readonly kind: "current" }
  | { readonly kind: "package"; readonly version: string }
  | { readonly kind: "platform-packages"; readonly packages: Readonly<Record<string, string>> }
  | { readonly kind: "none" };

/** The machine for which a project gets its Node. */
export interface Machine {
  /** As in `process.platform` and `process.arch`. */
  readonly platform: string;
  readonly arch: string;
  /** Whether the package manager runs no install scripts. */
  readonly ignoresScripts: boolean;
}

/** Returns what is known about this machine. npm and yarn pass their settings on to what they run. */
export function readMachine(): Machine {
  return { platform: process.platform, arch: process.arch, ignoresScripts: process.env["npm_config_ignore_scripts"] === "true" };
}

/** Whether a version of Node runs TypeScript directly. */
export function isCurrent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * Decides by the version of the machine's Node. The package `node` fetches its program by an install script, which npm and yarn run
 * unless `ignore-scripts` is set. pnpm and bun do not run it. Where nothing runs it, the project gets the packages that it would fetch.
 */
export function planNode(version: string, packageManager: PackageManager, machine: Machine): NodePlan {
  if (isCurrent(version)) return { kind: "current" };
  const { platform, arch, ignoresScripts } = machine;
  if (!platforms.includes(`${platform === "win32" ? "win" : platform}-${arch}`)) return { kind: "none" };
  if ((packageManager === "npm" || packageManager === "yarn") && !ignoresScripts) return { kind: "package", version: nodeVersion };
  return { kind: "platform-packages", packages: Object.fromEntries(platforms.map((platform) => [`node-${platform}`, nodeVersion])) };
}
