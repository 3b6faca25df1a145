/** Reads the versions that belong into a report. */
import { readSourceText } from "./source-text.ts";

let own: string | undefined;

/** Returns the versions of Gable, the runtime and the platform. */
export function readVersions(): Record<string, string> {
  // Not every runtime has a process.
  const holder = globalThis as {
    readonly process?: { readonly versions?: Readonly<Record<string, string>>; readonly platform?: string; readonly arch?: string };
  };
  const { versions = {}, platform = "unknown", arch = "" } = holder.process ?? {};
  const runtime = versions["bun"] === undefined ? `Node ${versions["node"] ?? "unknown"}` : `Bun ${versions["bun"]}`;
  own ??= readOwnVersion();
  return { gable: own, runtime, platform: `${platform} ${arch}`.trim() };
}

/** The version in the package file: above the sources, or found by its name from the bundle of the package. */
function readOwnVersion(): string {
  const address = import.meta.url.endsWith(".ts")
    ? new URL("../../../package.json", import.meta.url).href
    : import.meta.resolve("gable/package.json");
  const text = readSourceText(decodeURIComponent(new URL(address).pathname));
  return text === undefined ? "unknown" : (JSON.parse(text) as { readonly version: string }).version; // Our own file.
}
