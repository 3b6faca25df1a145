/** Files of forms: what a page with a form says about them comes back signed, so that no client can name the file of somebody else. */
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import { storages } from "./current-storage.ts";
import type { KeptFacts } from "./kept-upload.ts";
import { KeptUpload } from "./kept-upload.ts";
import type { FormStorage } from "./storage.ts";

/** What a form shows of a stored file. */
export interface ShownFile {
  /** Name for people. */
  readonly name: string;
  /** Signed text that the form sends again. */
  readonly token: string;
}

/** What a token stands for: the file of a row, which stays as it is, or an upload that waits for its form. */
export type FoundFile = (ShownFile & { readonly upload?: undefined }) | (ShownFile & { readonly upload: KeptUpload });

const keptSeconds = 3_600;
/** Kept files are deleted after their tokens have expired: a request that is late still finds its file. */
const graceSeconds = 600;

/** Start of the keys of uploads that wait for their form. */
const keptPrefix = "kept";

type Ticket = { readonly row: string } | { readonly kept: KeptFacts };

/** Returns the storage that forms use now. Throws `E_STORAGE_DISABLED`. */
export function formStorage(): FormStorage {
  return storages.get();
}

/** Describes the file of a row for its form. The token has no end: it only says that the row has a file. */
export function showRowFile(key: string): ShownFile {
  return { name: toName(key), token: sign({ row: key }) };
}

/** Keeps an upload for an hour; undefined for one that is kept already. Throws `E_STORAGE_DISABLED`, `E_STORAGE_UNAVAILABLE` and `E_SECRET_KEYS_MISSING`. */
export async function keepUpload(file: UploadedFile): Promise<ShownFile | undefined> {
  if (file instanceof KeptUpload) return undefined;
  const { fileName, type, isSniffed } = file;
  const name = toShortName(fileName);
  const storage = formStorage();
  const { key } = await file.saveTo(storage, { prefix: keptPrefix });
  const token = sign({ kept: { key, fileName: name, type, isSniffed } }, keptSeconds);
  storage.deleteLater(key, keptSeconds + graceSeconds);
  return { name, token };
}

/** Finds what a token stands for; undefined when it is not ours, has expired, or its upload is missing. */
export async function findFormFile(token: string): Promise<FoundFile | undefined> {
  const storage = formStorage();
  const text = storage.openToken(token);
  if (text === undefined) return undefined;
  const ticket = JSON.parse(text) as Ticket; // Only this file signs for this purpose.
  if ("row" in ticket) return { name: toName(ticket.row), token };
  const stored = await storage.find(ticket.kept.key);
  if (stored === undefined) return undefined;
  return { name: ticket.kept.fileName, token, upload: new KeptUpload(ticket.kept, stored.bytes, storage) };
}

function sign(ticket: Ticket, ttlSeconds?: number): string {
  return formStorage().signToken(JSON.stringify(ticket), ttlSeconds);
}

function toName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

const nameCharactersMax = 100;

/** Shortens a long name, but keeps its extension. */
function toShortName(name: string): string {
  const text = name.toWellFormed();
  return text.length <= nameCharactersMax ? text : `${text.slice(0, 80).toWellFormed()}…${text.slice(-19).toWellFormed()}`;
}
