/** Defines what a view can read from its request; the application provides it. */
import type { FragmentStore } from "./fragment-store.ts";
import type { RenderOptions } from "./render-options.ts";
import type { Translate } from "./translate.ts";
import type { Html, TrustedUrl } from "../values.ts";

/** One value of a query parameter, or several. */
export type QueryValue = string | number | bigint | boolean | null | undefined | ReadonlyArray<string | number>;

/** What templates may read. Outside a request (mail, tasks, tests), every part may be absent. */
export interface RenderContext {
  /** Nonce of the reply; reading it adds it to the policy. */
  readonly nonce?: string | undefined;
  /** The nonce, if it was read. By default it counts as read. */
  readonly usedNonce?: string | undefined;
  /** Whether the policy allows same-origin scripts and styles without a nonce. */
  readonly isOwnOriginAllowed?: boolean;
  /** Language tag (BCP 47) for dates and numbers. */
  readonly locale?: string;
  /** Time zone (IANA) for dates. */
  readonly timeZone?: string;
  /** The current time. */
  readonly now?: () => Date;
  /** The request of the page. */
  readonly request?: unknown;
  /** The signed-in user. */
  readonly user?: unknown;
  /** Messages for the next page. */
  readonly flash?: unknown;
  /** Returns the URL of a static file, with its hash. */
  readonly asset?: ((name: string) => TrustedUrl) | undefined;
  /** Returns the URL of a named route. */
  readonly route?: ((name: string, params?: Readonly<Record<string, unknown>>) => string) | undefined;
  /** Returns the hidden field of forms; "" if the check does not need one. */
  readonly csrf?: (() => Html) | undefined;
  /** Translates a message. Without it, strings are shown as written. */
  readonly translate?: Translate | undefined;
  /** Returns the query of the page's URL with changes: `?page=2`; a value of null removes a name. */
  readonly query?: ((changes?: Readonly<Record<string, QueryValue>>) => string) | undefined;
  /** Where cached fragments are stored. */
  readonly fragments?: FragmentStore | undefined;
  /** Aborts when the client has disconnected. */
  readonly signal?: AbortSignal | undefined;
  /** Reports what was blocked: event and facts, never values. */
  readonly onBlocked?: ((place: string) => void) | undefined;
  /** Finds a view by a name computed at run time. */
  readonly views?: ((name: string) => unknown) | undefined;
  /** Options of the application that renders. */
  readonly options?: RenderOptions | undefined;
  /** Seed for `random`; by default, a new one for each render. */
  readonly seed?: number | undefined;
}
