/** What every row of a model is: an object with its columns, and what is known of it out of sight. */
import type { DriverValue } from "./driver-value.ts";
import type { ModelClass, ModelConstructor } from "./model-class.ts";

/** Values of a row as they are stored; undefined of columns that were not read. */
export type StoredValues = ReadonlyArray<DriverValue | undefined>;

/** The base class of rows. What it keeps is private: keys, spreads and comparisons of rows see columns alone. */
export class Row {
  #batch: object | undefined;
  /** The row as the database gave it; undefined of a new one. */
  #stored: StoredValues | undefined;
  /** Names of values that the query added to the columns; undefined for none. */
  #added: readonly string[] | undefined;

  /** The batch that a row was loaded with; `batchOf()` of the folder rows gives it its type. */
  static batchOf(row: Row): object | undefined {
    return row.#batch;
  }

  /** The values of a row as they are stored, in the order of the fields; undefined of a row that is not stored. */
  static storedOf(row: Row): StoredValues | undefined {
    return row.#stored;
  }

  /** Notes how a row is stored. */
  static setStored(row: Row, stored: StoredValues | undefined): void {
    row.#stored = stored;
  }

  /** The names of values that the query of a row added to its columns. */
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

  /** The class of a row. */
  static modelOf(row: Row): ModelClass & ModelConstructor {
    return row.constructor as unknown as ModelClass & ModelConstructor; // Rows are made by model classes alone.
  }
}

/** The values of a row by name. */
export type RowRecord = Row & Record<string, unknown>;
