export { storage } from "./storage/current-storage.ts";
export { diskStorage } from "./storage/disk-store.ts";
export { memoryStorage } from "./storage/memory-store.ts";
export { s3Storage } from "./storage/s3/s3-store.ts";
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
export type { S3Credentials, S3StorageOptions } from "./storage/s3/s3-options.ts";
export type { StorageSetting, StorageSettings } from "./storage/part.ts";
export type { UploadSettings } from "./storage/uploads-part.ts";
export type { Storage } from "./storage/storage.ts";
