/** The built-in page for errors in production: what happened and the id to quote, nothing else. */
import { reasonPhrase } from "../http/problem.ts";
import { html } from "../views/html.ts";
import type { Html } from "../views/values.ts";
import { asHtml } from "../views/values.ts";

/** What the page shows. */
export interface ErrorPageFacts {
  readonly status: number;
  readonly code: string;
  /** Text that is safe for clients. */
  readonly message: string;
  readonly requestId: string;
  readonly nonce: string;
}

const styles = `
:root { color-scheme: light dark; --ink: #1d2327; --soft: #5b6670; --ground: #f7f6f3; --line: #d9d6cf }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #a2a9ae; --ground: #181b1d; --line: #33383b } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 34rem; padding: 2rem }
p.status { margin: 0; font-size: 4rem; font-weight: 700; line-height: 1; letter-spacing: -0.03em }
h1 { margin: 0.5rem 0 1rem; font-size: 1.5rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1rem; margin: 1.5rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem }
dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere }`;

/** The stylesheet of built-in pages, with the nonce of the reply. */
function styleElement(nonce: string, css: string): Html {
  // The text is a constant of ours, and a nonce is base64: nothing of the request is in it.
  return asHtml(`<style nonce="${nonce}">${css}</style>`);
}

/** Renders the page. */
export function renderErrorPage({ status, code, message, requestId, nonce }: ErrorPageFacts): Html {
  const title = reasonPhrase(status);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${status} ${title}</title>
        ${styleElement(nonce, styles)}
      </head>
      <body>
        <main>
          <p class="status">${status}</p>
          <h1>${title}</h1>
          ${message === title ? null : html`<p>${message}</p>`}
          <p><a href="/">Go to the first page</a></p>
          <dl>
            <dt>Code</dt>
            <dd>${code}</dd>
            <dt>Request</dt>
            <dd>${requestId}</dd>
          </dl>
        </main>
      </body>
    </html>`;
}
