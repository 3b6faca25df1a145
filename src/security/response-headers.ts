/** Security headers that every reply has, joined once at start. */
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { assertPolicy, toPolicyText } from "../http/content-security-policy.ts";
import { HeaderTable } from "../http/header-table.ts";

/** What the headers depend on. */
export interface SecurityHeaderOptions {
  readonly csp: ContentSecurityPolicy;
  readonly allowUnsafe: string | undefined;
  readonly isProduction: boolean;
}

/** Kinds of replies with headers of their own. */
export type ReplyKind = "html" | "other";

const permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
const contentTypesMax = 256;
const strictTransport = "max-age=31536000";

/** Makes the headers of replies: one frozen table per kind and scheme. */
export class SecurityHeaders {
  readonly #options: SecurityHeaderOptions;
  /** Tables by content type, for each kind over http and over https. */
  readonly #tables = [0, 1, 2, 3].map(() => new Map<string, HeaderTable>());

  constructor(options: SecurityHeaderOptions) {
    assertPolicy(options.csp, options.allowUnsafe);
    this.#options = options;
  }

  /** The fields of a reply of a kind with a content type; the same frozen table each time. */
  tableFor(kind: ReplyKind, contentType: string, isSecure: boolean): HeaderTable {
    const tables = this.#tables[(kind === "html" ? 1 : 0) + (isSecure ? 2 : 0)]!;
    let table = tables.get(contentType);
    if (table === undefined) {
      table = this.#createTable(kind, contentType, isSecure).freeze();
      // Content types come from code, but a program may make them up without end.
      if (tables.size < contentTypesMax) tables.set(contentType, table);
    }
    return table;
  }

  #createTable(kind: ReplyKind, contentType: string, isSecure: boolean): HeaderTable {
    const table = new HeaderTable();
    if (contentType !== "") table.set("content-type", contentType);
    table.set("content-security-policy", kind === "html" ? this.policy(isSecure) : "default-src 'none'; frame-ancestors 'none'");
    table.set("x-content-type-options", "nosniff").set("referrer-policy", "same-origin").set("cross-origin-resource-policy", "same-origin");
    if (kind === "html") {
      if (this.#options.csp.frameAncestors === undefined) table.set("x-frame-options", "DENY");
      table.set("cross-origin-opener-policy", "same-origin").set("permissions-policy", permissions);
    }
    if (isSecure && this.#options.isProduction) table.set("strict-transport-security", strictTransport);
    return table.set("cache-control", "private, no-cache");
  }

  /** The policy of a page, with the sources of its route and the nonce that it used. */
  policy(isSecure: boolean, routePolicy: ContentSecurityPolicy = {}, nonce?: string): string {
    return toPolicyText({ ...this.#options.csp, ...routePolicy }, isSecure, nonce);
  }
}
