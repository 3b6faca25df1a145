/** The panels of the toolbar as markup. The page of a request shows the same. */
import { html } from "../../views/html.ts";
import type { Html } from "../../views/values.ts";
import { TrustedUrl } from "../../views/values.ts";
import { toEditorLink } from "../report/editor-link.ts";
import type { NamedText } from "../report/report-facts.ts";
import type { ReportedPlace } from "../report/source-lines.ts";
import type { ShownRequest, ShownStatement, ShownStep } from "./shown-request.ts";

/** What the panels need besides the request. */
export interface PanelSettings {
  readonly editor: string | undefined;
  /** Address of the requests, such as `/_gable/requests`. */
  readonly address: string;
  /** Other requests, the newest first. */
  readonly others: readonly RequestSummary[];
}

/** A request in the list. */
export interface RequestSummary {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly totalMs: number;
  readonly statementCount: number;
  readonly errorCode: string;
}

/** Renders all panels. */
export function renderPanels(request: ShownRequest, settings: PanelSettings): Html {
  const { statements, findings, statementCount, log } = request;
  return html`${renderPanel("Timeline", `${request.totalMs} ms`, renderTimeline(request), true)}
  ${renderPanel("Cost", count(findings.length, "finding"), renderFindings(request, settings), findings.length > 0)}
  ${renderPanel("SQL", count(statementCount, "query", "queries"), renderStatements(statements, request.id, settings), statementCount > 0)}
  ${renderPanel("Session and user", "", renderVisitor(request), false)}
  ${renderPanel("Log", count(log.length, "line"), renderLog(request), false)}
  ${renderPanel("Requests", count(settings.others.length, "request"), renderRequests(settings.others, settings.address), false)}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function renderPanel(title: string, facts: string, content: Html, isOpen: boolean): Html {
  const heading = html`<summary><strong>${title}</strong> <span class="soft">${facts}</span></summary>`;
  return isOpen
    ? html`<details class="panel" open>${heading}${content}</details>`
    : html`<details class="panel">${heading}${content}</details>`;
}

function renderTimeline({ steps, totalMs }: ShownRequest): Html {
  const end = Math.max(totalMs, ...steps.map(({ startMs, durationMs }) => startMs + durationMs), 0.01);
  return html`<table class="timeline">
    <tbody>
      ${steps.map(
        (step) =>
          html`<tr><th scope="row">${step.name}</th><td class="bar">${renderBar(step, end)}</td><td class="number">${step.durationMs} ms</td></tr>`,
      )}
    </tbody>
  </table>`;
}

/** A bar. Its place and width are attributes of SVG: the policy forbids styles in attributes. */
function renderBar({ startMs, durationMs, name }: ShownStep, end: number): Html {
  const x = Math.min(99, (startMs / end) * 100);
  const width = Math.max(1, Math.min(100 - x, (durationMs / end) * 100));
  return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="${name}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="8" /></svg>`;
}

function renderPlace(place: ReportedPlace | undefined, { editor }: PanelSettings): Html | string {
  if (place === undefined) return "";
  const link = toEditorLink(place, editor);
  return link === undefined
    ? html`<span class="place">${place.shown}</span>`
    : html`<a class="place" href="${new TrustedUrl(link)}">${place.shown}</a>`;
}

function renderFindings({ findings }: ShownRequest, settings: PanelSettings): Html {
  if (findings.length === 0) return html`<p class="soft">Nothing to improve was found.</p>`;
  return html`<ul class="findings">
    ${findings.map(
      ({ id, message, fix, place }) =>
        html`<li>
          <span class="warning">${id}</span> ${renderPlace(place, settings)}<br />
          ${message}<br />
          <strong>Fix:</strong> ${fix}
        </li>`,
    )}
  </ul>`;
}

function renderStatements(statements: readonly ShownStatement[], id: string, settings: PanelSettings): Html {
  if (statements.length === 0) return html`<p class="soft">The request sent no statement.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Statements">
    <table>
      <thead>
        <tr><th scope="col">Statement</th><th scope="col">Rows</th><th scope="col">ms</th><th scope="col">Sent by</th><th scope="col">Plan</th></tr>
      </thead>
      <tbody>
        ${statements.map(
          (statement) =>
            html`<tr>
              <td class="sql">${
                statement.count > 1 ? html`<span class="warning">${statement.count} times</span> ` : null
              }${statement.sql}${statement.values === "" ? null : html`<br /><span class="soft">${statement.values}</span>`}${
                statement.isInTransaction ? html`<br /><span class="soft">in a transaction</span>` : null
              }</td>
              <td class="number">${statement.rowCount}</td>
              <td class="number">${statement.durationMs}</td>
              <td>${renderPlace(statement.place, settings)}</td>
              <td>
                <form class="explain" method="post" action="${new TrustedUrl(`${settings.address}/${encodeURIComponent(id)}/explain/${statement.index}`)}">
                  <button class="button" aria-label="Explain statement ${statement.index + 1}">Explain</button>
                </form>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function renderVisitor({ session, flash, user, guards, policies }: ShownRequest): Html {
  const lists: ReadonlyArray<readonly [string, readonly NamedText[]]> = [
    ["Guards", guards.map(({ name, verdict }): NamedText => [name, verdict])],
    ["Policies", policies.map(({ name, verdict }): NamedText => [name, verdict])],
    ["Session", session],
    ["Flash messages", flash.map((text, index): NamedText => [String(index + 1), text])],
    ["User", user],
  ];
  const shown = lists.filter(([, rows]) => rows.length > 0);
  if (shown.length === 0) return html`<p class="soft">The request used no guard, policy, session, flash message or user.</p>`;
  return html`${shown.map(([title, rows]) => html`<p class="title">${title}</p>${renderRows(title, rows)}`)}`;
}

function renderRows(title: string, rows: readonly NamedText[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table class="facts">
      <tbody>
        ${rows.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}

function renderLog({ log }: ShownRequest): Html {
  if (log.length === 0) return html`<p class="soft">The request wrote no log line.</p>`;
  return renderRows(
    "Log",
    log.map(({ level, message, facts }): NamedText => {
      const texts = Object.entries(facts).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
      return [level, [message, ...texts].join("\n  ")];
    }),
  );
}

function renderRequests(others: readonly RequestSummary[], address: string): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Requests">
    <table>
      <thead><tr><th scope="col">Request</th><th scope="col">Status</th><th scope="col">ms</th><th scope="col">Queries</th></tr></thead>
      <tbody>
        ${others.map(
          ({ id, method, url, status, totalMs, statementCount, errorCode }) =>
            html`<tr>
              <td><a href="${new TrustedUrl(`${address}/${encodeURIComponent(id)}`)}">${method} ${url}</a></td>
              <td>${status} ${errorCode}</td>
              <td class="number">${totalMs}</td>
              <td class="number">${statementCount}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
