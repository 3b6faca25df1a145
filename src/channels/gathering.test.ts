import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Gathered, GatherMessage, GatherProcess, Sums } from "./gathering.ts";
import { addSums, Gathering } from "./gathering.ts";

/** A process that answers questions with its sums, unless it is silent. */
class FakeProcess implements GatherProcess {
  readonly gathered: Gathered[] = [];
  readonly role: string;
  readonly #gathering: () => Gathering;
  sums: Sums = {};
  isSilent = false;

  constructor(gathering: () => Gathering, role = "web") {
    this.#gathering = gathering;
    this.role = role;
  }

  send({ message }: { readonly message: GatherMessage }): void {
    if (message.kind === "gathered") this.gathered.push(message.gathered);
    else if (!this.isSilent)
      this.#gathering().receive(this, {
        kind: "answer",
        number: message.number,
        snapshot: { sums: this.sums, gauges: { busy: { "": 1 } } },
      });
  }

  /** Returns the last reply to its requests. */
  ask(): Gathered | undefined {
    this.#gathering().receive(this, { kind: "gather", number: 7 });
    return this.gathered.at(-1);
  }
}

function createMachine(...roles: readonly string[]): { gathering: Gathering; living: FakeProcess[] } {
  const living: FakeProcess[] = roles.map((role) => new FakeProcess(() => gathering, role));
  const gathering = new Gathering(() => living, { restarts: { "": [0] } });
  return { gathering, living };
}

const counter = (count: number): Sums => ({ requests: { 'route="/"': [count] } });
const countOf = (gathered: Gathered | undefined): number | undefined => gathered?.sums["requests"]?.['route="/"']?.[0];

describe("addSums()", () => {
  it("adds number by number, and keeps what only one has", () => {
    assert.deepEqual(addSums({ a: { x: [1, 2], y: [1] } }, { a: { x: [10, 20], z: [5] }, b: { "": [3] } }), {
      a: { x: [11, 22], y: [1], z: [5] },
      b: { "": [3] },
    });
  });

  it("takes the second of two lists that have different lengths", () => {
    assert.deepEqual(addSums({ a: { x: [1, 2] } }, { a: { x: [1, 2, 3] } }), { a: { x: [1, 2, 3] } });
  });
});

describe("Gathering", () => {
  it("adds up all processes, with what the parent counts", () => {
    const { gathering, living } = createMachine("web", "web", "tasks");
    living.forEach((each, index) => (each.sums = counter(index + 1)));
    gathering.count("restarts", "");
    const gathered = living[0]!.ask()!;
    assert.equal(countOf(gathered), 6);
    assert.deepEqual(gathered.sums["restarts"], { "": [1] });
    assert.deepEqual(
      gathered.processes.map(({ worker }) => worker),
      ["1", "2", "tasks"],
    );
    assert.equal(gathered.askedCount, 3);
  });

  it("keeps the sums of a process that has ended, and gives its name to the next one", () => {
    const { gathering, living } = createMachine("web", "web");
    living.forEach((each) => (each.sums = counter(5)));
    living[0]!.ask();
    gathering.end(living[1]!);
    living[1] = new FakeProcess(() => gathering);
    const gathered = living[0]!.ask()!;
    assert.equal(countOf(gathered), 10);
    assert.deepEqual(
      gathered.processes.map(({ worker }) => worker),
      ["1", "2"],
    );
  });

  it("takes the last message of a process that comes after its end, once", () => {
    const { gathering, living } = createMachine("web", "web");
    living.forEach((each) => (each.sums = counter(5)));
    living[0]!.ask();
    const ended = living.pop()!;
    gathering.end(ended);
    gathering.receive(ended, { kind: "last", snapshot: { sums: counter(8), gauges: {} } });
    assert.equal(countOf(living[0]!.ask()), 13);
  });

  it("keeps every count over a thousand restarts", () => {
    const { gathering, living } = createMachine("web");
    for (let count = 0; count < 1_000; count++) {
      const short = new FakeProcess(() => gathering);
      gathering.receive(short, { kind: "last", snapshot: { sums: counter(1), gauges: {} } });
      gathering.end(short);
    }
    assert.equal(countOf(living[0]!.ask()), 1_000);
  });

  it("leaves out a process that does not answer within a second, with the sums that it had", (test) => {
    test.mock.timers.enable({ apis: ["setTimeout"] });
    const { living } = createMachine("web", "web");
    living.forEach((each) => (each.sums = counter(5)));
    living[0]!.ask();
    living[1]!.isSilent = true;
    living[0]!.sums = counter(6);
    living[0]!.ask();
    test.mock.timers.tick(999);
    assert.equal(living[0]!.gathered.length, 1);
    test.mock.timers.tick(1);
    const gathered = living[0]!.gathered[1]!;
    assert.equal(countOf(gathered), 11);
    assert.deepEqual([gathered.askedCount, gathered.processes.map(({ worker }) => worker)], [2, ["1"]]);
  });

  it("answers as soon as a process that was asked has ended", () => {
    const { gathering, living } = createMachine("web", "web");
    living[1]!.isSilent = true;
    assert.equal(living[0]!.ask(), undefined);
    gathering.end(living.pop()!);
    assert.equal(living[0]!.gathered.length, 1);
  });
});
