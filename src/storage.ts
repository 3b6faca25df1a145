export { storage } from "./storage/current-storage.ts";
export { diskStorage } from "./storage/disk-store.ts";
export { memoryStorage } from "./storage/memory-store.ts";
export { storagePart } from "./storage/part.ts";
export type { AppStorage } from "./storage/app-storage.ts";
export type { DiskStorageOptions } from "./storage/disk-store.ts";
export type {
  FileStore,
  PutOptions,
  ReadOptions,
  StorageContent,
  StorageFile,
  StorageRange,
  StorageSource,
  UrlOptions,
} from "./storage/file-store.ts";
export type { StorageSetting, StorageSettings } from "./storage/part.ts";
export type { Storage } from "./storage/storage.ts";
