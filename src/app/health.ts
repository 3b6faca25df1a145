/** Health endpoints for supervisors and balancers: they touch nothing of the application but its own checks. */
import type { RawRequest } from "../http/message.ts";
import { HandlerReply } from "../replies/handler-reply.ts";

/** A check of readiness; it throws or gives false when the application cannot serve. */
export type HealthCheck = () => unknown;

/** Options of the health endpoints. */
export interface HealthOptions {
  /** Path that answers while the event loop turns. Default "/up". */
  up?: string;
  /** Path that answers 200 when all checks pass, 503 otherwise and while stopping. Default "/ready". */
  ready?: string;
  /** Checks by name. None by default. */
  checks?: Readonly<Record<string, HealthCheck>>;
}

const checkMs = 1000;

/** Answers the health endpoints. */
export class Health {
  readonly #options: { readonly up: string; readonly ready: string; readonly checks: Readonly<Record<string, HealthCheck>> };
  /** Whether the server is stopping. */
  isStopping = false;
  #cached: { readonly reply: Promise<readonly string[]>; readonly at: number } | undefined;

  constructor(options: HealthOptions = {}) {
    this.#options = { up: "/up", ready: "/ready", checks: {}, ...options };
  }

  /** The reply of a health endpoint; undefined for other paths. */
  answer(raw: RawRequest): HandlerReply | Promise<HandlerReply> | undefined {
    if (raw.path !== this.#options.up && raw.path !== this.#options.ready) return undefined;
    if (raw.method !== "GET" && raw.method !== "HEAD") return undefined;
    return raw.path === this.#options.up ? toTextReply(200, "up") : this.#answerReady();
  }

  async #answerReady(): Promise<HandlerReply> {
    if (this.isStopping) return toTextReply(503, "stopping");
    const failed = await this.#runChecks();
    return failed.length === 0 ? toTextReply(200, "ready") : toTextReply(503, `not ready: ${failed.join(", ")}`);
  }

  /** Names of the checks that fail; asked at most once a second, so that probes cost little. */
  #runChecks(): Promise<readonly string[]> {
    const now = performance.now();
    if (this.#cached === undefined || now - this.#cached.at > checkMs) {
      const names = Object.entries(this.#options.checks).map(async ([name, check]) => ((await isPassing(check)) ? "" : name));
      this.#cached = { at: now, reply: Promise.all(names).then((all) => all.filter((name) => name !== "")) };
    }
    return this.#cached.reply;
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
