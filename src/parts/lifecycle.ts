/** Starts and stops the parts of one application. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import type { Logger } from "../handlers/logger.ts";
import type { AnyPart, PartHooks, PartHost, PartInstance, TypedPart } from "./part.ts";

/** Where an application is in its life. A start that fails leads back to "new", so you can try again. */
export type ApplicationState = "new" | "starting" | "started" | "stopping" | "stopped";

/** What the parts of an application get from it. */
export interface LifecycleSettings {
  /** Parts in order of start. */
  readonly parts: readonly AnyPart[];
  /** Options of the application. */
  readonly options: object;
  /** What every part may ask for. */
  readonly host: Pick<
    PartHost,
    "mode" | "logger" | "basePath" | "environment" | "renderView" | "hasRoute" | "findRoute" | "hidePath" | "requestId"
  >;
  /** Called with the instances in order of start, before the application counts as started. */
  readonly onStarted: (instances: readonly PartHooks[]) => void;
  /** Returns the name of a part for the log. Default: its own. */
  readonly nameOf?: (part: AnyPart) => string;
  /** Called before the parts stop. */
  readonly onStopping?: () => void;
  /** Runs work of the application, around all parts. */
  readonly enter?: <Result>(work: () => Result) => Result;
}

/** The parts of one application, and its one state. */
export class Lifecycle {
  readonly #settings: LifecycleSettings;
  readonly #instances = new Map<TypedPart<PartInstance>, PartHooks>();
  #state: ApplicationState = "new";
  /** The change of state that runs, or the last one. */
  #change: Promise<void> = Promise.resolve();
  #isDraining = false;
  #hasStarted = false;

  constructor(settings: LifecycleSettings) {
    this.#settings = settings;
  }

  /** Whether it has started once. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Starts all parts, one by one; a second call waits for the first. Throws `E_PART_START`, or the GableError of a part. */
  start(): Promise<void> {
    if (this.#state === "started" || this.#state === "starting") return this.#change;
    if (this.#state === "stopping") return this.#change.catch(() => undefined).then(() => this.start());
    this.#state = "starting";
    this.#isDraining = false;
    this.#change = this.#startAll();
    return this.#change;
  }

  /** Stops all parts in reverse order; a second call waits for the first. Throws `E_PART_STOP` after all have stopped. */
  stop(): Promise<void> {
    if (this.#state === "stopping") return this.#change;
    // A start that fails has stopped what it started.
    if (this.#state === "starting")
      return this.#change.then(
        () => this.stop(),
        () => undefined,
      );
    if (this.#state !== "started") return Promise.resolve();
    this.drain();
    this.#state = "stopping";
    this.#settings.onStopping?.();
    this.#change = this.#stopAll();
    return this.#change;
  }

  /** Tells all parts that the stop has begun, once. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (const [part, instance] of this.#instances) {
      try {
        instance.drain?.();
      } catch (error) {
        this.#logger.error({ error, part: part.name }, `The part "${part.name}" failed to drain.`);
      }
    }
  }

  /** Returns the instance of a part; undefined while it is not running. */
  find<Instance extends PartInstance>(part: TypedPart<Instance>): Instance | undefined {
    // The map holds what the start() of this very part returned.
    return this.#instances.get(part) as Instance | undefined;
  }

  /** Returns the instance of a part. Throws `E_PART_MISSING` while it is not running. */
  get<Instance extends PartInstance>(part: TypedPart<Instance>): Instance {
    const instance = this.find(part);
    if (instance === undefined) throw new GableError("E_PART_MISSING", `The part "${part.name}" is not running in this application.`);
    return instance;
  }

  /** Runs work inside all parts that are running, the first one outermost. */
  enter<Result>(work: () => Result): Result {
    const run = [...this.#instances.values()].reduceRight<() => Result>((inner, instance) => {
      return instance.enter === undefined ? inner : () => instance.enter!(inner);
    }, work);
    const { enter } = this.#settings;
    return enter === undefined ? run() : enter(run);
  }

  /** Returns the health checks of the parts that are running, by name. */
  healthChecks(): ReadonlyMap<string, () => unknown> {
    const checks = new Map<string, () => unknown>();
    for (const [part, instance] of this.#instances) if (instance.health !== undefined) checks.set(part.name, () => instance.health?.());
    return checks;
  }

  get #logger(): Logger {
    return this.#settings.host.logger;
  }

  async #startAll(): Promise<void> {
    try {
      for (const part of this.#settings.parts) await this.#startOne(part);
      for (const instance of this.#instances.values()) instance.started?.();
      this.#settings.onStarted([...this.#instances.values()]);
      this.#state = "started";
      this.#hasStarted = true;
    } catch (error) {
      for (const { part, failure } of await this.#stopInstances())
        this.#logger.error({ error: failure, part }, `The part "${part}" failed to stop after a failed start.`);
      this.#state = "new";
      throw error;
    }
  }

  async #startOne(part: AnyPart): Promise<void> {
    try {
      // An application checks the options of its parts before it takes them.
      const instance = await part.start(this.#hostOf(part), this.#settings.options as never);
      if (typeof instance !== "object" || instance === null) throw new TypeError("start() returned no object");
      this.#instances.set(part, instance);
    } catch (error) {
      // An error with a code says what to do about it already.
      if (isGableError(error)) throw error;
      throw new GableError("E_PART_START", `The part "${part.name}" cannot start: ${toErrorText(error)}`, { cause: error });
    }
  }

  #hostOf(part: AnyPart): PartHost {
    return {
      ...this.#settings.host,
      logger: this.#logger.child({ part: this.#settings.nameOf?.(part) ?? part.name }),
      healthChecks: () => this.healthChecks(),
      enter: (work) => this.enter(work),
      find: (other) => this.find(other),
      part: <Instance extends PartInstance>(needed: TypedPart<Instance>): Instance => {
        const isListed = part.needs?.some((each) => Object.is(each, needed)) === true;
        const instance = isListed ? this.find(needed) : undefined;
        if (instance !== undefined) return instance;
        throw new GableError("E_PART_NEEDS", `The part "${part.name}" asks for "${needed.name}", which is not in its needs.`);
      },
    };
  }

  async #stopAll(): Promise<void> {
    const failures = await this.#stopInstances();
    this.#state = "stopped";
    if (failures.length === 0) return;
    const names = failures.map(({ part }) => `"${part}"`).join(", ");
    const errors = failures.map(({ failure }) => failure);
    throw new GableError("E_PART_STOP", `These parts failed to stop: ${names}: ${errors.map(toErrorText).join("; ")}`, {
      cause: errors.length === 1 ? errors[0] : new AggregateError(errors),
    });
  }

  /** Stops what runs, in reverse, whatever fails. */
  async #stopInstances(): Promise<Array<{ readonly part: string; readonly failure: unknown }>> {
    const failures: Array<{ readonly part: string; readonly failure: unknown }> = [];
    for (const [part, instance] of [...this.#instances].toReversed()) {
      try {
        await instance.stop?.();
      } catch (failure) {
        failures.push({ part: part.name, failure });
      }
      this.#instances.delete(part);
    }
    return failures;
  }
}
