/** Error codes of stored files. */
import { entry } from "./catalogue-entry.ts";

/** What storages refuse, and why they cannot start. */
export const storageErrors = {
  E_STORAGE_KEY: entry(
    500,
    "A file cannot have this key",
    'Use segments of letters, digits, "-", "_" and "." between "/", at most 512 bytes. Never make a key from the name that a client chose.',
  ),
  E_STORAGE_MISSING: entry(404, "This stored file does not exist", "Call find() first where the file may be missing."),
  E_STORAGE_UNAVAILABLE: entry(
    503,
    "The storage cannot be used now",
    "Read the reason in the log: free space on the disk, correct the rights of the folder, or wait for the service.",
  ),
  E_STORAGE_LINK: entry(403, "The address of the file has expired, or is not signed", "Open the page with the link again."),
  E_STORAGE_DIRECTORY: entry(
    500,
    "The folder of stored files contains the static folder, or is inside it",
    'Use a separate folder for stored files, such as "var/media".',
  ),
  E_UPLOAD_DIRECTORY: entry(500, "The folder for uploads cannot be used", "Create the folder, and let the process write into it."),
  E_STORAGE_PACKAGE: entry(500, "The package aws4 is missing", "Install it: npm install aws4."),
  E_STORAGE_DISABLED: entry(500, "This application has no storage", 'Pass the option storage to gable(): storage: "var/media".'),
} as const;
