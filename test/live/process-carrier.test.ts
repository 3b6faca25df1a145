/** The carrier of the workers of a supervisor: its contract over a hub, and a supervisor that has ended. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { testLiveCarrier } from "gable/testing";
import type { HubMessage, HubRequest } from "../../src/channels/hub.ts";
import { Hub } from "../../src/channels/hub.ts";
import type { ParentChannel } from "../../src/live/process-carrier.ts";
import { carrierOf } from "../../src/live/process-carrier.ts";

/** The channel of a worker: messages become JSON and arrive later, in order, as between processes. */
class Channel extends EventEmitter implements ParentChannel {
  readonly #supervisor: Supervisor;
  isConnected = true;

  constructor(supervisor: Supervisor) {
    super();
    this.#supervisor = supervisor;
  }

  send(...[envelope, , , sent]: Parameters<NonNullable<ParentChannel["send"]>>): void {
    const text = JSON.stringify(envelope);
    setImmediate(() => {
      sent(this.isConnected ? null : new Error("Channel closed"));
      // A carrier sends nothing else.
      if (this.isConnected) this.#supervisor.receive(this, (JSON.parse(text) as { message: HubRequest }).message);
    });
  }

  answer(message: HubMessage): void {
    const text = JSON.stringify({ kind: "channel", message });
    setImmediate(() => this.isConnected && this.emit("message", JSON.parse(text)));
  }
}

/** What the supervisor does with the messages of its workers. */
class Supervisor {
  readonly channels: Channel[] = [];
  isSilent = false;
  readonly #hub = new Hub((message) => {
    for (const channel of this.channels) channel.answer(message);
  });

  connect(): Channel {
    const channel = new Channel(this);
    this.channels.push(channel);
    return channel;
  }

  receive(channel: Channel, request: HubRequest): void {
    if (!this.isSilent) this.#hub.receive(request, (message) => channel.answer(message));
  }
}

testLiveCarrier("two workers", () => {
  const supervisor = new Supervisor();
  return { carriers: [carrierOf(supervisor.connect()), carrierOf(supervisor.connect())] };
});

testLiveCarrier("two applications of one worker", () => {
  const channel = new Supervisor().connect();
  return { carriers: [carrierOf(channel), carrierOf(channel)] };
});

describe("processCarrier()", () => {
  const isGone = { code: "E_CHANNEL_CARRIER", message: "The supervisor of this worker has ended." };

  it("keeps the answers for two applications of one worker apart", async () => {
    const channel = new Supervisor().connect();
    const [one, other] = [carrierOf(channel), carrierOf(channel)];
    await Promise.all([one.open?.(), other.open?.()]);
    const [, replayed] = await Promise.all([one.publish("/a", "1", undefined), other.replay("/b", undefined)]);
    assert.deepEqual([replayed.messages, replayed.hasGap], [[], false]);
  });

  it("fails for what waits and for what comes when the supervisor has ended", async () => {
    const supervisor = new Supervisor();
    const channel = supervisor.connect();
    const carrier = carrierOf(channel);
    await carrier.open?.();
    supervisor.isSilent = true;
    const waiting = [carrier.publish("/a", "1", undefined), carrier.replay("/a", undefined)];
    const failures = Promise.all(waiting.map((each) => assert.rejects(each, isGone)));
    await new Promise((resolve) => setTimeout(resolve, 5));
    channel.isConnected = false;
    channel.emit("disconnect");
    await failures;
    await assert.rejects(carrier.publish("/a", "2", undefined), isGone);
  });

  it("fails after it was closed, and in a process without a supervisor", async () => {
    const channel = new Supervisor().connect();
    const carrier = carrierOf(channel);
    await carrier.open?.();
    await carrier.close?.();
    await assert.rejects(carrier.publish("/a", "1", undefined), { code: "E_CHANNEL_CARRIER" });
    assert.deepEqual([channel.listenerCount("message"), channel.listenerCount("disconnect")], [0, 0]);
    const orphan: ParentChannel = { on: () => undefined, off: () => undefined };
    const carrierOfOrphan = carrierOf(orphan);
    await carrierOfOrphan.open?.();
    await assert.rejects(carrierOfOrphan.replay("/a", undefined), { code: "E_CHANNEL_CARRIER" });
  });
});
