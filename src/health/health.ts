/** Health endpoints for supervisors and load balancers. They run nothing of the application except its checks. */
import type { RawRequest } from "../http/message.ts";
import { HandlerReply } from "../replies/handler-reply.ts";

/** A check of readiness. It throws, or gives false, when the application cannot serve. */
export type HealthCheck = () => unknown;

/** Options of the health endpoints. */
export interface HealthOptions {
  /** Path that answers while the process is responsive. Default "/up". */
  up?: string;
  /** Path that answers 200 when all checks pass, 503 otherwise and while stopping. Default "/ready". */
  ready?: string;
  /** Checks by name. None by default. */
  checks?: Readonly<Record<string, HealthCheck>>;
}

const checkMs = 1000;

/** Answers the health endpoints. */
export class Health {
  readonly #options: Required<HealthOptions>;
  readonly #findChecks: () => ReadonlyMap<string, HealthCheck>;
  #isStopping = false;
  #cached: { readonly failed: Promise<readonly string[]>; readonly at: number } | undefined;

  /** `findChecks` gives the checks of the parts of the application. */
  constructor(options: HealthOptions = {}, findChecks: () => ReadonlyMap<string, HealthCheck> = () => new Map()) {
    this.#options = { up: "/up", ready: "/ready", checks: {}, ...options };
    this.#findChecks = findChecks;
  }

  /** Returns the reply of a health endpoint; undefined for other paths. */
  early(raw: RawRequest): HandlerReply | Promise<HandlerReply> | undefined {
    if (raw.path !== this.#options.up && raw.path !== this.#options.ready) return undefined;
    if (raw.method !== "GET" && raw.method !== "HEAD") return undefined;
    return raw.path === this.#options.up ? toTextReply(200, "up") : this.#answerReady();
  }

  /** From now on the application is not ready. */
  drain(): void {
    this.#isStopping = true;
  }

  async #answerReady(): Promise<HandlerReply> {
    if (this.#isStopping) return toTextReply(503, "stopping");
    const failed = await this.#runChecks();
    return failed.length === 0 ? toTextReply(200, "ready") : toTextReply(503, `not ready: ${failed.join(", ")}`);
  }

  /** Returns the names of the checks that fail. They run at most once a second, so that probes cost little. */
  #runChecks(): Promise<readonly string[]> {
    const now = performance.now();
    if (this.#cached === undefined || now - this.#cached.at > checkMs) {
      const checks = new Map([...this.#findChecks(), ...Object.entries(this.#options.checks)]);
      const names = [...checks].map(async ([name, check]) => ((await isPassing(check)) ? "" : name));
      this.#cached = { at: now, failed: Promise.all(names).then((all) => all.filter((name) => name !== "")) };
    }
    return this.#cached.failed;
  }
}

async function isPassing(check: HealthCheck): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), checkMs)));
  try {
    return (await Promise.race([Promise.resolve().then(check), timeout])) !== false;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function toTextReply(status: number, text: string): HandlerReply {
  return new HandlerReply(status, "text/plain; charset=utf-8", `${text}\n`, [["cache-control", "no-store"]]);
}
