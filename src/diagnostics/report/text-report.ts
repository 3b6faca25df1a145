/** The report of an error as plain text: for terminals and for clients of the command line. */
import type { ErrorReport, ReportedError } from "./report-types.ts";
import type { ReportedFrame } from "./source-lines.ts";

/** Colours of a terminal. */
const colours = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;
type Paint = (colour: keyof typeof colours, text: string) => string;

// What an error holds must not move the cursor of a terminal, or colour the text itself.
// oxlint-disable-next-line no-control-regex -- these characters are what is removed
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Renders the report. */
export function renderTextReport(report: ErrorReport, isColoured: boolean): string {
  const paint: Paint = (colour, text) => (isColoured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text);
  const sections = [
    toHead(report, paint),
    toSource(report.failing, paint),
    toStack(report.error, paint),
    ...toCauses(report.error, paint, report.failing?.place?.shown),
    ...toHints(report, paint),
    ...toRequest(report, paint),
    toStatements(report, paint),
    toLog(report, paint),
    paint(
      "grey",
      Object.entries(report.versions)
        .map((entry) => entry.join(" "))
        .join(", "),
    ),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** Removes the characters that control a terminal. */
function clean(text: string): string {
  return text.replaceAll(control, "\ufffd");
}

function toHead({ code, status, message, fix, docs }: ErrorReport, paint: Paint): string {
  const lines = [`${paint("red", paint("bold", clean(code)))} (${status}) ${paint("bold", clean(message))}`];
  if (fix !== "") lines.push(`  ${paint("green", "fix:")} ${clean(fix)}`);
  if (docs !== "") lines.push(`  docs: ${docs}`);
  return lines.join("\n");
}

function toSource(frame: ReportedFrame | undefined, paint: Paint): string {
  if (frame?.place === undefined) return "";
  const lines = frame.source.map(({ number, text, isFailing }) => {
    const line = `${isFailing ? ">" : " "} ${String(number).padStart(5)} | ${clean(text)}`;
    return isFailing ? paint("red", line) : line;
  });
  return [clean(frame.place.shown), ...lines].join("\n");
}

function toStack({ frames }: ReportedError, paint: Paint): string {
  const own = frames.filter(({ owner }) => owner === "application");
  const hidden = frames.length - own.length;
  const lines = own.map(({ call, place }) => `  at ${clean(call === "" ? (place?.shown ?? "") : `${call} (${place?.shown ?? ""})`)}`);
  if (hidden > 0) lines.push(paint("grey", `  ${hidden} ${hidden === 1 ? "frame" : "frames"} of Gable, packages and the runtime`));
  return lines.join("\n");
}

function toCauses(error: ReportedError, paint: Paint, failing: string | undefined, prefix = ""): string[] {
  const inner: Array<readonly [string, ReportedError]> = error.parts.map((part, index) => [`${prefix}Part ${index + 1}`, part]);
  if (error.cause !== undefined) inner.push([`${prefix}Caused by`, error.cause]);
  return inner.flatMap(([title, part]) => {
    const name = part.name === "" ? "" : `${part.name}: `;
    const own = part.frames.find(({ owner }) => owner === "application");
    // The source of the line that fails is above.
    const source = own?.place?.shown === failing ? "" : toSource(own, paint);
    return [
      [paint("yellow", `${title}: ${clean(name + part.message)}`), source].filter((line) => line !== "").join("\n"),
      ...toCauses(part, paint, failing, `${title}, `),
    ];
  });
}

function toHints({ fields, allow, routes }: ErrorReport, paint: Paint): string[] {
  const sections: string[] = [];
  if (fields.length > 0)
    sections.push(
      toSection(
        paint,
        "Fields",
        fields.map(({ path, code, message }) => `${path || "(whole)"}: ${message} [${code}]`),
      ),
    );
  if (allow !== "") sections.push(toSection(paint, "Methods", [allow]));
  if (routes.length > 0)
    sections.push(
      toSection(
        paint,
        "Nearest routes",
        routes.map(({ method, pattern, reason, place }) => `${method} ${pattern}: ${reason} ${place}`.trim()),
      ),
    );
  return sections;
}

function toSection(paint: Paint, title: string, lines: readonly string[]): string {
  return [paint("yellow", title), ...lines.map((line) => `  ${clean(line).replaceAll("\n", "\n    ")}`)].join("\n");
}

function toRequest({ request }: ErrorReport, paint: Paint): string[] {
  if (request === undefined) return [];
  const { method, url, route, place, ip, id, groups } = request;
  const facts = [`${method} ${url}`, `route: ${route === "" ? "none" : `${route} ${place}`}`, `client: ${ip}`, `request id: ${id}`];
  return [
    toSection(paint, "Request", facts),
    ...groups.map(({ title, rows }) =>
      toSection(
        paint,
        title,
        rows.map(([name, value]) => `${name}: ${value}`),
      ),
    ),
  ];
}

function toStatements({ statements }: ErrorReport, paint: Paint): string {
  if (statements.length === 0) return "";
  const lines = statements.map(({ sql, durationMs, rowCount, place }) => {
    const facts = [`${durationMs} ms`, `${rowCount} rows`, ...(place === undefined ? [] : [place.shown])];
    return `${sql} (${facts.join(", ")})`;
  });
  return toSection(paint, "SQL", lines);
}

function toLog({ log }: ErrorReport, paint: Paint): string {
  if (log.length === 0) return "";
  return toSection(
    paint,
    "Log",
    log.map(({ level, message }) => `${level} ${message}`),
  );
}
