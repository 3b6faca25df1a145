/** The page of a request: what the toolbar shows, also for JSON, forms and fetches. */
import { html } from "../../views/html.ts";
import type { Html } from "../../views/values.ts";
import { asHtml } from "../../views/values.ts";
import { panelStyle } from "./panel-style.ts";
import type { ErrorReport } from "../report/report-types.ts";
import { pageStyle } from "../report/report-style.ts";
import type { PanelSettings } from "./request-panels.ts";
import { renderPanels } from "./request-panels.ts";
import type { ShownRequest } from "./shown-request.ts";

/** Renders the page of a request. */
export function renderRequestPage(request: ShownRequest, settings: PanelSettings, nonce: string): string {
  const { method, url, status, route, place, time, error, id } = request;
  return renderPage(
    `${method} ${url}`,
    nonce,
    html`<p class="head"><span class="status">${status}</span> <span class="soft">${time}</span> <code class="place">${id}</code></p>
      <h1>${method} ${url}</h1>
      <p class="soft">${route === "" ? "No route" : `Route ${route}`} <span class="place">${place?.shown ?? ""}</span></p>
      ${error === undefined ? null : renderError(error)} ${renderPanels(request, settings)}`,
  );
}

/** The error of a request. Its page has more; a reply that was broken off has no page. */
function renderError({ code, message, fix, failing }: ErrorReport): Html {
  const source = failing?.source ?? [];
  return html`<p><span class="code">${code}</span> ${message}</p>
    ${fix === "" ? null : html`<p class="fix"><strong>Fix:</strong> ${fix}</p>`}
    ${failing?.place === undefined ? null : html`<p class="place">${failing.place.shown}</p>`}
    ${
      source.length === 0
        ? null
        : html`<pre tabindex="0" role="region" aria-label="Source">${source.map(
            ({ number, text, isFailing }) => html`<span class="${isFailing ? "failing" : "line"}"><i>${number}</i>${text}</span>`,
          )}</pre>`
    }`;
}

/** Renders the plan of a statement. */
export function renderPlanPage(sql: string, plan: string, back: string, nonce: string): string {
  return renderPage(
    "Plan of a statement",
    nonce,
    html`<h1>Plan of a statement</h1>
      <pre tabindex="0" role="region" aria-label="Statement"><span>${sql}</span></pre>
      <h2>Plan</h2>
      <pre tabindex="0" role="region" aria-label="Plan">${plan.split("\n").map((line) => html`<span>${line}</span>`)}</pre>
      <p><a href="${back}">Back to the request</a></p>`,
  );
}

function renderPage(title: string, nonce: string, content: Html): string {
  // The style is a constant, and a nonce is base64.
  const style = asHtml(`<style nonce="${nonce}">${pageStyle}${panelStyle}</style>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`.toString();
}
