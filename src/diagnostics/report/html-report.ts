/** The report of an error as a page. It is made without the layout of the application, and runs no code that it shows. */
import { html } from "../../views/html.ts";
import type { Html } from "../../views/values.ts";
import { asHtml, TrustedUrl } from "../../views/values.ts";
import { toEditorLink } from "./editor-link.ts";
import type { ErrorReport, ReportedError } from "./report-types.ts";
import { renderMarkdownReport } from "./markdown-report.ts";
import type { RenderReportOptions } from "./report-options.ts";
import type { NamedText, ReportedStatement } from "./report-facts.ts";
import { pageStyle } from "./report-style.ts";
import type { ReportedFrame, ReportedPlace } from "./source-lines.ts";

/** Copies the Markdown of the page. The button appears only where scripts run. */
const copyScript = `const button = document.getElementById("copy"), area = document.getElementById("markdown");
button.hidden = false;
button.addEventListener("click", async () => {
  try { await navigator.clipboard.writeText(area.value); } catch { area.closest("details").open = true; area.select(); document.execCommand("copy"); }
  button.textContent = "Copied";
});`;

/** Renders the page. */
export function renderHtmlReport(report: ErrorReport, options: RenderReportOptions): string {
  const { code, status, message } = report;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${code}: ${message}</title>
        ${element("style", pageStyle, options.nonce)}
      </head>
      <body>
        <main>
          <p class="head"><span class="code">${code}</span> <span class="status">Status ${status}</span></p>
          <h1>${message}</h1>
          ${renderHelp(report, options)} ${renderHints(report)} ${renderFailing(report, options)} ${renderStack(report, options)}
          ${renderCauses(report.error, options, report.failing)} ${renderRequest(report)} ${renderStatements(report.statements, options)} ${renderLog(report)}
          <h2>Versions</h2>
          ${renderFacts("Versions", Object.entries(report.versions))}
          <details>
            <summary>Markdown of this report</summary>
            <textarea id="markdown" readonly aria-label="Markdown of this report">${renderMarkdownReport(report)}</textarea>
          </details>
        </main>
        ${element("script", copyScript, options.nonce)}
      </body>
    </html>`.toString();
}

/** A style or script of ours. Its text is a constant, and a nonce is checked: nothing of the request is in it. */
function element(name: "style" | "script", text: string, nonce: string | undefined): Html {
  const attribute = nonce !== undefined && /^[\w+/=-]+$/.test(nonce) ? ` nonce="${nonce}"` : "";
  return asHtml(`<${name}${attribute}>${text}</${name}>`);
}

function renderHelp({ code, fix, docs, failing }: ErrorReport, options: RenderReportOptions): Html {
  const link = failing?.place === undefined ? undefined : toEditorLink(failing.place, options.editor);
  const isPending = code === "E_MIGRATION_PENDING" && options.migrateUrl !== undefined;
  return html`${fix === "" ? null : html`<p class="fix"><strong>Fix:</strong> ${fix}</p>`}
    ${docs === "" ? null : html`<p class="soft">Documentation: ${renderDocs(code, docs, options)}</p>`}
    <div class="actions">
      ${
        isPending
          ? html`<form method="post" action="${new TrustedUrl(options.migrateUrl)}"><button class="button primary">Run the migrations</button></form>`
          : null
      }
      ${link === undefined ? null : html`<a class="button" href="${new TrustedUrl(link)}">Open in editor</a>`}
      <button class="button" type="button" id="copy" hidden>Copy Markdown</button>
    </div>`;
}

function renderDocs(code: string, docs: string, { docsUrl }: RenderReportOptions): Html {
  const place = html`<code class="place">${docs}</code>`;
  return docsUrl === undefined ? place : html`<a href="${new TrustedUrl(docsUrl + code)}">${place}</a>`;
}

function renderHints({ fields, allow, routes, status }: ErrorReport): Html {
  return html`${
    fields.length === 0
      ? null
      : html`<h2>Fields</h2>
          ${renderFacts(
            "Fields",
            fields.map(({ path, code, message }) => [path === "" ? "(whole)" : path, code === "" ? message : `${message} (${code})`]),
          )}`
  }
  ${allow === "" ? null : html`<h2>Methods of this address</h2><p><code>${allow}</code></p>`}
  ${
    status !== 404 || routes.length === 0
      ? null
      : html`<h2>Nearest routes</h2>
          <div class="scroll" tabindex="0" role="region" aria-label="Nearest routes">
            <table>
              <thead><tr><th scope="col">Route</th><th scope="col">Why it did not match</th><th scope="col">Defined at</th></tr></thead>
              <tbody>
                ${routes.map(({ method, pattern, reason, place }) => html`<tr><td>${method} ${pattern}</td><td>${reason}</td><td>${place}</td></tr>`)}
              </tbody>
            </table>
          </div>`
  }`;
}

function renderFailing({ failing }: ErrorReport, options: RenderReportOptions): Html | null {
  if (failing?.place === undefined) return null;
  return html`<h2>${failing.isTemplate ? "Template" : "Source"}: ${renderPlace(failing.place, options)}</h2>
    ${renderSource(failing)}`;
}

function renderPlace(place: ReportedPlace, { editor }: RenderReportOptions): Html {
  const link = toEditorLink(place, editor);
  return link === undefined
    ? html`<span class="place">${place.shown}</span>`
    : html`<a class="place" href="${new TrustedUrl(link)}">${place.shown}</a>`;
}

function renderSource({ source, place }: ReportedFrame): Html | null {
  if (source.length === 0) return null;
  // A region that scrolls can be reached with the keyboard.
  return html`<pre tabindex="0" role="region" aria-label="Source of ${place?.shown ?? ""}">${source.map(
    ({ number, text, isFailing }) => html`<span class="${isFailing ? "failing" : "line"}"><i>${number}</i>${text}</span>`,
  )}</pre>`;
}

function renderStack({ error, failing, status }: ErrorReport, options: RenderReportOptions): Html | null {
  // A refusal that no code of the application threw has no stack worth reading.
  const isOwn = error.frames.some(({ owner }) => owner === "application");
  return error.frames.length === 0 || (status < 500 && !isOwn) ? null : html`<h2>Stack</h2>${renderFrames(error, options, failing)}`;
}

/** Frames of the application are open, those of Gable, packages and the runtime are folded. */
function renderFrames({ frames }: ReportedError, options: RenderReportOptions, shown?: ReportedFrame): Html {
  const own = frames.filter(({ owner }) => owner === "application");
  const folded = frames.filter(({ owner }) => owner !== "application");
  return html`${own.map((frame) => renderFrame(frame, options, frame.place?.shown === shown?.place?.shown))}
  ${
    folded.length === 0
      ? null
      : html`<details>
          <summary>${folded.length} ${folded.length === 1 ? "frame" : "frames"} of Gable, packages and the runtime</summary>
          <pre tabindex="0" role="region" aria-label="Folded frames">${folded.map(
            ({ call, place }) => html`<span class="line">${call}${place === undefined ? "" : ` (${place.shown})`}</span>`,
          )}</pre>
        </details>`
  }`;
}

function renderFrame(frame: ReportedFrame, options: RenderReportOptions, isShown: boolean): Html {
  const { call, place } = frame;
  const title = html`${call === "" ? null : html`<code>${call}</code> at `}${place === undefined ? null : renderPlace(place, options)}`;
  // The source of the frame that fails is above.
  if (isShown || frame.source.length === 0) return html`<p class="frame">${title}</p>`;
  return html`<details class="frame" open>
    <summary>${call === "" ? "" : html`<code>${call}</code> at `}<span class="place">${place?.shown}</span></summary>
    ${renderSource(frame)}
  </details>`;
}

function renderCauses(error: ReportedError, options: RenderReportOptions, failing: ReportedFrame | undefined): Html {
  const { parts, cause } = error;
  const inner: Array<readonly [string, ReportedError]> = parts.map((part, index) => [`Part ${index + 1} of ${parts.length}`, part]);
  if (cause !== undefined) inner.push(["Caused by", cause]);
  return html`${inner.map(
    ([title, part]) =>
      html`<h2>${title}: ${part.name === "" ? "" : `${part.name}: `}<span class="place">${part.message}</span></h2>
        ${Object.keys(part.details).length === 0 ? null : renderFacts(`Details of ${title}`, toTexts(part.details))} ${renderFrames(part, options, failing)}
        ${renderCauses(part, options, failing)}`,
  )}`;
}

function toTexts(values: Readonly<Record<string, unknown>>): NamedText[] {
  return Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

function renderRequest({ request, error }: ErrorReport): Html {
  const details = toTexts(error.details);
  const shownDetails = details.length === 0 ? null : html`<h2>Details</h2>${renderFacts("Details", details)}`;
  if (request === undefined) return html`${shownDetails}`;
  const { method, url, route, place, ip, id, groups } = request;
  const rows: NamedText[] = [
    ["Method", method],
    ["URL", url],
    ["Route", route === "" ? "none" : `${route} ${place}`.trim()],
    ["Client", ip === "" ? "in memory" : ip],
    ["Request id", id],
  ];
  return html`${shownDetails}
    <h2>Request</h2>
    ${renderFacts("Request", rows)} ${groups.map(({ title, rows: values }) => html`<h3>${title}</h3>${renderFacts(title, values)}`)}`;
}

function renderFacts(title: string, rows: readonly NamedText[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table class="facts">
      <tbody>
        ${rows.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}

function renderStatements(statements: readonly ReportedStatement[], options: RenderReportOptions): Html | null {
  if (statements.length === 0) return null;
  return html`<h2>SQL</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="SQL">
      <table>
        <thead><tr><th scope="col">Statement</th><th scope="col">Rows</th><th scope="col">ms</th><th scope="col">Sent by</th></tr></thead>
        <tbody>
          ${statements.map(
            ({ sql, rowCount, durationMs, place, parameters }) =>
              html`<tr>
                <td class="sql">${sql}${parameters === "" ? null : html`<br /><span class="soft">${parameters}</span>`}</td>
                <td class="number">${rowCount}</td>
                <td class="number">${durationMs}</td>
                <td>${place === undefined ? "" : renderPlace(place, options)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function renderLog({ log }: ErrorReport): Html | null {
  if (log.length === 0) return null;
  const rows = log.map(({ level, message, facts }): NamedText => {
    const texts = toTexts(facts).map(([name, value]) => `${name}: ${value}`);
    return [level, [message, ...texts].join("\n  ")];
  });
  return html`<h2>Log</h2>
    ${renderFacts("Log", rows)}`;
}
