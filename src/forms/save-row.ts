/** Stores what a model form holds: its row, its links, and the rows of its sets. */
import { GableError } from "../errors/gable-error.ts";
import { isMadeSlug } from "../data/schema/slug.ts";
import type { FieldDefinitions } from "./definition.ts";
import type { InlineSet } from "./inline-set.ts";
import { findParentRelation } from "./inline-set.ts";
import type { FormModel } from "./model-types.ts";
import type { SavedFiles } from "./save-files.ts";
import type { SentRow } from "./reading/reading.ts";

/** Loaded by the first form with links that is saved. Kept, because import() costs much each time. */
let linking: Promise<typeof import("../data/query/relation-handles.ts")> | undefined;
/** Loaded by the first form that changes links or sets of a row with a version. */
let touching: Promise<typeof import("../data/rows/write-row.ts")> | undefined;

/** A row of a model, as far as forms write it. */
export interface FormRow {
  set(values: object): unknown;
  save(): Promise<unknown>;
  delete(): Promise<void>;
}

/** The part of a query that is needed here. */
interface WritableQuery extends PromiseLike<readonly FormRow[]> {
  where(filter: object): WritableQuery;
  orderBy(...names: readonly string[]): WritableQuery;
  lock(strength: "update"): WritableQuery;
  select(wanted: Readonly<Record<string, true>>): { first(): Promise<object | undefined> };
}

/** A model class, as far as forms write its rows. */
interface WritableModel {
  create(values: object): Promise<FormRow>;
  where(filter: object): WritableQuery;
  withDeleted(): WritableQuery;
}

/** An error of one row of a set. */
export class SetRowError extends Error {
  /** Start of the names in the row: `photos.0.` */
  readonly prefix: string;

  constructor(prefix: string, cause: unknown) {
    super("A row of a set cannot be stored.", { cause });
    this.prefix = prefix;
  }
}

/** A row that was sent for a set, and does not belong to the form's row. */
export class ForeignRowError extends Error {
  /** Name of the set. */
  readonly set: string;

  constructor(set: string) {
    super("A row of a set belongs to another row.");
    this.set = set;
  }
}

function writable(model: FormModel): WritableModel {
  return model as unknown as WritableModel; // Model classes have these methods.
}

/** Returns a property of a row. */
export function readProperty(row: object, name: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[name]; // Rows have a property for each field.
}

/** Splits values into columns and links: rows of many-to-many relations are linked once the row exists. */
function splitValues({ model, fields, values, files }: RowRequest): SplitValues {
  const columns: Record<string, unknown> = {};
  const links = new Map<string, readonly unknown[]>();
  for (const [name, field] of fields) {
    if (!Object.hasOwn(values, name) || field.options.disabled === true || field.type === "set") continue;
    if (field.options.keeps !== undefined) {
      // Undefined leaves the file as it is, and null removes it.
      if (values[name] !== undefined) columns[name] = files?.keyOf(values, name) ?? null;
    } else if (field.type === "relations") links.set(name, values[name] as readonly unknown[]); // Read as rows.
    else if (model.$meta.fields.has(name) || model.$meta.relations.has(name)) columns[name] = values[name];
  }
  return { columns, links };
}

interface SplitValues {
  readonly columns: Record<string, unknown>;
  readonly links: ReadonlyMap<string, readonly unknown[]>;
}

/** What is written. */
export interface RowRequest {
  readonly model: FormModel;
  /** Fields of the model in the form. */
  readonly fields: FieldDefinitions;
  readonly values: Readonly<Record<string, unknown>>;
  /** Values that the form does not have. */
  readonly others: object;
  /** The row to change; undefined for a new one. */
  readonly row: FormRow | undefined;
  /** Whether the row was loaded and locked in this transaction. */
  readonly isFresh: boolean;
  /** Whether the form also writes the rows of sets. */
  readonly hasSets: boolean;
  /** Files that were stored for it; undefined for forms without files. */
  readonly files: SavedFiles | undefined;
  /** Whether what was sent for a field is what the form shows for a value. */
  readonly isShown: (name: string, value: unknown) => boolean;
}

/** Stores one row with its links. */
export async function writeRow(request: RowRequest): Promise<FormRow> {
  const { values, others, row, model, files } = request;
  const { columns, links } = splitValues(request);
  if (row !== undefined) for (const name of Object.keys(columns)) if (request.isShown(name, readProperty(row, name))) delete columns[name];
  const all: Record<string, unknown> = { ...columns, ...others };
  if (row !== undefined) {
    if (files !== undefined) await replaceFiles(request, all, files);
    row.set(all);
    await saveChanged(row, model, request.hasSets || links.size > 0);
  }
  // The database layer makes slugs again, where it can see which ones are free.
  for (const name of Object.keys(columns)) if (isMadeSlug(values, name) && !Object.hasOwn(others, name)) delete all[name];
  const stored = row ?? (await writable(model).create(all));
  if (links.size > 0) {
    const { setLinks } = await (linking ??= import("../data/query/relation-handles.ts"));
    for (const [name, rows] of links) await setLinks(stored, name, rows);
  }
  return stored;
}

/** Notes the files that the changed columns of a row name until now. */
async function replaceFiles(
  { model, fields, row, isFresh }: RowRequest,
  all: Readonly<Record<string, unknown>>,
  files: SavedFiles,
): Promise<void> {
  const isChanged = (name: string): boolean => Object.hasOwn(all, name) && all[name] !== readProperty(row!, name);
  const names = [...fields].filter(([name, { options }]) => options.keeps !== undefined && isChanged(name)).map(([name]) => name);
  if (names.length === 0) return;
  const stored = isFresh ? row! : ((await lockStored(model, row!, names)) ?? row!);
  for (const name of names) files.replace(readProperty(stored, name));
}

/** Reads columns of a row as they are stored now, and locks it: another request may have replaced its files since it was loaded. */
async function lockStored(model: FormModel, row: FormRow, names: readonly string[]): Promise<object | undefined> {
  const { primary, softDelete, version } = model.$meta;
  // An older row is refused when it is saved.
  if (version !== "") return row;
  const key = Object.fromEntries(primary.map((name) => [name, readProperty(row, name)]));
  const query = softDelete === "" ? writable(model).where(key) : writable(model).withDeleted().where(key);
  return query
    .lock("update")
    .select(Object.fromEntries(names.map((name) => [name, true])))
    .first();
}

/** Saves a row. With links or sets, it gets a new version also if no column has changed: a form that was shown before is stale then. */
async function saveChanged(row: FormRow, { $meta: { version } }: FormModel, isTouched: boolean): Promise<void> {
  const before = readProperty(row, version);
  await row.save();
  if (!isTouched || version === "" || readProperty(row, version) !== before) return;
  const { touchRow } = await (touching ??= import("../data/rows/write-row.ts"));
  await touchRow(row);
}

/** Lists the stored rows of a set, in their order. */
export async function listSetRows(
  set: InlineSet<unknown>,
  parent: FormModel,
  row: object,
  options: { readonly isLocked?: boolean } = {},
): Promise<readonly FormRow[]> {
  const by = findParentRelation(set, parent);
  const { primary, orderBy } = set.model.$meta;
  const order = set.orderField !== undefined ? [set.orderField, ...primary] : orderBy.length > 0 ? orderBy : primary;
  const query = writable(set.model)
    .where({ [by]: row })
    .orderBy(...order);
  return options.isLocked === true ? query.lock("update") : query;
}

/** A set with the rows that were sent for it. */
export interface SentSet {
  readonly name: string;
  readonly set: InlineSet<unknown>;
  readonly rows: readonly SentRow[];
}

/** Stores the rows of a set: deletes first, then changes, then new rows. Throws {@link ForeignRowError} and {@link SetRowError}. */
export async function writeSet(
  { name, set, rows }: SentSet,
  parent: Pick<RowRequest, "model" | "files" | "isShown"> & { readonly row: object; readonly isNew: boolean },
): Promise<void> {
  const stored = new Map<string, FormRow>();
  const isLocked = parent.files !== undefined && rows.some((row) => dropsFile(set, row));
  if (!parent.isNew)
    for (const row of await listSetRows(set, parent.model, parent.row, { isLocked })) stored.set(set.source!.keyOf(row), row);
  const known = rows.map((sent) => ({ sent, row: sent.id === undefined ? undefined : stored.get(sent.id) }));
  const keys = rows.flatMap(({ id }) => id ?? []);
  if (known.some(({ sent, row }) => sent.id !== undefined && row === undefined) || new Set(keys).size < keys.length)
    throw new ForeignRowError(name);
  const by = findParentRelation(set, parent.model);
  const kept = known.filter(({ sent }) => !sent.isDeleted);
  for (const { sent, row } of known) if (sent.isDeleted) await inRow(name, sent, () => deleteRow(set, row!, parent.files));
  for (const isNew of [false, true])
    for (const [position, { sent, row }] of kept.entries()) {
      if ((row === undefined) !== isNew) continue;
      const others = {
        ...(isNew && { [by]: parent.row }),
        ...(set.orderField !== undefined && { [set.orderField]: position + 1 }),
      };
      await inRow(name, sent, () =>
        writeRow({
          model: set.model,
          fields: set.fields,
          values: sent.values,
          others,
          row,
          isFresh: isLocked,
          hasSets: false,
          files: parent.files,
          isShown: (field, value) => parent.isShown(`${name}.${sent.index}.${field}`, value),
        }),
      );
    }
}

/** Whether a file of a stored row may have to be deleted. */
function dropsFile({ fields }: InlineSet<unknown>, { id, isDeleted, values }: SentRow): boolean {
  if (id === undefined) return false;
  return isDeleted || [...fields].some(([name, { options }]) => options.keeps !== undefined && values[name] !== undefined);
}

/** Deletes a row of a set, and its files with it. */
async function deleteRow({ model }: InlineSet<unknown>, row: FormRow, files: SavedFiles | undefined): Promise<void> {
  for (const { name, type } of model.$meta.fields.values()) if (type === "file") files?.replace(readProperty(row, name));
  await row.delete();
}

async function inRow(set: string, { index }: SentRow, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof GableError ? new SetRowError(`${set}.${index}.`, error) : error;
  }
}
