/** The error page of development: what happened, where, how to fix it, the code and the request. */
import type { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import { isSecretName } from "../errors/secret-names.ts";
import { loadFileSystem } from "../replies/node-modules.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import { parseStackLine, readStack, toPlaceText } from "../errors/source-place.ts";
import type { Html } from "../views/values.ts";
import { html } from "../views/html.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { RequestContext } from "./request-context.ts";
import { styleElement } from "./error-page.ts";

/** What the page shows. */
export interface DevelopmentPageFacts {
  readonly context: RequestContext;
  readonly error: GableError;
  /** The error as it was thrown. */
  readonly thrown: unknown;
  /** Method and pattern of the matched route. */
  readonly label: string | undefined;
  readonly table: RouteTable<CompiledRoute>;
}

const frameLines = 6;
const valueLengthMax = 4096;

const styles = `
:root { color-scheme: light dark; --ink: #1c1f24; --soft: #616a75; --ground: #f4f3ef; --card: #fff; --line: #dcd8d0; --mark: #b3261e; --hint: #0b6b3a }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e7e2; --soft: #a3abb3; --ground: #15181a; --card: #1e2225; --line: #353b40; --mark: #ff8a80; --hint: #7fd6a4 } }
* { box-sizing: border-box } body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem } h1 { margin: 0.25rem 0; font-size: 1.5rem; overflow-wrap: anywhere }
h2 { margin: 2rem 0 0.5rem; font-size: 1rem; color: var(--soft); font-weight: 600 } code, pre, td { font-family: ui-monospace, monospace; font-size: 0.875rem }
.code { color: var(--mark); font-weight: 600 } .fix { margin: 1rem 0; padding: 0.75rem 1rem; border-left: 4px solid var(--hint); background: var(--card) }
pre, table { background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto } pre { padding: 0.75rem 1rem; margin: 0 }
pre b { display: block; color: var(--mark) } pre span { display: block } table { width: 100%; border-spacing: 0 } td { padding: 0.25rem 0.75rem; vertical-align: top; overflow-wrap: anywhere; border-top: 1px solid var(--line) }
tr:first-child td { border-top: 0 } td:first-child { width: 14rem; color: var(--soft) } summary { cursor: pointer; padding: 0.5rem 0 }`;

/** Renders the page. It survives values whose inspection throws, and runs no code that it shows. */
export async function renderDevelopmentPage(facts: DevelopmentPageFacts): Promise<Html> {
  const { context, error, thrown, label } = facts;
  const frames = stackOf(error.cause instanceof Error ? error.cause : thrown);
  const own = placeOfDetails(error) ?? frames.find((frame) => frame.place !== undefined && !isForeign(frame.place.file))?.place;
  const codeFrame = own === undefined ? undefined : await readCodeFrame(own);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${error.code}: ${error.message}</title>
        ${styleElement(context.nonce, styles)}
      </head>
      <body>
        <main>
          <p><span class="code">${error.code}</span> ${error.status}</p>
          <h1>${error.message}</h1>
          ${error.fix === "" ? null : html`<p class="fix"><strong>Fix:</strong> ${error.fix}</p>`}
          <p>Documentation: <code>node_modules/gable/docs/${error.docsUrl}</code></p>
          ${
            codeFrame === undefined
              ? null
              : html`<h2>${toPlaceText(own)}</h2>
                  <pre>${codeFrame}</pre>`
          }
          ${error.code === "E_ROUTE_NOT_FOUND" ? renderNearRoutes(facts) : null}
          ${
            frames.length === 0 || error.status < 500
              ? null
              : html`<h2>Stack</h2>
                  ${renderStack(frames)}`
          }
          ${renderCauses(thrown)}
          <h2>Request</h2>
          ${renderTable(requestRows(context, label))}
          <h2>Headers</h2>
          ${renderTable([...context.headers].map(([name, value]) => [name, redact(name, value)]))}
          <h2>Versions</h2>
          ${renderTable(Object.entries({ gable: "0.1.0", runtime: runtimeName() }))}
        </main>
      </body>
    </html>`;
}

/** The place that an error itself names: a line of a template file. */
function placeOfDetails({ details }: GableError): SourcePlace | undefined {
  const { file, line } = details;
  return typeof file === "string" && typeof line === "number" ? { file, line } : undefined;
}

interface StackFrame {
  readonly text: string;
  readonly place: SourcePlace | undefined;
}

function stackOf(thrown: unknown): StackFrame[] {
  const stack = thrown instanceof Error ? (readStack(thrown) ?? "") : "";
  return stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .map((text) => ({ text, place: parseStackLine(text) }));
}

/** Frames of the runtime and of the framework are folded. */
function isForeign(file: string): boolean {
  const own = new URL("..", import.meta.url).pathname;
  return file.startsWith("node:") || file.includes("/node_modules/") || file.startsWith(own);
}

function renderStack(frames: readonly StackFrame[]): Html {
  const isOwn = (frame: StackFrame): boolean => frame.place !== undefined && !isForeign(frame.place.file);
  const folded = frames.filter((frame) => !isOwn(frame));
  return html`<pre>${frames.filter(isOwn).map((frame) => html`<span>${frame.text}</span>`)}</pre>
    <details>
      <summary>${folded.length} frames of the framework and the runtime</summary>
      <pre>${folded.map((frame) => html`<span>${frame.text}</span>`)}</pre>
    </details>`;
}

async function readCodeFrame(place: SourcePlace): Promise<Html[] | undefined> {
  try {
    const lines = (await (await loadFileSystem()).readFile(place.file, "utf8")).split("\n");
    const first = Math.max(1, place.line - frameLines);
    return lines.slice(first - 1, place.line + frameLines).map((line, index) => {
      const number = first + index;
      const text = `${String(number).padStart(5)} ${number === place.line ? ">" : " "} ${line}`;
      return number === place.line ? html`<b>${text}</b>` : html`<span>${text}</span>`;
    });
  } catch {
    // The source may be gone, or the runtime may have no files: the page does without the frame.
    return undefined;
  }
}

function renderCauses(thrown: unknown): Html[] {
  const causes: Html[] = [];
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  for (let depth = 0; cause instanceof Error && depth < 8; depth++) {
    causes.push(
      html`<h2>Caused by</h2>
        <pre>${cap(readStack(cause) ?? cause.message)}</pre>`,
    );
    cause = cause.cause;
  }
  if (thrown instanceof AggregateError)
    for (const part of thrown.errors)
      causes.push(
        html`<h2>Part of it</h2>
          <pre>${cap(part instanceof Error ? (readStack(part) ?? part.message) : show(part))}</pre>`,
      );
  return causes;
}

function renderNearRoutes({ context, table }: DevelopmentPageFacts): Html {
  const patterns = table.entries.map(({ route }) => `${route.method.padEnd(7)} ${route.binding?.pattern ?? route.pattern}`);
  const nearest = findNearestName(
    context.path,
    table.entries.map(({ route }) => route.binding?.pattern ?? route.pattern),
  );
  return html`<h2>${nearest === undefined ? "Routes" : `Routes; the nearest is ${nearest}`}</h2>
    <pre>${patterns.map((pattern) => html`<span>${pattern}</span>`)}</pre>`;
}

function requestRows(context: RequestContext, label: string | undefined): Array<[string, string]> {
  return [
    ["Method", context.method],
    ["URL", context.url.origin + context.raw.path],
    ["Route", label ?? "none"],
    ["Parameters", show(context.params)],
    ["Query", show([...new URLSearchParams(context.raw.queryString)].map(([name, value]) => [name, redact(name, value)]))],
    ["Client", context.ip],
    ["Request id", context.requestId],
  ];
}

function renderTable(rows: ReadonlyArray<readonly [string, string]>): Html {
  return html`<table>
    ${rows.map(
      ([name, value]) =>
        html`<tr>
          <td>${name}</td>
          <td>${cap(value)}</td>
        </tr>`,
    )}
  </table>`;
}

function redact(name: string, value: string): string {
  return isSecretName(name) ? "[secret]" : value;
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    return `[cannot be shown: ${error instanceof Error ? error.message : "unknown reason"}]`;
  }
}

function cap(text: string): string {
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)} ... (${text.length} characters)` : text;
}

function runtimeName(): string {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { versions?: Record<string, string> } };
  const versions = holder.process?.versions;
  return versions?.bun === undefined ? `node ${versions?.node ?? "unknown"}` : `bun ${versions.bun}`;
}
