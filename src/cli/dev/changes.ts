/** What a change of a file means for a running application. */
import { basename, extname, join, relative } from "node:path";

/** What `gable dev` knows of the application. */
export interface ProjectFacts {
  /** Folders of template files, absolute. */
  readonly views: readonly string[];
  /** Folder of static files, absolute, with the start of their addresses and the files that are also at the root. */
  readonly statics: { readonly folder: string; readonly at: string; readonly root: readonly string[] } | undefined;
  /** Hosts that the application answers for. */
  readonly hosts: readonly string[];
  /** Folders outside of the project whose modules the application has loaded. */
  readonly outside: readonly string[];
}

/** Facts before an application has started: the usual names. */
export function guessFacts(folder: string): ProjectFacts {
  return {
    views: [join(folder, "views")],
    statics: { folder: join(folder, "static"), at: "/static", root: [] },
    hosts: [],
    outside: [],
  };
}

/**
 * Effect of a change: `code` needs another worker, `view` compiles a template, `asset` swaps a stylesheet or an image, `page` loads
 * pages again, `migration` and `packages` need a command.
 */
export type ChangeEffect = "code" | "view" | "asset" | "page" | "migration" | "packages" | "none";

const codeFile = /\.(?:[mc]?[jt]sx?|json|wasm|node)$/;
/** Data that an application may have read when it started. */
const dataFile = /\.(?:md|txt|html|ya?ml|toml|csv|sql|graphql|xml|po|ftl)$/;
const assetFile = /\.(?:css|avif|gif|ico|jpe?g|png|svg|webp)$/;
const packageFiles = new Set(["package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"]);
const ignoredFolders = new Set(["node_modules", "coverage"]);
const ignoredAtRoot = new Set(["var", "dist", "tests", "test"]);
/** What editors and databases leave behind: backups, locks, swap files. */
const leftover =
  /~$|\.(?:sw[a-z]|tmp|bak|orig|log|db|sqlite3?|crswap|kate-swp)$|-(?:wal|shm|journal)$|___jb_(?:tmp|old)___$|^#.*#$|^\d{4}$/;

/** Whether the watcher leaves a file or a folder out. */
export function isIgnored(folder: string, name: string, path: string): boolean {
  if (name.startsWith(".")) return !name.startsWith(".env");
  if (ignoredFolders.has(name) || leftover.test(name)) return true;
  return ignoredAtRoot.has(name) && path === join(folder, name);
}

/** Decides what a change of a file does. */
export function findEffect(folder: string, path: string, facts: ProjectFacts): ChangeEffect {
  const name = basename(path);
  const shown = relative(folder, path).replaceAll("\\", "/");
  if (packageFiles.has(shown)) return "packages";
  if (name.startsWith(".env")) return "code";
  if (/^tsconfig.*\.json$/.test(name) || /\.(?:test|spec|test-d|d)\.[mc]?[jt]sx?$/.test(name)) return "none";
  if (shown.startsWith("migrations/")) return codeFile.test(name) ? "migration" : "none";
  const { statics } = facts;
  if (statics !== undefined && isInside(statics.folder, path)) return assetFile.test(name) ? "asset" : "page";
  if (facts.views.some((views) => isInside(views, path))) return codeFile.test(name) && extname(name) !== ".json" ? "code" : "view";
  if (codeFile.test(name)) return "code";
  // At the root there are texts about the project.
  return dataFile.test(name) && shown.includes("/") ? "code" : "none";
}

function isInside(folder: string, path: string): boolean {
  const shown = relative(folder, path);
  return shown !== "" && !shown.startsWith("..");
}

/** Returns the addresses of a static file, without a query. */
export function addressesOf(path: string, { statics }: ProjectFacts): string[] {
  if (statics === undefined) return [];
  const name = relative(statics.folder, path).replaceAll("\\", "/");
  const encoded = name.split("/").map(encodeURIComponent).join("/");
  return [`${statics.at}/${encoded}`, ...(statics.root.includes(name) ? [`/${encoded}`] : [])];
}
