/** The clock and the timers of a process under test: time can travel, and timers that are left behind are found. */
import type { Caller } from "./caller.ts";
import { findCaller } from "./caller.ts";

/** A timer that has not fired. */
export interface PendingTimer {
  readonly handle: NodeJS.Timeout;
  readonly kind: "setTimeout" | "setInterval";
  readonly delayMs: number;
  readonly caller: Caller;
  /** Number of the timer: later ones have greater numbers. */
  readonly number: number;
  /** When it fires, by the clock that tests see. */
  dueAt: number;
  readonly fire: () => void;
}

type Callback = (...values: unknown[]) => void;

const RealDate = Date;
const realNow = Date.now;
const real = { setTimeout, setInterval, clearTimeout, clearInterval };
const timers = new Map<NodeJS.Timeout, PendingTimer>();
let isWatching = false;
let offsetMs = 0;
let lastNumber = 0;

/** Begins to watch timers and to give tests their own clock. Timers that were set before are not known. */
export function watchClock(): void {
  if (isWatching) return;
  isWatching = true;
  // Code that has kept a reference to Date.now before is not reached; Gable keeps none.
  Date.now = currentTime;
  globalThis.setTimeout = replace(real.setTimeout, "setTimeout");
  globalThis.setInterval = replace(real.setInterval, "setInterval");
  globalThis.clearTimeout = ((handle) => forget(handle, real.clearTimeout)) as typeof clearTimeout; // Takes what the real one takes.
  globalThis.clearInterval = ((handle) => forget(handle, real.clearInterval)) as typeof clearInterval; // As above.
}

/** Returns the time that tests see, in ms since 1970. */
export function currentTime(): number {
  return realNow.call(RealDate) + offsetMs;
}

/** Returns the number of the newest timer: timers that are set from now on have greater ones. */
export function newestTimer(): number {
  return lastNumber;
}

/** Returns the timers that have not fired. */
export function pendingTimers(): readonly PendingTimer[] {
  return [...timers.values()];
}

/** Moves the clock. Everything that asks for the time sees the new one. */
export function moveClock(byMs: number): void {
  offsetMs += byMs;
  const isShifted = offsetMs !== 0;
  globalThis.Date = isShifted ? ShiftedDate : RealDate;
  // A date of either class says that its constructor is the current Date.
  RealDate.prototype.constructor = globalThis.Date;
}

/** Fires each timer that is due by the clock, the earliest first. Intervals fire once, as after a machine has slept. */
export async function fireDueTimers(): Promise<void> {
  const due = pendingTimers()
    .filter(({ dueAt }) => dueAt <= currentTime())
    .toSorted((one, other) => one.dueAt - other.dueAt || one.number - other.number);
  for (const timer of due) {
    // One that fired before may have cleared it.
    if (timers.get(timer.handle) !== timer) continue;
    if (timer.kind === "setTimeout") {
      timers.delete(timer.handle);
      real.clearTimeout(timer.handle);
    } else timer.dueAt = currentTime() + timer.delayMs;
    timer.fire();
    await nextTurn();
  }
}

/** Waits until what is ready has run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Ends a timer that a test has left behind. */
export function endTimer({ handle }: PendingTimer): void {
  timers.delete(handle);
  real.clearTimeout(handle);
}

const ShiftedDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, values: unknown[], newTarget: NewableFunction): Date =>
    Reflect.construct(target, values.length === 0 ? [currentTime()] : values, newTarget) as Date, // Of the class Date.
  apply: () => new RealDate(currentTime()).toString(),
});

function replace<Real extends typeof setTimeout | typeof setInterval>(realSet: Real, kind: PendingTimer["kind"]): Real {
  const set = (callback: Callback, delay?: number, ...values: unknown[]): NodeJS.Timeout => {
    // The real function reports the error.
    if (typeof callback !== "function") return (realSet as typeof setTimeout)(callback, delay);
    const delayMs = Math.max(1, Number(delay) || 0);
    const fire = (): void => callback.apply(handle, values);
    // Both functions take the same.
    const handle = (realSet as typeof setTimeout)(() => {
      const timer = timers.get(handle);
      if (kind === "setTimeout") timers.delete(handle);
      else if (timer !== undefined) timer.dueAt = currentTime() + delayMs;
      fire();
    }, delay);
    timers.set(handle, { handle, kind, delayMs, caller: findCaller(set), number: ++lastNumber, dueAt: currentTime() + delayMs, fire });
    return handle;
  };
  // promisify() finds its own form of setTimeout() by a symbol.
  return Object.defineProperties(set, Object.getOwnPropertyDescriptors(realSet)) as Real; // With all that the real one has.
}

function forget(handle: unknown, clear: typeof clearTimeout): void {
  // A timer may be cleared by its number as well.
  const known = findTimer(handle);
  if (known !== undefined) timers.delete(known.handle);
  clear(handle as NodeJS.Timeout); // Anything that the real one takes.
}

function findTimer(handle: unknown): PendingTimer | undefined {
  if (typeof handle === "object") return timers.get(handle as NodeJS.Timeout); // Another object is not found.
  return pendingTimers().find((timer) => Number(timer.handle) === Number(handle));
}
