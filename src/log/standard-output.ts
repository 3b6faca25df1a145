/** Lines on standard output, in batches: a slow reader or a full disk never holds up a request. */

/** The part of `node:fs` that is used. */
interface FileSystem {
  write(
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: null,
    done: (error: unknown, written: number) => void,
  ): void;
  writeSync(file: number, bytes: Uint8Array): number;
}

/** What the output needs, for tests. */
export interface OutputOptions {
  readonly fs: FileSystem;
  /** Descriptor of the file. */
  readonly file: number;
  /** Bytes that may wait; lines beyond are dropped and counted. */
  readonly waitingBytesMax?: number;
}

/** Time in which lines are collected, in milliseconds. */
const collectMs = 20;
const waitingBytesDefault = 4 * 1024 * 1024;
const blockBytes = 65_536;
/** A character of a string has at most three bytes. */
const bytesPerCharacter = 3;

/** An output that drops lines before it makes anybody wait. Lines become bytes immediately: strings that wait would cost the collector more. */
export class LineOutput {
  readonly #fs: FileSystem;
  readonly #file: number;
  readonly #waitingBytesMax: number;
  /** The block that is being filled, and the ones that are full. */
  #block: Buffer = Buffer.alloc(0);
  #used = 0;
  #full: Buffer[] = [];
  #fullBytes = 0;
  #dropped = 0;
  #reason = "";
  #isBusy = false;
  /** What the runtime is writing, or has to try again. */
  #writing: Buffer | undefined;
  #isInFlight = false;

  constructor({ fs, file, waitingBytesMax = waitingBytesDefault }: OutputOptions) {
    this.#fs = fs;
    this.#file = file;
    this.#waitingBytesMax = waitingBytesMax;
  }

  /** Adds a line. An urgent one is written before the call returns, with all lines before it. */
  write(line: string, isUrgent = false): void {
    if (this.#fullBytes + this.#used + line.length >= this.#waitingBytesMax) return this.#drop(1, "the reader is too slow");
    // The lines that were lost come before the first one that is kept again.
    if (this.#dropped > 0) this.#append(this.#toLostLine());
    this.#append(line);
    if (isUrgent) return this.flushSync();
    if (this.#isBusy) return;
    this.#isBusy = true;
    setTimeout(() => this.#writeNext(), collectMs).unref();
  }

  /** Writes what waits, before the process ends. */
  flushSync(): void {
    // What the runtime is writing now must not be written twice.
    const retried = this.#isInFlight || this.#writing === undefined ? [] : [this.#writing];
    if (!this.#isInFlight) this.#writing = undefined;
    for (const block of [...retried, ...this.#takeBlocks()]) {
      try {
        for (let rest = block; rest.length > 0;) rest = rest.subarray(this.#fs.writeSync(this.#file, rest));
      } catch (error) {
        this.#drop(countLines(block), String(error));
      }
    }
  }

  #append(line: string): void {
    const bytesMax = line.length * bytesPerCharacter + 1;
    if (this.#used + bytesMax > this.#block.length) this.#startBlock(bytesMax);
    this.#used += this.#block.write(line, this.#used);
    this.#block[this.#used++] = 10;
  }

  #toLostLine(): string {
    const message = `${this.#dropped} log lines were lost: ${this.#reason}`;
    this.#dropped = 0;
    return JSON.stringify({ level: 40, time: Date.now(), message });
  }

  #startBlock(bytes: number): void {
    if (this.#used > 0) {
      this.#full.push(this.#block.subarray(0, this.#used));
      this.#fullBytes += this.#used;
    }
    this.#block = Buffer.allocUnsafe(Math.max(blockBytes, bytes));
    this.#used = 0;
  }

  #takeBlocks(): Buffer[] {
    if (this.#used > 0) this.#startBlock(0);
    const blocks = this.#full;
    this.#full = [];
    this.#fullBytes = 0;
    return blocks;
  }

  #nextBlock(): Buffer | undefined {
    if (this.#full.length === 0 && this.#used > 0) this.#startBlock(0);
    const block = this.#full.shift();
    this.#fullBytes -= block?.length ?? 0;
    return block;
  }

  #writeNext(): void {
    const bytes = (this.#writing ??= this.#nextBlock());
    this.#isBusy = bytes !== undefined;
    if (bytes === undefined) return;
    this.#isInFlight = true;
    this.#fs.write(this.#file, bytes, 0, bytes.length, null, (error, written) => this.#onWritten(error, written, bytes));
  }

  #onWritten(error: unknown, written: number, bytes: Buffer): void {
    this.#isInFlight = false;
    this.#writing = undefined;
    if (error !== null && error !== undefined) {
      // A pipe that is full takes the bytes later. On a disk that is full they are lost, and later ones may fit.
      if (typeof error === "object" && "code" in error && error.code === "EAGAIN") this.#writing = bytes;
      else this.#drop(countLines(bytes), String(error));
    } else if (written < bytes.length) {
      this.#writing = bytes.subarray(written);
      return this.#writeNext();
    }
    setTimeout(() => this.#writeNext(), collectMs).unref();
  }

  #drop(count: number, reason: string): void {
    this.#dropped += count;
    this.#reason = reason;
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return count;
}

/** The output of the process: all its applications share it, as they share the descriptor. */
let shared: LineOutput | undefined;

/** Writes a line to standard output; to the console where the runtime is not Node. */
export function writeToOutput(line: string, isUrgent?: boolean): void {
  shared ??= openOutput();
  if (shared === undefined) console.log(line);
  else shared.write(line, isUrgent);
}

function openOutput(): LineOutput | undefined {
  // Not every runtime has a process.
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown; on?: (event: "exit", work: () => void) => void };
  };
  // Node documents what this name gives.
  const fs = process?.getBuiltinModule?.("node:fs") as FileSystem | undefined;
  if (fs === undefined) return undefined;
  const output = new LineOutput({ fs, file: 1 });
  process?.on?.("exit", () => output.flushSync());
  return output;
}
