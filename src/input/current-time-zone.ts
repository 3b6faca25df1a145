/**
 * Where forms find the time zone of their application. A form is a constant of a module and knows no application; a request
 * belongs to one, and carries its zone. Code outside of requests, such as a script or a test, has the zone of the applications
 * that run, if they agree. `Ambient` of the parts does not serve here: it loads a module of Node, and the entry `gable` loads none.
 */

/** An application that runs. */
export interface ZoneHolder {
  /** Name of IANA, such as "Europe/Vienna". */
  readonly timeZone: string;
}

interface Carrier {
  run<Result>(timeZone: string, work: () => Result): Result;
  getStore(): string | undefined;
}

const usual = "UTC";
const running = new Set<ZoneHolder>();
let carrier: Carrier | undefined;
/** The zone of code outside of requests; undefined without applications, or while they differ. */
let shared: string | undefined;
/** Whether an application has another zone than UTC. */
let isCarried = false;

/** Adds an application that starts. */
export function addTimeZone(holder: ZoneHolder): void {
  running.add(holder);
  noteZones();
}

/** Removes an application that stops. */
export function removeTimeZone(holder: ZoneHolder): void {
  running.delete(holder);
  noteZones();
}

function noteZones(): void {
  const zones = new Set([...running].map(({ timeZone }) => timeZone));
  const [only] = zones;
  shared = zones.size === 1 ? only : undefined;
  isCarried = [...zones].some((zone) => zone !== usual);
}

/** Runs work of an application in its time zone. Costs a comparison while all applications are in UTC. */
export function withTimeZone<Result>({ timeZone }: ZoneHolder, work: () => Result): Result {
  if (!isCarried) return work();
  carrier ??= createCarrier();
  return carrier === undefined ? work() : carrier.run(timeZone, work);
}

/** Returns the time zone of the application whose work runs; undefined outside of all. */
export function findTimeZone(): string | undefined {
  return carrier?.getStore() ?? shared;
}

/** Returns the time zone of the application whose work runs; "UTC" outside of all. */
export function currentTimeZone(): string {
  return findTimeZone() ?? usual;
}

function createCarrier(): Carrier | undefined {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  // Node documents what this name gives.
  const hooks = holder.process?.getBuiltinModule?.("node:async_hooks") as { AsyncLocalStorage: new () => Carrier } | undefined;
  return hooks === undefined ? undefined : new hooks.AsyncLocalStorage();
}
