// The bar at the bottom of the page: what a developer should do, with the command that does it.

const styles = `
:host { position: fixed; inset: auto 0 0 0; z-index: 2147483000; font: 14px/1.5 system-ui, sans-serif; color-scheme: light dark }
ul { margin: 0; padding: 0; list-style: none; background: light-dark(#fff8e1, #2b2618); color: light-dark(#3a2c00, #f5e9c8); border-top: 1px solid light-dark(#c9a227, #8a6d1a); max-height: 40vh; overflow-y: auto }
li { padding: 8px 16px } li + li { border-top: 1px solid light-dark(#e8d9a0, #4a4124) }
code, pre { font: 13px/1.5 ui-monospace, monospace } code { padding: 1px 4px; background: light-dark(#f0e3b5, #3d361f); border-radius: 3px } pre { margin: 4px 0 0; white-space: pre-wrap; overflow-wrap: anywhere }
button { font: inherit; margin-left: 8px; padding: 2px 10px; border: 1px solid; border-radius: 4px; background: none; color: inherit; cursor: pointer }
button:disabled { cursor: default; opacity: 0.6 } summary { cursor: pointer }`;

/** @type {ShadowRoot | undefined} */
let root;

/** The page gets longer by the height of the bar, so that nothing at its end is below the bar for good. */
const room = new ResizeObserver(([entry]) => {
  const { style } = document.documentElement;
  const height = entry?.target.clientHeight ?? 0;
  for (const name of ["padding-bottom", "scroll-padding-bottom"])
    if (height === 0) style.removeProperty(name);
    else style.setProperty(name, `${height}px`);
});

/**
 * @typedef {{ text: string, command?: string, action?: string, items?: ReadonlyArray<{ place: string, text: string }> }} Notice
 */

/**
 * Shows notices in place of those before; none removes the bar.
 * @param {readonly Notice[]} notices
 */
export function showNotices(notices) {
  if (notices.length === 0 && root === undefined) return;
  root ??= createRoot();
  const list = document.createElement("ul");
  list.append(...notices.map(toItem));
  root.replaceChildren(...(notices.length === 0 ? [] : [list]));
}

function createRoot() {
  const host = document.createElement("gable-bar");
  host.setAttribute("role", "status");
  const shadow = host.attachShadow({ mode: "open" });
  // A sheet that a script constructs needs no permission of the page's policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  shadow.adoptedStyleSheets = [sheet];
  // Outside of the body: what changes the page leaves it alone.
  document.documentElement.append(host);
  room.observe(host);
  return shadow;
}

/** @param {Notice} notice */
function toItem({ text, command, action, items = [] }) {
  const item = document.createElement("li");
  item.append(text);
  if (command !== undefined) {
    const code = document.createElement("code");
    code.textContent = command;
    item.append(". Run: ", code);
  }
  if (action !== undefined) item.append(toButton(action));
  for (const { place, text: problem } of items) {
    const line = document.createElement("pre");
    line.textContent = `${place}  ${problem}`;
    item.append(line);
  }
  return item;
}

/** @param {string} action */
function toButton(action) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Run it";
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Running ...";
    const reply = await fetch(action, { method: "POST" }).catch(() => undefined);
    if (reply?.ok !== true) button.textContent = "It could not be started: read the terminal";
  });
  return button;
}
