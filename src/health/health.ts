/** Health endpoints for supervisors and load balancers. They run nothing of the application except its checks. */
import { toErrorText } from "../errors/error-text.ts";
import { createTokenCheck } from "../handlers/endpoint-token.ts";
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
  /**
   * Token for details: `/ready` shows each check with its time as JSON to those who send `Authorization: Bearer TOKEN`, and to everybody
   * in development. At least 32 visible ASCII characters, without spaces. None by default.
   */
  token?: string;
}

/** What a check said. */
interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** How long it took. */
  readonly ms: number;
  /** Why it failed; undefined when it passed, or gave false. */
  readonly reason: string | undefined;
}

/** What the endpoints need of their application. */
export interface HealthHost {
  /** Returns the checks of the parts of the application. */
  readonly findChecks: () => ReadonlyMap<string, HealthCheck>;
  /** Whether everybody may see which checks fail. */
  readonly isOpen: boolean;
  /** Whether a route of the application has this path: it answers instead. */
  readonly hasRoute: (path: string) => boolean;
  /** Called when checks begin to fail, with their names and reasons. */
  readonly onFailed: (failed: readonly CheckResult[]) => void;
}

const checkMs = 1000;

/** Answers the health endpoints. */
export class Health {
  readonly #up: string | undefined;
  readonly #ready: string | undefined;
  readonly #checks: Readonly<Record<string, HealthCheck>>;
  readonly #host: HealthHost;
  readonly #hasToken: ReturnType<typeof createTokenCheck> | undefined;
  #isStopping = false;
  #isFailing = false;
  #cached: { readonly results: Promise<readonly CheckResult[]>; readonly at: number } | undefined;

  constructor({ up = "/up", ready = "/ready", checks = {}, token }: HealthOptions, host: HealthHost) {
    this.#up = host.hasRoute(up) ? undefined : up;
    this.#ready = host.hasRoute(ready) ? undefined : ready;
    this.#checks = checks;
    this.#host = host;
    this.#hasToken = token === undefined ? undefined : createTokenCheck(token);
  }

  /** Returns the reply of a health endpoint; undefined for other paths. */
  early(raw: RawRequest): HandlerReply | Promise<HandlerReply> | undefined {
    if (raw.path !== this.#up && raw.path !== this.#ready) return undefined;
    if (raw.method !== "GET" && raw.method !== "HEAD") return undefined;
    return raw.path === this.#up ? toTextReply(200, "up") : this.#answerReady(raw);
  }

  /** From now on the application is not ready. */
  drain(): void {
    this.#isStopping = true;
  }

  async #answerReady({ headers }: RawRequest): Promise<HandlerReply> {
    const isDetailed = this.#hasToken !== undefined && (await this.#hasToken(headers));
    if (this.#isStopping) return isDetailed ? toJsonReply(503, "stopping", []) : toTextReply(503, "stopping");
    const results = await this.#runChecks();
    const failed = results.filter(({ ok }) => !ok);
    this.#note(failed);
    const [status, word] = failed.length === 0 ? [200, "ready"] : [503, "not ready"];
    if (isDetailed) return toJsonReply(status, word, results);
    const names = this.#host.isOpen && failed.length > 0 ? `: ${failed.map(({ name }) => name).join(", ")}` : "";
    return toTextReply(status, word + names);
  }

  /** Probes come each second: one line is enough until all checks pass again. */
  #note(failed: readonly CheckResult[]): void {
    const isFailing = failed.length > 0;
    if (isFailing && !this.#isFailing) this.#host.onFailed(failed);
    this.#isFailing = isFailing;
  }

  /** Runs the checks, at most once a second, so that probes cost little. */
  #runChecks(): Promise<readonly CheckResult[]> {
    const now = performance.now();
    if (this.#cached === undefined || now - this.#cached.at > checkMs) {
      const checks = new Map([...this.#host.findChecks(), ...Object.entries(this.#checks)]);
      this.#cached = { at: now, results: Promise.all([...checks].map(([name, check]) => runCheck(name, check))) };
    }
    return this.#cached.results;
  }
}

/** Runs a check for a second at most. */
async function runCheck(name: string, check: HealthCheck): Promise<CheckResult> {
  const startedMs = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>(
    (_resolve, reject) => (timer = setTimeout(() => reject(new Error(`It took longer than ${checkMs} ms.`)), checkMs)),
  );
  let [ok, reason]: [boolean, string | undefined] = [false, undefined];
  try {
    ok = (await Promise.race([Promise.resolve().then(check), timeout])) !== false;
  } catch (error) {
    reason = toErrorText(error);
  } finally {
    clearTimeout(timer);
  }
  return { name, ok, ms: Math.round((performance.now() - startedMs) * 10) / 10, reason };
}

function toTextReply(status: number, text: string): HandlerReply {
  return new HandlerReply(status, "text/plain; charset=utf-8", `${text}\n`, [["cache-control", "no-store"]]);
}

function toJsonReply(status: number, word: string, results: readonly CheckResult[]): HandlerReply {
  const checks = Object.fromEntries(results.map(({ name, ok, ms, reason }) => [name, { ok, ms, ...(reason !== undefined && { reason }) }]));
  return new HandlerReply(status, "application/json; charset=utf-8", JSON.stringify({ status: word, checks }), [
    ["cache-control", "no-store"],
  ]);
}
