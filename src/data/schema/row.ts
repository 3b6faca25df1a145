/** Base class of rows: an object with its columns, and private facts about how it is stored. */
import type { DriverValue } from "./driver-value.ts";
import type { ModelClass, ModelConstructor } from "./model-class.ts";

/** Stored values of a row; undefined for columns that were not read. */
export type StoredValues = ReadonlyArray<DriverValue | undefined>;

/** The base class of rows. Its state is private, so keys, spreads and comparisons of rows only see columns. */
export class Row {
  #batch: object | undefined;
  /** The row as read from the database; undefined for a new one. */
  #stored: StoredValues | undefined;
  /** Names of values that the query added to the columns; undefined for none. */
  #added: readonly string[] | undefined;

  /** The batch that loaded the row; `batchOf()` in `rows/` gives it its type. */
  static batchOf(row: Row): object | undefined {
    return row.#batch;
  }

  /** Returns the stored values of a row, in the order of the fields; undefined if the row is not stored. */
  static storedOf(row: Row): StoredValues | undefined {
    return row.#stored;
  }

  /** Records how a row is stored. */
  static setStored(row: Row, stored: StoredValues | undefined): void {
    row.#stored = stored;
  }

  /** Returns the names of values that the query added to the columns of a row. */
  static addedOf(row: Row): readonly string[] {
    return row.#added ?? [];
  }

  /** Records which values a query added to the columns of a row. */
  static setAdded(row: Row, added: readonly string[]): void {
    row.#added = added;
  }

  /** Returns a row as a record of its values by name. */
  static recordOf(row: Row): RowRecord {
    return row as RowRecord; // Rows have their columns as properties, which only their class knows.
  }

  /** Puts a row into a batch. */
  static setBatch(row: Row, batch: object | undefined): void {
    row.#batch = batch;
  }

  /** Returns the class of a row. */
  static modelOf(row: Row): ModelClass & ModelConstructor {
    return row.constructor as unknown as ModelClass & ModelConstructor; // Only model classes construct rows.
  }
}

/** The values of a row by name. */
export type RowRecord = Row & Record<string, unknown>;
