/** Work around the reply of a request: before its head is made, and after it is sent. */
import { GableError } from "../errors/gable-error.ts";
import type { BeforeReplyHook, ReplyFacts } from "../handlers/context.ts";

/** Work at the end of a request. */
export type EndWork = () => void | Promise<void>;

/** What waits for the reply of one request. */
export class ReplyHooks {
  readonly #onError: (error: unknown) => void;
  #before: BeforeReplyHook[] | undefined = [];
  #after: EndWork[] = [];
  #endings: EndWork[] = [];
  /** Whether the end of the reply is over: new work runs immediately. */
  #isOver = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a hook. Throws `E_HEAD_SENT` once the hooks have been taken. */
  addBefore(hook: BeforeReplyHook): void {
    if (this.#before === undefined) throw headSent("context.beforeReply() was called");
    this.#before.push(hook);
  }

  /** Adds work for the time when the reply is sent. */
  addAfter(work: EndWork): void {
    if (this.#isOver) void this.#run([work]);
    else this.#after.push(work);
  }

  /** Adds work for the end of the request, after everything else. */
  addEnding(work: EndWork): void {
    if (this.#isOver) void this.#run([work]);
    else this.#endings.push(work);
  }

  /** Whether a hook waits. */
  get hasBefore(): boolean {
    return this.#before !== undefined && this.#before.length > 0;
  }

  /** Whether work waits for the end of the request. */
  get hasWork(): boolean {
    return this.#after.length > 0 || this.#endings.length > 0;
  }

  /** Runs the hooks, the last one first. The list is taken before, so that each hook runs once, whatever fails. */
  async runBefore(reply: ReplyFacts): Promise<void> {
    const hooks = this.#before ?? [];
    this.#before = undefined;
    for (const hook of hooks.toReversed()) await hook(reply);
  }

  /** Closes the list of hooks: the head is made. `isAwaited` says whether somebody will call `settle()`. */
  closeHead(isAwaited: boolean): void {
    this.#before = undefined;
    this.#isOver = !isAwaited;
  }

  /** Runs what waits for the end: the reply is sent, or given up. */
  async settle(): Promise<void> {
    // The engine calls this while it writes: the work of a program must not run inside that.
    await Promise.resolve();
    this.#isOver = true;
    const [after, endings] = [this.#after, this.#endings];
    this.#after = [];
    this.#endings = [];
    await this.#run(after);
    await this.#run(endings);
  }

  async #run(works: readonly EndWork[]): Promise<void> {
    for (const work of works) {
      try {
        await work();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

/** The error of something that comes too late to change the head of the reply. */
export function headSent(what: string): GableError {
  return new GableError("E_HEAD_SENT", `${what} after the head of the reply was made.`);
}
