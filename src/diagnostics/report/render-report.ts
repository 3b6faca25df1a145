/** Renders the report of an error for people and programs. */
import { assertKnownOptions, kindsOf } from "../../errors/option-errors.ts";
import { renderHtmlReport } from "./html-report.ts";
import { renderMarkdownReport } from "./markdown-report.ts";
import { renderProblemReport } from "./problem-report.ts";
import type { RenderReportOptions } from "./report-options.ts";
import type { ErrorReport } from "./report-types.ts";
import { renderTextReport } from "./text-report.ts";

/** A form of a report: a page, plain text, `application/problem+json`, or Markdown for an issue. */
export type ReportFormat = "html" | "text" | "problem" | "markdown";

const optionNames = kindsOf<RenderReportOptions>({
  nonce: "string",
  colours: "boolean",
  editor: "string",
  migrateUrl: "string",
  docsUrl: "string",
});

/** Renders a report. The text holds no secrets, and the page runs no code that it shows. */
export function renderErrorReport(report: ErrorReport, format: ReportFormat, options: RenderReportOptions = {}): string {
  assertKnownOptions("renderErrorReport()", options, optionNames);
  switch (format) {
    case "html":
      return renderHtmlReport(report, options);
    case "text":
      return renderTextReport(report, options.colours === true);
    case "problem":
      return renderProblemReport(report);
    case "markdown":
      return renderMarkdownReport(report);
  }
}
