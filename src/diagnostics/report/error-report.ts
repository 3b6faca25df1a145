/** Makes the report of an error: everything that you need to fix it, as plain JSON, without secrets. */
import type { CatalogueEntry } from "../../errors/catalogue-entry.ts";
import { catalogue, isErrorCode } from "../../errors/catalogue.ts";
import { listKnownSecrets } from "../../errors/secret-redactor.ts";
import { isErrorValue, readProperty } from "../../errors/thrown-value.ts";
import type { FieldError } from "../../http/problem.ts";
import { findErrorHint } from "./error-hints.ts";
import type { PlainValue } from "./plain-value.ts";
import { capText, readData, showValue, toPlainValue } from "./plain-value.ts";
import { toReportedLine, toReportedRequest, toReportedStatement } from "./report-facts.ts";
import { collectSecrets, createSecretRemover, removeSecrets } from "./secret-values.ts";
import type { ErrorFacts, ErrorReport, ReportedError } from "./report-types.ts";
import type { ReportedFrame, SourceFolders } from "./source-lines.ts";
import { readFrames, toTemplateFrame } from "./source-lines.ts";
import { readVersions } from "./versions.ts";

/** The documentation as a project reaches it. The repository of Gable has no package `gable` in `node_modules`. */
const docsFolder = import.meta.url.endsWith(".ts") ? "docs" : "node_modules/gable/docs";
const chainMax = 8;
const partsMax = 20;
const framesMax = 60;
/** Details that the report shows in other ways. */
const shownElsewhere: ReadonlySet<string> = new Set(["file", "line", "column", "frame", "errors", "allow", "fix"]);

/**
 * Makes the report of anything that was thrown. It never throws: a value whose inspection throws is shown as such.
 *
 * @example
 * const report = createErrorReport(new Error("The file does not exist."));
 * report.code; // => "E_INTERNAL"
 */
export function createErrorReport(error: unknown, facts: ErrorFacts = {}): ErrorReport {
  const literals = new Set<string>();
  const folders: SourceFolders = { ...toFolders(facts), onSecret: (secret) => literals.add(secret) };
  const reported = toReportedError(error, folders, []);
  const hint = findErrorHint(error, facts.request !== undefined);
  const isOwn = isFrameworkError(error);
  const code = hint?.code ?? readText(error, "code", isOwn) ?? "E_INTERNAL";
  // The catalogue has a literal type for each row.
  const entry = isErrorCode(code) ? (catalogue[code] as CatalogueEntry) : undefined;
  const status = isOwn ? readProperty(error, "status") : undefined;
  const details = readProperty(error, "details");
  const failing = findFailing(error, reported, folders) ?? findRouteFrame(facts, folders);
  const knownFix = code === "E_INTERNAL" ? toLineFix(failing) : (entry?.fix ?? "");
  const report: ErrorReport = {
    time: new Date().toISOString(),
    code,
    status: typeof status === "number" ? status : (entry?.status ?? 500),
    message: hint?.message ?? reported.message,
    fix: hint?.fix ?? readText(error, "fix", isOwn) ?? knownFix,
    docs: entry === undefined ? "" : `${docsFolder}/reference/errors.md#${code.toLowerCase()}`,
    ...(failing !== undefined && { failing }),
    error: reported,
    fields: toFieldErrors(readProperty(details, "errors")),
    allow: showIfText(readProperty(details, "allow")),
    ...toRequestParts(facts, folders),
    versions: readVersions(),
  };
  return removeSecrets(
    report,
    createSecretRemover([...literals, ...listKnownSecrets(), ...(facts.secrets ?? []), ...findSecrets(error, facts)]),
  );
}

/** What the facts of a request add to a report. */
function toRequestParts(
  { request, routes = [], statements = [], log = [] }: ErrorFacts,
  folders: SourceFolders,
): Pick<ErrorReport, "request" | "routes" | "statements" | "log"> {
  const shorten = (place: string): string => (place.startsWith(`${folders.folder}/`) ? place.slice(folders.folder.length + 1) : place);
  return {
    routes: routes.map((route) => ({ ...route, place: shorten(route.place) })),
    ...(request !== undefined && { request: toReportedRequest(request, folders) }),
    statements: statements.map((statement) => toReportedStatement(statement, folders)),
    log: log.map(toReportedLine),
  };
}

/** In development there is no log to search: the report has the line. */
function toLineFix(failing: ReportedFrame | undefined): string {
  return failing?.place === undefined ? "Read the stack: it shows which code ran." : `Correct the code at ${failing.place.shown}.`;
}

function toFolders({ folder, views = [] }: ErrorFacts): SourceFolders {
  // Not every runtime has a process.
  const holder = globalThis as { readonly process?: { readonly cwd?: () => string } };
  return { folder: folder ?? holder.process?.cwd?.() ?? "", views };
}

/** Values with secret names in what is known about the error. Their text may also be part of other texts. */
function findSecrets(error: unknown, { request, log = [], statements = [] }: ErrorFacts): string[] {
  const { headers, cookies, query, form, json, params, session, user } = request ?? {};
  const facts = [log.map((line) => line.facts), statements.map(({ parameters }) => parameters)];
  const allCookies = (cookies ?? []).map(([, value]) => ["cookie", value]);
  return collectSecrets(headers, allCookies, query, form, json, params, session, user, readProperty(error, "details"), error, facts);
}

/** Whether an error has a code, a status and a fix of Gable. */
function isFrameworkError(error: unknown): boolean {
  return isErrorValue(error) && readProperty(error, "name") === "GableError" && typeof readProperty(error, "code") === "string";
}

function readText(error: unknown, name: string, isRead = true): string | undefined {
  const value = isRead ? readProperty(error, name) : undefined;
  return typeof value === "string" ? capText(value) : undefined;
}

function showIfText(value: unknown): string {
  return typeof value === "string" ? capText(value) : "";
}

function toReportedError(error: unknown, folders: SourceFolders, parents: readonly unknown[]): ReportedError {
  if (!isErrorValue(error)) return { name: "", message: `${showValue(error)} was thrown, which is not an Error.`, ...nothing };
  const chain = [...parents, error];
  const isLast = chain.length > chainMax;
  const cause = readProperty(error, "cause");
  const parts = readProperty(error, "errors");
  const code = readText(error, "code");
  return {
    name: readText(error, "name") ?? "Error",
    ...(code !== undefined && { code }),
    message: readMessage(error),
    details: readDetails(error),
    frames: readFrames(error, folders).slice(0, framesMax),
    parts: isLast || !isList(parts) ? [] : parts.slice(0, partsMax).map((part) => toReportedError(part, folders, chain)),
    ...(cause !== undefined && !isLast && !chain.includes(cause) && { cause: toReportedError(cause, folders, chain) }),
  };
}

const nothing = { details: {}, frames: [], parts: [] } as const;

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function readMessage(error: Error): string {
  try {
    const { message } = error;
    if (message === "") return `${readText(error, "name") ?? "An error"} without a message.`;
    return typeof message === "string" ? capText(message) : showValue(message);
  } catch (failure) {
    return `[the message cannot be shown: ${readText(failure, "message") ?? "reading it throws"}]`;
  }
}

/** What an error carries: its details, and its own properties. */
function readDetails(error: Error): Record<string, PlainValue> {
  const own = toPlainValue(isFrameworkError(error) ? readProperty(error, "details") : withoutErrorProperties(error));
  if (typeof own !== "object" || own === null || Array.isArray(own)) return {};
  return Object.fromEntries(Object.entries(own).filter(([name]) => !shownElsewhere.has(name)));
}

function withoutErrorProperties(error: Error): object {
  try {
    const usual = new Set(["name", "message", "stack", "cause", "code", "errors"]);
    const names = Object.keys(error).filter((name) => !usual.has(name));
    return Object.fromEntries(names.map((name) => [name, readData(error, name)]));
  } catch {
    return {};
  }
}

/** The place of the route: where an error of its result or its input begins, when no code of the application has thrown it. */
function findRouteFrame({ request }: ErrorFacts, folders: SourceFolders): ReportedFrame | undefined {
  return request?.place === undefined ? undefined : { ...toTemplateFrame(request.place, folders), isTemplate: false };
}

/** The frame to look at first: the line of a template that the error names, else the first frame of the application. */
function findFailing(error: unknown, reported: ReportedError, folders: SourceFolders): ReportedFrame | undefined {
  return findNamedPlace(error, folders) ?? findOwnFrame(reported, 0);
}

function findOwnFrame(error: ReportedError, depth: number): ReportedFrame | undefined {
  const own = error.frames.find(({ owner }) => owner === "application");
  if (depth > chainMax) return own;
  const { cause, parts, frames } = error;
  const ofCause = cause === undefined ? undefined : findOwnFrame(cause, depth + 1);
  // An error of Gable around another one: the inner one says where, unless the application threw the outer one itself.
  if (ofCause !== undefined && frames[0]?.owner !== "application") return ofCause;
  return own ?? parts.map((part) => findOwnFrame(part, depth + 1)).find((frame) => frame !== undefined);
}

/** The place that an error itself names: in its details, or in its message as modules that are missing do. */
function findNamedPlace(error: unknown, folders: SourceFolders): ReportedFrame | undefined {
  const details = readProperty(error, "details");
  const [file, line] = [readProperty(details, "file"), readProperty(details, "line")];
  if (typeof file === "string" && typeof line === "number") return toTemplateFrame({ file, line }, folders);
  const place = findErrorHint(error, false)?.place;
  return place === undefined ? undefined : { ...toTemplateFrame(place, folders), isTemplate: false };
}

/** Field errors of the two shapes that errors have: a list of paths, and messages by field. */
function toFieldErrors(value: unknown): FieldError[] {
  if (isList(value))
    return value.slice(0, 100).flatMap((item) => {
      const [path, code, message] = ["path", "code", "message"].map((name) => readProperty(item, name));
      return typeof path === "string" && typeof message === "string" ? [{ path, code: showIfText(code), message: capText(message) }] : [];
    });
  const plain = toPlainValue(value);
  if (typeof plain !== "object" || plain === null || Array.isArray(plain)) return [];
  return Object.entries(plain).flatMap(([path, messages]) =>
    (Array.isArray(messages) ? messages : [messages]).map((message: unknown) => ({ path, code: "", message: showValue(message) })),
  );
}
