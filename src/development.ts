export { createErrorReport } from "./diagnostics/report/error-report.ts";
export { readLastError, writeLastError } from "./diagnostics/report/last-error.ts";
export { renderErrorReport } from "./diagnostics/report/render-report.ts";
export type { ErrorFacts, ErrorReport, ReportedError, RouteMiss } from "./diagnostics/report/report-types.ts";
export type { ReportFormat } from "./diagnostics/report/render-report.ts";
export type { RenderReportOptions } from "./diagnostics/report/report-options.ts";
export type {
  LogFacts,
  NamedText,
  ReportedGroup,
  ReportedLine,
  ReportedRequest,
  ReportedStatement,
  RequestFacts,
  StatementFacts,
} from "./diagnostics/report/report-facts.ts";
export type { ReportedFrame, ReportedPlace, SourceLine } from "./diagnostics/report/source-lines.ts";
export type { PlainValue } from "./diagnostics/report/plain-value.ts";
export { createFailureReplies } from "./diagnostics/development/failure-replies.ts";
export { generationVariable } from "./diagnostics/development/messages.ts";
export type { FailureReplies, FailureReplyOptions } from "./diagnostics/development/failure-replies.ts";
export type { AnsweredRequest, ChangedFile, FromDevelopment, Notice, ToDevelopment } from "./diagnostics/development/messages.ts";
