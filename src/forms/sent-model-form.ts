/** Forms of models that were sent: they can be saved. */
import { GableError } from "../errors/gable-error.ts";
import type { FieldDefinition } from "./definition.ts";
import { InlineSet } from "./inline-set.ts";
import type { FormModel } from "./model-types.ts";
import type { FormRow } from "./save-row.ts";
import { ForeignRowError, readProperty, SetRowError, writeRow, writeSet } from "./save-row.ts";
import type { SavedFiles } from "./save-files.ts";
import { SentForm } from "./sent-form.ts";
import type { SentParts } from "./sent-form.ts";
import { listUploads } from "./sent-uploads.ts";

/** The database is loaded by the first form that is saved. Kept, because import() costs much each time. */
let saving: Promise<typeof import("./save-transaction.ts")> | undefined;

/** What the data layer says about a refused value, for programs. */
interface RefusedValue {
  readonly field: string;
  readonly code: string;
}

/** A form of a model that was sent. */
export class SentModelForm extends SentForm {
  readonly #model: FormModel;
  /** Names of the fields that are stored: others may have the name of a column, too. */
  readonly #names: ReadonlySet<string>;
  readonly #kept = new WeakSet<object>();

  /** @internal Made by a model form. */
  constructor(parts: SentParts, model: FormModel, names: ReadonlySet<string>) {
    super(parts);
    this.#model = model;
    this.#names = names;
  }

  /** Stores a new row. */
  save(others: object = {}): Promise<object | null> {
    return this.#write(undefined, others);
  }

  /** Stores the values in a row. */
  async saveTo(row: FormRow, others: object = {}): Promise<object | null> {
    const { version } = this.#model.$meta;
    if (this.valid && version !== "" && this.state.sent?.textOf(version) !== String(readProperty(row, version))) {
      this.noteStale();
      await this.keepFiles();
      return null;
    }
    return this.#write(row, others);
  }

  async #write(row: FormRow | undefined, others: object): Promise<object | null> {
    if (!this.valid) throw this.toError();
    const { inTransactionOf } = await (saving ??= import("./save-transaction.ts"));
    const files = await this.#storeFiles();
    try {
      return await inTransactionOf({ model: this.#model, row }, this.#isSingle, () => this.#writeAll(row, others, files));
    } catch (error) {
      // A transaction that never began has undone nothing.
      await files?.discard(error);
      this.#note(error);
      await this.keepFiles();
      return null;
    }
  }

  /** Whether saving is one statement: no links, sets or files, and no hooks, which may write as well. */
  get #isSingle(): boolean {
    const { prototype } = this.#model;
    if (this.plan.keepsFiles || "beforeSave" in prototype || "afterSave" in prototype) return false;
    return [...this.plan.fields.values()].every(({ type }) => type !== "set" && type !== "relations");
  }

  /** Keeps new files for an hour, so that the form shows them again. */
  async keepFiles(): Promise<void> {
    const uploads = listUploads(this.plan.fields, this.values, this.rows);
    if (uploads.length === 0) return;
    const { keepUpload } = await import("../storage/form-files.ts");
    for (const { path, file } of uploads) {
      if (this.#kept.has(file)) continue;
      this.#kept.add(file);
      // An upload that was kept before has its token already.
      const shown = await keepUpload(file);
      if (shown !== undefined) this.state.stored.set(path, shown);
    }
  }

  async #storeFiles(): Promise<SavedFiles | undefined> {
    if (!this.plan.keepsFiles) return undefined;
    const { SavedFiles } = await import("./save-files.ts");
    return SavedFiles.store(listUploads(this.plan.fields, this.values, this.rows));
  }

  async #writeAll(row: FormRow | undefined, others: object, files: SavedFiles | undefined): Promise<object> {
    files?.follow();
    const { fields } = this.plan;
    const own = new Map([...fields].filter(([name]) => this.#names.has(name)));
    const sets = [...fields].flatMap(([name, set]) => (set instanceof InlineSet ? [{ name, set }] : []));
    const isShown = (path: string, value: unknown): boolean => this.find(path)?.isShownAs(value) === true;
    const stored = await writeRow({
      model: this.#model,
      fields: own,
      values: this.values,
      others,
      row,
      isFresh: false,
      hasSets: sets.length > 0,
      files,
      isShown,
    });
    const parent = { model: this.#model, row: stored, isNew: row === undefined, files, isShown };
    for (const { name, set } of sets) await writeSet({ name, set, rows: this.rows.get(name) ?? [] }, parent);
    return stored;
  }

  /** Turns an error of the database into errors of fields. Throws every other one. */
  #note(error: unknown): void {
    if (error instanceof ForeignRowError)
      return this.found.add({ field: error.set, code: "set_row", definition: this.plan.fields.get(error.set) });
    const [prefix, cause] = error instanceof SetRowError ? [error.prefix, error.cause] : ["", error];
    if (!(cause instanceof GableError)) throw error;
    if (cause.code === "E_ROW_STALE") return this.noteStale();
    if (cause.code === "E_DELETE_RESTRICTED")
      return this.found.add({ field: prefix.split(".")[0] || null, code: "custom", message: cause.message });
    if (cause.code !== "E_VALIDATION") throw cause;
    this.#noteFields(cause, prefix);
  }

  #noteFields({ details }: GableError, prefix: string): void {
    const errors = details["errors"] as Readonly<Record<string, readonly string[]>>; // As the data layer makes it.
    // There is none for values that were refused before the database saw them.
    const issues = (details["issues"] ?? []) as readonly RefusedValue[];
    const codeOf = (name: string): string => issues.find(({ field }) => field === name)?.code ?? "invalid";
    const known = Object.entries(errors).filter(([name]) => this.find(prefix + name) !== undefined);
    for (const [name, messages] of known) {
      const path = prefix + name;
      const [code, definition] = [codeOf(name), this.find(path)?.definition];
      this.found.add({ field: path, code, definition, message: this.#ownMessage(code, definition) ?? messages.join(" ") });
    }
    if (known.length > 0) return;
    // If no field is in the form, the error belongs to the whole form, or the set.
    const text = Object.entries(errors).map(
      ([name, messages]) => (name === "$model" ? "" : `${this.#labelOf(name)}: `) + messages.join(" "),
    );
    this.found.add({ field: prefix.split(".")[0] || null, code: codeOf(Object.keys(errors)[0] ?? ""), message: text.join(" ") });
  }

  /** The message of the field or the form, where it has one: it is stronger than that of the model. */
  #ownMessage(code: string, definition: FieldDefinition | undefined): string | undefined {
    for (const layer of [definition?.options.messages, ...this.plan.layers]) {
      const own = layer !== undefined && Object.hasOwn(layer, code) ? layer[code] : undefined;
      if (own !== undefined) return own;
    }
    return undefined;
  }

  #labelOf(name: string): string {
    const { fields, relations } = this.#model.$meta;
    return relations.get(name)?.label ?? fields.get(name)?.label ?? name;
  }
}
