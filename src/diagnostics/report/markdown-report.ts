/** The report of an error as Markdown, for an issue or for a question to somebody else. */
import type { ErrorReport, ReportedError } from "./report-types.ts";
import type { ReportedFrame } from "./source-lines.ts";

/** Renders the report. */
export function renderMarkdownReport(report: ErrorReport): string {
  const { code, status, message, fix, docs, failing, error, request, statements, log, versions } = report;
  const sections = [
    `# ${toLine(`${code}: ${message}`)}`,
    [`Status ${status}.`, fix === "" ? "" : `Fix: ${toLine(fix)}`, docs === "" ? "" : `Documentation: ${toCode(docs)}`]
      .filter(Boolean)
      .join("\n\n"),
    toSource(failing),
    toStack(error),
    ...toCauses(error),
    toList(
      "Fields",
      report.fields.map(({ path, message: text }) => `${toCode(path || "(whole)")}: ${toLine(text)}`),
    ),
    toList("Methods", report.allow === "" ? [] : [toCode(report.allow)]),
    toList(
      "Nearest routes",
      report.routes.map(({ method, pattern, reason }) => `${toCode(`${method} ${pattern}`)}: ${toLine(reason)}`),
    ),
  ];
  if (request !== undefined) {
    sections.push(toList("Request", [toCode(`${request.method} ${request.url}`), `Route: ${toCode(request.route || "none")}`]));
    for (const { title, rows } of request.groups)
      sections.push(
        toList(
          title,
          rows.map(([name, value]) => `${toCode(name)}: ${toCode(value)}`),
        ),
      );
  }
  sections.push(
    toList(
      "SQL",
      statements.map(({ sql, durationMs, rowCount, place }) =>
        `${toCode(sql)} ${durationMs} ms, ${rowCount} rows ${place?.shown ?? ""}`.trim(),
      ),
    ),
    toList(
      "Log",
      log.map(({ level, message: text }) => `${level}: ${toLine(text)}`),
    ),
    toList(
      "Versions",
      Object.entries(versions).map((entry) => entry.join(" ")),
    ),
  );
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** Text on one line, without markup. */
function toLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_<>[\]|#]/g, "\\$&");
}

/** Code in a line: more backticks than it has itself. */
function toCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const line = text.replaceAll(/\s+/g, (blanks) => (blanks.includes("\n") ? " " : blanks));
  return /^`|`$|^$/.test(line) ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function toBlock(language: string, lines: readonly string[]): string {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

function toList(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : [`## ${title}`, "", ...items.map((item) => `- ${item}`)].join("\n");
}

function toSource(frame: ReportedFrame | undefined): string {
  if (frame?.place === undefined) return "";
  const lines = frame.source.map(({ number, text, isFailing }) => `${isFailing ? ">" : " "} ${String(number).padStart(5)} | ${text}`);
  return [`## ${toLine(frame.place.shown)}`, ...(lines.length === 0 ? [] : ["", toBlock("", lines)])].join("\n");
}

function toStack({ name, message, frames }: ReportedError): string {
  if (frames.length === 0) return "";
  const lines = frames.map(({ call, place }) => `    at ${call}${place === undefined ? "" : ` (${place.shown})`}`);
  return ["## Stack", "", toBlock("", [`${name}: ${message}`, ...lines])].join("\n");
}

function toCauses(error: ReportedError): string[] {
  const inner: Array<readonly [string, ReportedError]> = error.parts.map((part, index) => [`Part ${index + 1}`, part]);
  if (error.cause !== undefined) inner.push(["Caused by", error.cause]);
  return inner.flatMap(([title, part]) => {
    const own = part.frames.find(({ owner }) => owner === "application");
    return [[`## ${title}`, "", toLine(part.message), toSource(own).replace(/^## /, "### ")].join("\n").trimEnd(), ...toCauses(part)];
  });
}
