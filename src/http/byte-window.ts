/** A window over bytes that arrive in pieces: append at the end, take from the front. Used by the multipart parser. */
export class ByteWindow {
  #bytes = new Uint8Array(1024);
  #start = 0;
  #end = 0;

  /** Bytes in the window. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes at the end; moves or grows so that each byte is copied a constant number of times. */
  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (this.#end + chunk.length > this.#bytes.length) {
      const target = needed > this.#bytes.length / 2 ? new Uint8Array(Math.max(needed * 2, 1024)) : this.#bytes;
      target.set(this.#bytes.subarray(this.#start, this.#end));
      this.#end = this.length;
      this.#start = 0;
      this.#bytes = target;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Removes bytes from the front and gives a copy of them. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#start, this.#start + length);
    this.skip(length);
    return taken;
  }

  /** Removes bytes from the front. */
  skip(length: number): void {
    this.#start += length;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /** The byte at a position; undefined outside. */
  at(index: number): number | undefined {
    return index < this.length ? this.#bytes[this.#start + index] : undefined;
  }

  /** Position of a sequence at or after `from`; -1 when it is not there. */
  indexOf(sequence: Uint8Array, from = 0): number {
    // Only the window: a search through old bytes after it costs as much for a chunk of one byte as for a large one.
    const bytes = this.#bytes.subarray(this.#start, this.#end);
    const last = bytes.length - sequence.length;
    let position = bytes.indexOf(sequence[0]!, from);
    while (position !== -1 && position <= last) {
      let matched = 1;
      while (matched < sequence.length && bytes[position + matched] === sequence[matched]) matched++;
      if (matched === sequence.length) return position;
      position = bytes.indexOf(sequence[0]!, position + 1);
    }
    return -1;
  }

  /** Whether the window starts with a sequence; undefined while it has too few bytes to tell. */
  startsWith(sequence: Uint8Array): boolean | undefined {
    for (let index = 0; index < sequence.length; index++) {
      const byte = this.at(index);
      if (byte === undefined) return undefined;
      if (byte !== sequence[index]) return false;
    }
    return true;
  }
}
