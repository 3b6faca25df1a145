/** Security headers that every reply has, joined once at start. */
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { toPolicyText } from "../http/content-security-policy.ts";
import { HeaderTable } from "../http/header-table.ts";

/** What the headers depend on. */
export interface SecurityHeaderOptions {
  readonly csp: ContentSecurityPolicy;
  /** A policy that browsers report and do not enforce. */
  readonly cspReportOnly: ContentSecurityPolicy | undefined;
  /** Path or address for reports. */
  readonly cspReports: string | undefined;
  /** Value of the field that keeps browsers on https; undefined for none. */
  readonly strictTransport: string | undefined;
  readonly isProduction: boolean;
}

/** Kinds of replies with special headers. */
type ReplyKind = "html" | "other";

/** What every reply of a content type has. */
export interface BaseHeaders {
  /** Whether it is a page. */
  readonly isHtml: boolean;
  /** The fields, frozen. */
  readonly fields: HeaderTable;
}

const permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
const contentTypesMax = 256;

/** Makes the headers of replies: one frozen table per kind and scheme. */
export class SecurityHeaders {
  readonly #options: SecurityHeaderOptions;
  /** Headers by content type. */
  readonly #insecure = new Map<string, BaseHeaders>();
  readonly #secure = new Map<string, BaseHeaders>();

  constructor(options: SecurityHeaderOptions) {
    this.#options = options;
  }

  /** Returns what replies of a content type have; the same object each time. */
  headersFor(contentType: string, isSecure: boolean): BaseHeaders {
    const known = isSecure ? this.#secure : this.#insecure;
    let headers = known.get(contentType);
    if (headers === undefined) {
      const isHtml = /^text\/html\b/i.test(contentType);
      headers = { isHtml, fields: this.#createTable(isHtml ? "html" : "other", contentType, isSecure).freeze() };
      // Content types come from code, but a program may make them up without end.
      if (known.size < contentTypesMax) known.set(contentType, headers);
    }
    return headers;
  }

  #createTable(kind: ReplyKind, contentType: string, isSecure: boolean): HeaderTable {
    const table = new HeaderTable();
    if (contentType !== "") table.set("content-type", contentType);
    table.set("content-security-policy", kind === "html" ? this.policy(isSecure) : "default-src 'none'; frame-ancestors 'none'");
    table.set("x-content-type-options", "nosniff").set("referrer-policy", "same-origin").set("cross-origin-resource-policy", "same-origin");
    if (kind === "html") {
      if (this.#options.csp.frameAncestors === undefined) table.set("x-frame-options", "DENY");
      table.set("cross-origin-opener-policy", "same-origin").set("permissions-policy", permissions);
      const reportOnly = this.reportOnlyPolicy(isSecure);
      if (reportOnly !== undefined) table.set("content-security-policy-report-only", reportOnly);
      const { cspReports } = this.#options;
      if (isSecure && cspReports !== undefined) table.set("reporting-endpoints", `csp="${cspReports}"`);
    }
    const { strictTransport, isProduction } = this.#options;
    if (isSecure && isProduction && strictTransport !== undefined) table.set("strict-transport-security", strictTransport);
    return table.set("cache-control", "private, no-cache");
  }

  /** The policy of a page, with the sources of its route and the nonce that it used. */
  policy(isSecure: boolean, routePolicy: ContentSecurityPolicy = {}, nonce?: string): string {
    const upgrade = isSecure ? ["upgrade-insecure-requests"] : [];
    return toPolicyText({ ...this.#options.csp, ...routePolicy }, nonce, [...upgrade, ...this.#reporting(isSecure)]);
  }

  /** The policy that is only reported, in the same way; undefined when there is none. */
  reportOnlyPolicy(isSecure: boolean, routePolicy: ContentSecurityPolicy = {}, nonce?: string): string | undefined {
    const { csp, cspReportOnly } = this.#options;
    return cspReportOnly === undefined
      ? undefined
      : toPolicyText({ ...csp, ...cspReportOnly, ...routePolicy }, nonce, this.#reporting(isSecure));
  }

  /** Browsers take the endpoint of `report-to` from a field that they only read on https; the others know `report-uri`. */
  #reporting(isSecure: boolean): readonly string[] {
    const { cspReports } = this.#options;
    return cspReports === undefined ? [] : [`report-uri ${cspReports}`, ...(isSecure ? ["report-to csp"] : [])];
  }
}
