/** The report of an error as `application/problem+json` (RFC 9457). */
import { catalogue, isErrorCode } from "../../errors/catalogue.ts";
import { reasonPhrase, toProblem } from "../../http/problem.ts";
import type { ErrorReport } from "./report-types.ts";

/** Renders the members of a problem, the facts of the error, and the whole report. */
export function renderProblemReport(report: ErrorReport): string {
  const { code, status, message, fix, docs, fields, allow, error, request } = report;
  const problem = toProblem(
    {
      status,
      code,
      title: isErrorCode(code) ? catalogue[code].title : reasonPhrase(status),
      detail: message,
      extra: {
        ...error.details,
        ...(fix !== "" && { fix }),
        ...(docs !== "" && { docs }),
        ...(fields.length > 0 && { errors: fields }),
        ...(allow !== "" && { allow }),
        report,
      },
    },
    request?.id,
  );
  return JSON.stringify(problem);
}
