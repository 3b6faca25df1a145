import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { Distributor } from "./distributor.ts";
import type { StandIn } from "./stand-in.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A worker that notes the ids and the connections that it gets. */
class Noting {
  readonly given: Array<readonly [number, Socket]> = [];
  readonly returned: Socket[] = [];
  readonly busy: number;
  constructor(busy: number) {
    this.busy = busy;
  }
  get load(): number {
    return this.busy + this.given.length;
  }
  give(id: number, socket: Socket, isReturned: boolean): void {
    if (isReturned) this.returned.push(socket);
    this.given.push([id, socket]);
  }
}

function create(workers: readonly Noting[], waitingMs?: number): Distributor {
  // A distributor asks for nothing else of a worker.
  return new Distributor(() => workers as unknown as readonly WorkerProcess[], waitingMs);
}
const sockets = (count: number): Socket[] => Array.from({ length: count }, () => new Socket());

describe("Distributor", () => {
  it("gives each connection to the worker with the fewest, each under another id", () => {
    const [first, second] = [new Noting(2), new Noting(0)];
    const distributor = create([first, second]);
    const all = sockets(4);
    for (const socket of all) distributor.add(socket);
    assert.deepEqual([first.given.map(([id]) => id), second.given.map(([id]) => id)], [[3], [1, 2, 4]]);
    assert.equal(second.given[0]![1], all[0]);
    assert.equal(distributor.waitingCount, 0);
  });

  it("says of which connections a worker may have read, also if they had to wait", () => {
    const workers: Noting[] = [];
    const distributor = create(workers);
    const [fresh, returned, late] = sockets(3);
    distributor.add(fresh!);
    distributor.takeBack(returned!);
    workers.push(new Noting(0));
    distributor.flush();
    distributor.takeBack(late!);
    assert.deepEqual(workers[0]!.returned, [returned, late]);
    assert.equal(workers[0]!.given.length, 3);
  });

  it("keeps 1,024 connections without a worker, closes one more, and gives all of them to the first worker, the oldest first", () => {
    const workers: Noting[] = [];
    const distributor = create(workers);
    const all = sockets(1025);
    for (const socket of all) distributor.add(socket);
    assert.deepEqual([distributor.waitingCount, all[1023]!.destroyed, all[1024]!.destroyed], [1024, false, true]);
    workers.push(new Noting(0));
    distributor.flush();
    assert.deepEqual(
      workers[0]!.given.map(([id]) => id),
      Array.from({ length: 1024 }, (_, index) => index + 1),
    );
    assert.ok(workers[0]!.given.every(([, socket], index) => socket === all[index]));
    assert.equal(distributor.waitingCount, 0);
  });

  it("closes connections that have waited long enough, and no others", (context) => {
    context.mock.timers.enable({ apis: ["setInterval"] });
    const [now, all] = [{ ms: 0 }, sockets(3)];
    context.mock.method(performance, "now", () => now.ms);
    const distributor = create([], 1500);
    const states = (): boolean[] => all.map(({ destroyed }) => destroyed);
    const pass = (ms: number): void => {
      now.ms += ms;
      context.mock.timers.tick(ms);
    };
    distributor.add(all[0]!);
    pass(500);
    distributor.add(all[1]!);
    pass(500);
    assert.deepEqual(states(), [false, false, false]);
    pass(1000);
    assert.deepEqual([states(), distributor.waitingCount], [[true, true, false], 0]);
    distributor.add(all[2]!);
    pass(1000);
    assert.deepEqual(states(), [true, true, false]);
    pass(1000);
    assert.deepEqual(states(), [true, true, true]);
  });

  it("gives connections to a stand-in while there is one, those that wait included", () => {
    const [worker, taken, all] = [new Noting(0), [] as Socket[], sockets(3)];
    const workers: Noting[] = [];
    const distributor = create(workers);
    distributor.add(all[0]!);
    // A distributor asks for nothing else of a stand-in.
    distributor.setStandIn({ accept: (socket: Socket) => void taken.push(socket) } as unknown as StandIn);
    workers.push(worker);
    distributor.add(all[1]!);
    assert.deepEqual([taken.length, worker.given.length, distributor.waitingCount], [2, 0, 0]);
    distributor.setStandIn(undefined);
    distributor.add(all[2]!);
    assert.deepEqual([taken.length, worker.given.length], [2, 1]);
  });

  it("closes what waits when it closes", () => {
    const distributor = create([]);
    const [socket] = sockets(1);
    distributor.add(socket!);
    distributor.close();
    assert.deepEqual([socket!.destroyed, distributor.waitingCount], [true, 0]);
  });
});
