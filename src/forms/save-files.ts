/**
 * Files of a model form while it is saved. New files are stored before the transaction, and replaced ones are deleted after it: if the
 * process ends in between, a file without a row may be left, but never a row without its file.
 */
import { onCommit, onRollback } from "../data/run/transaction.ts";
import { formStorage } from "../storage/form-files.ts";
import { KeptUpload } from "../storage/kept-upload.ts";
import type { SentUpload } from "./sent-uploads.ts";

/** The files of one `save()`. */
export class SavedFiles {
  readonly #storage = formStorage();
  /** Keys by the values that their uploads are in, and by the name of the field. */
  readonly #keys = new Map<object, Map<string, string>>();
  readonly #added: string[] = [];
  readonly #obsolete: string[] = [];

  /** Stores the uploads. Deletes those that are stored already when one fails, and throws its error. */
  static async store(uploads: readonly SentUpload[]): Promise<SavedFiles> {
    const saved = new SavedFiles();
    try {
      for (const upload of uploads) await saved.#add(upload);
    } catch (error) {
      await saved.discard();
      throw error;
    }
    return saved;
  }

  async #add({ values, name, file, prefix }: SentUpload): Promise<void> {
    const { key } = await file.saveTo(this.#storage, { prefix });
    this.#added.push(key);
    // The row gets a separate file, so that a form that is sent twice never gives one file to two rows.
    if (file instanceof KeptUpload) this.#obsolete.push(file.key);
    const keys = this.#keys.get(values) ?? new Map<string, string>();
    this.#keys.set(values, keys.set(name, key));
  }

  /** The key of the upload in a field; undefined without one. */
  keyOf(values: object, name: string): string | undefined {
    return this.#keys.get(values)?.get(name);
  }

  /** Deletes a file once the transaction is committed: its row no longer names it. */
  replace(key: unknown): void {
    if (typeof key === "string" && key !== "") this.#obsolete.push(key);
  }

  /** Decides with the transaction that is open now, and those around it, which files are deleted. */
  follow(): void {
    onCommit(() => this.#delete(this.#obsolete));
    onRollback((error) => this.discard(error));
  }

  /** Deletes the new files, unless the rows that name them may have been stored. */
  async discard(error?: unknown): Promise<void> {
    if (!isUnknownOutcome(error)) await this.#delete(this.#added);
  }

  /** A file that cannot be deleted is left behind, which does no harm: what was asked for has been done. */
  async #delete(keys: readonly string[]): Promise<void> {
    await Promise.allSettled(keys.map((key) => this.#storage.delete(key)));
  }
}

/** Whether nobody knows if a transaction was committed: the connection was lost meanwhile. */
function isUnknownOutcome(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "E_COMMIT_UNKNOWN";
}
