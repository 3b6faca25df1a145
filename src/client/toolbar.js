// The toolbar of development: a badge with time, queries and warnings, and a panel with what happened in the request.
const name = "gable-toolbar";
const address = "/_gable/requests";

/** Returns the id of the request that made this page: from the timing of its reply, else the newest request of its address. */
async function findRequestId() {
  const [navigation] = performance.getEntriesByType("navigation");
  const timings = /** @type {PerformanceNavigationTiming | undefined} */ (navigation)?.serverTiming ?? [];
  const own = timings.find((timing) => timing.name === "gable")?.description;
  if (own !== undefined) return own;
  /** @type {{ requests: Array<{ id: string, url: string }> }} */
  const { requests } = await (await fetch(address, { headers: { accept: "application/json" } })).json();
  return requests.find(({ url }) => url.split("?")[0] === location.pathname)?.id;
}

/** @param {number} number @param {string} one @param {string} many */
const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

class Toolbar extends HTMLElement {
  #isOpen = false;

  async connectedCallback() {
    const id = await findRequestId();
    if (id === undefined) return;
    const [reply, style] = await Promise.all([fetch(`${address}/${encodeURIComponent(id)}/panel`), fetch(`${address}/style.css`)]);
    if (!reply.ok) return;
    const text = await reply.text();
    const end = text.indexOf("\n");
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    // A sheet that a script makes needs no source in the policy.
    sheet.replaceSync((await style.text()) + ownStyle);
    root.adoptedStyleSheets = [sheet];
    this.#show(root, JSON.parse(text.slice(0, end)), text.slice(end + 1));
  }

  /**
   * @param {ShadowRoot} root
   * @param {{ totalMs: number, statementCount: number, warningCount: number }} summary
   * @param {string} panels Markup of the server, escaped there.
   */
  #show(root, summary, panels) {
    const bar = document.createElement("aside");
    bar.setAttribute("aria-label", "Gable development toolbar");
    const panel = document.createElement("div");
    panel.className = "panels";
    panel.id = "panels";
    panel.hidden = true;
    panel.tabIndex = -1;
    panel.innerHTML = panels;
    const badge = document.createElement("button");
    badge.type = "button";
    badge.className = summary.warningCount > 0 ? "badge warned" : "badge";
    badge.setAttribute("aria-expanded", "false");
    badge.setAttribute("aria-controls", "panels");
    const facts = [`${Math.round(summary.totalMs)} ms`, count(summary.statementCount, "query", "queries")];
    if (summary.warningCount > 0) facts.push(count(summary.warningCount, "warning", "warnings"));
    badge.textContent = facts.join(" · ");
    const toggle = () => {
      this.#isOpen = !this.#isOpen;
      panel.hidden = !this.#isOpen;
      badge.setAttribute("aria-expanded", String(this.#isOpen));
    };
    badge.addEventListener("click", toggle);
    bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      toggle();
      badge.focus();
    });
    panel.addEventListener("submit", (event) => explain(event));
    bar.append(panel, badge);
    root.replaceChildren(bar);
  }
}

/** Shows the plan of a statement below it, instead of leaving the page. @param {SubmitEvent} event */
async function explain(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  event.preventDefault();
  const reply = await fetch(form.action, { method: "POST", headers: { accept: "application/json" } });
  const plan = document.createElement("pre");
  plan.className = "plan";
  plan.tabIndex = 0;
  plan.textContent = reply.ok ? (await reply.json()).plan : "The database gave no plan.";
  const row = form.closest("tr");
  row?.querySelector(".sql pre")?.remove();
  row?.querySelector(".sql")?.append(plan);
}

const ownStyle = `
:host { all: initial; color-scheme: light dark }
aside { position: fixed; right: 0.75rem; bottom: 0.75rem; z-index: 2147483647; display: flex; flex-direction: column; align-items: flex-end; gap: 0.5rem;
  max-width: calc(100vw - 1.5rem); font: 0.875rem/1.5 system-ui, sans-serif; color: var(--ink) }
.badge { padding: 0.375rem 0.75rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card); color: var(--ink); font: 600 0.8125rem/1.4 system-ui, sans-serif;
  cursor: pointer; box-shadow: 0 1px 6px rgb(0 0 0 / 0.2) }
.badge.warned { border-color: var(--warn); color: var(--warn) }
.panels { width: min(60rem, calc(100vw - 1.5rem)); max-height: 70vh; overflow: auto; padding: 0.25rem 1rem 1rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--ground); box-shadow: 0 4px 24px rgb(0 0 0 / 0.25) }
.panel:first-child { border-top: 0 }`;

if (customElements.get(name) === undefined) customElements.define(name, Toolbar);
if (document.querySelector(name) === null) document.body.append(document.createElement(name));
