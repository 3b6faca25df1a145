/** Opens channels of node:diagnostics_channel, on which the framework tells what it does. */

/** A channel. Check `hasSubscribers` before an event is made: nothing is allocated while nobody listens. */
export interface EventChannel<Event extends object> {
  readonly hasSubscribers: boolean;
  publish(event: Event): void;
}

/** The part of node:diagnostics_channel that is used. */
interface DiagnosticsChannel {
  channel(name: string): EventChannel<object>;
}

const silent: EventChannel<object> = { hasSubscribers: false, publish: () => undefined };

/** Opens a channel. On a runtime without node:diagnostics_channel it never has subscribers. */
export function openChannel<Event extends object>(name: string): EventChannel<Event> {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  // Node documents what this name gives.
  const diagnostics = holder.process?.getBuiltinModule?.("node:diagnostics_channel") as DiagnosticsChannel | undefined;
  return diagnostics?.channel(name) ?? silent;
}
