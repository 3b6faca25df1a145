/** Numbers of the processes of one machine: their parent adds up what each of them has counted, also what ended processes had counted. */

/** Numbers that add up over processes: by family, then by labels; lists are added number by number. */
export type Sums = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
/** Numbers that belong to one process: by family, then by labels. */
export type Gauges = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What one process has counted, and how it is now. */
export interface Snapshot {
  /** What it has counted since its start. */
  readonly sums: Sums;
  /** How it is now. */
  readonly gauges: Gauges;
}

/** The gauges of one process. */
interface ProcessGauges {
  /** Names the process among those that live: `1`, `2`, ... for workers, `tasks` for the process of tasks. */
  readonly worker: string;
  /** How it is now. */
  readonly gauges: Gauges;
}

/** What all processes together have counted. */
export interface Gathered {
  /** Sums of all processes, also of those that have ended. */
  readonly sums: Sums;
  /** Gauges of the processes that answered in time. */
  readonly processes: readonly ProcessGauges[];
  /** Number of processes that were asked. */
  readonly askedCount: number;
}

/** What a process says to its parent. */
export type GatherRequest =
  | { readonly kind: "gather"; readonly number: number }
  | { readonly kind: "answer"; readonly number: number; readonly snapshot: Snapshot }
  /** What a process that ends has counted. */
  | { readonly kind: "last"; readonly snapshot: Snapshot };

/** What the parent says to its processes. */
export type GatherMessage =
  | { readonly kind: "question"; readonly number: number }
  | { readonly kind: "gathered"; readonly number: number; readonly gathered: Gathered };

/** A process, as the parent sees it. */
export interface GatherProcess {
  readonly role: string;
  send(message: { readonly kind: "gather"; readonly message: GatherMessage }): void;
}

/** A question to all processes. */
interface Round {
  readonly asker: GatherProcess;
  /** Number that the asker gave its request. */
  readonly number: number;
  readonly askedCount: number;
  readonly waiting: Set<GatherProcess>;
  readonly processes: ProcessGauges[];
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Time in which a process must answer, in milliseconds. */
const answerMs = 1000;
/** Processes that have ended whose sums are still apart. */
const deadMax = 8;

/** The side of the parent. It keeps the last sums of each process, so that no sum ever falls: a reader would take that for a restart. */
export class Gathering {
  readonly #processes: () => Iterable<GatherProcess>;
  /** Last sums of the processes that live, and of the last few that have ended. */
  readonly #sums = new Map<GatherProcess, Sums>();
  readonly #dead: GatherProcess[] = [];
  readonly #names = new Map<GatherProcess, string>();
  readonly #forgotten = new WeakSet<GatherProcess>();
  readonly #rounds = new Map<number, Round>();
  #own: Sums;
  #ended: Sums = {};
  #lastNumber = 0;

  /** `processes` lists those that can answer; `own` is what the parent itself counts, at its start. */
  constructor(processes: () => Iterable<GatherProcess>, own: Sums) {
    this.#processes = processes;
    this.#own = own;
  }

  /** Counts something that the parent itself has seen. */
  count(family: string, labels: string): void {
    this.#own = addSums(this.#own, { [family]: { [labels]: [1] } });
  }

  /** Does what a process asks, or takes what it answers. */
  receive(process: GatherProcess, request: GatherRequest): void {
    if (request.kind === "gather") return this.#ask(process, request.number);
    if (this.#forgotten.has(process)) return;
    this.#sums.set(process, request.snapshot.sums);
    if (request.kind === "last") return;
    const round = this.#rounds.get(request.number);
    if (round?.waiting.delete(process) !== true) return;
    round.processes.push({ worker: this.#nameOf(process), gauges: request.snapshot.gauges });
    if (round.waiting.size === 0) this.#finish(request.number, round);
  }

  /** Keeps the sums of a process that has ended, and frees its name. Its last message can come after its end. */
  end(process: GatherProcess): void {
    this.#names.delete(process);
    this.#dead.push(process);
    if (this.#dead.length > deadMax) this.#forget(this.#dead.shift()!);
    for (const [number, round] of this.#rounds) if (round.waiting.delete(process) && round.waiting.size === 0) this.#finish(number, round);
  }

  #forget(process: GatherProcess): void {
    this.#ended = addSums(this.#ended, this.#sums.get(process) ?? {});
    this.#sums.delete(process);
    this.#forgotten.add(process);
  }

  #ask(asker: GatherProcess, number: number): void {
    const asked = [...this.#processes()];
    const own = ++this.#lastNumber;
    const timer = setTimeout(() => this.#finish(own, round), answerMs);
    const round: Round = { asker, number, askedCount: asked.length, waiting: new Set(asked), processes: [], timer };
    this.#rounds.set(own, round);
    for (const process of asked) {
      this.#nameOf(process);
      process.send({ kind: "gather", message: { kind: "question", number: own } });
    }
  }

  #finish(number: number, { asker, number: askerNumber, askedCount, processes, timer }: Round): void {
    clearTimeout(timer);
    this.#rounds.delete(number);
    const sums = [this.#own, ...this.#sums.values()].reduce(addSums, this.#ended);
    asker.send({ kind: "gather", message: { kind: "gathered", number: askerNumber, gathered: { sums, processes, askedCount } } });
  }

  /** Names are numbers that are used again, not process ids: each new name is a new series for those who keep the numbers. */
  #nameOf(process: GatherProcess): string {
    const known = this.#names.get(process);
    if (known !== undefined) return known;
    const used = new Set(this.#names.values());
    let count = 1;
    const toName = (): string => (process.role === "web" ? String(count) : count === 1 ? process.role : `${process.role}-${count}`);
    while (used.has(toName())) count++;
    const name = toName();
    this.#names.set(process, name);
    return name;
  }
}

/** Returns the sums of two processes. Lists of different lengths come from different versions of the program: the second one counts. */
export function addSums(first: Sums, second: Sums): Sums {
  const result: Record<string, Record<string, readonly number[]>> = {};
  for (const family of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const series: Record<string, readonly number[]> = { ...first[family] };
    for (const [labels, numbers] of Object.entries(second[family] ?? {})) {
      const known = series[labels];
      series[labels] = known?.length === numbers.length ? numbers.map((number, index) => number + known[index]!) : numbers;
    }
    result[family] = series;
  }
  return result;
}
