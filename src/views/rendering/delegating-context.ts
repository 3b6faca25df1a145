/** Wraps another context; a subclass changes parts of it. */
import type { FragmentStore } from "./fragment-store.ts";
import type { RenderContext } from "./render-context.ts";
import type { RenderOptions } from "./render-options.ts";

/** Each part is read on access. */
export class DelegatingContext implements RenderContext {
  protected readonly context: RenderContext;

  constructor(context: RenderContext) {
    this.context = context;
  }

  /** Whether the client of the request has left. */
  get hasLeft(): boolean {
    const { context } = this;
    return context instanceof DelegatingContext ? context.hasLeft : context.signal?.aborted === true;
  }

  get nonce(): string | undefined {
    return this.context.nonce;
  }

  get usedNonce(): string | undefined {
    return "usedNonce" in this.context ? this.context.usedNonce : this.context.nonce;
  }

  get options(): RenderOptions | undefined {
    return this.context.options;
  }

  get user(): unknown {
    return this.context.user;
  }

  get request(): unknown {
    return this.context.request;
  }

  get flash(): unknown {
    return this.context.flash;
  }

  get csrf(): RenderContext["csrf"] {
    return this.context.csrf?.bind(this.context);
  }

  get query(): RenderContext["query"] {
    return this.context.query?.bind(this.context);
  }

  get isOwnOriginAllowed(): boolean {
    return this.context.isOwnOriginAllowed === true;
  }

  get locale(): string {
    return this.context.locale ?? "en";
  }

  get timeZone(): string {
    return this.context.timeZone ?? "UTC";
  }

  get fragments(): FragmentStore | undefined {
    return this.context.fragments;
  }

  get now(): () => Date {
    return this.context.now?.bind(this.context) ?? (() => new Date());
  }

  get asset(): RenderContext["asset"] {
    return this.context.asset?.bind(this.context);
  }

  get route(): RenderContext["route"] {
    return this.context.route?.bind(this.context);
  }

  get translate(): RenderContext["translate"] {
    return this.context.translate?.bind(this.context);
  }

  get views(): RenderContext["views"] {
    return this.context.views?.bind(this.context);
  }

  get seed(): number | undefined {
    return this.context.seed;
  }

  get onBlocked(): RenderContext["onBlocked"] {
    return this.context.onBlocked?.bind(this.context);
  }
}
