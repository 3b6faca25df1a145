/** What a view can ask of the request around it; the application fills it. */
import type { FragmentStore } from "./fragment-store.ts";
import type { RenderOptions } from "./render-options.ts";
import type { Translate } from "./translate.ts";
import type { Html, TrustedUrl } from "../values.ts";

/** A value of the query of an address, or several. */
export type QueryValue = string | number | bigint | boolean | null | undefined | ReadonlyArray<string | number>;

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
  readonly asset?: ((name: string) => TrustedUrl) | undefined;
  /** Address of a named route. */
  readonly route?: ((name: string, params?: Readonly<Record<string, unknown>>) => string) | undefined;
  /** The hidden field of forms; nothing where the check needs none. */
  readonly csrf?: (() => Html) | undefined;
  /** Translates a message. Without it, texts are shown as they are written. */
  readonly translate?: Translate | undefined;
  /** The query of the page's address with changes: `?page=2`; a value of null leaves a name out. */
  readonly query?: ((changes?: Readonly<Record<string, QueryValue>>) => string) | undefined;
  /** Where cached pieces are kept. */
  readonly fragments?: FragmentStore | undefined;
  /** Aborts when the client has left. */
  readonly signal?: AbortSignal | undefined;
  /** Told of what was blocked: event and facts, never values. */
  readonly onBlocked?: ((place: string) => void) | undefined;
  /** Finds a view by name, for names that are values. */
  readonly views?: ((name: string) => unknown) | undefined;
  /** Options of the application that renders. */
  readonly options?: RenderOptions | undefined;
  /** Number for `random`; by default a new one for each render. */
  readonly seed?: number | undefined;
}
