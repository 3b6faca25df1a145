/** Stored files as a part of an application: its option, its store, and the addresses where clients get the files. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { staticFilesPart } from "../files/part.ts";
import type { AnyContext } from "../handlers/context.ts";
import { createRoute } from "../handlers/define-route.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import { loadPaths } from "../replies/node-modules.ts";
import { secretsPart } from "../security/secrets-part.ts";
import type { AppStorage } from "./app-storage.ts";
import type { FileStore } from "./file-store.ts";

/** How an application stores files. */
export interface StorageSettings {
  /** Folder of the files, such as "var/media", or a store. */
  store: string | FileStore;
  /** Path of the files for clients. Default "/media". */
  at?: string;
  /**
   * Files that everybody may see: `true` for all, or the starts of their keys, such as `["covers/"]`. All other files are private:
   * only addresses from `storage.url()` show them. Default: none.
   */
  public?: boolean | readonly string[];
}

/** The option of `gable()` for stored files. */
export interface StorageSetting {
  /** Folder of the files, or more about them. None by default: the application stores no files. */
  storage?: string | StorageSettings;
}

const optionNames: Readonly<Record<keyof StorageSettings, true>> = { store: true, at: true, public: true };

/** Stores files for an application, and serves them at `/media`. */
export const storagePart = definePart({
  name: "storage",
  option: { names: { storage: true }, check: assertSettings },
  needs: [secretsPart],
  routes: (storage: () => AppStorage, options: StorageSetting) => {
    const { at = "/media" } = toSettings(options);
    // The pattern of the route has the parameter.
    const answer = (context: AnyContext): unknown => storage().answer(context, (context.params as { key: string }).key);
    return [createRoute("GET", [`${at}/*key`, answer], assertSettings)];
  },
  start: async (host, options: StorageSetting): Promise<AppStorage> => {
    const { store: place, at = "/media", public: isPublic = false } = toSettings(options);
    const secrets = host.part(secretsPart);
    if (isPublic !== true) secrets.assertKeys("The option storage has private files, whose addresses are signed");
    // Loaded only where files are stored.
    const [{ AppStorage }, { storages }] = await Promise.all([import("./app-storage.ts"), import("./current-storage.ts")]);
    const store = typeof place === "string" ? (await import("./disk-store.ts")).diskStorage({ directory: place }) : place;
    await assertOutsideStatic(store, host);
    await store.start?.();
    return new AppStorage({ store, at: host.basePath + at, isPublic, keyring: secrets.keyring, storages });
  },
});

/** Returns where clients get stored files, when that is not the application. */
export function findStorageOrigin({ storage }: StorageSetting): string | undefined {
  return typeof storage === "object" && typeof storage.store === "object" ? storage.store.origin : undefined;
}

function toSettings({ storage = "" }: StorageSetting): StorageSettings {
  return typeof storage === "string" ? { store: storage } : storage;
}

function assertSettings({ storage }: StorageSetting): void {
  if (storage === undefined) return;
  if (typeof storage !== "string" && (typeof storage !== "object" || storage === null))
    throw optionInvalid("gable()", "storage", storage, 'a folder such as "var/media", or an object');
  const settings = toSettings({ storage });
  assertKnownOptions("gable() storage", settings, Object.keys(optionNames));
  const { store, at, public: isPublic } = settings;
  const isStore = typeof store === "string" ? store !== "" : typeof store?.put === "function";
  if (!isStore) throw optionInvalid("gable() storage", "store", store, 'a folder such as "var/media", or a store such as memoryStorage()');
  const origin = findStorageOrigin({ storage });
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).origin === origin))
    throw optionInvalid("gable() storage", "store.origin", origin, 'an origin such as "https://media.example.com"');
  if (at !== undefined && !(typeof at === "string" && /^(?:\/[\w.~-]+)+$/.test(at)))
    throw optionInvalid("gable() storage", "at", at, 'a path such as "/media"');
  const isList = Array.isArray(isPublic) && isPublic.every((start) => typeof start === "string" && start !== "");
  if (isPublic !== undefined && typeof isPublic !== "boolean" && !isList)
    throw optionInvalid("gable() storage", "public", isPublic, 'a boolean, or a list of starts such as ["covers/"]');
}

/** What people upload must not be served as files of the site: a page among them would run its scripts. */
async function assertOutsideStatic({ directory }: FileStore, host: PartHost): Promise<void> {
  const files = host.find(staticFilesPart);
  if (directory === undefined || files === undefined) return;
  const { resolve } = await loadPaths();
  if (areApart(resolve(directory), resolve(files.options.directory))) return;
  throw new GableError(
    "E_STORAGE_DIRECTORY",
    `The storage folder "${directory}" and the static folder "${files.options.directory}" overlap.`,
  );
}

/** Whether neither of two absolute paths is in the other. */
function areApart(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => `${path.replaceAll("\\", "/").replace(/\/$/, "")}/`);
  return !first!.startsWith(second!) && !second!.startsWith(first!);
}
