/** The storage of one application: its store, the addresses of its files, and the replies at them. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { AnyContext } from "../handlers/context.ts";
import { isValidMediaType } from "./storage-type.ts";
import type { Ambient } from "../parts/ambient.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { ignoreBadTokens } from "../security/signer.ts";
import type { Keyring } from "../security/keyring.ts";
import { signText, verifyText } from "../security/token.ts";
import type { FileStore, PutOptions, ReadOptions, StorageContent, StorageFile, StorageSource, UrlOptions } from "./file-store.ts";
import { replyWithMedia } from "./media-reply.ts";
import type { FormStorage } from "./storage.ts";
import { assertSource } from "./storage-content.ts";
import { storageMissing } from "./storage-errors.ts";
import { assertStorageKey, findKeyProblem } from "./storage-key.ts";

/** What the storage of an application is made of. */
export interface AppStorageSettings {
  readonly store: FileStore;
  /** Path before the keys, without `/` at its end. */
  readonly at: string;
  /** Whether all files are public, or the starts of the keys that are. */
  readonly isPublic: boolean | readonly string[];
  /** Secret keys of the application. Throws `E_SECRET_KEYS_MISSING`. */
  readonly keyring: () => Keyring;
  readonly storages: Pick<Ambient<FormStorage>, "enter" | "add">;
}

/** What a signed address says: the key, and the name to save the file under. */
type Ticket = readonly [key: string, download: string | boolean];

const purpose = "gable.storage";
const formPurpose = "gable.storage.form";
const ttlSecondsMax = 604_800;
const nameCharactersMax = 255;

const putNames = kindsOf<PutOptions>({ type: true });
const readNames = kindsOf<ReadOptions>({ range: true });
const urlNames = kindsOf<UrlOptions>({ ttlSeconds: true, download: true });

/** Stored files of an application. */
export class AppStorage implements FormStorage {
  readonly #settings: AppStorageSettings;
  readonly #remove: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @internal Use {@link storagePart}. */
  constructor(settings: AppStorageSettings) {
    this.#settings = settings;
    this.#remove = settings.storages.add(this);
  }

  /** The store that keeps the files. */
  get store(): FileStore {
    return this.#settings.store;
  }

  /** Stores a file. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
  async put(key: string, source: StorageSource, options: PutOptions): Promise<void> {
    assertStorageKey(key);
    assertSource(source);
    assertKnownOptions("storage.put()", options, putNames);
    const { type } = options;
    if (!isValidMediaType(type)) throw optionInvalid("storage.put()", "type", type, 'a media type such as "image/png"');
    await this.store.put(key, source, { type });
  }

  /** Opens a file. Throws `E_STORAGE_KEY`, `E_STORAGE_MISSING` and `E_STORAGE_UNAVAILABLE`. */
  async read(key: string, options?: ReadOptions): Promise<StorageContent> {
    assertStorageKey(key);
    if (options !== undefined) assertKnownOptions("storage.read()", options, readNames);
    return this.store.read(key, options);
  }

  /** Returns the facts of a file; undefined when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
  async find(key: string): Promise<StorageFile | undefined> {
    assertStorageKey(key);
    return this.store.find(key);
  }

  /** Deletes a file. Does nothing when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
  async delete(key: string): Promise<void> {
    assertStorageKey(key);
    await this.store.delete(key);
  }

  /** Returns the address of a file. Throws `E_STORAGE_KEY` and `E_SECRET_KEYS_MISSING`. */
  url(key: string, options: UrlOptions = {}): string {
    assertStorageKey(key);
    assertUrlOptions(options);
    const { ttlSeconds = 3_600, download = false } = options;
    const isPublic = this.#isPublic(key);
    if (this.store.url !== undefined && !isPublic) return this.store.url(key, { ttlSeconds, download });
    const path = `${this.#settings.at}/${key.split("/").map(encodeURIComponent).join("/")}`;
    if (isPublic && download === false) return path;
    const ticket: Ticket = [key, download];
    return `${path}?token=${signText(JSON.stringify(ticket), this.#settings.keyring(), { purpose, ...(isPublic ? {} : { ttlSeconds }) })}`;
  }

  /** @internal Answers a request for a file. */
  async answer({ method, headers, url }: AnyContext, key: string): Promise<HandlerReply> {
    if (findKeyProblem(key) !== undefined) throw storageMissing(key);
    const isPublic = this.#isPublic(key);
    const token = url.searchParams.get("token");
    const download = isPublic && token === null ? false : this.#readTicket(key, token ?? "");
    return replyWithMedia(this.store, { method, headers, key, isPublic, download: download === false ? undefined : download });
  }

  /** @internal Each request and each task uses the storage of its application. */
  enter<Result>(work: () => Result): Result {
    return this.#settings.storages.enter(this, work);
  }

  /** @internal */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#remove();
  }

  /** @internal */
  signToken(text: string, ttlSeconds?: number): string {
    return signText(text, this.#settings.keyring(), { purpose: formPurpose, ttlSeconds });
  }

  /** @internal */
  openToken(token: string): string | undefined {
    return ignoreBadTokens(() => verifyText(token, this.#settings.keyring(), { purpose: formPurpose }));
  }

  /** @internal */
  deleteLater(key: string, seconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      // Nobody waits for it. A file that cannot be deleted now is an orphan, which does no harm.
      this.store.delete(key).catch(() => {});
    }, seconds * 1_000);
    this.#timers.add(timer.unref());
  }

  #isPublic(key: string): boolean {
    const { isPublic } = this.#settings;
    return typeof isPublic === "boolean" ? isPublic : isPublic.some((start) => key.startsWith(start));
  }

  /** Returns the download of a signed address. Throws `E_STORAGE_LINK`: the reply does not tell whether the file exists. */
  #readTicket(key: string, token: string): boolean | string {
    const text = ignoreBadTokens(() => verifyText(token, this.#settings.keyring(), { purpose }));
    const ticket = text === undefined ? undefined : (JSON.parse(text) as Ticket); // Only url() signs for this purpose.
    if (ticket === undefined || ticket[0] !== key)
      throw new GableError("E_STORAGE_LINK", "The address of the file has expired, or is not signed.");
    return ticket[1];
  }
}

function assertUrlOptions(options: UrlOptions): void {
  assertKnownOptions("storage.url()", options, urlNames);
  const { ttlSeconds, download } = options;
  if (ttlSeconds !== undefined && !(Number.isSafeInteger(ttlSeconds) && ttlSeconds > 0 && ttlSeconds <= ttlSecondsMax))
    throw optionInvalid("storage.url()", "ttlSeconds", ttlSeconds, `a whole number of seconds from 1 to ${ttlSecondsMax} (a week)`);
  const isName = typeof download === "string" && download !== "" && download.length <= nameCharactersMax;
  if (download !== undefined && typeof download !== "boolean" && !isName)
    throw optionInvalid("storage.url()", "download", download, `a boolean, or a name of 1 to ${nameCharactersMax} characters`);
}
