/** `storage`: the storage of the application whose request runs, else that of the only running application. */
import { Ambient } from "../parts/ambient.ts";
import type { FormStorage, Storage } from "./storage.ts";

/** The storages of applications that run. */
export const storages: Ambient<FormStorage> = new Ambient({ what: "a storage", code: "E_STORAGE_DISABLED", call: "app.part(storagePart)" });

/**
 * The storage of your application. Throws `E_STORAGE_DISABLED` when no application with a storage runs.
 *
 * @example
 * await storage.put("reports/2026.csv", csv, { type: "text/csv" });
 */
export const storage: Storage = {
  put: async (key, source, options) => storages.get().put(key, source, options),
  read: async (key, options) => storages.get().read(key, options),
  find: async (key) => storages.get().find(key),
  delete: async (key) => storages.get().delete(key),
  url: (key, options) => storages.get().url(key, options),
};
