/** What tests leave behind: timers and sockets that still run when a test has ended, and rejections that nobody handles. */
import { subscribe } from "node:diagnostics_channel";
import type { Server, Socket } from "node:net";
import { afterEach, beforeEach } from "node:test";
import type { Caller } from "./caller.ts";
import { findCaller } from "./caller.ts";
import { endTimer, newestTimer, nextTurn, pendingTimers, watchClock } from "./clock.ts";
import { newestConnection, openConnectionsSince } from "./live/open-connections.ts";
import { testError } from "./test-error.ts";

/** A socket or a server that was opened since tests began. */
interface OpenedHandle {
  readonly handle: WeakRef<Socket | Server>;
  readonly what: string;
  readonly caller: Caller;
}

let opened: OpenedHandle[] = [];
let isSubscribed = false;
let isRegistered = false;

/** Whether tests of this file fail for what they leave behind. */
export function isWatchingLeaks(): boolean {
  return isRegistered;
}

/** A handle of Node, as far as it tells whether the process waits for it. */
interface WaitingHandle {
  readonly _handle?: { hasRef?(): boolean } | null;
}

/**
 * Fails each test of a file that leaves a timer or a socket behind, or a rejection that nobody handles.
 *
 * Event streams and WebSockets of test clients count as sockets. `testDatabase()` does this as well. A timer that the process does not wait for (`unref()`) is not a leak, and neither is what Gable
 * itself holds for an application that runs. The check comes after all hooks of the test. Fails with `E_TEST_LEAK`.
 *
 * @example
 * testLeaks();
 */
export function testLeaks(): void {
  watchClock();
  watchSockets();
  if (isRegistered) return;
  isRegistered = true;
  let firstTimer = 0;
  let firstConnection = 0;
  beforeEach(() => {
    firstTimer = newestTimer();
    firstConnection = newestConnection();
    opened = [];
  });
  afterEach(async (context) => {
    // A rejection that nobody handles is known in the next turn: it must not be counted for the next test.
    await nextTurn();
    const check = (): Promise<void> => assertNothingLeft(firstTimer, firstConnection);
    // The hooks of the test itself come first.
    if ("after" in context) context.after(check);
    else await check();
  });
}

/** How long a socket that was destroyed may take to close, in ms: its address may have to be looked up first. */
const closeMsMax = 200;

async function assertNothingLeft(firstTimer: number, firstConnection: number): Promise<void> {
  const isAnyOpen = (): boolean => opened.some(({ handle, caller }) => caller.owner === "project" && isOpen(handle.deref()));
  const until = performance.now() + closeMsMax;
  do await nextTurn();
  while (isAnyOpen() && performance.now() < until);
  const timers = pendingTimers().filter(
    ({ number, handle, caller }) => number > firstTimer && caller.owner === "project" && handle.hasRef(),
  );
  const sockets = opened.filter(({ handle, caller }) => caller.owner === "project" && isOpen(handle.deref()));
  const connections = openConnectionsSince(firstConnection);
  const found = [
    ...timers.map(({ kind, delayMs, caller }) => `${kind}() of ${delayMs} ms, set ${describe(caller)}`),
    ...[...sockets, ...connections].map(({ what, caller }) => `${what}, opened ${describe(caller)}`),
  ];
  for (const timer of timers) endTimer(timer);
  for (const { handle } of sockets) endSocket(handle.deref());
  for (const { end } of connections) end();
  opened = [];
  if (found.length === 0) return;
  throw testError(
    "E_TEST_LEAK",
    `The test leaves behind:\n  ${found.join("\n  ")}\n`,
    "Clear the timer or close the socket before the test ends, for example in after().",
  );
}

function describe({ place }: Caller): string {
  return place === undefined ? "by a package" : `at ${place}`;
}

function watchSockets(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  const listenTo = (channel: string, what: string, read: (event: unknown) => Socket | Server): void => {
    const note = (event: unknown): void => void opened.push({ what, handle: new WeakRef(read(event)), caller: findCaller(note) });
    subscribe(channel, note);
  };
  // What these channels of Node have.
  listenTo("net.client.socket", "a connection", (event) => (event as { socket: Socket }).socket);
  // As above.
  listenTo("tracing:net.server.listen:asyncStart", "a server that listens", (event) => (event as { server: Server }).server);
}

/** Whether the process still waits for it. */
function isOpen(handle: Socket | Server | undefined): boolean {
  if (handle === undefined || ("destroyed" in handle && handle.destroyed)) return false;
  // Node has no other way to ask.
  const inner = (handle as WaitingHandle)._handle;
  return inner !== undefined && inner !== null && inner.hasRef?.() !== false;
}

function endSocket(handle: Socket | Server | undefined): void {
  if (handle === undefined) return;
  if ("destroy" in handle) handle.destroy();
  else handle.close();
}
