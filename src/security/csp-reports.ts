/** Reports of browsers about the content security policy: the endpoint that takes them, and the lines of the log. */
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import { post } from "../handlers/define-route.ts";
import type { Logger } from "../handlers/logger.ts";
import { parseJsonBody } from "../http/json-body.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";

/** The option of `gable()` that this part reads. */
interface ReportsSetting {
  readonly security?: { readonly cspReports?: string };
}

/** Facts of a violation, for the log. */
interface Violation {
  readonly directive: string;
  readonly blocked: string;
  readonly page: string;
  readonly source: string;
  readonly line: number | undefined;
  /** Whether the browser has blocked it: "enforce" or "report". */
  readonly disposition: string;
}

/** Where reports go. */
interface ReportLog extends Pick<PartHost, "hidePath"> {
  readonly logger: Logger;
}

const bodyBytesMax = 8_192;
/** A body of the allowed size has room for more, and one page rarely breaks more rules. */
const reportsMax = 20;
const textMax = 200;
const rate = { requestsMax: 10, windowSeconds: 60, by: "ip" } as const;
const ownPath = /^\/(?!\/)[A-Za-z0-9._~/-]*$/;

/** Returns what the policy names for reports. `basePath` is the prefix of the routes. */
export function toReportTarget(cspReports: string | undefined, basePath = ""): string | undefined {
  return cspReports !== undefined && isOwn(cspReports) ? basePath + cspReports : cspReports;
}

function isOwn(target: string): boolean {
  return ownPath.test(target);
}

/** Writes the reports that come to a path of the application to its log. */
export const cspReportsPart = definePart({
  name: "csp-reports",
  option: {
    names: { security: true },
    check: ({ security }: ReportsSetting) => assertTarget(security?.cspReports),
    isEnabled: ({ security }) => security?.cspReports !== undefined,
  },
  routes: (instance: () => ReportLog, { security }) => {
    const path = security?.cspReports ?? "";
    if (!isOwn(path)) return [];
    const options = {
      name: "csp-reports",
      limits: { bodyBytesMax, rate },
      security: { crossSite: { allow: "browsers send reports apart from pages; they are only written to the log" } },
    };
    return [
      post(path, options, async ({ request }) => {
        const type = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
        if (type !== "application/csp-report" && type !== "application/reports+json")
          throw new GableError("E_BODY_TYPE", "The address takes reports: application/csp-report or application/reports+json.");
        for (const violation of readReports(parseJsonBody(await request.bytes()))) log(instance(), violation);
        return null;
      }),
    ];
  },
  start: ({ logger, hidePath }) => ({ logger: logger.child({ part: "gable.csp-reports" }), hidePath }),
});

function assertTarget(target: unknown): void {
  if (target === undefined || (typeof target === "string" && isOwn(target))) return;
  const url = typeof target === "string" && URL.canParse(target) ? new URL(target) : undefined;
  // What would end the directive or the field has no place in it.
  if (url?.protocol !== "https:" || /[\s;,"]/.test(String(target)))
    throw optionInvalid("gable() security", "cspReports", target, 'a path such as "/csp-reports", or an address that starts with https://');
}

function log({ logger, hidePath }: ReportLog, violation: Violation): void {
  const { directive, disposition } = violation;
  const hide = (address: string): string => hideInAddress(address, hidePath);
  const [blocked, page, source] = [hide(violation.blocked), hide(violation.page), hide(violation.source)];
  const what = disposition === "report" ? "would be blocked" : "was blocked";
  const message = `${blocked === "" ? "Something" : blocked} ${what} by ${directive} of the content security policy.`;
  logger.warn({ ...violation, blocked, page, source }, message);
}

/** The path of a page can have a token, such as that of a link in a message. */
function hideInAddress(address: string, hidePath: PartHost["hidePath"]): string {
  const path = /^https?:\/\/[^/]+(\/.*)$/i.exec(address)?.[1];
  return path === undefined ? address : address.slice(0, -path.length) + hidePath("GET", path);
}

/** Reads both forms of reports: that of `report-uri`, and the list of the Reporting API. Throws `E_INPUT_INVALID`. */
function readReports(body: unknown): readonly Violation[] {
  if (Array.isArray(body))
    return body
      .filter((report) => isRecord(report) && report["type"] === "csp-violation")
      .slice(0, reportsMax)
      .map((report: Record<string, unknown>) => readViolation(report["body"]));
  return [readViolation(isRecord(body) ? body["csp-report"] : undefined)];
}

function readViolation(found: unknown): Violation {
  if (!isRecord(found)) throw new GableError("E_INPUT_INVALID", "The body is not a report about a content security policy.");
  const text = (...names: readonly string[]): string => {
    const value = names.map((name) => found[name]).find((each) => typeof each === "string");
    return typeof value === "string" ? value.slice(0, textMax) : "";
  };
  const line = found["lineNumber"] ?? found["line-number"];
  return {
    directive: text("effectiveDirective", "effective-directive", "violated-directive").split(" ")[0]!,
    blocked: withoutQuery(text("blockedURL", "blocked-uri")),
    page: withoutQuery(text("documentURL", "document-uri")),
    source: withoutQuery(text("sourceFile", "source-file")),
    line: typeof line === "number" ? line : undefined,
    disposition: text("disposition") === "report" ? "report" : "enforce",
  };
}

/** Queries hold tokens and words of people: they do not belong in a log. */
function withoutQuery(address: string): string {
  return address.split(/[?#]/)[0]!;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
