/** Work that requests leave behind when their replies are sent. */

/** Work that has not ended: an application waits for it before it stops. */
export class PendingWork {
  readonly #works = new Set<Promise<void>>();

  /** Adds work. It must not reject. */
  add(work: Promise<void>): void {
    this.#works.add(work);
    void work.then(() => this.#works.delete(work));
  }

  /** Waits until all work has ended, also what begins meanwhile. */
  async settle(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works);
  }
}
