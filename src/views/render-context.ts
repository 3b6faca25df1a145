/** What a view can ask of the request around it; the application fills it. */
import type { Html, TrustedUrl } from "./values.ts";

/** What templates may read. Outside a request (mail, tasks, tests) every part may be absent. */
export interface RenderContext {
  /** Nonce of the reply; reading it adds it to the policy. */
  readonly nonce?: string | undefined;
  /** Whether the policy lets scripts and styles of the own origin run without a nonce. */
  readonly isOwnOriginAllowed?: boolean;
  /** Language tag (BCP 47) for dates and numbers. */
  readonly locale?: string;
  /** Time zone (IANA) for dates. */
  readonly timeZone?: string;
  /** The moment that counts as now. */
  readonly now?: () => Date;
  /** The request of the page. */
  readonly request?: unknown;
  /** The user who is signed in. */
  readonly user?: unknown;
  /** Messages for the next page. */
  readonly flash?: unknown;
  /** Address of a static file, with its hash. */
  readonly asset?: (name: string) => TrustedUrl;
  /** Address of a named route. */
  readonly route?: (name: string, params?: Readonly<Record<string, unknown>>) => string;
  /** The hidden field of forms; nothing where the check needs none. */
  readonly csrf?: () => Html;
  /** Translates a message. */
  readonly translate?: (message: string, values?: Readonly<Record<string, unknown>>) => string;
  /** Aborts when the client has left. */
  readonly signal?: AbortSignal;
  /** Told of what was blocked: event and facts, never values. */
  readonly onBlocked?: (place: string) => void;
  /** Finds a view by name, for names that are values. */
  readonly views?: (name: string) => unknown;
  /** Number for `random`; by default a new one for each render. */
  readonly seed?: number;
}
