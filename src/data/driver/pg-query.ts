/**
 * Statements for `pg`, by the interface that its cursors and streams use too. Its own class asks for the columns of a prepared statement
 * each time, sends a statement in four pieces, and builds objects that nobody reads: it takes 1.5 to 2.5 times the CPU time (decision 040).
 */
import type { Connection, Submittable } from "pg";
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";

/** Parses a value of one type; undefined for values that stay strings. */
type Parse = ((text: string) => DriverValue) | undefined;

/** Returns the parser of a type by its number (pg_type.oid). */
export type ParserOf = (type: number) => Parse;

/** The columns of a statement. */
interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly Parse[];
}

/** A statement as a connection knows it. */
export interface Prepared {
  /** Name that the server knows it by; "" for one that is prepared each time. */
  readonly name: string;
  /** Its columns, once it has run. PostgreSQL refuses a prepared statement whose columns have changed. */
  columns?: Columns;
}

/** What a statement has returned. */
export interface PgResult {
  readonly rows: ReadonlyArray<readonly DriverValue[]>;
  /** Number of rows that it returned or changed; 0 if the statement has none. */
  readonly count: number;
  readonly names: readonly string[];
}

/** Called once, when the statement has ended. */
export type PgCallback = (error: unknown, result?: PgResult) => void;

/** Messages of the protocol, as `pg` hands them over. */
interface RowDescription {
  readonly fields: ReadonlyArray<{ readonly name: string; readonly dataTypeID: number }>;
}
interface DataRow {
  readonly fields: ReadonlyArray<string | null>;
}
interface CommandComplete {
  readonly text: string;
}

const noColumns: Columns = { names: [], parsers: [] };

/** What all statements do with the replies of the server. `pg` calls the handlers. */
export abstract class PgStatement implements Submittable {
  /** `pg` replaces the callback of a statement whose time is up. */
  callback: PgCallback;
  #rows: Array<readonly DriverValue[]> = [];
  protected columns: Columns = noColumns;
  #count = 0;
  #failure: unknown;
  readonly #parserOf: ParserOf;

  constructor(parserOf: ParserOf, callback: PgCallback) {
    this.#parserOf = parserOf;
    this.callback = callback;
  }

  /** Sends the statement, or returns why it cannot be sent. */
  abstract submit(connection: Connection): Error | null;

  handleRowDescription({ fields }: RowDescription): void {
    this.columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.#parserOf(dataTypeID)),
    };
  }

  handleDataRow({ fields }: DataRow): void {
    if (this.#failure !== undefined) return;
    const { parsers } = this.columns;
    const row: DriverValue[] = fields as DriverValue[]; // The array of this message, which nobody else reads.
    try {
      for (let index = 0; index < row.length; index++) {
        const parse = parsers[index];
        if (parse !== undefined && row[index] !== null) row[index] = parse(row[index] as string); // Before it is parsed, each value is a string.
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#rows.push(row);
  }

  /** Reads the number at the end, as in "INSERT 0 3" and "SELECT 3". */
  handleCommandComplete({ text }: CommandComplete): void {
    const count = Number(text.slice(text.lastIndexOf(" ") + 1));
    this.#count = Number.isNaN(count) ? 0 : count;
  }

  handleReadyForQuery(): void {
    if (this.#failure !== undefined) this.callback(this.#failure);
    else {
      this.ended();
      this.callback(null, { rows: this.#rows, count: this.#count, names: this.columns.names });
    }
  }

  /** The statement has ended without an error. */
  protected ended(): void {}

  handleError(error: unknown): void {
    this.callback(error);
  }

  handleEmptyQuery(): void {}

  /** Only statements with a limit of rows are suspended; these have none. */
  handlePortalSuspended(): void {}

  /** `COPY FROM STDIN` waits for data, which nothing sends. The server skips the `Sync` that came before its end, so it needs another. */
  handleCopyInResponse(connection: Connection & { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail("COPY FROM STDIN is not supported: no data follows.");
    connection.sync();
  }

  handleCopyData(): void {}
}

/** A statement with values, which the connection prepares once. */
export class PreparedQuery extends PgStatement {
  readonly #prepared: Prepared;
  readonly #text: string;
  readonly #values: readonly DriverValue[];

  constructor(prepared: Prepared, text: string, values: readonly DriverValue[], parserOf: ParserOf, callback: PgCallback) {
    super(parserOf, callback);
    this.#prepared = prepared;
    this.#text = text;
    this.#values = values;
  }

  submit(connection: Connection): Error | null {
    const { name, columns } = this.#prepared;
    let run: Buffer;
    try {
      run = encodeRun(name, this.#values, columns === undefined);
    } catch (error) {
      return error as Error; // Only errors are thrown there.
    }
    if (columns === undefined) this.#sendFirst(connection, run);
    else {
      this.columns = columns;
      connection.stream.write(run);
    }
    return null;
  }

  #sendFirst(connection: Connection, run: Buffer): void {
    const { name } = this.#prepared;
    connection.stream.cork();
    // An attempt that failed may have prepared it. Closing one that does not exist does nothing.
    if (name !== "") connection.close({ type: "S", name }, false);
    connection.parse({ name, text: this.#text, types: [] }, false);
    connection.stream.write(run);
    connection.stream.uncork();
  }

  protected override ended(): void {
    if (this.#prepared.name !== "") this.#prepared.columns = this.columns;
  }
}

/** A statement without values and rows, such as `COMMIT`. */
export class PlainQuery extends PgStatement {
  readonly #text: string;

  constructor(text: string, parserOf: ParserOf, callback: PgCallback) {
    super(parserOf, callback);
    this.#text = text;
  }

  submit(connection: Connection): null {
    connection.query(this.#text);
    return null;
  }
}

/** Closes prepared statements. */
export class CloseStatements extends PgStatement {
  readonly #names: readonly string[];

  constructor(names: readonly string[], parserOf: ParserOf, callback: PgCallback) {
    super(parserOf, callback);
    this.#names = names;
  }

  submit(connection: Connection): null {
    connection.stream.cork();
    for (const name of this.#names) connection.close({ type: "S", name }, false);
    connection.sync();
    connection.stream.uncork();
    return null;
  }
}

/** Most values of one statement: the protocol counts them in 16 bits. */
const valuesMax = 65_535;

/**
 * Encodes the messages `Bind`, `Describe` if the columns are not known, `Execute` and `Sync` of PostgreSQL's protocol (its manual, "Message
 * Formats"). Each is a letter, the length of the rest in 4 bytes, and its fields. Throws `E_FILTER_TOO_MANY`.
 */
function encodeRun(name: string, values: readonly DriverValue[], describes: boolean): Buffer {
  if (values.length > valuesMax)
    throw new GableError("E_FILTER_TOO_MANY", `A statement has ${values.length} values; PostgreSQL takes at most ${valuesMax}.`);
  const sent = values.map((value) => (typeof value === "string" || value === null || value instanceof Uint8Array ? value : String(value)));
  const hasBytes = sent.some((value) => value instanceof Uint8Array);
  const size = sent.reduce((sum, value) => sum + 6 + sizeOf(value), 48 + name.length);
  const buffer = Buffer.allocUnsafe(size);
  let at = buffer.writeUInt8(0x42, 0); // B
  const start = at;
  at = buffer.writeUInt8(0, at + 4); // The unnamed portal.
  at += buffer.write(name, at, "latin1");
  at = buffer.writeUInt8(0, at);
  // One format for each value, 1 for bytes; none if all are text.
  at = buffer.writeUInt16BE(hasBytes ? sent.length : 0, at);
  if (hasBytes) for (const value of sent) at = buffer.writeUInt16BE(value instanceof Uint8Array ? 1 : 0, at);
  at = buffer.writeUInt16BE(sent.length, at);
  for (const value of sent) at = writeValue(buffer, value, at);
  at = buffer.writeUInt16BE(0, at); // All columns as text.
  buffer.writeUInt32BE(at - start, start);
  if (describes) at = buffer.writeUInt16BE(0x5000, buffer.writeUInt32BE(6, buffer.writeUInt8(0x44, at))); // D, of the portal "".
  at = buffer.writeUInt8(0x45, at); // E
  at = buffer.writeUInt32BE(9, at);
  at = buffer.writeUInt8(0, at);
  at = buffer.writeUInt32BE(0, at); // All rows.
  at = buffer.writeUInt8(0x53, at); // S
  at = buffer.writeUInt32BE(4, at);
  return buffer.subarray(0, at);
}

type SentValue = string | Uint8Array | null;

function sizeOf(value: SentValue): number {
  if (value === null) return 0;
  return typeof value === "string" ? Buffer.byteLength(value) : value.byteLength;
}

function writeValue(buffer: Buffer, value: SentValue, at: number): number {
  if (value === null) return buffer.writeInt32BE(-1, at);
  if (typeof value !== "string") buffer.set(value, at + 4);
  const size = typeof value === "string" ? buffer.write(value, at + 4) : value.byteLength;
  return buffer.writeUInt32BE(size, at) + size;
}
